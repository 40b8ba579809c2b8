//go:build linux && cgo

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __GLIBC__

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_memalign(size_t align, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void __libc_free(void *p);

// A large piece lies at the same offset in a huge page, which hardly any other
// does: that tells free at once that most pieces are none of ours.
enum { LEAST = 1 << 20, HUGE = 2 << 20, OFFSET = 64, MOST = 512, IDLE = 512 };

static struct piece {
    char *at;      // of its mapping; 0: there is none
    size_t size;   // of its mapping
    int used;
    uint64_t last; // when it was last taken or given back
} pieces[MOST];
static uint64_t now; // counts what is taken and given back
static size_t kept;  // bytes that nobody uses
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t most_kept(void) {
    return (size_t)sysconf(_SC_PHYS_PAGES) / 4 * (size_t)sysconf(_SC_PAGESIZE);
}

static void drop(struct piece *p) {
    munmap(p->at, p->size);
    kept -= p->size;
    p->at = 0;
}

// tidy gives back to the kernel what nobody has wanted for long, and the
// longest unwanted while too much is kept.
static void tidy(size_t most) {
    struct piece *oldest;
    do {
        oldest = 0;
        for (struct piece *p = pieces; p < pieces + MOST; p++) {
            if (!p->at || p->used) continue;
            if (now - p->last > IDLE) drop(p);
            else if (!oldest || p->last < oldest->last) oldest = p;
        }
        if (oldest && kept > most) drop(oldest);
    } while (oldest && kept > most);
}

// take gives memory of at least size bytes, or 0 where malloc has to. What is
// fresh is zero.
static void *take(size_t size, int *fresh) {
    *fresh = 0;
    if (size > SIZE_MAX / 2) return 0;
    size_t whole = (size + OFFSET + HUGE - 1) / HUGE * HUGE;
    struct piece *best = 0, *free_place = 0;
    char *at = 0;
    pthread_mutex_lock(&lock);
    now++;
    for (struct piece *p = pieces; p < pieces + MOST; p++) {
        if (!p->at) free_place = p;
        else if (!p->used && p->size >= whole && p->size <= 2 * whole && (!best || p->size < best->size)) best = p;
    }
    if (best) {
        kept -= best->size;
    } else if (free_place) {
        // One huge page more than is wanted, so that the piece can begin with one.
        char *wide = mmap(0, whole + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (wide != MAP_FAILED) {
            char *begin = (char *)(((uintptr_t)wide + HUGE - 1) / HUGE * HUGE);
            if (begin > wide) munmap(wide, begin - wide);
            if (begin < wide + HUGE) munmap(begin + whole, wide + HUGE - begin);
            madvise(begin, whole, MADV_HUGEPAGE);
            *fresh = 1;
            best = free_place;
            best->at = begin;
            best->size = whole;
        } else {
            tidy(0);
        }
    }
    if (best) {
        best->used = 1;
        best->last = now;
        at = best->at + OFFSET;
    }
    pthread_mutex_unlock(&lock);
    return at;
}

// find gives the piece in use at p, with the lock held, or 0 without it.
static struct piece *find(void *p) {
    if ((uintptr_t)p % HUGE != OFFSET) return 0;
    pthread_mutex_lock(&lock);
    for (struct piece *x = pieces; x < pieces + MOST; x++)
        if (x->used && x->at == (char *)p - OFFSET) return x;
    pthread_mutex_unlock(&lock);
    return 0;
}

void *malloc(size_t size) {
    int fresh;
    void *p = size >= LEAST ? take(size, &fresh) : 0;
    return p ? p : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    int fresh;
    size_t whole;
    void *p = !__builtin_mul_overflow(count, size, &whole) && whole >= LEAST ? take(whole, &fresh) : 0;
    if (!p) return __libc_calloc(count, size);
    return fresh ? p : memset(p, 0, whole);
}

void *aligned_alloc(size_t align, size_t size) {
    int fresh;
    void *p = size >= LEAST && align <= OFFSET ? take(size, &fresh) : 0;
    return p ? p : __libc_memalign(align, size);
}

int posix_memalign(void **p, size_t align, size_t size) {
    if (align < sizeof(void *) || align & (align - 1)) return EINVAL;
    int before = errno;
    void *got = aligned_alloc(align, size);
    errno = before;
    if (!got) return ENOMEM;
    *p = got;
    return 0;
}

void free(void *p) {
    struct piece *x = find(p);
    if (!x) {
        __libc_free(p);
        return;
    }
    x->used = 0;
    x->last = ++now;
    kept += x->size;
    tidy(most_kept());
    pthread_mutex_unlock(&lock);
}

void *realloc(void *p, size_t size) {
    struct piece *x = find(p);
    if (!x) return __libc_realloc(p, size);
    size_t room = x->size - OFFSET;
    pthread_mutex_unlock(&lock);
    if (size && size <= room && size > room / 2) return p;
    void *q = size ? malloc(size) : 0;
    if (q) memcpy(q, p, size < room ? size : room);
    if (q || !size) free(p);
    return q;
}

#endif

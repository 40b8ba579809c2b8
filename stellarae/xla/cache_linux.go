package xla

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// cacheBound is the size in bytes to which a cache is cut down, hundreds of
// networks: 2 MB for the paper's training step, 0.1 MB for what encodes.
const cacheBound = 256 << 20

// cache keeps compiled programs, one a file, named by a hash of what they were made from.
// A file is the SHA-256 of its key and program, then the program: what is
// loaded is run, so nothing is loaded that is not as it was written, or that
// another user could have written.
type cache struct {
	dir   string
	bound int64
	made  []byte // what all programs here were made from: plugin, machine and settings
}

// openCache makes the folder. It gives nil where programs are not to be kept.
func openCache(plugin string) (*cache, error) {
	// A program that is loaded leaves nothing to dump, and a file of flags may
	// change unseen.
	flags := os.Getenv("XLA_FLAGS")
	if strings.Contains(flags, "xla_dump") || flags != "" && !strings.HasPrefix(flags, "-") {
		return nil, nil
	}
	dir := os.Getenv(Cache)
	switch dir {
	case "off":
		return nil, nil
	case "":
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, nil // nobody's home
		}
		if _, err := os.Stat(filepath.Dir(user)); err != nil {
			return nil, nil
		}
		dir = filepath.Join(user, "stellarae", "xla")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !private(info) {
		return nil, fmt.Errorf("%s: belongs to another user, or others may write to it", dir)
	}
	made, err := madeFrom(plugin)
	if err != nil {
		return nil, err
	}
	return &cache{dir: dir, bound: cacheBound, made: made}, nil
}

// private says whether nobody else can have written here, but root.
func private(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid() && info.Mode().Perm()&0o022 == 0
}

// madeFrom is what machine code depends on beside the program: the plugin, the
// processors and the settings that XLA and oneDNN read.
func madeFrom(plugin string) ([]byte, error) {
	path, err := filepath.EvalSymlinks(plugin)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	cpuinfo, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return nil, err
	}
	settings := slices.DeleteFunc(os.Environ(), func(v string) bool { return !setting.MatchString(v) })
	processors := processor.FindAllString(string(cpuinfo), -1)
	if len(processors) == 0 {
		return nil, errors.New("/proc/cpuinfo: no processor that is known by its features")
	}
	slices.Sort(settings)
	slices.Sort(processors)
	return fmt.Appendf(nil, "%s %d %d %s/%s %d %q %q", path, info.Size(), info.ModTime().UnixNano(),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), settings, slices.Compact(processors)), nil
}

var (
	setting   = regexp.MustCompile(`^(XLA_|DNNL_|ONEDNN_|(PJRT_)?NPROC=|OMP_NUM_THREADS=)`)
	processor = regexp.MustCompile(`(?m)^(vendor_id|cpu family|model|model name|stepping|flags|Features|CPU [a-z]+)[\t ]*:.*$`)
	entryName = regexp.MustCompile(`^\.?[0-9a-f]{64}\.program(\.\d+\.partial)?$`) // also half-written ones
)

// key names a program made from these parts.
func (c *cache) key(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range append([][]byte{c.made}, parts...) {
		fmt.Fprintf(h, "%d ", len(p))
		h.Write(p)
	}
	return fmt.Sprintf("%x.program", h.Sum(nil))
}

func sum(key string, program []byte) []byte {
	h := sha256.New()
	io.WriteString(h, key)
	h.Write(program)
	return h.Sum(nil)
}

// get gives nil where there is no such program. A damaged one is removed.
func (c *cache) get(key string) []byte {
	path := filepath.Join(c.dir, key)
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || !private(info) {
		return nil
	}
	if n := info.Size(); n > sha256.Size && n <= c.bound {
		data := make([]byte, n)
		if _, err := io.ReadFull(f, data); err != nil {
			return nil
		}
		if want := sum(key, data[sha256.Size:]); slices.Equal(data[:sha256.Size], want) {
			now := time.Now()
			os.Chtimes(path, now, now) // used; if it cannot be noted, it goes earlier
			return data[sha256.Size:]
		}
	}
	os.Remove(path)
	return nil
}

// put keeps a program, and lets those go that were not used for the longest
// time. What fails is compiled again next time.
func (c *cache) put(key string, program []byte) {
	if sha256.Size+int64(len(program)) > c.bound {
		return
	}
	err := atomicfile.WriteUnsynced(filepath.Join(c.dir, key), func(w io.Writer) error {
		if _, err := w.Write(sum(key, program)); err != nil {
			return err
		}
		_, err := w.Write(program)
		return err
	})
	if err == nil {
		c.cut()
	}
}

// cut removes the oldest programs beyond the bound, and no other files.
func (c *cache) cut() {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	var size int64
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && entryName.MatchString(e.Name()) {
			files = append(files, info)
			size += info.Size()
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if size <= c.bound {
			return
		}
		os.Remove(filepath.Join(c.dir, f.Name()))
		size -= f.Size()
	}
}

package xla

/*
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "pjrt_linux.h"
*/
import "C"

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/gomlx/go-xla/pjrt"
)

var (
	kept   atomic.Pointer[cache] // where compiled programs are kept, nil for nowhere
	opened = map[string]bool{}   // paths by which go-xla has our table of a plugin

	compiled, loaded atomic.Int64
)

// Programs says how many programs this process had XLA compile, and how many
// it had from the cache instead. It counts where there is a cache.
func Programs() (fromXLA, fromCache int64) { return compiled.Load(), loaded.Load() }

// keepPrograms puts the cache between go-xla and the CPU plugin of a GoMLX
// configuration ("xla:/path,options"). The notice says why there is no cache
// where there should be one; an error is the plugin's own.
func keepPrograms(config string) (notice string, err error) {
	path, ok := strings.CutPrefix(config, "xla:")
	path, _, _ = strings.Cut(path, ",")
	if !ok || !filepath.IsAbs(path) || !strings.Contains(filepath.Base(path), "cpu") {
		return "", nil // loading back was tried on the CPU only
	}
	c, err := openCache(path)
	if c == nil {
		kept.Store(nil)
		if err != nil {
			notice = fmt.Sprintf("compiled programs are not kept: %v (%s=off, or another folder)", err, Cache)
		}
		return notice, nil
	}
	if !opened[path] {
		name := C.CString(path)
		defer C.free(unsafe.Pointer(name))
		api := C.pjrt_open(name)
		if api == nil {
			return "", nil // go-xla says why, or does without
		}
		if err := pjrt.RegisterPreloadedPlugin(path, uintptr(unsafe.Pointer(api))); err != nil {
			return "", err
		}
		opened[path] = true
	}
	kept.Store(c)
	return "", nil
}

//export stellaraeCompile
func stellaraeCompile(args *C.pjrt_compile_args) unsafe.Pointer {
	c := kept.Load()
	if c == nil {
		return C.pjrt_compile(args)
	}
	p := args.program
	key := c.key(bytes(p.code, p.code_size), bytes(p.format, p.format_size), bytes(args.options, args.options_size))
	if program := c.get(key); program != nil {
		if C.pjrt_load(args, (*C.char)(unsafe.Pointer(unsafe.SliceData(program))), C.size_t(len(program))) != 0 {
			loaded.Add(1)
			return nil
		}
	}
	if failed := C.pjrt_compile(args); failed != nil {
		return failed
	}
	compiled.Add(1)
	var out C.pjrt_bytes
	if C.pjrt_serialize(args.executable, &out) != 0 {
		c.put(key, bytes(out.bytes, out.size))
		C.pjrt_release(&out)
	}
	return nil
}

// bytes is C's memory, not a copy.
func bytes(p *C.char, n C.size_t) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(p)), n) }

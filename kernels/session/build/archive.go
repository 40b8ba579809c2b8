package build

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Archives as the compiler writes them (cmd/pack: the format of Unix ar): a
// magic line, then entries with a header of 60 bytes, the first of which is
// __.PKGDEF: text lines about the compiler, and between $$B and $$ the types.
const (
	archiveMagic  = "!<arch>\n"
	archiveHeader = 60
	exportEntry   = "__.PKGDEF"
	maxExport     = 1 << 30
)

// exportData reads the types of a package from its archive.
func exportData(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readExport(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return data, nil
}

func readExport(r io.Reader) ([]byte, error) {
	head := make([]byte, len(archiveMagic)+archiveHeader)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:len(archiveMagic)]) != archiveMagic {
		return nil, errors.New("not an archive of the Go compiler")
	}
	head = head[len(archiveMagic):]
	if name := strings.TrimRight(string(head[:16]), " "); name != exportEntry {
		return nil, fmt.Errorf("the archive begins with %q, not with %s", name, exportEntry)
	}
	size, err := strconv.ParseInt(strings.TrimSpace(string(head[48:58])), 10, 64)
	if err != nil || size < 0 || size > maxExport {
		return nil, fmt.Errorf("archive with an entry of %q bytes", head[48:58])
	}
	var entry bytes.Buffer
	if n, err := io.CopyN(&entry, r, size); err != nil {
		return nil, fmt.Errorf("archive cut off in its first entry: %d of %d bytes", n, size)
	}
	_, data, ok := bytes.Cut(entry.Bytes(), []byte("\n$$B\n"))
	end := bytes.LastIndex(data, []byte("\n$$\n"))
	if !ok || end < 0 {
		return nil, errors.New("archive without types")
	}
	return data[:end], nil
}

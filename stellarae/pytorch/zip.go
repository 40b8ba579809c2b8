package pytorch

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The zip format, torch's own since version 1.6: NAME/data.pkl is the pickle,
// NAME/data/KEY are the storages, NAME/byteorder says "little" or "big". All
// entries are stored without compression.

type zipFile struct {
	prefix  string // "NAME/"
	entries map[string]*zip.File
	size    int64
}

func openZip(r io.ReaderAt, size int64) (*zipFile, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is extracted
		return nil, err
	}
	z := &zipFile{entries: make(map[string]*zip.File, len(archive.File)), size: size}
	found := false
	for _, f := range archive.File {
		if z.entries[f.Name] != nil {
			return nil, fmt.Errorf("zip entry %q: there are two", f.Name)
		}
		z.entries[f.Name] = f
		if prefix, ok := strings.CutSuffix(f.Name, "data.pkl"); ok && strings.Count(prefix, "/") == 1 && strings.HasSuffix(prefix, "/") {
			if found {
				return nil, fmt.Errorf("zip entry %q: a second pickle", f.Name)
			}
			z.prefix, found = prefix, true
		}
	}
	if !found {
		return nil, errors.New("a zip archive without data.pkl: not written by torch.save")
	}
	if z.entries[z.prefix+"byteorder"] != nil {
		order, err := z.read("byteorder", int64(len("little")))
		if err != nil {
			return nil, err
		}
		if string(order) != "little" {
			return nil, fmt.Errorf("byte order %q instead of little", order)
		}
	}
	return z, nil
}

func (z *zipFile) object() (any, error) {
	p, err := z.read("data.pkl", maxPickle)
	if err != nil {
		return nil, err
	}
	if _, err := scan(p); err != nil {
		return nil, err
	}
	return unpickle(p, map[string]*storage{})
}

func (z *zipFile) bytes(s *storage) ([]byte, error) {
	b, err := z.read("data/"+s.key, z.size)
	if err == nil && int64(len(b)) != s.bytes() {
		err = fmt.Errorf("storage %q: the archive has %d bytes instead of %d", s.key, len(b), s.bytes())
	}
	return b, err
}

// read returns an entry of at most limit bytes, its checksum verified.
func (z *zipFile) read(name string, limit int64) ([]byte, error) {
	name = z.prefix + name
	f := z.entries[name]
	if f == nil {
		return nil, fmt.Errorf("zip entry %q is missing", name)
	}
	if f.Method != zip.Store {
		return nil, fmt.Errorf("zip entry %q is compressed, which torch.save never does", name)
	}
	if f.UncompressedSize64 > uint64(min(limit, z.size)) || f.CompressedSize64 != f.UncompressedSize64 {
		return nil, fmt.Errorf("zip entry %q claims %d bytes", name, f.UncompressedSize64)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("zip entry %q: %w", name, err)
	}
	defer r.Close()
	b := make([]byte, f.UncompressedSize64)
	if _, err = io.ReadFull(r, b); err == nil {
		_, err = r.Read(make([]byte, 1)) // the checksum is looked at where the data end
	}
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("zip entry %q: %w", name, err)
	}
	return b, nil
}

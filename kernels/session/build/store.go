package build

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// store keeps archives by the hash of their content, in folders of the cache.
// The Go build cache names its archives so too, and they are hard-linked from
// there where that is possible: they take no more room, and are still there when
// the Go build cache has been emptied.
type store struct{ dir string }

// keep takes an archive into the store and fills in where it is.
func (s store) keep(p *Package, archive string) error {
	info, err := os.Stat(archive)
	if err != nil {
		return err
	}
	p.Size = info.Size()
	if base := filepath.Base(archive); len(base) == 66 && base[64:] == "-d" {
		p.Hash = base[:64]
	} else if p.Hash, err = hashFile(archive); err != nil {
		return err
	}
	p.Export = s.path(p.Hash)
	if s.has(p) {
		touch(p.Export)
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(p.Export), 0o700); err != nil {
		return err
	}
	os.Remove(p.Export) // of another size
	if err := os.Link(archive, p.Export); err == nil || errors.Is(err, fs.ErrExist) {
		touch(p.Export) // so that prune sees that it is new here
		return nil
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		return err
	}
	return writeFile(p.Export, data)
}

func (s store) path(hash string) string {
	return filepath.Join(s.dir, hash[:2], hash+".a")
}

// has reports whether the archive is there in full length.
func (s store) has(p *Package) bool {
	info, err := os.Stat(p.Export)
	return err == nil && info.Size() == p.Size
}

// damaged removes the archives of packages whose content is not what their name
// says, and gives the packages' paths.
func (s store) damaged(g *Graph) []string {
	var bad []string
	for _, path := range g.Paths() {
		p := g.packages[path]
		if p.Export == "" {
			continue
		}
		if hash, err := hashFile(p.Export); err != nil || hash != p.Hash {
			os.Remove(p.Export)
			bad = append(bad, path)
		}
	}
	return bad
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// touch marks a file of the cache as used.
func touch(path string) {
	now := time.Now()
	os.Chtimes(path, now, now) // if it fails the file is forgotten earlier
}

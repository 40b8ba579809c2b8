package pytorch

import (
	"errors"
	"fmt"
	"io"

	"github.com/nlpodyssey/gopickle/types"
)

// The legacy format, torch's own until version 1.5: five pickles in a row (a
// magic number, the format's version 1001, facts of the machine, the object,
// the sorted keys of the storages), then for every key the number of elements
// as int64 and the elements.

// legacyMagic is the first two of the pickles in protocol 2.
const legacyMagic = "\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19." + "\x80\x02M\xe9\x03."

type legacyFile struct {
	r       io.ReaderAt
	size    int64
	pickles []byte           // the start of the file
	at      int              // where the next pickle begins
	offsets map[string]int64 // of the elements of each storage
}

func openLegacy(r io.ReaderAt, size int64) (*legacyFile, error) {
	l := &legacyFile{r: r, size: size, pickles: make([]byte, min(size, maxPickle)), at: len(legacyMagic)}
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), l.pickles); err != nil {
		return nil, err
	}
	info, err := l.next(nil)
	if err != nil {
		return nil, err
	}
	facts, _ := info.(*types.Dict)
	if facts == nil {
		return nil, errors.New("the facts of the machine are not a dict")
	}
	if little, ok := facts.Get("little_endian"); !ok || little != true {
		return nil, errors.New("the file is not little-endian")
	}
	return l, nil
}

// next unpickles the next object.
func (l *legacyFile) next(storages map[string]*storage) (any, error) {
	rest := l.pickles[l.at:]
	n, err := scan(rest)
	if err != nil {
		return nil, err
	}
	l.at += n
	return unpickle(rest[:n], storages)
}

func (l *legacyFile) object() (any, error) {
	storages := map[string]*storage{}
	object, err := l.next(storages)
	if err != nil {
		return nil, err
	}
	keys, err := l.next(nil)
	if err != nil {
		return nil, err
	}
	list, ok := keys.(*types.List)
	if !ok {
		return nil, errors.New("the keys of the storages are not a list")
	}
	l.offsets = make(map[string]int64, len(storages))
	at := int64(l.at)
	for _, k := range *list {
		key, _ := k.(string)
		s := storages[key]
		if s == nil {
			return nil, fmt.Errorf("storage %q is not in the object", key)
		}
		var count [8]byte
		if _, err := l.r.ReadAt(count[:], at); err != nil {
			return nil, fmt.Errorf("storage %q: %w", key, err)
		}
		at += int64(len(count))
		if n := little.Uint64(count[:]); n != uint64(s.count) {
			return nil, fmt.Errorf("storage %q has %d numbers instead of %d", key, n, s.count)
		}
		if s.bytes() > l.size-at {
			return nil, fmt.Errorf("storage %q: %w", key, io.ErrUnexpectedEOF)
		}
		l.offsets[key] = at
		at += s.bytes()
	}
	return object, nil
}

func (l *legacyFile) bytes(s *storage) ([]byte, error) {
	at, ok := l.offsets[s.key]
	if !ok {
		return nil, fmt.Errorf("storage %q is not in the file", s.key)
	}
	b := make([]byte, s.bytes())
	_, err := io.ReadFull(io.NewSectionReader(l.r, at, int64(len(b))), b)
	return b, err
}

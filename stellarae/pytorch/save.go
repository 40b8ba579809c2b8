package pytorch

import (
	"archive/zip"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

// Save writes c to path in the zip format of torch.save: a dict with the key
// "state_dict", an OrderedDict of the tensors in their order, and the entries
// of Meta, which are of type int, float64, bool or string.
//
// The file appears at path complete or not at all. A tensor whose Shape does
// not match its Data, or whose name another one has, is an error, as is a Meta
// of another type or with the key "state_dict". Equal checkpoints give equal
// files.
func Save(path string, c *Checkpoint) error {
	if err := check(c); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return atomicfile.Write(path, func(w io.Writer) error { return write(w, c) })
}

func check(c *Checkpoint) error {
	seen := map[string]bool{}
	for _, t := range c.Tensors {
		count := 1
		for _, n := range t.Shape {
			if n < 0 || n > 0 && count > math.MaxInt/n {
				return fmt.Errorf("tensor %q has the shape %v", t.Name, t.Shape)
			}
			count *= n
		}
		switch {
		case count != len(t.Data):
			return fmt.Errorf("tensor %q of shape %v has %d numbers", t.Name, t.Shape, len(t.Data))
		case len(t.Shape) > maxRank:
			return fmt.Errorf("tensor %q has %d axes, more than %d", t.Name, len(t.Shape), maxRank)
		case uint64(count) > math.MaxUint32/4:
			return fmt.Errorf("tensor %q is larger than 4 GiB", t.Name)
		case seen[t.Name]:
			return fmt.Errorf("tensor %q is there twice", t.Name)
		case !utf8.ValidString(t.Name):
			return fmt.Errorf("tensor name %q is not UTF-8", t.Name)
		}
		seen[t.Name] = true
	}
	for key, v := range c.Meta {
		text, _ := v.(string)
		if key == "state_dict" || !utf8.ValidString(key) || !utf8.ValidString(text) {
			return fmt.Errorf("meta %q cannot be written", key)
		}
	}
	return nil
}

// write writes the archive in the order of torch.save.
func write(w io.Writer, c *Checkpoint) error {
	p, err := picklerOf(c)
	if err != nil {
		return err
	}
	counted := &counter{w: w}
	a := &archive{zip.NewWriter(counted), counted}
	put := func(name, content string) error {
		return a.add(name, int64(len(content)), func(w io.Writer) error {
			_, err := io.WriteString(w, content)
			return err
		})
	}
	if err := put("data.pkl", p.String()); err != nil {
		return err
	}
	if err := put("byteorder", "little"); err != nil {
		return err
	}
	for i, t := range c.Tensors {
		err := a.add("data/"+strconv.Itoa(i), 4*int64(len(t.Data)), func(w io.Writer) error {
			return writeFloats(w, t.Data)
		})
		if err != nil {
			return err
		}
	}
	if err := put("version", "3\n"); err != nil {
		return err
	}
	return a.zip.Close()
}

func writeFloats(w io.Writer, data []float32) error {
	buffer := make([]byte, 0, 64<<10)
	for chunk := range slices.Chunk(data, cap(buffer)/4) {
		buffer = buffer[:0]
		for _, x := range chunk {
			buffer = little.AppendUint32(buffer, math.Float32bits(x))
		}
		if _, err := w.Write(buffer); err != nil {
			return err
		}
	}
	return nil
}

// archive is a zip archive whose entries are stored and begin at multiples of
// 64 bytes, so that torch.load can map them into memory.
type archive struct {
	zip     *zip.Writer
	written *counter
}

// add runs content twice: for the checksum, which comes first, and to write.
func (a *archive) add(name string, size int64, content func(io.Writer) error) error {
	const alignment, header = 64, 30 // bytes; header is a zip entry's fixed part
	sum := crc32.NewIEEE()
	if err := content(sum); err != nil {
		return err
	}
	if err := a.zip.Flush(); err != nil {
		return err
	}
	name = "archive/" + name
	begin := a.written.n + header + int64(len(name)) + 4
	padding := (alignment - begin%alignment) % alignment
	extra := append([]byte("FB"), byte(padding), 0) // torch's tag of an extra field, and its length
	extra = append(extra, make([]byte, padding)...)
	w, err := a.zip.CreateRaw(&zip.FileHeader{
		Name: name, Method: zip.Store, CRC32: sum.Sum32(), Extra: extra,
		CompressedSize64: uint64(size), UncompressedSize64: uint64(size),
	})
	if err != nil {
		return err
	}
	return content(w)
}

// counter counts the bytes that pass.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

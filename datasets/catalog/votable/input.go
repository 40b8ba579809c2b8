package votable

import (
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// input hands the document to the XML decoder byte by byte, so that the decoder
// reads nothing ahead and the text of a STREAM can be taken from below it; and
// it bounds how much the decoder may take for one token.
type input struct {
	r    *bufio.Reader
	left int // bytes until the next allow
	last [2]byte
}

var errTooLong = fmt.Errorf("more than %d bytes between two tags", MaxCell)

func newInput(r io.Reader) *input {
	in := &input{r: bufio.NewReaderSize(r, 1<<16)}
	in.allow()
	return in
}

// allow lets one more token be read.
func (in *input) allow() { in.left = MaxCell }

func (in *input) ReadByte() (byte, error) {
	if in.left == 0 {
		return 0, errTooLong
	}
	in.left--
	b, err := in.r.ReadByte()
	if err == nil {
		in.last[0], in.last[1] = in.last[1], b
	}
	return b, err
}

// Read is there for xml.NewDecoder, which calls ReadByte alone.
func (in *input) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := in.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// closed tells whether the tag just read closes itself: <STREAM/>.
func (in *input) closed() bool { return in.last == [2]byte{'/', '>'} }

// text is the bytes up to the next tag, which the decoder goes on with.
type text struct{ in *input }

func (t text) Read(p []byte) (int, error) {
	if t.in.closed() {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) {
		b, err := t.in.r.ReadByte()
		if err != nil {
			return n, eof(err)
		}
		if b == '<' {
			if err := t.in.r.UnreadByte(); err != nil {
				return n, err
			}
			if n == 0 {
				return 0, io.EOF
			}
			break
		}
		p[n] = b
		n++
	}
	return n, nil
}

// skipText leaves out the text up to the next tag, however long.
func (in *input) skipText() error {
	_, err := io.Copy(io.Discard, text{in})
	return err
}

// charset takes the encodings that tables are written in: UTF-8, which the
// decoder knows, and its subset ASCII, and Latin-1.
func charset(label string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "us-ascii", "ascii":
		return r, nil
	case "iso-8859-1", "latin1", "latin-1":
		if in, ok := r.(*input); ok { // else the encoding is declared twice
			return &latin1{in: in}, nil
		}
	}
	return nil, fmt.Errorf("encoding %.40q; only UTF-8, ASCII and ISO-8859-1 are read", label)
}

// latin1 makes UTF-8 of Latin-1.
type latin1 struct {
	in     *input
	second byte // of a letter of two bytes, 0 for none
}

func (l *latin1) ReadByte() (byte, error) {
	if b := l.second; b != 0 {
		l.second = 0
		return b, nil
	}
	b, err := l.in.ReadByte()
	if b < 0x80 {
		return b, err
	}
	l.second = 0x80 | b&0x3f
	return 0xc0 | b>>6, err
}

func (l *latin1) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := l.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// token is the next token of the document, of which no declaration of entities
// is taken.
func (t *Reader) token() (xml.Token, error) {
	t.in.allow()
	token, err := t.xml.Token()
	if err != nil {
		return nil, err
	}
	switch x := token.(type) {
	case xml.StartElement:
		if t.depth++; t.depth > maxDepth {
			return nil, fmt.Errorf("elements stand %d deep in each other", maxDepth)
		}
	case xml.EndElement:
		t.depth--
	case xml.Directive:
		if strings.Contains(string(x), "[") {
			return nil, errors.New("the document declares entities or elements of its own, which is not read")
		}
	}
	return token, nil
}

// start is the next element's beginning; anything but blanks and comments before it
// is an error.
func (t *Reader) start() (xml.StartElement, error) {
	for {
		token, err := t.token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			return x, nil
		case xml.EndElement:
			return xml.StartElement{}, fmt.Errorf("%.40s ends where an element should begin", x.Name.Local)
		case xml.CharData:
			if strings.Trim(string(x), "\ufeff \t\r\n") != "" {
				return xml.StartElement{}, errors.New("text where an element should begin")
			}
		}
	}
}

// text is the text of the element just begun, to its end. Elements in it are
// an error.
func (t *Reader) text() (string, error) {
	var b strings.Builder
	for {
		token, err := t.token()
		if err != nil {
			return "", eof(err)
		}
		switch x := token.(type) {
		case xml.CharData:
			if b.Len()+len(x) > MaxCell {
				return "", errTooLong
			}
			b.Write(x)
		case xml.EndElement:
			return b.String(), nil
		case xml.StartElement:
			return "", fmt.Errorf("a %.40s stands within text", x.Name.Local)
		}
	}
}

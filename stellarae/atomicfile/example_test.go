package atomicfile_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/stellarae/lab/stellarae/atomicfile"
)

func ExampleWrite() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "note.txt")
	write := func(s string, failure error) {
		atomicfile.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, s)
			return errors.Join(err, failure)
		})
		content, _ := os.ReadFile(path)
		fmt.Printf("%s\n", content)
	}
	write("whole", nil)
	write("torn", errors.New("out of ink"))
	// Output:
	// whole
	// whole
}

package votable_test

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/stellarae/lab/datasets/catalog/votable"
)

func Example() {
	const document = `<VOTABLE version="1.4"><RESOURCE><TABLE>
<FIELD name="Name" datatype="char" arraysize="*"/>
<FIELD name="Teff" datatype="float" unit="K" ucd="phys.temperature.effective"/>
<DATA><TABLEDATA>
<TR><TD>alf Cen B</TD><TD>5207</TD></TR>
<TR><TD>Vega</TD><TD/></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>`
	r, err := votable.NewReader(strings.NewReader(document), "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Fields[1].Name, r.Fields[1].Unit)
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %q\n", row[0], row[1])
	}
	// Output:
	// Teff K
	// alf Cen B "5207"
	// Vega ""
}

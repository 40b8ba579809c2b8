package source_test

import (
	"fmt"
	"strings"

	"github.com/stellarae/lab/datasets/catalog/source"
)

func ExampleRead() {
	const text = `star,HIP,Teff [K],e_Teff,logg,RV [m/s],SpType
HD 128621,71681,5207,12,4.53,-22900,K1V
GJ 581,74995,3367,-1,,-9199,M3V
`
	s, err := source.Read(strings.NewReader(text), source.Mapping{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Names[0])
	for _, l := range s.Labels {
		fmt.Println(l.Quantity, l.Unit, l.Values, l.Errors)
	}
	fmt.Println(source.TypeNumber(s.Types.Values[1]))
	// Output:
	// [{HD 128621   } {HIP 71681   }]
	// Teff K [5207 3367] [12 NaN]
	// logg log10(cm/s2) [4.53 NaN] []
	// radvel km/s [-22.9 -9.199] []
	// 6
}

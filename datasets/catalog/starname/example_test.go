package starname_test

import (
	"fmt"

	"github.com/stellarae/lab/datasets/catalog/starname"
)

func ExampleParse() {
	for _, text := range []string{"HD128621", "Alpha_Cen_B", "Gliese 0581 c", "BD-100216", "vesta20110929"} {
		fmt.Printf("%-14s %s\n", text, starname.Parse(text).Full())
	}
	// Output:
	// HD128621       HD 128621
	// Alpha_Cen_B    alf Cen B
	// Gliese 0581 c  GJ 581
	// BD-100216      BD -10 216
	// vesta20110929  Sun
}

func ExampleStars() {
	stars := starname.NewStars()
	fmt.Println(stars.Star(starname.Parse("Alpha_Cen_B")))
	fmt.Println(stars.Link(starname.Parse("HD 1"), starname.Parse("HD 2")))
	// Output:
	// HD 128621
	// HD 1 and HD 2 are not one star: HD is 1 and 2
}

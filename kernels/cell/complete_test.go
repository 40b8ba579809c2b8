package cell

import "testing"

func TestIsComplete(t *testing.T) {
	for _, tc := range []struct{ text, status, indent string }{
		{"", Complete, ""},
		{"\n", Complete, ""},
		{"x := 1", Complete, ""},
		{"x := 1\n", Complete, ""},
		{"x;", Complete, ""},
		{"return", Complete, ""},
		{"if x {\n}", Complete, ""},
		{"// a comment", Complete, ""},
		{"x // {", Complete, ""},
		{"s := \"{\"", Complete, ""},
		{"package main", Complete, ""},
		{"fmt.Println?", Complete, ""},

		// Brackets.
		{"func f() {", Incomplete, "\t"},
		{"func f() {\n", Incomplete, "\t"},
		{"func f() {\n\tif x {\n\t\ty()\n", Incomplete, "\t\t"},
		{"func f() {\n\tif x {\n\t}\n", Incomplete, "\t"},
		{"f(func() {", Incomplete, "\t"},
		{"x := []T{{\n1,", Incomplete, "\t"},
		{"x := []T{\n\t{\n", Incomplete, "\t\t"},
		{"x := []T{1, 2", Incomplete, "\t"},
		{"x := []T{\n1,\n2  \n", Incomplete, "\t"},
		{"import (\n\t\"fmt\"", Incomplete, "\t"},
		{"f(a,", Incomplete, "\t"},
		{"f(a", Incomplete, "\t"},
		{"x[", Incomplete, "\t"},
		{"type T struct {\n\tA int", Incomplete, "\t"},
		{"switch x {\ncase 1:", Incomplete, "\t"},
		{"func f() {\nvar x int\n", Incomplete, "\t"},
		{"%time f(", Incomplete, "\t"},

		// What must go on.
		{"x :=", Incomplete, "\t"},
		{"x := 1 +", Incomplete, "\t"},
		{"x := 1 + // more", Incomplete, "\t"},
		{"x &&\n\n", Incomplete, "\t"},
		{"f(a).", Incomplete, "\t"},
		{"if x {\n} else", Incomplete, "\t"},
		{"var", Incomplete, "\t"},
		{"a,", Incomplete, ""},
		{"func f() {\n\tx :=", Incomplete, "\t\t"},
		{"L:", Incomplete, ""},
		{"s := `raw {\n", Incomplete, ""},
		{"/* never closed {\n", Incomplete, ""},
		{"x /* ", Incomplete, ""},
		{"/*", Incomplete, ""},
		{"/*/", Incomplete, ""},
		{"`", Incomplete, ""},

		// Wrong whatever follows.
		{"x := := 1", Invalid, ""},
		{"}", Invalid, ""},
		{"f(]", Invalid, ""},
		{"x := \"abc", Invalid, ""},
		{"x := 'ab", Invalid, ""},
		{"x := := 1\nfunc f() {", Invalid, ""},
		{"func f() {\n\tx := := 1\n\ty", Invalid, ""},
		{"x )\ns := `", Invalid, ""},
		{"#", Invalid, ""},
		{"var x", Invalid, ""},
		{"for i := 0; i < 3; i++", Invalid, ""},

		// Special lines.
		{"%ls", Complete, ""},
		{"!ls {", Complete, ""},
		{"%unknown", Complete, ""},
		{"!ls \\", Incomplete, ""},
		{"!ls \\\n-l", Complete, ""},
		{"% ", Invalid, ""},
		{"%%\n%%\nx", Invalid, ""},
		{"%%\nfunc f() {}", Invalid, ""},
		{"func f() {\n%ls", Incomplete, "\t"},
		{"%exec f", Complete, ""},
		{"%%", Incomplete, ""},
		{"%% -n 3\n// nothing yet", Complete, ""},
		{"var x int\n%%\n", Complete, ""},
		{"%%\nx", Complete, ""},
		{"%timeit f() +", Incomplete, "\t"},

		// Cell magics end at a blank line.
		{"%%bash", Incomplete, ""},
		{"%%bash\n", Complete, ""},
		{"%%bash\nls", Incomplete, ""},
		{"%%bash\nls\n", Complete, ""},
		{"%%bash\nls {\n  ", Complete, ""},
		{"%%script\nls\n", Invalid, ""},
		{"%%script sh \\", Incomplete, ""},
	} {
		if status, indent := IsComplete(tc.text); status != tc.status || indent != tc.indent {
			t.Errorf("%q: %s %q, want %s %q", tc.text, status, indent, tc.status, tc.indent)
		}
	}
}

package linelist

import (
	"fmt"
	"strconv"
	"strings"
)

// Species is an atom, an ion or a molecule of two atoms. It is comparable.
type Species struct {
	A, B   uint8 // atomic numbers, A <= B in a molecule; A is 0 in an atom
	Charge uint8 // 0: neutral, 1: once ionised
}

var symbols = strings.Fields(`H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn
	Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu
	Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es`)

var numbers = func() map[string]uint8 {
	m := map[string]uint8{}
	for i, s := range symbols {
		m[s] = uint8(i + 1)
	}
	return m
}()

// maxCharge is the highest stage of ionisation, as in VALD.
const maxCharge = 30

var romans = strings.Fields("I II III IV V VI VII VIII IX X")

// String is the name spectroscopists use, "Fe II", or the molecule's, "TiO".
func (s Species) String() string {
	if s.B == 0 || int(s.B) > len(symbols) || int(s.A) > len(symbols) {
		return fmt.Sprintf("Species(%d,%d,%d)", s.A, s.B, s.Charge)
	}
	b := symbols[s.B-1]
	switch {
	case s.A == 0 && int(s.Charge) < len(romans):
		return b + " " + romans[s.Charge]
	case s.A == 0:
		return fmt.Sprintf("%s %d", b, s.Charge+1)
	}
	a, plus := symbols[s.A-1], strings.Repeat("+", int(s.Charge))
	switch {
	case s.A == s.B:
		return a + "2" + plus
	case a == "H" || a == "O": // MgH, OH; TiO
		return b + a + plus
	}
	return a + b + plus // CN, CO
}

// molecule is the molecule of two atoms.
func molecule(x, y, charge uint8) Species {
	return Species{A: min(x, y), B: max(x, y), Charge: charge}
}

// ParseSpecies understands VALD's names: an element's or a molecule's symbol
// and a stage counted from 1, such as "Fe 1", "Ca 2", "TiO 1", "C2 1".
func ParseSpecies(name string) (Species, error) {
	symbol, stage, found := strings.Cut(strings.TrimSpace(name), " ")
	n, err := strconv.Atoi(strings.TrimSpace(stage))
	if !found || err != nil || n < 1 || n > maxCharge+1 {
		return Species{}, fmt.Errorf("species %q: want a symbol and a stage from 1, such as Fe 1", name)
	}
	charge := uint8(n - 1)
	if z, ok := numbers[symbol]; ok {
		return Species{B: z, Charge: charge}, nil
	}
	if z, ok := numbers[strings.TrimSuffix(symbol, "2")]; ok {
		return Species{A: z, B: z, Charge: charge}, nil
	}
	for cut := 1; cut < len(symbol); cut++ {
		x, y := numbers[symbol[:cut]], numbers[symbol[cut:]]
		if x > 0 && y > 0 {
			return molecule(x, y, charge), nil
		}
	}
	return Species{}, fmt.Errorf("species %q: no such element or molecule of two atoms", name)
}

// parseCode understands MOOG's codes: the atomic number, or for a molecule the
// two numbers in two digits each, and after the point the charge and the
// isotopes, which are dropped: 26.1 is Fe II, 106.00112 is CH, 822.0 is TiO.
func parseCode(code string) (Species, error) {
	whole, rest, _ := strings.Cut(code, ".")
	n, err := strconv.Atoi(whole)
	charge := 0
	if err == nil && rest != "" {
		charge, err = strconv.Atoi(rest[:1])
	}
	z := [2]int{n / 100, n % 100}
	if err != nil || z[0] < 0 || z[1] < 1 || z[0] > len(symbols) || z[1] > len(symbols) {
		return Species{}, fmt.Errorf("species code %q: want an atomic number and a charge, such as 26.1", code)
	}
	return molecule(uint8(z[0]), uint8(z[1]), uint8(charge)), nil
}

package figure

// KielData is a sample of stars by effective temperature and surface gravity.
type KielData struct {
	Title string
	Teff  []float64 // K
	LogG  []float64 // of cm/s2, base 10

	Color      []float64 // as in ScatterData; nil for none
	ColorLabel string
	Categories []string

	// Ascending draws both axes upward, as the paper does, instead of hot
	// stars to the left and giants at the top.
	Ascending bool
}

// Kiel draws surface gravity against temperature, with Scatter's rules.
func Kiel(d KielData) (*Figure, error) {
	return Scatter(ScatterData{
		Title: d.Title, X: d.Teff, Y: d.LogG,
		XLabel: AxisLabel("Teff"), YLabel: AxisLabel("logg"),
		Color: d.Color, ColorLabel: d.ColorLabel, Categories: d.Categories,
		InvertX: !d.Ascending, InvertY: !d.Ascending,
	})
}

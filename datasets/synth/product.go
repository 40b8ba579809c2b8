package synth

import (
	"fmt"
	"path/filepath"

	"github.com/stellarae/lab/stellarae/fits"
	"github.com/stellarae/lab/stellarae/spectrum"
)

// writeProduct writes one spectrum like the archive's 1-D product: a primary
// header and a binary table of one row whose cells are vectors. ORIGIN and
// SIMULATE say that no telescope was involved.
func (s *Survey) writeProduct(dir string, t *Truth, x *spectrum.Spectrum) error {
	n := len(x.Wave)
	wave := func(i int) float64 { return x.Wave[i] / 10 } // nm, as the archive's keywords have it
	primary := []fits.Card{
		{Key: "ORIGIN", Value: "SIMULATED", Comment: "not an observation"},
		{Key: "SIMULATE", Value: true, Comment: "made by stellarae, package synth"},
		{Key: "TELESCOP", Value: "ESO-3P6", Comment: "simulated"},
		{Key: "INSTRUME", Value: "HARPS", Comment: "simulated"},
		{Key: "ARCFILE", Value: t.ID + ".fits", Comment: "archive file name"},
		{Key: "OBJECT", Value: t.Star, Comment: "target"},
		{Key: "RA", Value: t.RA, Comment: "[deg]"},
		{Key: "DEC", Value: t.Dec, Comment: "[deg]"},
		{Key: "DATE-OBS", Value: t.Date, Comment: "UTC"},
		{Key: "SPECSYS", Value: "BARYCENT", Comment: "frame of the wavelengths"},
		{Key: "SPEC_RES", Value: s.settings.resolution, Comment: "resolving power"},
		{Key: "SPEC_BIN", Value: s.settings.grid.Step / 10, Comment: "[nm] wavelength step"},
		{Key: "WAVELMIN", Value: wave(0), Comment: "[nm] first wavelength"},
		{Key: "WAVELMAX", Value: wave(n - 1), Comment: "[nm] last wavelength"},
		{Key: "SNR", Value: t.SNR, Comment: "signal-to-noise of a sample"},
		{Key: "FLUXCAL", Value: "UNCALIBRATED", Comment: "relative flux"},
		{Key: "ESO TEL AIRM START", Value: t.Airmass, Comment: "airmass"},
		{Key: "ESO TEL AIRM END", Value: t.Airmass, Comment: "airmass"},
		{Key: "ESO DRS BERV", Value: t.BERV, Comment: "[km/s] barycentric Earth radial velocity"},
		{Key: "ESO TEL TARG RADVEL", Value: t.RV, Comment: "[km/s] radial velocity"},
	}
	if s.settings.sky {
		primary = append(primary,
			fits.Card{Key: "EXPTIME", Value: t.Exposure, Comment: "[s] exposure"},
			fits.Card{Key: "ESO TEL AMBI FWHM START", Value: t.Seeing, Comment: "[arcsec] seeing"},
			fits.Card{Key: "ESO TEL AMBI IWV START", Value: t.Water, Comment: "[mm] precipitable water"})
	}
	table := &fits.TableHDU{
		Name: "SPECTRUM",
		Cards: []fits.Card{
			{Key: "VOCLASS", Value: "SPECTRUM V2.0", Comment: "data model"},
			{Key: "OBJECT", Value: t.Star, Comment: "target"},
			{Key: "TUCD1", Value: "em.wl;obs.atmos", Comment: "wavelength in air"},
			{Key: "TUCD2", Value: "phot.flux.density;em.wl;src.net"},
			{Key: "TUCD3", Value: "stat.error;phot.flux.density;em.wl;src.net"},
		},
		Columns: []fits.ColumnData{
			{Name: "WAVE", Unit: "angstrom", Data: [][]float64{x.Wave}},
			{Name: "FLUX", Unit: "adu", Data: [][]float32{x.Flux}},
			{Name: "ERR", Unit: "adu", Data: [][]float32{x.Err}},
		},
	}
	path := filepath.Join(dir, t.ID+".fits")
	// The file can be made again: labels.csv, written last, waits for the disk.
	if err := fits.WriteFileNoSync(path, &fits.ImageHDU{Cards: primary}, table); err != nil {
		return fmt.Errorf("synth: %w", err)
	}
	return nil
}

package explore

import (
	"os"
	"path/filepath"

	"github.com/stellarae/lab/datasets/store"
)

// Sources are the files that an explorer knows spectra from. All may be empty:
// then it shows what is dropped onto its page.
type Sources struct {
	Run    string   // folder of the run, or a checkpoint
	Data   []string // folders and files of spectra, or one store
	Codes  string   // .npy, one row a spectrum
	IDs    string   // dp_id or file of every row of the codes
	Labels string   // .csv
	Count  string   // folder of a report of the same codes
	Lines  string   // list of spectral lines

	Most int // spectra to encode where there are no codes, evenly spread; 0 means 1000
}

// Beside fills in what is not set with what lies beside the run under the
// names that `stellarae demo` gives: the folders survey and count, codes.npy
// and codes.ids.txt; and labels.csv in the folder of the spectra.
func (s Sources) Beside() Sources {
	parent := filepath.Dir(filepath.Clean(s.Run))
	if st, err := os.Stat(s.Run); err == nil && !st.IsDir() {
		parent = filepath.Dir(parent) // of run/model.ckpt
	}
	if s.Data == nil {
		if dir := filepath.Join(parent, "survey"); exists(dir) {
			s.Data = []string{dir}
		}
	}
	if codes := filepath.Join(parent, "codes.npy"); s.Codes == "" && exists(codes) {
		s.Codes = codes
		// a count stands by the codes that it is of
		if dir := filepath.Join(parent, "count"); s.Count == "" && exists(dir) {
			s.Count = dir
		}
	}
	if s.Codes != "" && s.IDs == "" {
		if ids := s.Codes[:len(s.Codes)-len(filepath.Ext(s.Codes))] + ".ids.txt"; exists(ids) {
			s.IDs = ids
		}
	}
	for _, dir := range s.Data {
		if table := filepath.Join(dir, "labels.csv"); s.Labels == "" && !store.Is(dir) && exists(table) {
			s.Labels = table
		}
	}
	return s
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

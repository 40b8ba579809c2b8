package paper

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// The authors' files, by the names they have in the paper's repository.
const (
	codesName      = "encoded_harps_unique_128d_e182_i1500000.npy"
	labelsName     = "harps_metadata_and_labels.csv"
	checkpointName = "model_128d_e182_i1500000.pth.tar"
)

// Get says what to download for the published lane, and where to put it.
const Get = `The authors' own codes, labels and checkpoint are not ours to give out. Their repository,
https://github.com/NimSed/astro-machines, has them or tells where they are:

    git clone https://github.com/NimSed/astro-machines data/published
    cd data/published/lists && tar xfz list.tar.gz                      # ` + labelsName + `
    cd ../models && sh fetch_models.sh                                  # ` + checkpointName + `

The codes come with the clone, as encoded/` + codesName + `.
Any folder that holds the three files, at any depth, will do: make paper PUBLISHED=folder.
The codes and the labels are needed; without the checkpoint its rows are left out.`

// Files are the authors' files, "" where missing.
type Files struct{ Codes, Labels, Checkpoint string }

// Find looks for the authors' files in a folder, at any depth down to eight. A
// folder that does not exist has none.
func Find(folder string) (f Files, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == folder {
				return fs.SkipAll
			}
			return fs.SkipDir
		}
		if relative, err := filepath.Rel(folder, path); err == nil && d.IsDir() && strings.Count(relative, string(filepath.Separator)) >= 8 {
			return fs.SkipDir
		}
		for name, at := range map[string]*string{codesName: &f.Codes, labelsName: &f.Labels, checkpointName: &f.Checkpoint} {
			if d.Name() == name && !d.IsDir() && *at == "" {
				*at = path
			}
		}
		return nil
	})
	return f, err
}

// Missing names what the lane cannot do without.
func (f Files) Missing() (names []string) {
	if f.Codes == "" {
		names = append(names, codesName)
	}
	if f.Labels == "" {
		names = append(names, labelsName)
	}
	return names
}

// MissingError says which of the authors' files are missing.
type MissingError struct {
	Folder string
	Names  []string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("paper: %s: no %s", e.Folder, strings.Join(e.Names, ", no "))
}

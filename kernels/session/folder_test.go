package session

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRemoveAbandoned(t *testing.T) {
	parent := t.TempDir()
	used, lock, err := newFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	left, dead, err := newFolder(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(left, "go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dead.Close() // as the end of its process does
	other := filepath.Join(parent, folderPrefix+"12345678")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	target := t.TempDir()
	if err := os.WriteFile(filepath.Join(target, lockName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(parent, folderPrefix+"link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := removeAbandoned(parent); err != nil {
		t.Fatal(err)
	}
	for _, there := range []string{used, other, link, target} {
		if _, err := os.Lstat(there); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Lstat(left); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", left, err)
	}
}

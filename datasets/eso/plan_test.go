package eso

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A plan counts what is missing, changes nothing and asks for nothing.
func TestPlan(t *testing.T) {
	s := stub(t, 4, 100)
	a, _ := client(t, s, Options{Connections: 2})
	list := products(s)
	for i := range list {
		list[i].Estimate = 0
	}
	dir := filepath.Join(t.TempDir(), "not", "there")
	plan, err := a.Plan(list, dir)
	// 4 files of 5,008,000 bytes over two connections of 1 MB/s
	if err != nil || plan.Files != 4 || plan.Present != 0 || plan.Guessed != 4 || plan.Bytes != 20_032_000 || plan.Time != 10*time.Second || plan.Free <= 0 {
		t.Errorf("%+v, %v", plan, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the plan made the folder")
	}
	if n := s.Log().Requests; n > 0 {
		t.Errorf("%d requests", n)
	}

	if _, err := a.Download(t.Context(), list[:1], dir, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, list[1].ID+partSuffix), make([]byte, 600), 0o644); err != nil {
		t.Fatal(err)
	}
	list[1].Size, list[2].Estimate, list[3].Size = 1000, 2000, 4000
	if plan, err = a.Plan(list, dir); err != nil || plan.Present != 1 || plan.Guessed != 0 || plan.Bytes != 400+2000+4000 {
		t.Errorf("%+v, %v", plan, err)
	}
	if _, err := a.Plan(nil, dir); err == nil {
		t.Error("a plan for nothing")
	}
	if _, err := a.Plan(append(list, list[0]), dir); err == nil {
		t.Error("a plan for the same twice")
	}
}

package eso

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary, run with childEnv set to an archive's address and a folder,
// downloads the list in that folder into it.
const childEnv = "STELLARAE_TEST_FETCH"

func TestMain(m *testing.M) {
	base, dir, ok := strings.Cut(os.Getenv(childEnv), " ")
	if !ok {
		os.Exit(m.Run())
	}
	if err := fetchChild(base, dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fetchChild(base, dir string) error {
	list, err := ReadList(dir + ".csv")
	if err != nil {
		return err
	}
	a, err := New(Options{Base: base, Token: TokenFromEnv()})
	if err != nil {
		return err
	}
	a.wait = (&waits{}).wait
	report, err := a.Download(context.Background(), list, dir, nil)
	if err == nil && len(report.Failures) > 0 {
		err = report.Failures[0].Err
	}
	return err
}

// A download that is killed at random moments, from an archive that fails one
// request in five, goes on each time where it stopped: what was there under
// its name is not asked for again, and what was half there comes by range.
func TestKilled(t *testing.T) {
	const files, kills = 300, 25
	s := stub(t, files, 20000) // 320 kB each
	s.FaultRate, s.Seed, s.Pace = 0.2, 5, 20*time.Millisecond
	dir := filepath.Join(t.TempDir(), "spectra")
	if err := WriteList(dir+".csv", products(s)); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	killed, settled := 0, map[string]int{} // deliveries of files that were there after a kill
	for ; ; killed++ {
		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), childEnv+"="+s.URL+" "+dir, TokenVariable+"="+secret)
		var fault bytes.Buffer
		cmd.Stderr = &fault
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		var timer <-chan time.Time
		if killed < kills {
			timer = time.After(time.Duration(20+random.IntN(100)) * time.Millisecond)
		}
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %s", err, fault.String())
			}
		case <-timer:
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
			settle(t, s.Log().Delivered, settled, dir)
			continue
		}
		break
	}
	if killed < 10 {
		t.Errorf("killed %d times only: the download is too quick for this test", killed)
	}
	holdsAll(t, s, dir)
	noSecretIn(t, dir)
	l := s.Log()
	for id, n := range settled {
		if l.Delivered[id] != n {
			t.Errorf("%s was there and was delivered again", id)
		}
	}
	if len(settled) == 0 || l.Ranges == 0 {
		t.Errorf("%d files were there after kills, %d ranges", len(settled), l.Ranges)
	}
	var whole int64
	again := 0
	for _, id := range s.IDs() {
		whole += int64(len(s.Data(id)))
		again += l.Delivered[id] - 1
	}
	// a file may have left the archive when its reader was killed
	if most := killed * 4; again > most {
		t.Errorf("%d deliveries more than files", again)
	}
	t.Logf("killed %d times; %d files, %.1f MB; sent %.1f MB in %d requests, %d ranges; %d delivered again",
		killed, files, float64(whole)/1e6, float64(l.Bytes)/1e6, l.Requests, l.Ranges, again)
}

// settle notes the files that are there under their names. None of them may be
// torn, whenever the kill came.
func settle(t *testing.T, delivered, settled map[string]int, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.fits"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		id := strings.TrimSuffix(filepath.Base(name), ".fits")
		if _, ok := settled[id]; ok {
			continue
		}
		if _, _, err := verify(name, Product{ID: id}); err != nil {
			t.Errorf("after a kill: %s: %v", name, err)
		}
		settled[id] = delivered[id]
	}
}

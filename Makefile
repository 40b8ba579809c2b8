# make demo       the paper's result on a simulated survey
# make lab        JupyterLab with the Go kernel, on the notebooks
# make test       everything checked that a light machine can check
# make paper      the notebooks run again, then the paper claim by claim
# make crosscheck the checks that need PyTorch, astropy and scipy (gigabytes)
#
# Each target does its own set-up on a machine with Go, Python and make: Python
# packages go into .venv, programs into bin; nothing else is touched.

SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
GO ?= go
OUT ?= runs/demo
SEED ?= 1

export GOMLX_NO_AUTO_INSTALL := 1
# Real spectra and reference numbers, which the project does not ship; tests
# that use them skip without.
export STELLARAE_REAL ?= $(abspath $(wildcard ../shared/real))

VENV := .venv/.ready
LABVENV := .venv/.lab
XVENV := .venv-crosscheck/.ready
PLOT := stellarae/explore/assets/vendor/uPlot.iife.min.js
SOURCES := $(shell find stellarae datasets kernels -name '*.go' -o -name '*.html' -o -path 'stellarae/explore/assets/*.*' 2>/dev/null) go.mod go.sum

.PHONY: help build beam demo lab kernel test lint unit race stress fuzz bench kernel-bench kernel-notebooks notebooks notebooks-gonb notebooks-fast test-gonb paper docs release crosscheck clean

help:
	@sed -n 's/^# //p' Makefile | head -5

# venv FOLDER,REQUIREMENTS. Debian's and Ubuntu's Python has venv without pip;
# where it has pip apart from it, that one fills the environment.
PIP := pip install --quiet --disable-pip-version-check
define venv
if $(PYTHON) -m venv $(1) >/dev/null 2>&1; then $(1)/bin/python -m $(PIP) -r $(2); \
elif $(PYTHON) -m venv --without-pip --clear $(1) && $(PYTHON) -m pip --version >/dev/null 2>&1; then \
  $(PYTHON) -m pip --python $(1)/bin/python install --quiet --disable-pip-version-check -r $(2); \
else echo "$(PYTHON) has neither ensurepip nor pip: apt install python3-venv" >&2; exit 1; fi
endef

$(VENV): requirements.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or later is needed"'
	$(call venv,.venv,requirements.txt)
	@touch $@

# JupyterLab beside it, for the kernel's notebooks and tests.
$(LABVENV): kernels/requirements.txt $(VENV)
	if [ -x .venv/bin/pip ]; then .venv/bin/python -m $(PIP) -r $<; \
	else $(PYTHON) -m pip --python .venv/bin/python install --quiet --disable-pip-version-check -r $<; fi
	@touch $@

$(XVENV): stellarae/crosscheck/requirements.txt
	$(call venv,.venv-crosscheck,stellarae/crosscheck/requirements.txt)
	@touch $@

bin/stellarae: $(SOURCES) $(if $(shell command -v npm),$(PLOT))
	$(GO) build -o $@ ./stellarae/cmd/stellarae

# uPlot, the plot library of `stellarae explore`, at the version and with the
# checksum of package-lock.json. Without it the program is built all the same,
# and explore says what is missing.
$(PLOT): stellarae/explore/package-lock.json
	cd stellarae/explore && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && mkdir -p assets/vendor && \
	  cp node_modules/uplot/LICENSE node_modules/uplot/dist/uPlot.min.css node_modules/uplot/dist/uPlot.iife.min.js assets/vendor && \
	  rm -rf node_modules || echo "note: no plot library, stellarae explore will not run" >&2

# What `stellarae prepare --beam` runs; Beam is larger than all the rest.
beam: bin/stellarae-beam
bin/stellarae-beam: $(SOURCES)
	$(GO) build -o $@ ./datasets/cmd/stellarae-beam

bin/gokernel: $(SOURCES)
	$(GO) build -o $@ ./kernels/cmd/gokernel

# gopls, which the kernel completes with. It wants its own versions of what it
# imports, so it is no tool of go.mod.
GOPLS := v0.23.0
bin/gopls:
	GOBIN=$(CURDIR)/bin $(GO) install golang.org/x/tools/gopls@$(GOPLS)

build: $(VENV) bin/stellarae

# The kernel, where the JupyterLab of .venv finds it.
kernel: $(LABVENV) bin/gokernel bin/gopls
	bin/gokernel install --prefix .venv

lab: kernel
	.venv/bin/jupyter lab --notebook-dir=$(if $(wildcard notebooks),notebooks,.)

demo: build
	bin/stellarae demo --out $(OUT) --seed $(SEED)

test: build lint unit race fuzz notebooks-fast

lint:
	@test -z "$$(gofmt -l docs stellarae datasets kernels)" || { gofmt -l docs stellarae datasets kernels; echo "not formatted"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

unit: $(LABVENV) bin/gopls
	GOKERNEL_GOPLS=$(CURDIR)/bin/gopls $(GO) test -timeout 20m -skip '$(STRESS)' ./...

# 500 cells in one session, and floods of output: minutes.
STRESS := ^TestLongSession$$|^TestFloods$$
stress: $(LABVENV) bin/gopls
	GOKERNEL_GOPLS=$(CURDIR)/bin/gopls $(GO) test -count=1 -v -run '$(STRESS)' ./kernels/conformance

# What is concurrent, under the race detector; XLA's own threads are not Go's.
RACE := ./datasets/... ./stellarae/info/... ./stellarae/atomicfile/... ./kernels/wire ./kernels/session/proc ./kernels/display/...
race:
	$(GO) test -race -short $(RACE)

# Every fuzz target for a moment; FUZZTIME=10m for longer.
FUZZTIME ?= 2s
fuzz: $(VENV)
	@$(GO) list -f '{{.Dir}}' ./... | while read -r dir; do \
	  for f in $$(grep -hos '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | cut -c6-); do \
	    echo "fuzz $${dir#$(CURDIR)/} $$f"; \
	    out=$$(cd $$dir && $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x . 2>&1) || case "$$out" in \
	      *"Failing input"*|*panic:*) echo "$$out"; exit 1;; \
	      *"context deadline exceeded"*) echo "  ended by its clock within an input";; \
	      *) echo "$$out"; exit 1;; \
	    esac; \
	  done; done

# The kernel beside GoNB: how long people wait, and GoNB's own notebooks.
kernel-bench: $(LABVENV)
	.venv/bin/python kernels/lab/bench.py --programs runs/kernel --out runs/kernel/bench.jsonl

kernel-notebooks: $(LABVENV)
	.venv/bin/python kernels/lab/notebooks.py --programs runs/kernel --kernel gokernel
	.venv/bin/python kernels/lab/notebooks.py --programs runs/kernel --kernel gokernel-process

# The course, each notebook alone in a new kernel, and its outputs stored. The
# first one makes runs/course, which takes ten minutes. Under GoNB nothing is
# stored.
NOTEBOOKS ?= $(sort $(wildcard notebooks/*.ipynb))
notebooks: $(LABVENV)
	.venv/bin/python kernels/lab/course.py --programs runs/kernel --store $(NOTEBOOKS)

notebooks-gonb: $(LABVENV)
	.venv/bin/python kernels/lab/course.py --programs runs/kernel --kernel gonb $(NOTEBOOKS)

# The references of both command lines, from what --help says.
docs:
	$(GO) test -count=1 -run '^TestReferenceIsCurrent$$' ./stellarae/cmd/stellarae -args -write-reference
	$(GO) test -count=1 -run '^TestReferenceIsCurrent$$' ./kernels/cmd/gokernel -args -write-reference

# Archives of both programs for every platform, and their checksums, in dist.
# The kernel is pure Go. stellarae calls XLA through cgo: for another platform
# than this one it wants a C compiler, and is left out without. With Zig:
#   make release CC_linux_arm64='zig cc -target aarch64-linux-gnu.2.28'
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
PLATFORMS ?= linux/amd64 linux/arm64 darwin/amd64 darwin/arm64
release: $(if $(shell command -v npm),$(PLOT))
	@rm -rf dist && mkdir -p dist/files
	@$(foreach p,$(PLATFORMS),$(call pack,gokernel,$(subst /,_,$(p)),$(p),./kernels/cmd/gokernel,CGO_ENABLED=0))
	@$(foreach p,$(PLATFORMS),$(if $(or $(CC_$(subst /,_,$(p))),$(filter $(HOST),$(p))),\
	  $(call pack,stellarae,$(subst /,_,$(p)),$(p),./stellarae/cmd/stellarae,CGO_ENABLED=1 $(if $(CC_$(subst /,_,$(p))),CC='$(CC_$(subst /,_,$(p)))')),\
	  echo "left out: stellarae for $(p), for want of CC_$(subst /,_,$(p))";))
	@rm -rf dist/files ./-.o && cd dist && sha256sum *.tar.gz | tee SHA256SUMS # Zig leaves -.o

# pack PROGRAM,OS_ARCH,OS/ARCH,PACKAGE,ENVIRONMENT makes one archive; the same
# sources give the same bytes.
HOST = $(shell $(GO) env GOHOSTOS)/$(shell $(GO) env GOHOSTARCH)
pack = $(5) GOOS=$(firstword $(subst /, ,$(3))) GOARCH=$(lastword $(subst /, ,$(3))) \
  $(GO) build -trimpath -ldflags '-s -w -X main.stamped=$(VERSION)' -o dist/files/$(1) $(4) && \
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C dist/files -cf - $(1) -C $(CURDIR) LICENSE README.md \
  | gzip -n > dist/$(1)_$(VERSION)_$(2).tar.gz && rm dist/files/$(1) && echo "dist/$(1)_$(VERSION)_$(2).tar.gz" || exit 1;

# Every notebook, in a copy, on a survey and a training so small that they take
# seconds: what counts is that no cell fails. Under GoNB: make test-gonb.
notebooks-fast: $(LABVENV)
	.venv/bin/python kernels/lab/course.py --programs runs/kernel --fast runs/fast $(NOTEBOOKS)

test-gonb: $(LABVENV)
	.venv/bin/python kernels/lab/course.py --programs runs/kernel --kernel gonb --fast runs/fast $(NOTEBOOKS)

# The course run again and held against what is stored, then every figure and claim
# of the paper: a table, and docs/paper-map.md. Ten minutes more where runs/course is
# not there. The authors' codes, labels and checkpoint take part where PUBLISHED has
# them; without, it says where to get them.
PUBLISHED ?= data/published
paper: build $(LABVENV)
	@status=0; \
	.venv/bin/python kernels/lab/course.py --programs runs/kernel --compare $(NOTEBOOKS) || status=1; \
	bin/stellarae paper --run runs/course --published $(PUBLISHED) --out docs || status=1; \
	exit $$status

# Ours beside PyTorch, JAX, astropy, GoNB and others, in turns on this machine:
# docs/benchmarks.md. Takes 25 minutes on two quiet cores; QUICK=1 only shows that
# all works, ROWS=network,loader takes some sections, DEVICE=cuda a graphics card.
# With BENCH=./... instead the Go benchmarks of these packages: beside astropy and
# numpy (x-astropy, how many times as fast on one core) where a Python has them.
BENCH ?=
ROWS ?=
QUICK ?=
DEVICE ?= cpu
ifeq ($(BENCH),)
bench: $(XVENV) $(LABVENV)
	GO="$(GO)" $(XPYTHON) -B -u stellarae/crosscheck/bench.py $(ROWS) $(if $(QUICK),--quick) --device $(DEVICE)
else
bench: $(VENV)
	@python="$${STELLARAE_PYTHON:-$(wildcard $(CURDIR)/$(XPYTHON))}"; \
	if "$${python:-none}" -c 'import astropy, numpy' 2>/dev/null; then export STELLARAE_PYTHON="$$python"; \
	else unset STELLARAE_PYTHON; echo "no x-astropy: astropy and numpy are missing in $${python:-.venv-crosscheck, which make crosscheck makes (or set STELLARAE_PYTHON)}"; fi; \
	$(GO) test -run '^$$' -bench . -benchtime 1s $(BENCH)
endif

# Against PyTorch, astropy, scipy and numpy: fixtures made again and live
# comparisons, then JAX beside PyTorch, then full size, which ends with a table.
# Speed is measured by make bench. Takes five to ten minutes and 3 GB of memory, and 5 GB of
# disk for the packages; without STELLARAE_REAL it simulates its spectra.
XPYTHON := .venv-crosscheck/bin/python
crosscheck: $(XVENV) build
	STELLARAE_PYTHON=$(CURDIR)/$(XPYTHON) $(GO) test -count=1 $$(grep -rl --include='*_test.go' STELLARAE_PYTHON stellarae datasets | xargs -n1 dirname | sort -u | sed 's|^|./|')
	$(XPYTHON) stellarae/crosscheck/ae1d_jax.py
	GO="$(GO)" $(XPYTHON) -u stellarae/crosscheck/full.py runs/crosscheck

clean:
	rm -rf bin dist runs .venv .venv-crosscheck stellarae/explore/assets/vendor

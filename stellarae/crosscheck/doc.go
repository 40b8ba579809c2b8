// Package crosscheck holds this project to other implementations of it.
// ae1d.py is the published network in PyTorch, written from the paper's
// description. What the scripts compute with it is compared with Go:
//
//	golden_small.py  outputs, losses, gradients and steps of Adam of two small
//	                 networks, kept in testdata and tested wherever Go runs
//	golden_full.py   outputs, losses and gradients of the network at full size
//	curves.py        200 steps of training from several starts; the curves are
//	                 kept in testdata too
//	roundtrip.py     checkpoints of every kind, to Go and back
//	full.py          the program at full size, command by command
//	ae1d_jax.py      the network in JAX, compared with ae1d.py
//	bench.py         speed and memory beside PyTorch, JAX and others (make bench)
//
// The tests of this package make every fixture of the project anew and compare.
// They need a Python with requirements.txt, named by STELLARAE_PYTHON, and are
// skipped without; `make crosscheck` runs everything.
//
// It is not a second model to use: nothing here trains or reads a survey.
//
//	python -m venv .venv-crosscheck
//	.venv-crosscheck/bin/pip install -r stellarae/crosscheck/requirements.txt
//	STELLARAE_PYTHON=$PWD/.venv-crosscheck/bin/python go test ./stellarae/crosscheck
package crosscheck

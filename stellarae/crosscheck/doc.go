// Package crosscheck holds this project's model to another implementation of
// it: ae1d.py is the published network in PyTorch, written from the paper's
// description, and the golden_*.py scripts let it compute outputs, losses,
// gradients and steps of Adam. The small goldens are kept in testdata and
// tested against wherever Go runs; the tests of this package need a Python
// with requirements.txt, named by STELLARAE_PYTHON, and are skipped without.
//
// It is not a second model to use: nothing here trains or reads spectra.
//
//	python -m venv .venv-crosscheck
//	.venv-crosscheck/bin/pip install -r stellarae/crosscheck/requirements.txt
//	STELLARAE_PYTHON=$PWD/.venv-crosscheck/bin/python go test ./stellarae/crosscheck
package crosscheck

"""Writes peers.json: what scikit-dimension, scikit-learn and SciPy say of the
data that peers_test.go makes for itself (see ../../testdata/stream.py).

Gride has no peer in them: its likelihood is maximised by SciPy here.

Run: python make_fixtures.py [file to write]
"""

import json
import os
import sys
import warnings

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.spatial import cKDTree
from skdim.id import MLE, TwoNN
from sklearn.decomposition import PCA

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata"))
from stream import Stream, hexes  # noqa: E402

N = 400


def rows(kind):
    s = Stream(3000 + sum(map(ord, kind)))
    out = []
    for _ in range(N):
        a, b, c = s.bell(), s.bell(), s.bell()
        out.append({
            "ball": lambda: [a, b, c],
            "sheet": lambda: [a, b, a * b, a * a - b * b, 0.5 * a],
            "noisy": lambda: [a + 0.03125 * c, b + 0.03125 * s.bell(), a * b + 0.03125 * s.bell(), 0.03125 * s.bell()],
        }[kind]())
    return np.array(out)


def gride(x, m):
    d = cKDTree(x).query(x, 2 * m + 1)[0]
    ratio = np.log(d[:, 2 * m] / d[:, m])

    def minus(log_dim):
        v = np.exp(log_dim)
        return -(N * log_dim + (m - 1) * np.log(-np.expm1(-v * ratio)).sum() - v * m * ratio.sum())

    return float(np.exp(minimize_scalar(minus, bracket=(0, 1), tol=1e-12).x))


def estimates(kind):
    x = rows(kind)
    variances = PCA().fit(x).explained_variance_
    return {
        "kind": kind,
        "variances": hexes(variances),
        "participation": float(variances.sum() ** 2 / (variances**2).sum()).hex(),
        "components": int(np.searchsorted(np.cumsum(variances) / variances.sum(), 0.95) + 1),
        "twonn": float(TwoNN(method="mle").fit(x).dimension_).hex(),
        "mle": [float(MLE().fit(x, n_neighbors=k).dimension_).hex() for k in (5, 20)],
        "gride": hexes(gride(x, m) for m in (1, 2, 4, 8, 16)),
    }


warnings.simplefilter("ignore")
with open(sys.argv[1] if len(sys.argv) > 1 else "peers.json", "w") as f:
    json.dump([estimates(k) for k in ("ball", "sheet", "noisy")], f, indent=0)
    f.write("\n")

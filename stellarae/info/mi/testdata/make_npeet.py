"""Writes npeet.json: what NPEET (npeet-plus 0.2.0) and ennemi 1.5.0 say of the data
that peers_test.go makes for itself, where they have the same algorithm.

Both add noise of 1e-10 to break ties; there are none here, so it is left out.
NPEET takes 1e-15 off a radius to leave the neighbour on it out, which does nothing
to a radius above 8: heavy tails are left to ennemi. ennemi's digamma function is
off by 1e-5 below 3, so for one neighbour it is not asked.

Run: python make_npeet.py [file to write]
"""

import json
import math
import os
import sys

import ennemi
import npeet_plus.estimators as npeet
import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata"))
from stream import Stream  # noqa: E402

N = 300
npeet.add_noise = lambda x, intens=0: x


def columns(kind):
    """x, y and two conditions, as columns of peers_test.go."""
    s = Stream(2000 + sum(map(ord, kind)))
    rows = []
    for _ in range(N):
        a, b, c, d, u = s.bell(), s.bell(), s.bell(), s.bell(), s.uniform()
        if kind == "edges":
            rows.append((u, u + 0.5 * s.uniform(), a + c, b - 0.5 * d))
            continue
        y = {
            "independent": b,
            "weak": 0.6 * a + 0.8 * b,
            "strong": a + 0.0625 * b,
            "curved": a * a + 0.25 * b,
            "heavy": a + b / (u + 0.001),
        }[kind]
        rows.append((a, y, a + c, b - 0.5 * d))
    return np.array(rows).T


def theirs(kind, k):
    x, y, z1, z2 = (v[:, None] for v in columns(kind))
    z = np.hstack([z1, z2])
    out = {"kind": kind, "k": k}
    if kind != "heavy":
        out["npeet"] = {
            "ksg1": npeet.mi(x, y, k=k, base=math.e),
            "vectors": npeet.mi(np.hstack([x, z1]), y, k=k, base=math.e),
            "conditional": npeet.mi(x, y, z1, k=k, base=math.e),
            "conditional2": npeet.mi(x, y, z, k=k, base=math.e),
            "differential": npeet.entropy(np.hstack([x, y]), k=k, base=math.e),
        }
    if k > 1:
        out["ennemi"] = {
            "ksg1": ennemi.estimate_mi(y[:, 0], x[:, 0], k=k, preprocess=False).item(),
            "conditional": ennemi.estimate_mi(y[:, 0], x[:, 0], k=k, cond=z1[:, 0], preprocess=False).item(),
            "conditional2": ennemi.estimate_mi(y[:, 0], x[:, 0], k=k, cond=z, preprocess=False).item(),
            "differential": ennemi.estimate_entropy(np.hstack([x, y]), k=k, multidim=True).item(),
        }
    return out


with open(sys.argv[1] if len(sys.argv) > 1 else "npeet.json", "w") as f:
    kinds = ["independent", "weak", "strong", "curved", "heavy", "edges"]
    rows = [theirs(kind, k) for kind in kinds for k in [1, 3, 10]]
    for row in rows:
        for peer in row.keys() & {"npeet", "ennemi"}:
            row[peer] = {name: float(value).hex() for name, value in row[peer].items()}
    json.dump(rows, f, indent=0)
    f.write("\n")

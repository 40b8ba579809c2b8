"""Writes peers.json: what scikit-learn, SciPy and plain NumPy formulas say of
the data that peers_test.go makes for itself (see ../../testdata/stream.py).

The NumPy formulas compare all pairs of rows; where scikit-learn has the same
estimator, both must agree before a number is written.

Run: python make_fixtures.py [file to write]
"""

import json
import math
import os
import sys
import warnings

import numpy as np
from scipy.special import digamma
from scipy.stats import entropy, norm, rankdata
from sklearn.feature_selection._mutual_info import _compute_mi_cc, _compute_mi_cd
from sklearn.metrics import mutual_info_score
from sklearn.mixture import GaussianMixture

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "testdata"))
from stream import Stream, hexes  # noqa: E402

N = 300
KINDS = ["independent", "weak", "strong", "curved", "heavy", "rounded", "lattice"]


def columns(kind):
    """x, y and two conditions."""
    s = Stream(2000 + sum(map(ord, kind)))
    rows = []
    for _ in range(N):
        a, b, c, d, u = s.bell(), s.bell(), s.bell(), s.bell(), s.uniform()
        y = {
            "independent": b,
            "weak": 0.6 * a + 0.8 * b,
            "strong": a + 0.0625 * b,
            "curved": a * a + 0.25 * b,
            "heavy": a + b / (u + 0.001),
            "rounded": math.floor(a * 4 + b) / 4,
            "lattice": math.floor(a * 2 + b),
        }[kind]
        x = math.floor(a * 3) if kind == "lattice" else a
        rows.append((float(x), float(y), a + c, b - 0.5 * d))
    return np.array(rows).T


def gap(v):
    """All differences, the diagonal out of the way."""
    d = np.abs(v[:, None] - v[None, :])
    np.fill_diagonal(d, np.inf)
    return d


def kth(d, k):
    return np.sort(d, axis=1)[:, k - 1]


def near(d, eps):
    """Other points strictly nearer."""
    return (d < eps[:, None]).sum(axis=1)


def ksg1(groups, k):
    """Kraskov 2004, equations 8 and 23, of groups of columns."""
    gaps = [np.max([gap(v) for v in g], axis=0) for g in groups]
    eps = kth(np.max(gaps, axis=0), k)
    terms = sum(digamma(near(g, eps) + 1) for g in gaps)
    return digamma(k) + (len(groups) - 1) * digamma(N) - terms.mean()


def ksg2(x, y, k):
    gx, gy = gap(x), gap(y)
    order = np.argsort(np.maximum(gx, gy), axis=1)[:, :k]
    ex = np.take_along_axis(gx, order, 1).max(axis=1)
    ey = np.take_along_axis(gy, order, 1).max(axis=1)
    nx, ny = (gx <= ex[:, None]).sum(axis=1), (gy <= ey[:, None]).sum(axis=1)
    return digamma(k) - 1 / k + digamma(N) - (digamma(nx) + digamma(ny)).mean()


def mixed(x, y, k):
    """Gao et al. 2017 with psi(N) for ln N."""
    gx, gy = gap(x), gap(y)
    gj = np.maximum(gx, gy)
    eps = kth(gj, k)
    zero = eps == 0
    kk = np.where(zero, (gj == 0).sum(axis=1) + 1, k)
    nx = np.where(zero, (gx == 0).sum(axis=1), near(gx, eps)) + 1
    ny = np.where(zero, (gy == 0).sum(axis=1), near(gy, eps)) + 1
    return digamma(N) + (digamma(kk) - digamma(nx) - digamma(ny)).mean()


def conditional(x, y, z, k):
    """Frenzel and Pompe 2007."""
    gx, gy, gz = gap(x), gap(y), np.max([gap(v) for v in z], axis=0)
    gxz, gyz = np.maximum(gx, gz), np.maximum(gy, gz)
    eps = kth(np.maximum(gxz, gy), k)
    return digamma(k) + (digamma(near(gz, eps) + 1) - digamma(near(gxz, eps) + 1) - digamma(near(gyz, eps) + 1)).mean()


def ross(x, label, k):
    """Ross 2014, members of classes of one left out."""
    keep = np.array([(label == v).sum() > 1 for v in label])
    x, label = x[keep], label[keep]
    gx = gap(x)
    same = label[:, None] == label[None, :]
    size = same.sum(axis=1)
    kk = np.minimum(k, size - 1)
    eps = np.sort(np.where(same, gx, np.inf), axis=1)[np.arange(len(x)), kk - 1]
    return digamma(len(x)) + (digamma(kk) - digamma(size) - digamma(near(gx, eps) + 1)).mean()


def differential(vectors, k):
    eps = kth(np.max([gap(v) for v in vectors], axis=0), k)
    return digamma(N) - digamma(k) + len(vectors) * np.log(2 * eps).mean()


def scores(v):
    return norm.ppf(rankdata(v) / (len(v) + 1))


def quantile_bins(v, bins):
    return np.floor((rankdata(v) - 0.5) / len(v) * bins).astype(int)


def miller_madow(a, b):
    filled = len(set(zip(a, b))) - len(set(a)) - len(set(b)) + 1
    return mutual_info_score(a, b) - filled / (2 * len(a))


def agree(mine, peer):
    """scikit-learn clips at zero."""
    assert abs(max(mine, 0) - peer) < 1e-9, (mine, peer)
    return mine


def estimates(kind):
    x, y, z1, z2 = columns(kind)
    out = {"kind": kind, "k": []}
    for k in [1, 3, 10]:
        entry = {"k": k, "mixed": float(mixed(x, y, k)).hex()}
        if kind != "lattice":
            entry |= {
                "ksg1": agree(ksg1([[x], [y]], k), _compute_mi_cc(x, y, k)).hex(),
                "vectors": ksg1([[x, z1], [y]], k).hex(),
                "total": ksg1([[x], [y], [z1]], k).hex(),
                "conditional": conditional(x, y, [z1], k).hex(),
                "conditional2": conditional(x, y, [z1, z2], k).hex(),
                "differential": differential([x, y], k).hex(),
            }
            if kind != "rounded":  # which neighbour counts is not defined on a tie
                entry["ksg2"] = ksg2(x, y, k).hex()
            label = np.digitize(y, [-1.0, 0.0, 0.5, 2.5])
            label[5] = 9  # a class of one
            value = ross(x, label, k)
            # scikit-learn finds the neighbours in a class of 2k or fewer by
            # expanding the square, whose rounding moves its counts.
            if np.all((np.bincount(label) <= 1) | (np.bincount(label) > 2 * k)):
                agree(value, _compute_mi_cd(x, label, k))
            entry["ross"] = float(value).hex()
        out["k"].append(entry)
    r = np.corrcoef(np.array([scores(v) for v in [x, y, z1, z2]]))
    out["copula"] = float(-0.5 * np.log1p(-r[0, 1] ** 2)).hex()
    out["copula_total"] = float(-0.5 * np.linalg.slogdet(r)[1]).hex()
    out["frequency"] = []
    for bins in [2, 8, 16]:
        a, b = quantile_bins(x, bins), quantile_bins(y, bins)
        out["frequency"].append({
            "bins": bins, "plugin": float(mutual_info_score(a, b)).hex(), "corrected": float(miller_madow(a, b)).hex(),
            "entropy": float(entropy(np.bincount(a))).hex(),
        })
    return out


def mixture():
    """A fit from a given start, to the end."""
    x, y, _, _ = columns("curved")
    data = np.array([(x - x.mean()) / x.std(), (y - y.mean()) / y.std()]).T
    start = [(0.25, -1.0, 1.0), (0.5, 0.0, -0.5), (0.25, 1.0, 1.0)]
    g = GaussianMixture(
        3, tol=1e-14, max_iter=20000, reg_covar=1e-6, weights_init=[w for w, _, _ in start],
        means_init=[m[1:] for m in start], precisions_init=[np.eye(2)] * 3,
    ).fit(data)
    assert g.converged_
    return {
        "loglik": float(g.score(data)).hex(),
        "parts": [hexes([w, *m, c[0, 0], c[0, 1], c[1, 1]]) for w, m, c in zip(g.weights_, g.means_, g.covariances_)],
    }


warnings.simplefilter("ignore")
with open(sys.argv[1] if len(sys.argv) > 1 else "peers.json", "w") as f:
    json.dump({"estimates": [estimates(k) for k in KINDS], "mixture": mixture()}, f, indent=0)
    f.write("\n")

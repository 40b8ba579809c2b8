"""Writes peers.json: what NumPy, SciPy and astropy say of the data that
peers_test.go makes for itself.

Both sides draw from the same stream (see stream.py). Histograms are stored as
the SHA-256 of their counts, row by row, as little-endian int64.

Run: python make_fixtures.py [file to write]
"""

import hashlib
import json
import math
import os
import sys
import warnings

import numpy as np
from astropy.stats import sigma_clip
from scipy.stats import median_abs_deviation, spearmanr

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stream import Stream, hexes  # noqa: E402

BINS = [1, 2, 3, 5, 7, 10, 20, 40, 80, 160]
PAPER_BINS = [5, 10, 20, 40, 80, 160]


def heavy_column(seed, n):
    """Heavy tails, every 17th value missing, a few infinite."""
    s = Stream(seed)
    values = [s.heavy() for _ in range(n)]
    for i in range(n):
        if i % 17 == 5:
            values[i] = math.nan
        if i % 101 == 77:
            values[i] = math.inf if i % 2 else -math.inf
    return np.array(values)


def pair(kind, n):
    """The columns x and y of one kind of data."""
    s = Stream(1000 + sum(map(ord, kind)))
    x, y = [], []
    for _ in range(n):
        a, b, c = s.bell(), s.bell(), s.uniform()
        if kind == "related":
            x.append(a)
            y.append(a * a + 0.25 * b)
        elif kind == "unrelated":
            x.append(a)
            y.append(b)
        elif kind == "heavy":
            x.append(a / (c + 0.001))
            y.append(a + b)
        elif kind == "integers":  # fall on edges
            x.append(float(math.floor(c * 21)))
            y.append(float(math.floor(a * 4)))
        elif kind == "tenths":  # fall beside edges by rounding
            x.append(math.floor(c * 161) / 10)
            y.append(math.floor(a * 40) / 10)
        elif kind == "offset":  # a range of few ulps of the values
            x.append(1e9 + a * 1e-6)
            y.append(-1e9 + b * 1e-6)
        elif kind == "tiny":
            x.append(a * 1e-300)
            y.append(b * 1e-310)
        elif kind == "constant":
            x.append(3.25)
            y.append(b)
    return np.array(x), np.array(y)


def plugin(h):
    """Plug-in mutual information of a 2-D histogram, nats."""
    pxy = h / h.sum()
    px, py = pxy.sum(axis=1, keepdims=True), pxy.sum(axis=0, keepdims=True)
    filled = pxy > 0
    return float(np.sum(pxy[filled] * np.log(pxy[filled] / (px * py)[filled])))


def clips():
    out = []
    for seed, n, sigma in [(1, 7007, 5), (2, 1000, 5), (3, 1000, 3), (4, 999, 2), (5, 129, 3), (6, 128, 2),
                           (7, 64, 2), (8, 9, 1), (9, 8, 1), (10, 7, 1), (11, 2, 5), (12, 1, 5)]:
        for maxiters in [5, 1, None]:
            values = heavy_column(seed, n)
            masked, lo, hi = sigma_clip(values, sigma=sigma, maxiters=maxiters, return_bounds=True)
            out.append({
                "seed": seed, "n": n, "sigma": sigma, "maxiters": maxiters or 0,
                "masked": np.flatnonzero(np.ma.getmaskarray(masked)).tolist(),
                "lo": float(lo).hex(), "hi": float(hi).hex(),
            })
    return out


def histograms():
    out = []
    for kind in ["related", "unrelated", "heavy", "integers", "tenths", "offset", "tiny", "constant"]:
        x, y = pair(kind, 700)
        for bins in BINS:
            h, _, _ = np.histogram2d(x, y, bins)
            out.append({
                "kind": kind, "n": 700, "bins": bins, "mi": plugin(h).hex(),
                "sha256": hashlib.sha256(h.astype("<i8").tobytes()).hexdigest(),
            })
    return out


def spearmans():
    out = []
    for kind in ["related", "unrelated", "heavy", "integers", "tenths"]:
        x, y = pair(kind, 300)
        x[::23] = np.nan
        y[::31] = np.nan
        out.append({"kind": kind, "n": 300, "rho": spearmanr(x, y, nan_policy="omit").statistic.hex()})
    return out


def survey():
    """The whole count on a small survey of five nodes and five labels."""
    rows = 400
    s = Stream(2021)
    scale = [1.0, 0.019, 0.0311, 0.001, 2.5]
    codes = np.array([[s.bell() * w for w in scale] for _ in range(rows)])
    temperature = 5500 - 900 * codes[:, 0] + 100 * np.array([s.bell() for _ in range(rows)])
    velocity = 10 * codes[:, 4] * codes[:, 4] + np.array([s.heavy() for _ in range(rows)])
    noise = np.array([s.uniform() for _ in range(rows)])
    temperature[::7] = np.nan
    labels = {"teff": temperature, "rv": velocity, "noise": noise,
              "empty": np.full(rows, np.nan), "constant": np.full(rows, 2.0)}
    mad = median_abs_deviation(codes, axis=0)
    out = {
        "median": hexes(np.median(codes, axis=0)), "mad": hexes(mad),
        "informative": np.flatnonzero(mad > 0.02).tolist(), "labels": [],
    }
    for name, values in labels.items():
        present = ~np.isnan(values)
        kept = present & ~np.ma.getmaskarray(sigma_clip(values, sigma=5))
        entry = {
            "name": name, "used": int(kept.sum()), "missing": int((~present).sum()),
            "clipped": int((present & ~kept).sum()), "mi": None,
        }
        if kept.any():
            entry["mi"] = [
                [plugin(np.histogram2d(codes[kept, i], values[kept], bins)[0]).hex() for i in range(len(scale))]
                for bins in PAPER_BINS
            ]
        out["labels"].append(entry)
    return out


warnings.simplefilter("ignore")
with open(sys.argv[1] if len(sys.argv) > 1 else "peers.json", "w") as f:
    json.dump({"clips": clips(), "histograms": histograms(), "spearman": spearmans(), "survey": survey()}, f, indent=0)
    f.write("\n")

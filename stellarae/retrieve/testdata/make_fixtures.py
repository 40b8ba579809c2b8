"""Makes neighbours.json: what scikit-learn (NearestNeighbors, brute force) and
scipy (median_abs_deviation) say of a small code matrix, and the noise of a
residual by the formula of Stoehr et al. 2008 in numpy.

    python make_fixtures.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import median_abs_deviation
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(7)
codes = rng.normal(size=(60, 5)) * [1.0, 0.5, 0.003, 2.0, 0.001]
stars = rng.integers(0, 25, size=60)
nodes = [0, 1, 3]
scaled = codes[:, nodes] / median_abs_deviation(codes[:, nodes], scale=1 / 1.4826)
everyone = NearestNeighbors(n_neighbors=60, algorithm="brute").fit(scaled)


def stars_near(point, without, k):
    """The k stars nearest to a point, each by its nearest row."""
    distances, rows = everyone.kneighbors([point])
    seen, found = set(without), []
    for d, r in zip(distances[0], rows[0]):
        if stars[r] not in seen and len(found) < k:
            seen.add(stars[r])
            found.append({"row": int(r), "distance": float(d)})
    return found


query = [0.3, -0.2, 0.5, 1.0, -0.1]
at = np.array(query)[nodes] / median_abs_deviation(codes[:, nodes], scale=1 / 1.4826)
residual = rng.normal(scale=0.05, size=400).astype(np.float32)
residual[100] += 3
wide = residual.astype(np.float64)
second = np.abs(2 * wide[2:-2] - wide[:-4] - wide[4:])

Path(__file__).with_name("neighbours.json").write_text(json.dumps({
    "codes": np.round(codes, 12).tolist(),
    "stars": [f"star {s}" for s in stars],
    "nodes": nodes,
    "rows": [stars_near(scaled[i], [stars[i]], 4) for i in range(60)],
    "query": query,
    "near": stars_near(at, [], 6),
    "near_without": stars_near(at, [stars[stars_near(at, [], 1)[0]["row"]]], 6),
    "residual": [float(v) for v in residual],
    "noise": float(1.4826 / np.sqrt(6) * np.median(second)),
}, separators=(",", ":")) + "\n")

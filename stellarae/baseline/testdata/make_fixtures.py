"""Principal components of a small matrix by numpy's singular values.

Writes pca.json: python make_fixtures.py
"""

import json
import pathlib

import numpy as np

rng = np.random.default_rng(20260101)
# Thirty rows of fifty samples near 1, as spectra are: three strong directions
# and noise.
rows = 1 + rng.normal(size=(30, 3)) * [0.3, 0.1, 0.05] @ rng.normal(size=(3, 50)) + 0.01 * rng.normal(size=(30, 50))
rows = np.round(rows, 4).astype(np.float32)
mean = rows.astype(np.float64).mean(axis=0)
centred = rows - mean
_, singular, vectors = np.linalg.svd(centred, full_matrices=False)
components = vectors[:4]
largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
components = components * np.sign(largest)
fixture = {
    "numpy": np.__version__,
    "rows": rows.astype(np.float64).round(4).tolist(),
    "components": components.round(9).tolist(),
    "deviation": (singular[:4] / np.sqrt(len(rows) - 1)).tolist(),
    "share": (singular[:4] ** 2 / (singular**2).sum()).tolist(),
    "scores": (centred @ components.T).round(9).tolist(),
}
path = pathlib.Path(__file__).with_name("pca.json")
path.write_text(json.dumps(fixture, default=float).replace("], [", "],\n[") + "\n")

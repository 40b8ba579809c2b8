"""Times NumPy and scikit-learn, turn by turn with speed_test.go.

Reads float64 columns from the file named (7,007 rows of 128 codes, then 9
labels; then two columns of 10,000), and for each line of standard input, "table"
or "ksg", writes the seconds taken, those of the processor, and the numbers found.
"""

import sys
import time

import numpy as np
from sklearn.feature_selection import mutual_info_regression

ROWS, NODES, LABELS, PAIRS = 7007, 128, 9, 10000
BINS = [5, 10, 20, 40, 80, 160]

data = np.fromfile(sys.argv[1])
size = ROWS * (NODES + LABELS)
columns = data[:size].reshape(NODES + LABELS, ROWS)
x, y = data[size:].reshape(2, PAIRS)


def mutual_information(code, label, bins):
    """Section 6.2: the plug-in estimate of the normalised histogram."""
    h = np.histogram2d(code, label, bins)[0]
    p = h / h.sum()
    px, py = p.sum(axis=1, keepdims=True), p.sum(axis=0, keepdims=True)
    filled = p > 0
    return np.sum(p[filled] * np.log(p[filled] / (px * py)[filled]))


def table():
    out = []
    for label in columns[NODES:]:
        kept = ~np.isnan(label)
        for bins in BINS:
            out += [mutual_information(code[kept], label[kept], bins) for code in columns[:NODES]]
    return out


def ksg():
    return mutual_info_regression(x[:, None], y, n_neighbors=3, random_state=0)


ksg()  # loads what is loaded late
print("ready", flush=True)
for line in sys.stdin:
    start, busy = time.perf_counter(), time.process_time()
    found = {"table": table, "ksg": ksg}[line.strip()]()
    print(time.perf_counter() - start, time.process_time() - busy, *found, flush=True)

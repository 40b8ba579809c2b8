"""FITS files to a preprocessed array with astropy and numpy, in one process: the
job of bench_test.go, written as one would write it with these libraries, and
timed. Prints seconds and files.

    python bench_prepare.py mini|window|paper FOLDER OUT.npy
"""
import glob
import sys
import time

import numpy as np
from astropy.io import fits

# start, step, samples, padding left and right, masked ranges: spectrum.Grid
GRIDS = {
    "mini": (4960.0, 0.16, 2048, 0, 0, []),
    "window": (4960.0, 0.02, 16384, 0, 0, []),
    "paper": (3785.0, 0.01, 312501, 7589, 7590, [(0, 7588), (159453, 162893), (320090, 327679)]),
}


def prepare(path, grid, mask):
    start, step, samples, left, right, _ = grid
    with fits.open(path, memmap=False) as f:
        table, primary = f[1].data, f[0].header
        wave, flux = table["WAVE"][0].astype(np.float32), table["FLUX"][0].astype(np.float32)
        facts = [primary.get(k) for k in ("OBJECT", "DATE-OBS", "SNR", "ESO TEL AIRM START", "ESO DRS BERV")]
    facts.append(np.median(flux[np.isfinite(flux)]))
    keep = (wave >= start - 1e-5) & (wave <= start + (samples - 1) * step + 1e-5)
    flux = flux[keep]
    if len(flux) != samples or not np.isfinite(flux).all():
        raise ValueError(path)
    padded = np.pad(flux, (left, right))
    return padded / np.median(padded * mask), facts


name, folder, out = sys.argv[1:]
grid = GRIDS[name]
length = grid[2] + grid[3] + grid[4]
mask = np.ones(length, np.float32)
for first, last in grid[5]:
    mask[first:last + 1] = 0
files = sorted(glob.glob(f"{folder}/*.fits"))
began, cpu = time.perf_counter(), time.process_time()
rows = np.lib.format.open_memmap(out, "w+", np.float32, (len(files), length))
for i, path in enumerate(files):
    rows[i], _ = prepare(path, grid, mask)
rows.flush()
print(time.perf_counter() - began, time.process_time() - cpu, len(files))

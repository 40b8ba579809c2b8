"""FITS files to a preprocessed array with astropy and numpy, in one process: the
job of bench_test.go, written as one would write it with these libraries, and
timed after a first file that is not. Prints seconds, seconds of the processor
and files.

It does less than its peer: no checksums, no labels, and of the wavelengths only
those of the grid are checked.

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
KEYS = ("OBJECT", "DATE-OBS", "SNR", "ESO TEL AIRM START", "ESO TEL AIRM END", "ESO DRS BERV")

name, folder, out = sys.argv[1:]
start, step, samples, left, right, masked = GRIDS[name]
grid = start + step * np.arange(samples)
length = left + samples + right
padded = np.zeros(length, np.float32)


def prepare(path, row):
    with fits.open(path) as f:  # mapped into memory; ERR is never touched
        table, primary = f[1].data, f[0].header
        wave, flux = table["WAVE"][0].astype(float), table["FLUX"][0].astype(np.float32)
        facts = [primary.get(k) for k in KEYS]
    finite = np.isfinite(flux)
    facts.append(np.median(flux if finite.all() else flux[finite]))
    first = np.searchsorted(wave, start - step / 2)
    inside = slice(first, first + samples)
    if len(wave) < first + samples or not finite[inside].all() or np.abs(wave[inside] - grid).max() > step / 20:
        raise ValueError(path)
    padded[left:left + samples] = flux[inside]
    counted = padded.copy()
    for a, b in masked:
        counted[a:b + 1] = 0
    np.divide(padded, np.median(counted, overwrite_input=True), out=row)
    return facts


files = sorted(glob.glob(f"{folder}/*.fits"))
prepare(files[0], np.empty(length, np.float32))
began, cpu = time.perf_counter(), time.process_time()
rows = np.lib.format.open_memmap(out, "w+", np.float32, (len(files), length))
facts = [prepare(path, row) for path, row in zip(files, rows)]
rows.flush()
print(time.perf_counter() - began, time.process_time() - cpu, len(files))

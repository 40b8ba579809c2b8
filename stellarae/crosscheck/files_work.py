"""ae1d.py gives the codes of a folder of FITS files, turn by turn (see turns.py): python files_work.py VARIANT DEVICE FOLDER

Written as one would with PyTorch: a data set that opens its files with astropy, and a loader whose worker reads the next
batches while the network encodes one. Variants as in torch_work.py. Files without a spectrum give no code, as with ours.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from astropy.io import fits
from torch.utils.data import DataLoader, Dataset

import ae1d
import turns

START, STEP, SAMPLES, LEFT, RIGHT = 3785.0, 0.01, 312501, 7589, 7590  # spectrum.PaperGrid
MASKED = [(0, 7588), (159453, 162893), (320090, 327679)]
GRID = START + STEP * np.arange(SAMPLES)
BATCH = 8


class Spectra(Dataset):
    """Rows of 327,680 samples divided by their median outside of the masks; None for a file that has no such row."""

    def __init__(self, folder):
        self.paths = sorted(Path(folder).glob("*.fits"))

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, number):
        with fits.open(self.paths[number]) as f:
            wave, flux = f[1].data["WAVE"][0].astype(float), f[1].data["FLUX"][0].astype(np.float32)
        first = np.searchsorted(wave, START - STEP / 2)
        inside = slice(first, first + SAMPLES)
        if len(wave) < first + SAMPLES or not np.isfinite(flux[inside]).all() or np.abs(wave[inside] - GRID).max() > STEP / 20:
            return None
        row = np.zeros(LEFT + SAMPLES + RIGHT, np.float32)
        row[LEFT : LEFT + SAMPLES] = flux[inside]
        counted = row.copy()
        for a, b in MASKED:
            counted[a : b + 1] = 0
        middle = np.median(counted, overwrite_input=True)
        return torch.from_numpy(row / middle) if middle > 0 else None


def batch(rows):
    rows = [row for row in rows if row is not None]
    return torch.stack(rows) if rows else None


def main(variant, device, folder):
    torch.set_num_threads(turns.CORES)
    model = ae1d.fill(ae1d.AE1d(ae1d.paper_config()), 1).to(device)
    codes = lambda x: model.fc11(model.features(x))
    if variant == "compile":
        codes = torch.compile(codes)
    data = Spectra(folder)
    loader = DataLoader(data, BATCH, num_workers=1, collate_fn=batch, persistent_workers=True)

    def one_pass():
        with torch.no_grad():
            return np.concatenate([codes(x.to(device)).cpu().numpy() for x in loader if x is not None])

    turns.answer_turns(one_pass, len(data), codes=len(one_pass()))


if __name__ == "__main__":
    main(*sys.argv[1:])

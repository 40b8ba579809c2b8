"""Golden numbers for the published network at full size: python golden_full.py FOLDER FLUX.npy FLUX.npy

Each FLUX.npy is one preprocessed spectrum, 327,680 float32. The weights are random (ae1d.fill), for the published
ones cannot be shipped. Writes

    full.pth.tar         the weights as torch.save writes them today
    full_legacy.pth.tar  the same in the format of torch before 1.6, that of the published checkpoint
    full_golden.pth.tar  {"state_dict": tensors} as golden_small.py describes NAME_golden.pth.tar, for the batch of
                         both spectra

28 to 36 MB each. Takes 1.3 GB of memory and half a minute on two CPU cores.
"""

import sys
from pathlib import Path

import numpy as np
import torch

import ae1d

SEED, BETA = 2021, 0.1


def spectrum(path, samples):
    flux = np.load(path, allow_pickle=False)
    if flux.dtype != np.float32 or flux.shape != (samples,) or not np.isfinite(flux).all():
        sys.exit(f"{path}: {flux.dtype} {flux.shape}, not {samples} finite float32")
    return torch.from_numpy(flux)


def main(folder, paths):
    folder.mkdir(parents=True, exist_ok=True)
    model = ae1d.fill(ae1d.paper(), SEED)
    x = torch.stack([spectrum(p, model.config["samples"]) for p in paths])
    checkpoint = {"epoch": 182, "iteration": 1500000, "state_dict": model.state_dict()}
    torch.save(checkpoint, folder / "full.pth.tar")
    torch.save(checkpoint, folder / "full_legacy.pth.tar", _use_new_zipfile_serialization=False)
    eps = np.random.RandomState(SEED + 1).standard_normal((len(x), model.config["nodes"]))
    tensors = ae1d.golden(model, x, torch.from_numpy(eps.astype(np.float32)), BETA)
    torch.save({"state_dict": tensors}, folder / "full_golden.pth.tar")
    print({k: tensors[k].item() for k in ("loss", "reconstruction", "kl")})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

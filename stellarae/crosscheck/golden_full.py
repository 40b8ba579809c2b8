"""Golden numbers for the published network at full size: python golden_full.py FOLDER FLUX.npy FLUX.npy

Each FLUX.npy is one preprocessed spectrum, 327,680 float32. The weights are random (ae1d.fill), for the published
ones cannot be shipped. Writes

    full.pth.tar          the weights as torch.save writes them today
    full_legacy.pth.tar   the same in the format of torch before 1.6, that of the published checkpoint
    full_golden.pth.tar   {"state_dict": tensors} as golden_small.py describes NAME_golden.pth.tar, for the batch of
                          both spectra; and float32.grad.PARAMETER, how far PyTorch's own float32 is off
    linear.pth.tar        weights of the same network with LeakyReLU of slope 1
    linear_golden.pth.tar

28 to 36 MB each. The linear network is there for its gradients. At full size a few of 20 million units lie so near
LeakyReLU's kink that float32 takes the other side of it, and one such unit changes a gradient of the decoder, a sum
of many signs, by up to a few 1e-4 of its largest value; without the kink the gradients agree a hundred times better.

Takes 1.3 GB of memory and a minute on two CPU cores.
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


def off_in_float32(model, golden):
    """How far PyTorch's gradients are off in float32, relative to their largest values."""
    model.float().zero_grad()
    model.loss(golden["x"], golden["eps"], golden["beta"])["loss"].backward()
    return {
        f"float32.grad.{name}": (p.grad - want).abs().max() / want.abs().max()
        for name, p in model.named_parameters()
        for want in [golden[f"grad.{name}"]]
    }


def main(folder, paths):
    folder.mkdir(parents=True, exist_ok=True)
    full = ae1d.fill(ae1d.paper(), SEED)
    linear = ae1d.fill(ae1d.AE1d(ae1d.paper_config() | {"slope": 1.0}), SEED)
    x = torch.stack([spectrum(p, full.config["samples"]) for p in paths])
    eps = np.random.RandomState(SEED + 1).standard_normal((len(x), full.config["nodes"]))
    eps = torch.from_numpy(eps.astype(np.float32))

    checkpoint = {"epoch": 182, "iteration": 1500000, "state_dict": full.state_dict()}
    torch.save(checkpoint, folder / "full.pth.tar")
    torch.save(checkpoint, folder / "full_legacy.pth.tar", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": linear.state_dict()}, folder / "linear.pth.tar")
    for name, model in {"full": full, "linear": linear}.items():
        tensors = ae1d.golden(model, x, eps, BETA)
        torch.save({"state_dict": tensors | off_in_float32(model, tensors)}, folder / f"{name}_golden.pth.tar")
        print(name, {k: tensors[k].item() for k in ("loss", "reconstruction", "kl")})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

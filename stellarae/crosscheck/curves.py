"""Training curves of PyTorch's network: python curves.py FOLDER

FOLDER holds the network, config.json (see ae1d.py), the batches of every step, x.npy (steps, batch, samples) and
noise.npy (steps, batch, nodes), the learning rate and beta of every step, rate.npy and beta.npy, and parameters to
start from, NAME.pth.tar. Each start is trained through all steps from a fresh Adam (its defaults, the gradients' norm
clipped to 1), in float64 and in float32, and gets

    NAME.float64.npy, NAME.float32.npy  total loss, reconstruction and KL of every step before its update (steps, 3)
    NAME.end.pth.tar                    the network after the last step in float32
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

import ae1d

CLIP = 1.0


def train(model, steps):
    """The losses of every step, as float64."""
    optimiser = torch.optim.Adam(model.parameters())
    losses = []
    for x, noise, rate, beta in steps:
        optimiser.param_groups[0]["lr"] = rate
        optimiser.zero_grad()
        found = model.loss(x, noise, beta)
        found["loss"].backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimiser.step()
        losses.append([found[name].item() for name in ("loss", "reconstruction", "kl")])
    return np.array(losses)


def main(folder):
    config = json.loads((folder / "config.json").read_text())
    torch.set_num_threads(1)
    arrays = [np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("x", "noise", "rate", "beta")]
    for path in sorted(p for p in folder.glob("*.pth.tar") if not p.name.endswith(".end.pth.tar")):
        name = path.name.removesuffix(".pth.tar")
        for dtype in torch.float64, torch.float32:
            model = ae1d.AE1d(config)
            model.load_state_dict(torch.load(path, weights_only=True)["state_dict"], strict=True)
            model.to(dtype)
            x, noise = (torch.from_numpy(a).to(dtype) for a in arrays[:2])
            losses = train(model, zip(x, noise, *(a.tolist() for a in arrays[2:]), strict=True))
            np.save(folder / f"{name}.{str(dtype).removeprefix('torch.')}.npy", losses.astype(np.float32))
        torch.save({"state_dict": model.state_dict()}, folder / f"{name}.end.pth.tar")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Golden numbers for two small networks: python golden_small.py FOLDER

For each of `paperlike` (the published network's structure, shrunk) and `plain` (four layers, no stride-1 pair):

    NAME.json            the configuration
    NAME.pth.tar         the weights: {"state_dict": ..., "epoch": 7, "iteration": 1234, "arch": NAME}
    NAME_golden.pth.tar  {"state_dict": tensors}: x, eps, beta, features, mu, logvar, z, decoded, decoded_mu (the
                         spectrum decoded at z = mu), loss, reconstruction, kl and grad.PARAMETER

and for `plain` five steps of Adam with that eps and beta, the gradient's norm clipped to CLIP, on the batch x times
scale[n]; the scales make some norms larger than CLIP and some smaller, since Adam alone hardly sees a constant factor:

    plain_adam.pth.tar   {"state_dict": tensors}: lr, clip, beta; scale, loss and norm (before clipping) of each
                         step; step{n}.PARAMETER after the first and the last step, n = 1 and 5

Everything is computed in float64 and stored as float32.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch

import ae1d

NETWORKS = {
    "paperlike": ae1d.mirrored(640, 8, [1, 4, 4, 4, 8, 8, 8], [7, 5, 5, 3, 3, 3]),
    "plain": ae1d.mirrored(128, 3, [1, 4, 4, 8, 8], [5, 5, 5, 5], final=False),
}
BATCH, BETA, LR, CLIP = 3, 0.1, 1e-3, 1.0
SCALES = [1.0, 0.25, 3.0, 0.5, 0.125]


def spectra(random, samples):
    """Continuum one with a few absorption lines, a slope and noise, as the network sees them."""
    grid = np.linspace(-1, 1, samples)
    flux = 1 + 0.3 * random.standard_normal((BATCH, 1)) * grid
    for _ in range(6):
        depth, centre = random.uniform(0.1, 0.8, (BATCH, 1)), random.uniform(-1, 1, (BATCH, 1))
        flux *= 1 - depth * np.exp(-0.5 * ((grid - centre) / 0.03) ** 2)
    flux += 0.02 * random.standard_normal(flux.shape)
    return torch.from_numpy(flux.astype(np.float32))


def adam(model, x, eps):
    """Steps of torch.optim.Adam with its default betas and epsilon, one for each of SCALES."""
    model.double()
    x, eps = x.double(), eps.double()
    optimiser = torch.optim.Adam(model.parameters(), lr=LR, betas=(0.9, 0.999), eps=1e-8)
    tensors, losses, norms = {}, [], []
    for step, scale in enumerate(SCALES, start=1):
        optimiser.zero_grad()
        loss = model.loss(scale * x, eps, BETA)["loss"]
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP))
        losses.append(loss.detach())
        optimiser.step()
        if step in (1, len(SCALES)):
            tensors |= {f"step{step}.{n}": p.detach().float() for n, p in model.named_parameters()}
    scalars = {"lr": LR, "clip": CLIP, "beta": BETA, "scale": SCALES}
    series = {"loss": torch.stack(losses), "norm": torch.stack(norms)}
    return {n: torch.tensor(v) for n, v in scalars.items()} | {n: t.float() for n, t in series.items()} | tensors


def main(folder):
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (name, config) in enumerate(NETWORKS.items(), start=1):
        (folder / f"{name}.json").write_text(json.dumps(config, indent=1) + "\n")
        model = ae1d.fill(ae1d.AE1d(config), seed)
        torch.save(
            {"epoch": 7, "arch": name, "state_dict": model.state_dict(), "iteration": 1234},
            folder / f"{name}.pth.tar",
        )
        random = np.random.RandomState(100 + seed)
        x = spectra(random, config["samples"])
        eps = torch.from_numpy(random.standard_normal((BATCH, config["nodes"])).astype(np.float32))
        tensors = ae1d.golden(model, x, eps, BETA)
        torch.save({"state_dict": tensors}, folder / f"{name}_golden.pth.tar")
        print(name, {k: tensors[k].item() for k in ("loss", "reconstruction", "kl")})
    tensors = adam(ae1d.fill(ae1d.AE1d(config), seed), x, eps)
    torch.save({"state_dict": tensors}, folder / f"{name}_adam.pth.tar")
    print(name, "adam", tensors["loss"].tolist(), "norms", tensors["norm"].tolist())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

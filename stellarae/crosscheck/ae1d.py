"""The autoencoder of Sedaghat et al. 2021 (MNRAS 501, 6026) in PyTorch, to check the Go model against.

Layers are described as in the Go project's JSON configuration:

    {"samples": 128, "nodes": 3,
     "encoder": [{"in": 1, "out": 4, "kernel": 5, "stride": 2}, ...],
     "decoder": [{"in": 8, "out": 4, "kernel": 4, "stride": 2}, ...]}

Encoder layers are named conv1, conv2, ...; decoder layers are given in the order in which they are applied and
named counting down to deconv1, so that deconv{n} mirrors conv{n}. `paper()` is the published network, and its
state_dict has the published checkpoint's names and shapes.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

SLOPE = 0.1  # of LeakyReLU, after every convolution but predict0, unless the configuration has another "slope"


def layer(inputs, outputs, kernel, stride):
    return {"in": inputs, "out": outputs, "kernel": kernel, "stride": stride}


def mirrored(samples, nodes, channels, kernels, final=True):
    """A configuration of stride-2 convolutions, channels[i] to channels[i + 1], and its mirror.

    final adds the stride-1 convolution before the bottleneck and its transposed one after it.
    """
    encoder = [layer(a, b, k, 2) for a, b, k in zip(channels, channels[1:], kernels)]
    decoder = [layer(b, a, 4, 2) for a, b in zip(channels, channels[1:])][::-1]
    if final:
        c = channels[-1]
        encoder.append(layer(c, c, 3, 1))
        decoder.insert(0, layer(c, c, 3, 1))
    return {"samples": samples, "nodes": nodes, "encoder": encoder, "decoder": decoder}


def paper_config():
    channels = [1, 16, 16, 16, 32, 32, 32, 64, 64, 64, 128, 128, 128, 256, 512]
    return mirrored(327680, 128, channels, [7, 5, 5] + [3] * 11)


class AE1d(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.slope = config.get("slope", SLOPE)
        length = config["samples"]
        for i, c in enumerate(config["encoder"]):
            conv = nn.Conv1d(c["in"], c["out"], c["kernel"], c["stride"], padding=(c["kernel"] - 1) // 2)
            self.add_module(f"conv{i + 1}", nn.Sequential(conv, nn.LeakyReLU(self.slope)))
            length = (length - 1) // c["stride"] + 1
        self.deep = (c["out"], length)  # channels and samples on both sides of the bottleneck
        flat = self.deep[0] * self.deep[1]
        self.fc11 = nn.Linear(flat, config["nodes"])  # mu
        self.fc12 = nn.Linear(flat, config["nodes"])  # log variance
        self.fc2 = nn.Linear(config["nodes"], flat)
        n = len(config["decoder"])
        for i, c in enumerate(config["decoder"]):
            if (c["kernel"], c["stride"]) not in ((3, 1), (4, 2)):
                raise ValueError(f"decoder layer {i}: kernel {c['kernel']} with stride {c['stride']}")
            deconv = nn.ConvTranspose1d(c["in"], c["out"], c["kernel"], c["stride"], padding=1)
            self.add_module(f"deconv{n - i}", nn.Sequential(deconv, nn.LeakyReLU(self.slope)))
        self.predict0 = nn.Conv1d(c["out"], 1, 3, padding=1)

    def features(self, x):
        """Spectra (batch, samples) to the flattened encoder output (batch, channels * length), channel-major."""
        h = x.unsqueeze(1)
        for i in range(len(self.config["encoder"])):
            h = getattr(self, f"conv{i + 1}")(h)
        return h.flatten(1)

    def encode(self, x):
        """mu and log variance, each (batch, nodes)."""
        h = self.features(x)
        return self.fc11(h), self.fc12(h)

    def decode(self, z):
        """Codes (batch, nodes) to spectra (batch, samples)."""
        h = self.fc2(z).unflatten(1, self.deep)
        for i in range(len(self.config["decoder"]), 0, -1):
            h = getattr(self, f"deconv{i}")(h)
        return self.predict0(h).squeeze(1)

    def loss(self, x, eps, beta):
        """Total loss, its two terms and what they were made of, for given standard normal eps (batch, nodes)."""
        mu, logvar = self.encode(x)
        z = mu + torch.exp(logvar / 2) * eps
        decoded = self.decode(z)
        reconstruction = F.mse_loss(decoded, x)
        kl = (-0.5 * (1 + logvar - mu**2 - logvar.exp())).sum(1).mean()
        return {
            "loss": reconstruction + beta * kl, "reconstruction": reconstruction, "kl": kl,
            "mu": mu, "logvar": logvar, "z": z, "decoded": decoded,
        }


def paper():
    return AE1d(paper_config())


def fill(model, seed):
    """Random weights that keep activations and log variances of order one, the same on every machine.

    Normal with variance 2 / fan-in (He et al. 2015, arXiv 1502.01852) and small biases; stride-2 transposed
    convolutions of 4 taps have 2 taps in every output sample.
    """
    random = np.random.RandomState(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.endswith("bias"):
                values = 0.1 * random.standard_normal(p.shape)
            else:
                if name.startswith("deconv"):
                    fan_in = p.shape[0] * (3 if p.shape[2] == 3 else 2)
                else:
                    fan_in = np.prod(p.shape[1:])
                gain = 1 if name.startswith(("fc", "predict")) else 2 / (1 + model.slope**2)
                values = random.standard_normal(p.shape) * np.sqrt(gain / fan_in)
            if name == "fc12.bias":
                values -= 1
            p.copy_(torch.from_numpy(values.astype(np.float32)))
    return model


def golden(model, x, eps, beta):
    """What the Go model must reproduce: outputs, losses and gradients for x and eps, as float32 tensors.

    Computed in float64 from the float32 weights and inputs, so that the numbers depend neither on the order of
    summation nor on the machine. Leaves model in float64 with its gradients set.
    """
    model.double().zero_grad()
    x64, eps64 = x.double(), eps.double()
    out = model.loss(x64, eps64, beta)
    out["loss"].backward()
    with torch.no_grad():
        features = model.features(x64)
        at_mu = model.decode(out["mu"])
    tensors = {"x": x, "eps": eps, "beta": torch.tensor(beta), "features": features, **out, "decoded_mu": at_mu}
    tensors |= {f"grad.{name}": p.grad for name, p in model.named_parameters()}
    return {name: t.detach().float().contiguous() for name, t in tensors.items()}

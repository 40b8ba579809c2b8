"""The network of ae1d.py in JAX, as one writes it there: jitted, with Adam and clipping by hand.

Parameters are a dict with ae1d.py's names and shapes. Transposed convolutions are convolutions with lhs_dilation; with
polyphase they are one convolution for both phases instead, which XLA runs several times faster on a CPU, as a peer
that is harder to beat.

    python ae1d_jax.py    compares losses, gradients and steps with ae1d.py
"""

import functools
import json

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

SLOPE = 0.1
LAYOUT = ("NCH", "OIH", "NCH")


def convolution(x, weight, bias, stride, padding, dilation=1):
    y = lax.conv_general_dilated(x, weight, (stride,), [(padding, padding)], lhs_dilation=(dilation,), dimension_numbers=LAYOUT)
    return y + bias[:, None]


def transposed(x, weight, bias, stride, polyphase):
    """weight is (in, out, kernel); the padding is 1, as everywhere in this network."""
    kernel = weight.shape[2]
    w = weight.transpose(1, 0, 2)
    if not (polyphase and (kernel, stride) == (4, 2)):
        return convolution(x, w[:, :, ::-1], bias, 1, kernel - 2, stride)
    w0, w1, w2, w3 = jnp.moveaxis(w, 2, 0)  # even samples see taps 3 and 1, odd ones 2 and 0
    zero = jnp.zeros_like(w0)
    both = jnp.concatenate([jnp.stack([w3, w1, zero], 2), jnp.stack([zero, w2, w0], 2)], 0)
    y = lax.conv_general_dilated(x, both, (1,), [(1, 1)], dimension_numbers=LAYOUT)
    n, channels, length = y.shape
    y = y.reshape(n, 2, channels // 2, length).transpose(0, 2, 3, 1).reshape(n, channels // 2, 2 * length)
    return y + bias[:, None]


def leaky(x):
    return jnp.where(x > 0, x, SLOPE * x)


def linear(p, name, x):
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def features(config, p, x):
    h = x[:, None, :]
    for i, c in enumerate(config["encoder"], 1):
        h = leaky(convolution(h, p[f"conv{i}.0.weight"], p[f"conv{i}.0.bias"], c["stride"], (c["kernel"] - 1) // 2))
    return h.reshape(h.shape[0], -1)


def encode(config, p, x):
    return linear(p, "fc11", features(config, p, x))


def decode(config, polyphase, p, z):
    layers = config["decoder"]
    h = linear(p, "fc2", z).reshape(z.shape[0], layers[0]["in"], -1)
    for i, c in zip(range(len(layers), 0, -1), layers):
        h = leaky(transposed(h, p[f"deconv{i}.0.weight"], p[f"deconv{i}.0.bias"], c["stride"], polyphase))
    return convolution(h, p["predict0.weight"], p["predict0.bias"], 1, 1)[:, 0]


def loss(config, polyphase, p, x, eps, beta):
    h = features(config, p, x)
    mu, logvar = linear(p, "fc11", h), linear(p, "fc12", h)
    decoded = decode(config, polyphase, p, mu + jnp.exp(logvar / 2) * eps)
    kl = (-0.5 * (1 + logvar - mu**2 - jnp.exp(logvar))).sum(1).mean()
    return ((decoded - x) ** 2).mean() + beta * kl


def start(parameters):
    """The state of a training: parameters, Adam's two moments, steps taken."""
    p = {name: jnp.asarray(value) for name, value in parameters.items()}
    return p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.zeros((), jnp.int32)


@functools.cache
def stepper(key, polyphase):
    """step(state, x, eps, beta, rate) for a configuration given as text: the next state, and the loss before."""
    config = json.loads(key)

    def step(state, x, eps, beta, rate):
        p, m, v, t = state
        value, g = jax.value_and_grad(functools.partial(loss, config, polyphase))(p, x, eps, beta)
        norm = jnp.sqrt(sum(jnp.vdot(a, a) for a in jax.tree.leaves(g)))
        g = jax.tree.map(lambda a: a * jnp.minimum(1.0 / (norm + 1e-6), 1.0), g)
        t = t + 1
        m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
        v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
        c1, c2 = 1 - 0.9**t, 1 - 0.999**t
        p = jax.tree.map(lambda a, b, c: a - rate * (b / c1) / (jnp.sqrt(c / c2) + 1e-8), p, m, v)
        return (p, m, v, t), value

    return jax.jit(step, donate_argnums=0)


def check(bar=1e-4):
    """The worst differences from ae1d.py, over three steps of a small network, relative to the largest value."""
    import torch

    import ae1d

    config = ae1d.mirrored(512, 3, [1, 4, 8, 8], [7, 5, 3])
    random = np.random.RandomState(5)
    x = (1 + 0.1 * random.standard_normal((4, 512))).astype(np.float32)
    noise = random.standard_normal((3, 4, 3)).astype(np.float32)
    worst = {}
    for polyphase in False, True:
        model = ae1d.fill(ae1d.AE1d(config), 2)
        state = start({name: p.detach().numpy().copy() for name, p in model.named_parameters()})
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
        off = []
        for eps in noise:
            gradient = jax.grad(functools.partial(loss, config, polyphase))(state[0], x, eps, 1e-3)
            optimiser.zero_grad()
            want = model.loss(torch.from_numpy(x), torch.from_numpy(eps), 1e-3)["loss"]
            want.backward()
            for name, p in model.named_parameters():
                off.append(float(np.abs(np.asarray(gradient[name]) - p.grad.numpy()).max() / p.grad.abs().max()))
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            state, got = stepper(json.dumps(config), polyphase)(state, x, eps, 1e-3, 1e-3)
            off.append(abs(float(got) - want.item()) / abs(want.item()))
            for name, p in model.named_parameters():
                off.append(float(np.abs(np.asarray(state[0][name]) - p.detach().numpy()).max() / p.detach().abs().max()))
        with torch.no_grad():
            mu = model.encode(torch.from_numpy(x))[0].numpy()
        off.append(float(np.abs(np.asarray(encode(config, state[0], x)) - mu).max() / np.abs(mu).max()))
        worst["polyphase" if polyphase else "lhs_dilation"] = max(off)
    if not all(w <= bar for w in worst.values()):
        raise SystemExit(f"ae1d_jax.py is not ae1d.py: {worst}")
    return worst


if __name__ == "__main__":
    for way, off in check().items():
        print(f"{way}: losses, gradients and parameters of three steps, and codes, differ from ae1d.py's by {off:.1e} at most")

"""ae1d_jax.py at work, turn by turn (see turns.py): python jax_work.py step|encode VARIANT DEVICE BATCH

Variants: dilated, which writes transposed convolutions with lhs_dilation, and polyphase.
"""

import json
import os
import sys

os.environ["JAX_PLATFORMS"] = sys.argv[3]  # before jax is imported

import functools  # noqa: E402

import jax  # noqa: E402
import numpy as np  # noqa: E402

import ae1d_jax  # noqa: E402
import turns  # noqa: E402


def paper():
    """Configuration and random parameters, without PyTorch in this process: its memory is measured."""
    channels = [1, 16, 16, 16, 32, 32, 32, 64, 64, 64, 128, 128, 128, 256, 512]
    pairs = list(zip(channels, channels[1:]))
    encoder = [{"in": a, "out": b, "kernel": k, "stride": 2} for (a, b), k in zip(pairs, [7, 5, 5] + [3] * 11)]
    decoder = [{"in": b, "out": a, "kernel": 4, "stride": 2} for a, b in pairs][::-1]
    last = {"in": 512, "out": 512, "kernel": 3, "stride": 1}
    config = {"samples": 327680, "nodes": 128, "encoder": [*encoder, last], "decoder": [last, *decoder]}
    random, p = np.random.RandomState(1), {}

    def add(name, shape, bias, fan_in):
        p[f"{name}.weight"] = (random.standard_normal(shape) * np.sqrt(2 / fan_in)).astype(np.float32)
        p[f"{name}.bias"] = np.zeros(bias, np.float32)

    for i, c in enumerate(config["encoder"], 1):
        add(f"conv{i}.0", (c["out"], c["in"], c["kernel"]), c["out"], c["in"] * c["kernel"])
    for name in "fc11", "fc12":
        add(name, (128, 10240), 128, 2 * 10240)
    add("fc2", (10240, 128), 10240, 2 * 128)
    for i, c in zip(range(len(decoder) + 1, 0, -1), config["decoder"]):
        add(f"deconv{i}.0", (c["in"], c["out"], c["kernel"]), c["out"], c["in"] * c["kernel"] / c["stride"])
    add("predict0", (1, 1, 3), 1, 6)
    return config, p


def main(what, variant, batch):
    config, parameters = paper()
    random = np.random.RandomState(2)
    x = (1 + 0.1 * random.standard_normal((batch, config["samples"]))).astype(np.float32)
    if what == "encode":
        p = {name: jax.numpy.asarray(value) for name, value in parameters.items()}
        encode = jax.jit(functools.partial(ae1d_jax.encode, config))
        turns.answer_turns(lambda: np.asarray(encode(p, x)), batch)
        return
    state = ae1d_jax.start(parameters)
    step = ae1d_jax.stepper(json.dumps(config), variant == "polyphase")

    def one_pass():
        nonlocal state
        eps = random.standard_normal((batch, config["nodes"])).astype(np.float32)
        state, value = step(state, x, eps, 1e-3, 1e-3)
        jax.block_until_ready(state)
        return float(value)

    turns.answer_turns(one_pass, batch)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[4]))

"""What the machine can do at most, and how far each stage is from it.

A layer can take no less time than its operations at the machine's highest rate, nor less than its bytes from and to
memory; a stage no less than the sum over its layers. Going forward a layer reads its input and parameters and writes
its output. Going back it reads its input again and the gradient of its output, and writes the gradients of its input
and parameters, with twice the operations (the first layer needs no gradient of its input). Adam reads and writes
parameters and two moments and reads the gradients. What fits into the caches between layers, or is fused, moves less:
then a stage may come out ahead of its bound in bytes. Files are read once, stores written once, rows read and copied
out, and codes and labels read once; that is little for a count, whose time goes into histograms in the caches.
"""

import json
import statistics
import subprocess
import sys

import turns
from bench_sections import Job
from turns import GIGA, HERE

FLOAT = 4  # bytes


def bound(layers, batch, peak, bandwidth, training):
    """Operations, bytes, and least seconds, of one spectrum in a batch."""
    operations = moved = least = 0.0
    for i, one in enumerate(layers):
        todo = one["operations"]
        values = one["in"] + one["out"] + one["parameters"] / batch
        if training:
            back = 2 if i else 1
            todo += back * one["operations"]
            values += one["in"] * back + one["out"] + 9 * one["parameters"] / batch  # Adam's 7, read again, gradient
        operations += todo
        moved += FLOAT * values
        least += max(todo / peak, FLOAT * values / bandwidth)
    return operations, moved, least


def machine(setting):
    """Measures the highest rates: {"XLA": GFLOP/s, "numpy": ..., "PyTorch": ..., "copy": GB/s, "read": GB/s}."""
    size, megabytes = (512, 64) if setting.quick else (2048, 1024)
    commands = {
        "XLA": setting.ours("product", size=size),
        "numpy": ([sys.executable, "-B", HERE / "numpy_work.py", size], {}),
        "PyTorch": ([sys.executable, "-B", HERE / "torch_work.py", "product", "eager", setting.device, size], {}),
        "copy": setting.ours("copy", size=megabytes),
        "read": setting.ours("read", size=megabytes),
    }
    if setting.device != "cpu":  # the card's memory, and not the host's
        torch = [sys.executable, "-B", HERE / "torch_work.py"]
        commands["PyTorch tf32"] = ([*torch, "product", "tf32", setting.device, size], {})
        commands["copy"] = ([*torch, "copy", "eager", setting.device, megabytes], {})
        for name in "numpy", "read":
            del commands[name]
    results, missing = turns.take_turns(commands, 15, 2 if setting.quick else 5, 20)
    best = {name: 1 / min(r["wall"]) / GIGA for name, r in results.items()}
    middle = {name: 1 / statistics.median(r["wall"]) / GIGA for name, r in results.items()}
    return best, middle, [f"{name} is left out: {why}" for name, why in missing.items()]


def stages(setting, peak, bandwidth):
    """Each stage, measured and at its bound, a spectrum."""
    listed = subprocess.run([setting.program, "-layers", "-preset", "paper"], capture_output=True, text=True, check=True)
    layers = json.loads(listed.stdout)
    batch = 1 if setting.quick else 8
    cases = [
        ("training step", "step", layers, True),
        ("encode", "encode", [one for one in layers if one["encoder"]], False),
        ("decode", "decode", [one for one in layers if not one["encoder"]], False),
    ]  # fmt: skip
    made = []
    for name, what, part, training in cases:
        results, missing = turns.take_turns({"ours": setting.ours(what, preset="paper", batch=batch)}, 10, 1 if setting.quick else 3)
        if "ours" not in results:
            raise turns.Missing(missing["ours"])
        made.append(stage(f"{name}, batch {batch}", bound(part, batch, peak, bandwidth, training), results["ours"]))
    if setting.device != "cpu":
        return made, layers  # what is left does not run on a card
    samples, nodes, labels = 327680, 128, 9
    row = FLOAT * samples
    file = 312501 * (8 + 4 + 4)  # wavelengths in double precision, flux and its error
    spectra = 16 if setting.quick else 256
    cases = [
        ("FITS to store", ("prepare", {"preset": "paper", "spectra": 4 if setting.quick else 24}), file + 2 * row),
        ("store, write", ("store-write", {"samples": samples, "spectra": spectra}), 2 * row),
        ("store, read", ("store-read", {"samples": samples, "spectra": spectra}), 2 * row),
        ("published count", ("published", {"spectra": 7007, "nodes": nodes}), 8 * (nodes + labels)),
    ]
    for name, (work, flags), moved in cases:
        results, missing = turns.take_turns({"ours": setting.ours(work, **flags)}, 5, 1, 7)
        if "ours" not in results:
            raise turns.Missing(missing["ours"])
        made.append(stage(name, (0, moved, moved / bandwidth), results["ours"]))
    return made, layers


def stage(name, limits, results):
    operations, moved, least = limits
    wall = statistics.median(results["wall"])
    return {
        "stage": name, "operations": operations, "bytes": moved, "bound": least, "measured": wall,
        "processor": statistics.median(results["processor"]), "times": wall / least, "gflops": operations / wall / GIGA,
    }  # fmt: skip


def roofline(setting):
    def run():
        best, middle, notes = machine(setting)
        peak = max(best[name] for name in best if name not in ("copy", "read")) * GIGA
        bandwidth = max(best[name] for name in ("copy", "read") if name in best) * GIGA
        made, layers = stages(setting, peak, bandwidth)
        for one in layers:
            one["seconds"] = {"operations": one["operations"] / peak, "bytes": FLOAT * (one["in"] + one["out"]) / bandwidth}
        return {"rows": [], "notes": notes, "best": best, "median": middle, "stages": made, "layers": layers}

    return [Job("roofline", "the machine's highest rates, and the stages' distance", 120, run)]

"""docs/benchmarks.md from what bench.py found."""

import math

HEADS = {
    "network": "The published network", "mini": "The course's network", "loader": "Files to a store",
    "bulk": "Files to codes",
    "analysis": "Counting", "startup": "Start-up", "kernel": "The kernel", "scaling": "Cost against size", "roofline": "Distance from the machine's bounds",
}  # fmt: skip
WORDS = {
    "network": "327,680 samples, 128 nodes, float32. A training step is loss, gradients, their norm clipped, Adam. JAX dilated writes transposed\n"
    "convolutions with `lhs_dilation`, JAX polyphase as one convolution for both phases.",
    "mini": "2,048 samples, 16 nodes: ours on XLA beside GoMLX's backend in pure Go.",
    "loader": "The same files by `stellarae prepare` and by astropy and numpy, one core each, rows equal bit for bit.",
    "bulk": "A folder of the archive's files to codes, both cores: `stellarae encode` beside the same network in PyTorch whose loader's worker reads with astropy\n"
    "while the network encodes, by batches of 8. The files are in the page cache. Wall time: the loader's worker is another process.",
    "analysis": "The same numbers from the same codes (equal to 1e-12, neighbours to 1e-6). numpy and scikit-learn use one core here; ours one and all.\n"
    "The ratio is that of the medians, and its spread what the extremes allow.",
    "startup": "Clock time of a command that only says how it is used, beside the import of what a Python program would compute with.",
    "kernel": "How long a person waits. GoNB compiles a program for every cell; ipykernel interprets Python, and is the peer for what people are used to.",
}
GPU = """## On a machine with an NVIDIA GPU
Not measured where this page was made, unless `device` above says cuda. On such a machine:
```sh
make build
.venv/bin/python -m pip install jax-cuda13-pjrt nvidia-cudnn-cu13 nvidia-cublas nvidia-cusolver nvidia-cusparse nvidia-cufft nvidia-nccl-cu13 nvidia-nvjitlink nvidia-cuda-runtime nvidia-cuda-nvcc nvidia-cuda-cupti
python3 -m venv .venv-crosscheck
.venv-crosscheck/bin/python -m pip install -r stellarae/crosscheck/requirements.txt "jax[cuda13]==0.10.2"
export XLA_FLAGS=--xla_gpu_cuda_data_dir=$(echo $PWD/.venv/lib/python3*/site-packages/nvidia/cu13)
export XLA_PYTHON_CLIENT_PREALLOCATE=false          # JAX would take three quarters of the card, where others take turns with it
bin/stellarae doctor                                # computing with: XLA on CUDA
make bench ROWS=network,roofline DEVICE=cuda        # float32: PyTorch eager, compile, tf32, channels-last; JAX. bfloat16: PyTorch eager, compile
```
XLA, ours and JAX's, may use TF32 on a card by default: what they are to be held against is then PyTorch's tf32. For CUDA 12: `jax-cuda12-pjrt` with the libraries of that version, and `jax[cuda12]`. Memory is then that of the host; `nvidia-smi` tells the card's. The commands of the peers, one at a time:
```sh
cd stellarae/crosscheck
yes '' | head -20 | ../../.venv-crosscheck/bin/python torch_work.py step bf16-compile cuda 32
yes '' | head -20 | ../../.venv-crosscheck/bin/python jax_work.py step polyphase cuda 32
```
Each prints its spectra a pass, and then the seconds of every pass. With `cpu` in place of `cuda` the same commands run anywhere.
"""


def number(value):
    """Three digits that count."""
    if not value:
        return "-"
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{value:.{max(0, digits)}f}" if -4 < 2 - digits < 6 else f"{value:.2e}"


def ratio(r):
    if r["ratio"] is None:
        return "-"
    low, high = r["spread"]
    return f"{number(r['ratio'])} ({number(low)}-{number(high)})" if low != high else number(r["ratio"])


def line(r):
    """A row as a line for the terminal."""
    beside = f", {r['peer_name']} {number(r['peer'])}, ratio {ratio(r)}" if r["peer"] is not None else ""
    return f"{r['name']}: ours {number(r['ours'])} {r['unit']}{beside}"


def table(head, body):
    rows = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(str(cell) for cell in cells) + " |" for cells in rows)


def said(section):
    how = f"{section['date']}, commit {section['versions']['commit']}, {section['device']}, {section['seconds'] / 60:.1f} minutes; load average {section['load_before']:.1f} before, {section['load_after']:.1f} after"
    notes = [f"- {note}" for note in section["notes"]]
    return "\n".join([how + (": a quick run, which shows that all works and measures nothing." if section["quick"] else "."), *notes])


def compared(section):
    body = [
        [r["name"], r["peer_name"] or "-", number(r["ours"]), number(r["peer"]), r["unit"], ratio(r), r["rounds"]] for r in section["rows"]
    ]  # fmt: skip
    return table(["what", "peer", "ours", "peer's", "unit", "ours / peer's (least-greatest)", "rounds"], body) if body else ""


def scaling(section, picture):
    text = [
        "Processor time of one pass, and the most memory of its process, fitted as a fixed part and one for each unit of size. The slope is that of the logarithms:",
        "1 is a straight line through nothing, 0 a cost that does not grow; `last` is that between the two largest sizes. Of memory, the fixed part is the program, XLA's plugin and what it compiled.\n",
    ]
    if picture:
        text.append("![Processor time and memory against size](images/scaling.png)\n")
    body = []
    for one in section.get("lines", []):
        sizes = [p["size"] for p in one["points"]]
        time, memory = one["processor"], one["memory"]
        fixed = ", ".join(f"{k} {v}" for k, v in one["fixed"].items())
        straight = abs(time["slope"] - 1) < 0.1 and abs(time["last"] - 1) < 0.1
        body.append([
            f"{one['name']} ({fixed})", f"{one['axis']} {sizes[0]} to {sizes[-1]}", f"{number(one['points'][-1]['processor'])} s",
            f"{time['slope']:.2f}", f"{time['last']:.2f}", f"{number(time['fixed'])} s", f"{number(one['points'][-1]['memory'])} GB",
            f"{memory['slope']:.2f}", f"{memory['last']:.2f}", "straight" if straight else one["note"],
        ])  # fmt: skip
    head = ["what", "size", "time at the largest", "slope", "last", "fixed part", "memory", "slope", "last", "time is straight, or why not"]
    return "\n".join([*text, table(head, body)])


def roofline(section):
    if "stages" not in section:
        return ""
    rates = table(["highest rate", "best", "median"], [
        [f"{name}, {'bytes' if name in ('copy', 'read') else 'dense float32 product'}", f"{number(v)} {'GB/s' if name in ('copy', 'read') else 'GFLOP/s'}",
         number(section["median"][name])] for name, v in section["best"].items()
    ])  # fmt: skip
    stages = table(["stage", "10^9 operations a spectrum", "bytes", "bound", "measured", "times its bound", "GFLOP/s"], [
        [s["stage"], number(s["operations"] / 1e9), number(s["bytes"] / 1e6) + " MB", number(s["bound"]) + " s", number(s["measured"]) + " s",
         number(s["times"]), number(s["gflops"])] for s in section["stages"]
    ])  # fmt: skip
    layers = table(["layer, forward", "operations", "values in", "out", "parameters", "operations / byte", "bound by"], [
        [one["name"], number(one["operations"] / 1e6) + " M", one["in"], one["out"], one["parameters"],
         number(one["operations"] / (4 * (one["in"] + one["out"]))), max(one["seconds"], key=one["seconds"].get)] for one in section["layers"]
    ])  # fmt: skip
    return "\n\n".join([
        "No layer takes less time than its operations at the machine's highest rate, nor less than its bytes from and to memory, if nothing stays in the caches;\n"
        "a stage's bound is the sum over its layers (`roofline.py` says what is counted). Wall time; all from the configuration and the rates below.",
        rates, stages, layers,
    ])  # fmt: skip


def page(results, picture):
    machine, versions = results["machine"], results["versions"]
    text = [
        "# Benchmarks",
        "Written by `make bench`; the numbers are in `benchmarks.json`. Ours and its peers take turns, pass by pass, each in a process of its own with "
        f"{results['threads']} threads; what\ncompiles and warms up is not timed, and ours compiles anew, as its peers do. A figure is the median over the rounds, a ratio that of the rounds' ratios; "
        "below 1 ours is ahead. On a machine that others use,\nprocessor time is the steadier one; but there PyTorch's threads spin while they wait for each other, which costs it more than the rest. `memory` in GB is the\nmost that the process ever held (`ru_maxrss`).",
        "\n".join([
            f"- Machine: {machine['model']}, {machine['cores']} cores, {machine.get('memory', '?')} GB, {' '.join(machine.get('flags', []))}"
            + ("; " + "; ".join(machine["cards"]) if machine["cards"] else ""),
            "- Versions: " + ", ".join(f"{name} {v or 'not installed'}" for name, v in versions.items() if name != "commit"),
        ]),
    ]  # fmt: skip
    for name, section in results["sections"].items():
        body = {"scaling": lambda s: scaling(s, picture), "roofline": roofline}.get(name, compared)(section)
        text += ["## " + HEADS[name], *([WORDS[name]] if name in WORDS else []), said(section), *([body] if body else [])]
    return "\n\n".join(text) + "\n\n" + GPU

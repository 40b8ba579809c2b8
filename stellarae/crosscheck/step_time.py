"""Speed and memory of the published network at full size, Go against PyTorch: python step_time.py FOLDER

Times a training step (loss, gradients, their norm clipped, Adam) and encoding, eight spectra at once, float32, on
two CPU cores: the Go benchmarks BenchmarkPaperStep8 and BenchmarkPaperEncode8, and ae1d.py in eager mode. The two
take turns for three rounds, each in a process of its own whose first pass, which compiles, is not timed. Prints the
median of the rounds and of the processes' largest memory. The test program is built into FOLDER.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BATCH, CORES, ROUNDS = 8, 2, 3
PASSES = {"Step": 5, "Encode": 30}  # timed passes in a round


def in_torch(what):
    """Seconds per spectrum in this process."""
    import torch

    import ae1d

    torch.set_num_threads(CORES)
    torch.manual_seed(1)
    model = ae1d.fill(ae1d.paper(), 1)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    x = 1 + 0.1 * torch.randn(BATCH, model.config["samples"])

    def step():
        optimiser.zero_grad()
        loss = model.loss(x, torch.randn(BATCH, model.config["nodes"]), 1e-3)["loss"]
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        return loss.item()

    def encode():
        with torch.no_grad():
            return model.encode(x)[0].numpy()

    run = {"Step": step, "Encode": encode}[what]
    run()
    began = time.perf_counter()
    for _ in range(PASSES[what]):
        run()
    return (time.perf_counter() - began) / (PASSES[what] * BATCH)


def measure(command, folder):
    """Seconds per spectrum that a program prints, and the most memory it held, in GB."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    found = re.search(r"(\S+) s/spectrum", output)
    if status or not found:
        sys.exit(f"{command}: status {status}\n{output}")
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, bytes
    return float(found[1]), usage.ru_maxrss * unit / 1e9


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    if hasattr(os, "sched_setaffinity"):  # XLA takes every core that it may run on
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    program, package = folder.resolve() / "stellarae.test", HERE.parent
    subprocess.run([os.environ.get("GO", "go"), "test", "-c", "-o", program, "."], cwd=package, check=True)
    print(f"full size, batch {BATCH}, float32, {CORES} cores; medians of {ROUNDS} rounds (each round's seconds)")
    print(f"  the load average before is {os.getloadavg()[0]:.1f}; what else runs slows both, and not alike")
    for what, passes in PASSES.items():
        commands = {
            "Go": [program, "-test.run=^$", f"-test.bench=^BenchmarkPaper{what}8$", f"-test.benchtime={passes}x"],
            "PyTorch": [sys.executable, __file__, what],
        }
        rounds = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                rounds[name].append(measure(command, package if name == "Go" else HERE))
        seconds = {name: statistics.median(s for s, _ in r) for name, r in rounds.items()}
        for name, r in rounds.items():
            each = " ".join(f"{s:.4f}" for s, _ in r)
            memory = statistics.median(m for _, m in r)
            print(f"  {what.lower():7} {name:8} {seconds[name]:.4f} s a spectrum ({each}), {memory:.1f} GB")
        print(f"  {what.lower():7} Go takes {seconds['Go'] / seconds['PyTorch']:.2f} of PyTorch's time", flush=True)


if __name__ == "__main__":
    if sys.argv[1] in PASSES:
        print(f"{in_torch(sys.argv[1])} s/spectrum")
    else:
        main(Path(sys.argv[1]))

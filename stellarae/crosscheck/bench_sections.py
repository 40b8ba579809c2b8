"""What `make bench` measures beside its peers: a section is a list of jobs, each of which gives rows (see turns.row)."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Callable

import turns
from turns import HERE, ROOT, Missing


@dataclass
class Job:
    section: str
    label: str
    seconds: float  # about what it takes on two quiet cores
    run: Callable[[], dict]  # {"rows": [...], "notes": [...]} and what the section keeps besides


@dataclass
class Setting:
    program: str  # docs/bench, built
    folder: object  # for programs and files
    device: str
    quick: bool
    go: str

    def ours(self, work, **flags):
        command = [self.program, "-work", work]
        for name, value in flags.items():
            command += [f"-{name}", value]
        return command, {"STELLARAE_XLA_CACHE": "off"}  # its memory is to include compiling, as the peers' does


def peers(setting, what, batch):
    """Commands of our network's peers on this device."""
    torch_work, jax_work = HERE / "torch_work.py", HERE / "jax_work.py"
    variants = ["eager", "compile"]
    if setting.device != "cpu":
        variants += ["tf32", "channels-last"]
    found = {f"PyTorch {v}": ([sys.executable, "-B", torch_work, what, v, setting.device, batch], {}) for v in variants}
    ways = ["polyphase"] if what == "encode" or batch > 8 else ["dilated", "polyphase"]
    for v in ways:
        name = "JAX" if what == "encode" else f"JAX {v}"
        found[name] = ([sys.executable, "-B", jax_work, what, v, setting.device, batch], {})
    return found


def halves(setting, what, batch):
    """Commands of those that multiply numbers of 16 bits."""
    return {f"PyTorch {v}": ([sys.executable, "-B", HERE / "torch_work.py", what, v, setting.device, batch], {}) for v in ("bf16", "bf16-compile")}


def install(name, why):
    advice = "pip install -r stellarae/crosscheck/requirements.txt" if "No module named" in why else "see its message"
    return f"{name} is left out: {why} ({advice})"


def network(setting):
    """The published network beside PyTorch and JAX."""

    def check():
        done = subprocess.run([sys.executable, "-B", HERE / "ae1d_jax.py"], capture_output=True, text=True, cwd=HERE)
        lines = (done.stdout or done.stderr).strip().splitlines()
        if done.returncode:
            return {"rows": [], "notes": [install("the comparison of JAX with PyTorch", lines[-1])]}
        return {"rows": [], "notes": lines}

    def compare(what, name, batch, seconds, precision):
        def run():
            others = {"float32": peers, "bfloat16": halves}[precision](setting, what, batch)
            commands = {"ours": setting.ours(what, preset="paper", batch=batch, precision=precision), **others}
            results, missing = turns.take_turns(commands, 0 if setting.quick else seconds, 2 if setting.quick else 3)
            if "ours" not in results:
                raise Missing(missing["ours"])
            device = results["ours"]["facts"]["device"]
            if setting.device == "cuda" and "CUDA" not in device:
                raise Missing(f"ours computes with {device}, not on the graphics card: see bin/stellarae doctor")
            return {"rows": turns.rows(f"{name}, paper network{kind[precision]}, batch {batch}", "spectrum", results),
                    "notes": [install(n, why) for n, why in missing.items()]}  # fmt: skip

        return run

    kind = {"float32": "", "bfloat16": " in bfloat16"}

    def job(what, name, batch, seconds, whole, precision="float32"):
        return Job("network", f"{name}{kind[precision]}, batch {batch}", whole, compare(what, name, batch, seconds, precision))

    small, large = (1, 2) if setting.quick else (8, 32)
    jobs = [
        Job("network", "JAX against PyTorch, the numbers", 30, check),
        job("step", "training step", small, 70, 230),
        job("step", "training step", large, 90, 300),
        job("encode", "encode", small, 20, 70),
    ]
    if setting.device != "cpu":  # processors are slower with it
        jobs += [job("step", "training step", large, 60, 120, "bfloat16"), job("encode", "encode", small, 20, 60, "bfloat16")]
    return jobs


def mini(setting):
    """The small network of the course, and GoMLX's pure-Go backend."""

    def compare(what, name):
        def run():
            command, _ = setting.ours(what, preset="mini", batch=32)
            commands = {"ours": (command, {}), "GoMLX's Go backend": (command, {"GOMLX_BACKEND": "go"})}
            results, missing = turns.take_turns(commands, 15, 1 if setting.quick else 3)
            return {"rows": turns.rows(f"{name}, mini network, batch 32", "spectrum", results),
                    "notes": [f"{n} is left out: {why}" for n, why in missing.items()]}  # fmt: skip

        return run

    return [Job("mini", f"{name}, mini network", 25, compare(what, name)) for what, name in (("step", "training step"), ("encode", "encode"))]


def build(setting, name):
    program = setting.folder / name
    subprocess.run([setting.go, "build", "-o", program, f"./stellarae/cmd/{name}"], cwd=ROOT, check=True)
    return program


def go_test(setting, arguments, package):
    environment = {**os.environ, "STELLARAE_PYTHON": sys.executable}
    done = subprocess.run([setting.go, "test", *arguments, package], cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Missing((done.stdout + done.stderr).strip().splitlines()[-1])
    return done.stdout


def read_loader(text):
    """Rows from the benchmark of datasets/prepare: lines of values with their units, a line a round."""
    rounds = {}
    for case, values in re.findall(r"^BenchmarkSpectra/(\w+?)(?:-\d+)?\s+\d+\s+(.*)$", text, re.M):
        units = {unit: float(value) for value, unit in re.findall(r"([\d.e+]+) (\S+)", values)}
        rounds.setdefault(case, []).append(units)
    made = []
    for case, found in rounds.items():
        ours = [u["cpu-ms"] / 1000 for u in found]
        theirs = [u["astropy-cpu-ms"] / 1000 for u in found if "astropy-cpu-ms" in u]
        made.append(turns.row(f"FITS to store, {case} files", "processor s/spectrum", ours, theirs, "astropy + numpy"))
    return made


def loader(setting):
    def run():
        passes, rounds, cases = ("1x", "1", "mini") if setting.quick else ("2x", "3", ".")
        arguments = ["-run", "^$", "-bench", f"^BenchmarkSpectra$/{cases}", "-benchtime", passes, "-count", rounds]
        return {"rows": read_loader(go_test(setting, arguments, "./datasets/prepare")), "notes": []}

    return [Job("loader", "FITS to store, beside astropy and numpy", 90, run)]


def bulk(setting):
    """Codes of a folder of the archive's files: ours beside ae1d.py fed by astropy."""

    def run():
        program, survey, spectra = build(setting, "stellarae"), setting.folder / "survey", 16 if setting.quick else 96
        if not (survey / f"{spectra}.done").exists():
            shutil.rmtree(survey, ignore_errors=True)
            subprocess.run([program, "simulate", "--preset", "full", "--n", str(spectra), "--out", survey], check=True, capture_output=True)
            (survey / f"{spectra}.done").touch()
        commands = {"ours": setting.ours("encode-files", preset="paper", folder=survey)}
        for variant in ("eager",) if setting.quick else ("eager", "compile"):
            command = [sys.executable, "-B", HERE / "files_work.py", variant, setting.device, survey]
            commands[f"astropy + PyTorch {variant}"] = (command, {})
        results, missing = turns.take_turns(commands, 0 if setting.quick else 60, 1 if setting.quick else 5)
        if "ours" not in results:
            raise Missing(missing["ours"])
        made = [r for r in turns.rows("FITS to codes, paper network", "spectrum", results) if r["unit"] == "s/spectrum"]
        return {"rows": made, "notes": [install(n, why) for n, why in missing.items()]}

    return [Job("bulk", "FITS to codes, beside astropy and PyTorch", 110, run)]


ANALYSIS = {"table": "published count, 7,007 x 128 nodes x 9 labels", "ksg": "mutual information by neighbours (KSG), 10,000 pairs"}


def read_analysis(text):
    """Rows from the log of TestSideBySideWithPython: medians and extremes, the clock's and the processor's."""
    made, case, python = [], None, None
    figure = r"([\d.]+) \(([\d.]+)-([\d.]+)\)"
    for line in text.splitlines():
        if found := re.search(r"(\w+): medians of (\d+) turns", line):
            case, turns_taken = found[1], int(found[2])
        elif found := re.search(rf"Python +{figure}; of the processor {figure}", line):
            python = [float(v) for v in found.groups()]
        elif found := re.search(rf"(\S+ processors?) +{figure}, [\d.]+ times as fast; of the processor {figure}", line):
            ours = [float(v) for v in found.groups()[1:]]
            peer = "numpy" if case == "table" else "scikit-learn"
            for at, unit in (0, "s"), (3, "processor s"):
                o, p = ours[at : at + 3], python[at : at + 3]
                made.append({
                    "name": f"{ANALYSIS.get(case, case)}, {found[1]}", "ours": o[0], "peer": p[0], "peer_name": peer,
                    "ratio": o[0] / p[0], "spread": [o[1] / p[2], o[2] / p[1]], "unit": unit,
                    "ours_spread": o[1:], "peer_spread": p[1:], "rounds": turns_taken,
                })  # fmt: skip
    return made


def analysis(setting):
    def run():
        text = go_test(setting, ["-count=1", "-run", "^TestSideBySideWithPython$", "-v"], "./stellarae/info")
        made = read_analysis(text)
        if not made:
            raise Missing("the test of stellarae/info printed no times: " + text.strip().splitlines()[-1])
        return {"rows": sorted(made, key=lambda r: r["name"]), "notes": []}

    return [Job("analysis", "counts, beside numpy and scikit-learn", 40, run)]


def kernel(setting):
    """The Go kernel beside GoNB and ipykernel, by kernels/lab/bench.py in the Python that has JupyterLab."""

    def run():
        python, out = ROOT / ".venv/bin/python", setting.folder / "kernel.jsonl"
        if importlib.util.find_spec("jupyter_client") and not python.exists():
            python = sys.executable
        cases = "changed,same" if setting.quick else "start,first,changed,same,complete"
        command = [python, "-B", HERE / "kernel_turns.py", setting.folder / "kernel", out, "2" if setting.quick else "5", cases]
        done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True)
        if not out.exists():
            complaint = (done.stderr or done.stdout).strip().splitlines()
            raise Missing(f"{complaint[-1] if complaint else 'nothing was measured'} (make kernel brings JupyterLab into .venv)")
        made, notes = [], []
        for line in out.read_text().splitlines():
            found = json.loads(line)
            times = found["times"]
            for peer in ("gonb", "python3"):
                if times.get("gokernel") and times.get(peer):
                    name = {"gonb": "GoNB", "python3": "ipykernel"}[peer]
                    made.append(turns.row(f"kernel: {found['what']}", "s", times["gokernel"], times[peer], name))
            notes += [f"{name}, {found['what']}: {why}" for name, why in found["failures"].items()]
        return {"rows": made, "notes": notes}

    return [Job("kernel", "the Go kernel, beside GoNB and ipykernel", 160, run)]


def startup(setting):
    """What a command costs before it does anything, beside importing the libraries that a Python program would."""

    def clocked(command):
        began = time.perf_counter()
        subprocess.run([str(word) for word in command], cwd=ROOT, check=True, capture_output=True)
        return time.perf_counter() - began

    def run():
        program = build(setting, "stellarae")
        commands = {"ours": [program, "--help"]}
        notes = []
        for name, module in ("PyTorch", "torch"), ("JAX", "jax"):
            if importlib.util.find_spec(module):
                commands[f"import {module}"] = [sys.executable, "-c", f"import {module}"]
            else:
                notes.append(install(name, f"No module named {module}"))
        times = {name: [] for name in commands}
        for number in range(3 if setting.quick else 11):
            for name, command in commands.items():
                took = clocked(command)
                if number:  # the first brings the files into the page cache
                    times[name].append(took)
        mine = times.pop("ours")
        return {"rows": [turns.row("stellarae --help", "s", mine, theirs, name) for name, theirs in times.items()], "notes": notes}

    return [Job("startup", "start of the program, beside imports in Python", 60, run)]

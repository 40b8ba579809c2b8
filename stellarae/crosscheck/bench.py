"""Ours beside its peers, on one machine in one run: python bench.py [SECTION ...] [--quick] [--device cpu|cuda]

Writes benchmarks.json (every row, with the machine and the versions) and benchmarks.md, for people. Sections that are not asked for keep what an earlier
run found. A peer that is missing costs a line that says what to install, never the run. --quick passes over everything
once, at small sizes, into runs/bench: it shows that all works and measures nothing.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import time
import traceback
from pathlib import Path

import bench_page
import bench_sections
import roofline
import scaling
import turns
from turns import HERE, ROOT

SECTIONS = {
    "network": bench_sections.network, "mini": bench_sections.mini, "loader": bench_sections.loader,
    "bulk": bench_sections.bulk, "analysis": bench_sections.analysis, "startup": bench_sections.startup, "kernel": bench_sections.kernel, "scaling": scaling.scaling,
    "roofline": roofline.roofline,
}  # fmt: skip
PACKAGES = ["torch", "jax", "jaxlib", "numpy", "astropy", "scikit-learn", "scipy"]


def machine():
    """Model, cores, vector units and memory; sizes in GB."""
    found = {"model": platform.processor() or platform.machine(), "cores": os.cpu_count(), "system": platform.platform()}
    try:
        text = Path("/proc/cpuinfo").read_text()
        found["model"] = re.search(r"model name\s*: (.*)", text)[1]
        flags = re.search(r"flags\s*: (.*)", text)[1].split()
        found["flags"] = [f for f in flags if f in ("avx2", "fma", "avx512f", "avx512_bf16", "avx512_fp16") or f.startswith("amx")]
        found["memory"] = round(int(re.search(r"MemTotal: +(\d+)", Path("/proc/meminfo").read_text())[1]) * 1024 / 1e9, 1)
    except (OSError, TypeError):
        pass  # not Linux on x86
    try:
        cards = subprocess.run(["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"], capture_output=True, text=True)
        found["cards"] = cards.stdout.strip().splitlines()
    except OSError:
        found["cards"] = []
    return found


def versions(go):
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    found["Go"] = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True).stdout.strip()
    for module in re.findall(r"^\t(github.com/gomlx/\S+) (\S+)", (ROOT / "go.mod").read_text(), re.M):
        found[module[0]] = module[1]
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    found["commit"] = commit.stdout.strip()
    return found


def clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def run(jobs):
    """{section: what it found}, with a line before every job that says how long the rest will take."""
    found, began, done, whole = {}, time.monotonic(), 0.0, sum(j.seconds for j in jobs)
    for number, job in enumerate(jobs, 1):
        gone = time.monotonic() - began
        left = (whole - done) * (gone / done if done else 1)
        print(f"[{number}/{len(jobs)}] {clock(gone)} gone, about {clock(left)} left: {job.section}: {job.label}", flush=True)
        section = found.setdefault(job.section, {"rows": [], "notes": [], "load_before": os.getloadavg()[0]})
        try:
            for key, value in job.run().items():
                section[key] = section[key] + value if isinstance(value, list) and key in section else value
        except Exception as e:  # one that fails must not cost the others
            if not isinstance(e, turns.Missing):
                traceback.print_exc()
            section["notes"].append(f"{job.label} is left out: {e}")
        for r in section["rows"][-20:]:
            if not r.get("told"):
                print("   ", bench_page.line(r), flush=True)
                r["told"] = True
        section["seconds"] = section.get("seconds", 0) + time.monotonic() - began - gone
        section["load_after"] = os.getloadavg()[0]
        done += job.seconds
    for section in found.values():
        for r in section["rows"]:
            r.pop("told", None)
        for note in section["notes"]:
            print("note:", note)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--out", type=Path, help="folder for benchmarks.md and benchmarks.json (docs; with --quick runs/bench)")
    parser.add_argument("--program", type=Path, help="docs/bench, if it is built already")
    o = parser.parse_args()
    names = [name for text in o.sections for name in text.split(",") if name] or list(SECTIONS)
    for name in names:
        if name not in SECTIONS:
            parser.error(f"no section {name}: there are {', '.join(SECTIONS)}")
    folder, go = ROOT / "runs/bench", os.environ.get("GO", "go")
    out = o.out or (folder if o.quick else ROOT / "docs")
    for f in (folder, out):
        f.mkdir(parents=True, exist_ok=True)
    if o.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        if hasattr(os, "sched_setaffinity"):  # XLA takes every core that it may run on
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: turns.CORES])
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    program = o.program or folder / "bench"
    if not o.program:
        subprocess.run([go, "build", "-o", program, "./docs/bench"], cwd=ROOT, check=True)
    setting = bench_sections.Setting(program.resolve(), folder, o.device, o.quick, go)
    found = run([job for name in names for job in SECTIONS[name](setting)])
    facts = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "device": o.device,
        "quick": o.quick, "threads": turns.CORES, "machine": machine(), "versions": versions(go),
    }  # fmt: skip
    path = out / "benchmarks.json"
    results = json.loads(path.read_text()) if path.exists() else {"sections": {}}
    for name, section in found.items():
        results["sections"][name] = facts | section
    results["sections"] = {name: results["sections"][name] for name in SECTIONS if name in results["sections"]}
    results = {**facts, "rows": [{"section": n, **r} for n, s in results["sections"].items() for r in s["rows"]], "sections": results["sections"]}
    replace(path, json.dumps(results, indent=1) + "\n")
    picture = out / "images/scaling.png"
    if "scaling" in found:
        picture.parent.mkdir(exist_ok=True)
        drawn = subprocess.run([sys.executable, HERE / "scaling.py", path, picture], capture_output=True, text=True)
        if drawn.returncode:
            print("note: no picture:", drawn.stderr.strip().splitlines()[-1])
    replace(out / "benchmarks.md", bench_page.page(results, picture.exists()))
    print(f"written: {out}/benchmarks.md, {path}")


def replace(path, text):
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text)
    os.replace(partial, path)


if __name__ == "__main__":
    main()

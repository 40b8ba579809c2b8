"""Measures how long people wait for a kernel for Go, beside the real GoNB.

    python bench.py --programs /tmp/programs --out bench.jsonl
    python bench.py --programs /tmp/programs --kernels gonb --rounds 3 --cases changed,same

Every case is measured in turn on each kernel, round by round, so that all see
the same machine: the project's kernel with variables that live, the same with a
process for every cell, and GoNB. A row gives medians in seconds, their ratio to
GoNB's (below 1 is faster) and the spread, least to greatest. An answer that is
not right is not timed: the case fails and says so. All get the same cells, in
GoNB's dialect.
"""

import argparse
import json
import os
import re
import statistics
import sys
import time

from jupyter_client.manager import start_new_kernel

import programs

GOMLX = """!*go get github.com/gomlx/gomlx@v0.28.2 github.com/gomlx/compute@v0.1.2"""
# A declared model, which the project's kernel keeps and GoNB makes again in
# every cell.
MODEL = """import (
	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
)

var backend = compute.MustNew()

var sum = graph.MustNewExec(backend, func(x, y *graph.Node) *graph.Node {
	return graph.ReduceAllSum(graph.Add(graph.Mul(x, x), y))
})
"""


NONCE = f"{time.time_ns():x}"
LOG = open(os.devnull, "w")


class Wrong(Exception):
    """An answer that is not the right one."""


class Kernel:
    """A kernel that runs, with the time that things take."""

    def __init__(self, name):
        self.name = name
        self.manager = self.client = None
        self.count = 0

    def start(self):
        began = time.perf_counter()
        self.manager, self.client = start_new_kernel(
            kernel_name=self.name, startup_timeout=60, stdout=LOG, stderr=LOG
        )
        return time.perf_counter() - began

    def stop(self):
        if self.manager is not None:
            self.client.stop_channels()
            self.manager.shutdown_kernel(now=False)
            self.manager = self.client = None

    def fresh(self):
        """A text that no cell had before, in this run or another."""
        self.count += 1
        return f"{NONCE} {self.count}"

    def run(self, code, want="", timeout=180):
        """Runs a cell and gives the time until the kernel is idle again."""
        said = []

        def hook(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")

        began = time.perf_counter()
        reply = self.client.execute_interactive(code, output_hook=hook, timeout=timeout, allow_stdin=False)
        took = time.perf_counter() - began
        if reply["content"]["status"] != "ok" or want not in "".join(said):
            raise Wrong(f"{code!r}: {reply['content']['status']}, said {''.join(said)[-500:]!r}, wanted {want!r}")
        return took

    def changed(self):
        text = self.fresh()
        return self.run(f'%%\nfmt.Println("{text}")', text)

    def complete(self):
        """Completes in a text that is new, as that of somebody who types."""
        code, want = f'%%\n_ = "{self.fresh()}"\nfmt.Fpr', "Fprintln"
        began = time.perf_counter()
        content = self.client.complete(code, len(code), reply=True, timeout=60)["content"]
        took = time.perf_counter() - began
        if want not in content.get("matches", []):
            raise Wrong(f"completion of {code!r}: {content}")
        return took

    def inspect(self):
        code, want = f'import "fmt"\n%%\n_ = "{self.fresh()}"\nfmt.Println', "operands"
        began = time.perf_counter()
        content = self.client.inspect(code, len(code), reply=True, timeout=60)["content"]
        took = time.perf_counter() - began
        if want not in json.dumps(content.get("data", {})):
            raise Wrong(f"inspection of {code!r}: {content}")
        return took


def case_start(kernel):
    kernel.stop()
    return kernel.start()


def case_first(kernel):
    kernel.stop()
    kernel.start()
    return kernel.changed()


def case_changed(kernel):
    return kernel.changed()


def case_same(kernel):
    return kernel.run('%%\nfmt.Println("the same")', "the same")


def case_gomlx(kernel):
    text = kernel.fresh()
    code = f'%%\nfmt.Println(sum.MustExec([]float32{{1, 2, 3}}, []float32{{20, 20, 20}})[0].Value(), "{text}")'
    return kernel.run(code, f"74 {text}")


def case_complete_first(kernel):
    kernel.stop()
    kernel.start()
    return kernel.complete()


def case_complete(kernel):
    return kernel.complete()


def case_complete_busy(kernel):
    """A completion half a second into a cell of two seconds."""
    text = kernel.fresh()
    code = f'%%\nfmt.Println("{text}")\ntime.Sleep(2 * time.Second)'
    cell = kernel.client.execute(code)
    try:
        await_text(kernel, cell, text)
        return kernel.complete()
    finally:
        drain(kernel, cell)


def case_inspect(kernel):
    return kernel.inspect()


def await_text(kernel, cell, text):
    """Waits until a running cell has printed a text."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != cell:
            continue
        if message["msg_type"] == "stream" and text in message["content"]["text"]:
            return
        if message["msg_type"] == "error":
            raise Wrong(str(message["content"]))


def drain(kernel, cell):
    """Waits for the end of a cell; its reply goes unless it is there already."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if (
            message["parent_header"].get("msg_id") == cell
            and message["msg_type"] == "status"
            and message["content"]["execution_state"] == "idle"
        ):
            return


# name -> (what it measures, how, what has to run before)
CASES = {
    "start": ("start of the kernel to ready", case_start, []),
    "first": ("first cell of a new kernel", case_first, []),
    "changed": ("changed fmt.Println cell", case_changed, ['%%\nfmt.Println("warm")']),
    "same": ("same cell again", case_same, ['%%\nfmt.Println("the same")']),
    "gomlx": ("changed GoMLX cell, model declared", case_gomlx, [GOMLX, MODEL, "%%\nfmt.Println(backend.Name())"]),
    "complete_first": ("completion right after start", case_complete_first, []),
    "complete": ("completion", case_complete, ['%%\nfmt.Println("warm")']),
    "complete_busy": ("completion while a cell runs", case_complete_busy, ['%%\nfmt.Println("warm")']),
    "inspect": ("documentation of a function", case_inspect, ['%%\nfmt.Println("warm")']),
}


def prepare(kernel, name):
    """Runs what a case needs before it, and warms completion."""
    _, measure, before = CASES[name]
    if not before:
        return
    kernel.stop()
    kernel.start()
    for cell in before:
        kernel.run(cell)
    measure(kernel)


def measure(kernels, name, rounds):
    times = {k.name: [] for k in kernels}
    failures = {}
    for round_number in range(-1, rounds):
        for kernel in kernels:
            if kernel.name in failures:
                continue
            try:
                if round_number < 0:
                    prepare(kernel, name)
                else:
                    times[kernel.name].append(CASES[name][1](kernel))
            except Exception as e:  # a kernel that fails a case is a result
                failures[kernel.name] = re.sub(r"\s+", " ", f"{type(e).__name__}: {e}")[:500]
    for kernel in kernels:
        try:
            kernel.stop()
        except Exception as e:
            failures.setdefault(kernel.name, f"stop: {e}")
    return row(name, times, failures)


def row(name, times, failures):
    def median(kernel):
        got = times.get(kernel, [])
        return round(statistics.median(got), 4) if got and kernel not in failures else None

    medians = {k: median(k) for k in times}
    gonb = medians.get("gonb")
    return {
        "case": name,
        "median": medians,
        "ratio": {k: round(m / gonb, 3) for k, m in medians.items() if m and gonb and k != "gonb"},
        "spread": {k: [round(min(t), 4), round(max(t), 4)] for k, t in times.items() if t},
        "rounds": {k: len(t) for k, t in times.items()},
        "failures": failures,
        "load": round(os.getloadavg()[0], 1),
    }


def line(r):
    def seconds(v):
        return f"{v:8.3f}" if v is not None else "       -"

    text = f"{CASES[r['case']][0]:36}" + "".join(
        f" {seconds(m)}" + (f" ({r['ratio'][k]:5.2f})" if k in r["ratio"] else "") for k, m in r["median"].items()
    )
    spread = "  ".join(f"{k} {low:.3f} to {high:.3f}" for k, (low, high) in r["spread"].items())
    text += f"   {spread}"
    for kernel, why in r["failures"].items():
        text += f"\n    {kernel} failed: {why}"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True, help="folder for the programs that are built")
    parser.add_argument("--kernels", default=",".join(programs.KERNELS))
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--out", help="file for a JSON row a case")
    options = parser.parse_args()
    cases = options.cases.split(",")
    for name in cases:
        if name not in CASES:
            parser.error(f"no case {name}; there are {', '.join(CASES)}")
    names = options.kernels.split(",")
    programs.ready(options.programs, names)
    kernels = [Kernel(name) for name in names]
    print("seconds, median (over GoNB's); least to greatest; " + ", ".join(names), flush=True)
    rows = []
    for name in cases:
        rows.append(measure(kernels, name, options.rounds))
        print(line(rows[-1]), flush=True)
    if options.out:
        with open(options.out + ".partial", "w") as f:
            f.writelines(json.dumps(r) + "\n" for r in rows)
        os.replace(options.out + ".partial", options.out)
    return 1 if any(r["failures"] for r in rows) else 0


if __name__ == "__main__":
    sys.exit(main())

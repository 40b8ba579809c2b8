"""Programs that take turns at the same work on the same machine, each in a process of its own.

A worker is a program that gets ready, passes once to warm up, prints a line of JSON with the `units` of one pass
(spectra, operations or bytes), and then, for every line that it reads, passes once and prints what that took, in
seconds: {"wall": ..., "processor": ...}. docs/bench and the *_work.py of this folder are such programs.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CORES = 2
GIGA = 1e9


class Missing(Exception):
    """A worker that cannot start here, with what to do about it."""


class Worker:
    def __init__(self, command, environment=None):
        threads = {f"{name}_NUM_THREADS": str(CORES) for name in ("OMP", "OPENBLAS", "MKL")}
        self.errors = tempfile.TemporaryFile("w+")  # a pipe that nobody reads would fill up
        self.process = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, env={**os.environ, **threads, **(environment or {})},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
        )  # fmt: skip
        self.times = []
        self.ready = self.answer()

    def answer(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        complaint = self.errors.read().strip().splitlines()
        raise Missing(complaint[-1] if complaint else f"ended with status {self.process.returncode}")

    def turn(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        took = self.answer()
        self.times.append({key: seconds / self.ready["units"] for key, seconds in took.items()})

    def stop(self):
        """Ends the program, and gives the most memory it held, in GB; not a graphics card's."""
        self.process.stdin.close()
        self.process.stdout.read()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, bytes
        return usage.ru_maxrss * unit / GIGA


def take_turns(commands, seconds, least, most=15):
    """Has every program pass once a round, for about so many seconds, at least and at most so many rounds.

    commands are {name: (command, environment)}. Gives {name: {"wall": [...], "processor": [...], "memory": [GB],
    "facts": what it said when it was ready}}, a value per unit and round, and {name: why} of those that could not.
    """
    workers, missing = {}, {}
    try:
        for name, (command, environment) in commands.items():
            try:
                workers[name] = Worker(command, environment)
            except (Missing, OSError) as e:
                missing[name] = str(e)
        began, rounds = time.monotonic(), 0
        while workers and rounds < most:
            gone = time.monotonic() - began
            if rounds >= least and gone + gone / rounds > seconds:
                break
            for name in list(workers):
                try:
                    workers[name].turn()
                except (Missing, OSError) as e:
                    missing[name] = str(e)
                    workers.pop(name).process.kill()
            rounds += 1
    finally:
        memory = {name: worker.stop() for name, worker in workers.items()}
    results = {}
    for name, worker in workers.items():
        results[name] = {key: [t[key] for t in worker.times] for key in ("wall", "processor")}
        results[name] |= {"memory": [memory[name]], "facts": worker.ready}
    return results, missing


def answer_turns(one_pass, units, **facts):
    """The worker's side in Python: warms up, says so, and passes for every line of stdin."""
    one_pass()
    print(json.dumps({"units": units, **facts}), flush=True)
    for _ in sys.stdin:
        busy, began = processor_time(), time.perf_counter()
        one_pass()
        wall = time.perf_counter() - began
        print(json.dumps({"wall": wall, "processor": processor_time() - busy}), flush=True)


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def row(name, unit, ours, peer, peer_name):
    """A row of the results: medians, the median of the rounds' ratios (below 1 we are ahead), least and greatest."""
    ratios = [a / b for a, b in zip(ours, peer) if b > 0] if peer else []
    return {
        "name": name, "ours": statistics.median(ours), "peer": statistics.median(peer) if peer else None,
        "peer_name": peer_name, "ratio": statistics.median(ratios) if ratios else None,
        "spread": [min(ratios), max(ratios)] if ratios else None, "unit": unit,
        "ours_spread": [min(ours), max(ours)], "peer_spread": [min(peer), max(peer)] if peer else None,
        "rounds": len(ours),
    }  # fmt: skip


def rows(name, per, results, ours="ours"):
    """The rows of one piece of work: time on the clock, time of the processor, memory; a row a peer."""
    if ours not in results:
        return []
    mine, made = results[ours], []
    peers = [(peer, r) for peer, r in results.items() if peer != ours] or [(None, {})]
    for key, unit in ("wall", f"s/{per}"), ("processor", f"processor s/{per}"), ("memory", "GB"):
        made += [row(name, unit, mine[key], r.get(key), peer) for peer, r in peers]
    return made

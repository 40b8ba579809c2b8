"""How time and memory grow as length, batch, spectra and nodes grow by powers of two.

A line is one work over one size, the others fixed; every point is a process of its own. Told of it are the slope
between the largest two sizes and over all, in logarithms of both, and what does not grow: the fixed part a of the
best a + b x.

    python scaling.py RESULTS.json PICTURE.png    draws what was measured
"""

import json
import math
import statistics
import sys
from dataclasses import dataclass

import turns
from bench_sections import Job


@dataclass
class Line:
    name: str
    work: str
    size: str  # the flag of docs/bench that grows
    axis: str
    values: list
    fixed: dict
    note: str = ""  # why it is not straight, where it is not


def powers(low, high):
    return [2**k for k in range(low, high + 1)]


LENGTHS = [*powers(14, 18), 20 * 2**14]
FIXED = "what a pass costs however small it is: starting the device's program, Adam over the parameters"
LINES = [
    Line("training step", "step", "samples", "samples", LENGTHS, {"preset": "paper", "batch": 1},
         note="the layers' work is proportional to the length; Adam's, over the kernels' parameters, is not"),
    Line("encode", "encode", "samples", "samples", LENGTHS, {"preset": "paper", "batch": 1},
         note="short spectra fit into the caches, and the fixed cost of thirty small operations counts"),
    Line("training step", "step", "batch", "batch", powers(0, 4), {"preset": "paper", "samples": 2**15}, note=FIXED),
    Line("encode", "encode", "batch", "batch", powers(0, 6), {"preset": "paper", "samples": 2**15},
         note="a batch of one leaves cores idle; from the caches to memory the cost of a spectrum rises"),
    Line("training step", "step", "nodes", "nodes", [16, 64, 256, 1024], {"preset": "paper", "samples": 2**15, "batch": 8},
         note="only the three linear layers grow with the nodes; the convolutions are the fixed part"),
    Line("count", "count", "spectra", "spectra", powers(8, 11), {"nodes": 8},
         note="nearest neighbours cost n log n; from 2,000 rows on, the conditional tests take no more"),
    Line("count", "count", "nodes", "nodes", powers(2, 5), {"spectra": 512},
         note="the map grows with the nodes; the tests between the two informative nodes and their labels do not"),
    Line("published count", "published", "spectra", "spectra", powers(10, 16), {"nodes": 128},
         note="the histograms (up to 160 x 160 for each pair) cost the same however few spectra fill them"),
    Line("published count", "published", "nodes", "nodes", powers(4, 9), {"spectra": 8192},
         note="the labels are binned once"),
    Line("store, write", "store-write", "spectra", "spectra", powers(6, 11), {"samples": 2**14},
         note="a shard of 64 MiB costs two flushes, which the disk takes its time for"),
    Line("store, write", "store-write", "samples", "samples", powers(11, 18), {"spectra": 128},
         note="a store costs its flushes, however little is in it"),
    Line("store, read", "store-read", "spectra", "spectra", powers(6, 11), {"samples": 2**14},
         note="opening costs a fixed time; small stores are read from the caches"),
    Line("store, read", "store-read", "samples", "samples", powers(11, 18), {"spectra": 128},
         note="identifiers are read per spectrum, not per sample; small stores are read from the caches"),
]  # fmt: skip


def slope(x, y):
    """Of the straight line through log x, log y by least squares."""
    lx, ly = [math.log(v) for v in x], [math.log(v) for v in y]
    mx, my = statistics.fmean(lx), statistics.fmean(ly)
    return sum((a - mx) * (b - my) for a, b in zip(lx, ly)) / sum((a - mx) ** 2 for a in lx)


def affine(x, y):
    """a, b of a + b x, neither below zero, with the least squares of relative errors."""
    w = [1 / v**2 for v in y]
    s, sx, sxx = sum(w), sum(a * b for a, b in zip(w, x)), sum(a * b * b for a, b in zip(w, x))
    sy, sxy = sum(a * b for a, b in zip(w, y)), sum(a * b * c for a, b, c in zip(w, x, y))
    det = s * sxx - sx * sx
    a, b = (sxx * sy - sx * sxy) / det, (s * sxy - sx * sy) / det
    if a < 0:
        return 0.0, sxy / sxx
    if b < 0:
        return sy / s, 0.0
    return a, b


def measure(setting, line):
    """A line's points: size, seconds a pass on the clock and of the processor, GB; and its slopes."""
    values = line.values[:2] if setting.quick else line.values
    points = []
    for value in values:
        command = setting.ours(line.work, **line.fixed, **{line.size: value})
        results, missing = turns.take_turns({"ours": command}, 0 if setting.quick else 2, 1 if setting.quick else 2, 7)
        if "ours" not in results:
            raise turns.Missing(missing["ours"])
        units = {"batch": value, "spectra": value}.get(line.size, line.fixed.get("batch", line.fixed.get("spectra", 1)))
        one = results["ours"]
        points.append({
            "size": value, "wall": units * statistics.median(one["wall"]),
            "processor": units * statistics.median(one["processor"]), "memory": one["memory"][0],
        })  # fmt: skip
    x = [p["size"] for p in points]
    found = {"name": line.name, "axis": line.axis, "fixed": line.fixed, "points": points, "note": line.note}
    for key in ("processor", "wall", "memory"):
        y = [max(p[key], 1e-9) for p in points]
        a, b = affine(x, y)
        found[key] = {"slope": slope(x, y), "last": slope(x[-2:], y[-2:]), "fixed": a, "each": b}
    return found


SECONDS = {"step": 9, "encode": 4, "count": 12, "published": 4, "store-write": 3, "store-read": 3}  # a point, about


def scaling(setting):
    def job(line):
        label = f"{line.name} as {line.axis} grow" if line.axis != "batch" else f"{line.name} as the batch grows"
        return Job("scaling", label, SECONDS[line.work] * len(line.values), lambda: {"rows": [], "notes": [], "lines": [measure(setting, line)]})

    return [job(line) for line in LINES]


def draw(lines, path):
    """Processor time and memory, each in log-log, a panel a size; dotted is slope 1."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    axes = [a for a in ("samples", "batch", "spectra", "nodes") if any(line["axis"] == a for line in lines)]
    names = sorted({line["name"] for line in lines})
    colours = dict(zip(names, ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]))
    marks = dict(zip(names, "osD^vPX"))
    figure, panels = pyplot.subplots(2, len(axes), figsize=(3.1 * len(axes), 6), sharey="row", squeeze=False)
    for column, axis in enumerate(axes):
        for row, (key, label) in enumerate((("processor", "processor time of a pass (s)"), ("memory", "peak memory (GB)"))):
            panel = panels[row][column]
            for line in (one for one in lines if one["axis"] == axis):
                x, y = [p["size"] for p in line["points"]], [p[key] for p in line["points"]]
                panel.loglog(x, y, marker=marks[line["name"]], ms=4, lw=1.2, color=colours[line["name"]], label=line["name"])
                if row == 0:
                    panel.loglog(x, [y[-1] * v / x[-1] for v in x], ":", lw=0.8, color="0.6", zorder=0)
            panel.set_xscale("log", base=2)
            panel.grid(True, which="major", lw=0.3)
            if column == 0:
                panel.set_ylabel(label)
        panels[1][column].set_xlabel({"batch": "spectra at once"}.get(axis, axis))
    handles = {label: h for p in panels[0] for h, label in zip(*p.get_legend_handles_labels())}
    figure.legend(handles.values(), handles.keys(), loc="upper center", ncol=len(handles), fontsize=8, frameon=False)
    figure.tight_layout(rect=(0, 0, 1, 0.95))
    figure.savefig(path, dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    with open(sys.argv[1]) as results:
        draw(json.load(results)["sections"]["scaling"]["lines"], sys.argv[2])

"""Runs the project's notebooks from top to bottom, each in a new kernel, and
keeps what they show.

    python course.py --programs runs/kernel --store notebooks/*.ipynb
    python course.py --programs runs/kernel --compare notebooks/*.ipynb
    python course.py --programs runs/kernel --kernel gonb notebooks/*.ipynb
    python course.py --programs runs/kernel --fast runs/fast notebooks/*.ipynb

With --store the notebook is written anew with its outputs, if no cell failed;
without, nothing is written. What is stored is free of times, of paths of this machine
and of widgets, so that running again makes a small difference. With --compare what comes
out is held against what is stored, with the tolerances of the program notebookdiff.

With --fast FOLDER copies of the notebooks run in FOLDER/notebooks, which is made
anew. The one that makes the course's run folder runs first, with a survey and a
training so small that they take seconds; the run is then FOLDER/runs/course, beside
the copies as ever. What the cells show is then of no worth, only that none fails is.

The exit code is 1 if a cell failed, an output names a folder of this machine or, but
with --fast, is above 300 kB, or something differs from what is stored.
"""

import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

import programs

LARGEST = 300_000  # bytes of what one cell shows
WIDGET = "application/vnd.jupyter.widget-view+json"
FIRST = "00_start.ipynb"  # makes the run folder of all others
# What the fast setting changes. In the course's training the divergence weighs
# more, so that so short a one, too, leaves some nodes silent.
SMALL = {
    FIRST: {"N: 10000,": "N: 1000,", "Training{Steps: 6000,": "Training{Steps: 1500, Batch: 8, Beta: 0.004,"},
    "02_autoencoder.ipynb": {"Steps: 300,": "Steps: 60,"},
    "09_your_data.ipynb": {"Steps: 100,": "Steps: 20,"},
    "10_go_further.ipynb": {"some, many = 150, 400": "some, many = 20, 40"},
}


def joined(outputs):
    """Puts texts of one stream that follow each other together: where they were
    cut is chance.

    >>> one = lambda t: nbformat.v4.new_output("stream", name="stdout", text=t)
    >>> [o.text for o in joined([one("a"), one("b")])]
    ['ab']
    """
    whole = []
    for o in outputs:
        if o.output_type == "stream" and whole and whole[-1].output_type == "stream" and whole[-1].name == o.name:
            whole[-1].text += o.text
        else:
            whole.append(o)
    return whole


def still(outputs):
    """Leaves out what only a running kernel can draw, where there is something to
    show in its place: without their kernel widgets are dead, and their ids chance.

    >>> o = nbformat.v4.new_output("display_data", data={WIDGET: {"model_id": "7"}, "text/plain": "z: 0"})
    >>> [list(o.data) for o in still([o])]
    [['text/plain']]
    """
    for o in outputs:
        if "text/plain" in o.get("data", {}):
            o.data.pop(WIDGET, None)
    return outputs


def complaints(outputs, most=LARGEST):
    """Names what must not be stored. Pictures name no folder, though /tmp may stand
    in their base64 by chance.

    >>> picture = lambda data: nbformat.v4.new_output("display_data", {"image/png": data})
    >>> complaints([picture(f"0{tempfile.gettempdir()}/")])
    []
    >>> complaints([picture("0" * 300_000)])[0].startswith("shows")
    True
    >>> complaints([picture("0" * 300_000)], most=math.inf)
    []
    >>> complaints([nbformat.v4.new_output("stream", text="read 3 rows of ../runs/course")])
    []
    >>> complaints([nbformat.v4.new_output("stream", text=f"read {Path.home()}/x")])[0].startswith("names")
    True
    """
    found = []
    size = len(json.dumps(outputs))
    if size > most:
        found.append(f"shows {size} bytes")
    text = json.dumps([{**o, "data": {**o.get("data", {}), "image/png": ""}} for o in outputs])
    for folder in {str(Path.home()), str(programs.MODULE), tempfile.gettempdir()}:
        if re.search(re.escape(folder) + r"\b", text):
            found.append(f"names {folder}")
    return found


def run(path, kernel, timeout, most):
    """Runs one notebook, whose cells may show so many bytes; gives it with its
    outputs, and what is wrong."""
    book = nbformat.read(path, as_version=4)
    own = dict(book.metadata)
    client = NotebookClient(
        book, kernel_name=kernel, timeout=timeout, startup_timeout=60, record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    wrong = []
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as e:
        wrong.append(f"{type(e).__name__}: {e}")
    book.metadata = nbformat.from_dict(own)  # not that of the kernel that ran it
    for i, c in enumerate(book.cells):
        if c.cell_type == "code":
            c.outputs = still(joined(c.outputs))
            if kernel != "gonb":  # whose outputs are not stored; its errors name its folders
                wrong += [f"cell {i} {complaint}" for complaint in complaints(c.outputs, most)]
    return book, wrong


def small(name, text):
    """Makes the surveys and the trainings of a notebook small.

    >>> small("02_autoencoder.ipynb", "Training{Steps: 300, Batch: 16}")
    'Training{Steps: 60, Batch: 16}'
    >>> small("02_autoencoder.ipynb", "Training{Steps: 301}")
    Traceback (most recent call last):
        ...
    ValueError: 02_autoencoder.ipynb has no 'Steps: 300,' to make small
    """
    for large, few in SMALL.get(name, {}).items():
        if large not in text:
            raise ValueError(f"{name} has no {large!r} to make small")
        text = text.replace(large, few)
    return text


def copies(notebooks, folder):
    """Copies notebooks for the fast setting, the first one first.

    GoNB looks for the module beside the notebooks' folder, hence the links.
    """
    folder = folder.resolve()
    if folder.exists() and not (folder / "notebooks" / FIRST).exists():
        raise ValueError(f"{folder} is there, and not of an earlier run")
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "notebooks").mkdir(parents=True)
    for entry in programs.MODULE.iterdir():
        if entry.name not in ("notebooks", "runs") and not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)
    home = notebooks[0].parent
    names = [FIRST, *(n.name for n in notebooks if n.name != FIRST)]
    for name in names:
        text = (home / name).read_text(encoding="utf-8")
        (folder / "notebooks" / name).write_text(small(name, text), encoding="utf-8")
    return [folder / "notebooks" / name for name in names]


def compare(stored, text, folder):
    """Tells how a notebook that was run differs from the stored one."""
    with tempfile.TemporaryDirectory() as beside:
        before, again = Path(beside) / "stored.ipynb", Path(beside) / "rerun.ipynb"
        before.write_text(stored, encoding="utf-8")
        again.write_text(text, encoding="utf-8")
        program = Path(folder).resolve() / "bin" / "notebookdiff"
        done = subprocess.run([program, before, again], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr.strip())
        return [line.removeprefix(f"{before}: ") for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True, help="folder for the programs that are built")
    parser.add_argument("--kernel", default="gokernel", choices=programs.KERNELS)
    parser.add_argument("--timeout", type=int, default=3600, help="seconds for a cell")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--store", action="store_true", help="write the notebooks with their outputs")
    how.add_argument("--compare", action="store_true", help="hold what comes out against what is stored")
    how.add_argument("--fast", type=Path, metavar="FOLDER", help="run copies in this folder, on a small survey")
    parser.add_argument("notebooks", nargs="+", type=Path)
    options = parser.parse_args()
    programs.ready(options.programs, [options.kernel])
    if options.compare:
        programs.build("notebookdiff", "./kernels/cmd/notebookdiff", Path(options.programs).resolve() / "bin")
    failed = False
    most = math.inf if options.fast else LARGEST
    for path in copies(options.notebooks, options.fast) if options.fast else options.notebooks:
        stored = path.read_text(encoding="utf-8")  # as it is now: a long run may see it changed
        began = time.perf_counter()
        book, wrong = run(path, options.kernel, options.timeout, most)
        seconds = time.perf_counter() - began
        text = nbformat.writes(book) + "\n"
        if options.compare:
            wrong += compare(stored, text, options.programs)
        print(f"{path.name:28} {options.kernel} {seconds:6.1f} s {len(text) / 1000:6.0f} kB", "; ".join(wrong), flush=True)
        failed = failed or bool(wrong)
        if options.store and not wrong:
            beside = path.with_suffix(".new")
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

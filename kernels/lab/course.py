"""Runs the project's notebooks from top to bottom, each in a new kernel, and
keeps what they show.

    python course.py --programs runs/kernel --store notebooks/*.ipynb
    python course.py --programs runs/kernel --kernel gonb notebooks/*.ipynb

With --store the notebook is written anew with its outputs, if no cell failed;
without, nothing is written. What is stored is free of times and of paths of this
machine, so that running again makes a small difference. The exit code is 1 if a
cell failed, an output is above 300 kB, or one names a folder of this machine.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

import programs

LARGEST = 300_000  # bytes of what one cell shows


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


def complaints(outputs):
    """Names what must not be stored.

    >>> complaints([nbformat.v4.new_output("stream", text="read 3 rows of ../runs/course")])
    []
    >>> complaints([nbformat.v4.new_output("stream", text=f"read {Path.home()}/x")])[0].startswith("names")
    True
    """
    text = json.dumps(outputs)
    found = []
    if len(text) > LARGEST:
        found.append(f"shows {len(text)} bytes")
    for folder in {str(Path.home()), str(programs.MODULE), tempfile.gettempdir()}:
        if re.search(re.escape(folder) + r"\b", text):
            found.append(f"names {folder}")
    return found


def run(path, kernel, timeout):
    """Runs one notebook; gives it with its outputs, and what is wrong."""
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
            c.outputs = joined(c.outputs)
            wrong += [f"cell {i} {complaint}" for complaint in complaints(c.outputs)]
    return book, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True, help="folder for the programs that are built")
    parser.add_argument("--kernel", default="gokernel", choices=programs.KERNELS)
    parser.add_argument("--timeout", type=int, default=3600, help="seconds for a cell")
    parser.add_argument("--store", action="store_true", help="write the notebooks with their outputs")
    parser.add_argument("notebooks", nargs="+", type=Path)
    options = parser.parse_args()
    programs.ready(options.programs, [options.kernel])
    failed = False
    for path in options.notebooks:
        began = time.perf_counter()
        book, wrong = run(path, options.kernel, options.timeout)
        seconds = time.perf_counter() - began
        text = nbformat.writes(book) + "\n"
        print(f"{path.name:28} {options.kernel} {seconds:6.1f} s {len(text) / 1000:6.0f} kB", "; ".join(wrong), flush=True)
        failed = failed or bool(wrong)
        if options.store and not wrong:
            beside = path.with_suffix(".new")
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, path)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs notebooks under a kernel and compares what their cells say with what is
stored in them.

    python notebooks.py --programs /tmp/programs --kernel gonb [--json rows.jsonl] [NOTEBOOK...]

Without notebooks it runs GoNB's own, from its module in Go's module cache. They
run in a copy of their folder, each in a new kernel. A cell is

    same        what it prints and shows is what is stored
    different   it is not
    error       it failed, and what is stored did not; or it took too long

Compared are standard output and, by MIME type, what is shown; pictures and
scripts count by their type only, numbers that name elements, files and versions
do not count, nor do further types of what is shown. Standard error is not
compared: Go says there what it downloads.
The exit code is 1 if a cell is an error.
"""

import argparse
import collections
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync

import programs

ANSI = re.compile(r"\x1b\[[0-9;]*m")
# What differs from run to run and machine to machine.
CHANGING = re.compile(
    "|".join(
        [
            r"\bgonb_[0-9a-f]+\b",  # module of a session
            r"_~[0-9a-f]+\b",  # key of a variable called _
            r"\b[0-9a-f]{8}\b",  # identifiers
            r"(?<!\S)/[\w.~-]+(/[\w.~-]+)+",  # paths
            r"\bv?\d+\.\d+\.\d+\b",  # versions
            r"\b\d+(\.\d+)?(ns|µs|ms|s)\b",  # durations
            r"^(cpu|Benchmark).*",  # benchmarks
        ]
    ),
    re.MULTILINE,
)


def stable(text):
    """Replaces what changes.

    >>> stable(f"took 1.5s in {tempfile.gettempdir()}/a with gonb_0a1b of v0.11.4")
    'took # in # with # of #'
    >>> stable("1/2 of 42")
    '1/2 of 42'
    """
    return CHANGING.sub("#", ANSI.sub("", text)).strip()


def said(outputs):
    """What a cell says, as far as it is the same in every run."""
    out, shown, failed = "", [], False
    for o in outputs:
        if o.output_type == "stream":
            out += o.text if o.name == "stdout" else ""
        elif o.output_type == "error":
            failed = True
        else:
            kinds = {}
            for kind, data in o.data.items():
                compared = kind.startswith("text/") and kind != "text/javascript" and "<script" not in str(data)
                kinds[kind] = stable(data) if compared and isinstance(data, str) else ""
            shown.append(kinds)
    return {"stdout": stable(out), "shown": shown, "failed": failed}


def compare(stored, got):
    """Names what a cell is, and says what makes the difference.

    >>> hi, ho = ({"stdout": s, "shown": [], "failed": False} for s in ("hi", "ho"))
    >>> compare(hi, hi)
    ('same', '')
    >>> compare(hi, ho)
    ('different', "stdout: stored 'hi', got 'ho'")
    >>> html = {**hi, "shown": [{"text/html": "<b>x</b>"}]}
    >>> compare(html, {**hi, "shown": [{"text/plain": "x", "text/html": "<b>x</b>"}]})[0]
    'same'
    >>> compare({**hi, "shown": [{"text/plain": "x", "text/html": "<b>x</b>"}]}, html)[0]
    'different'
    >>> compare(hi, {**hi, "failed": True})[0], compare({**hi, "failed": True}, hi)[0]
    ('error', 'different')
    """
    if got["failed"] and not stored["failed"]:
        return "error", ""
    if len(stored["shown"]) == len(got["shown"]):
        got = {**got, "shown": [{k: g[k] for k in s if k in g} for s, g in zip(stored["shown"], got["shown"])]}
    for part in ("failed", "stdout", "shown"):
        if stored[part] != got[part]:
            return "different", f"{part}: stored {str(stored[part])[:200]!r}, got {str(got[part])[:200]!r}"
    return "same", ""


def why(outputs):
    for o in outputs:
        if o.output_type == "error":
            return f"{o.ename}: {o.evalue}"
    return ""


def run(path, kernel, timeout, first):
    """Runs one notebook and gives a row for each of its cells of code. A cell
    that is not the notebook's may go first."""
    book = nbformat.read(path, as_version=4)
    stored = [said(c.outputs) if c.cell_type == "code" else None for c in book.cells]
    for c in book.cells:
        if c.cell_type == "code":
            c.outputs, c.execution_count = [], None
    rows = []
    client = NotebookClient(
        book, kernel_name=kernel, timeout=timeout, allow_errors=True, startup_timeout=60,
        resources={"metadata": {"path": str(path.parent)}},
    )
    with client.setup_kernel():
        if first:
            reply = run_sync(client.kc.execute_interactive)(first, output_hook=lambda _: None, timeout=timeout)
            if reply["content"]["status"] != "ok":
                raise RuntimeError(f"{first}: {reply['content'].get('evalue')}")
        for i, c in enumerate(book.cells):
            if c.cell_type != "code" or not c.source.strip():
                continue
            began = time.perf_counter()
            row = {"notebook": path.name, "cell": i, "kernel": kernel}
            rows.append(row)
            try:
                client.execute_cell(c, i)
                row["is"], row["why"] = compare(stored[i], said(c.outputs))
                if row["is"] == "error":
                    row["why"] = why(c.outputs)
            except (CellTimeoutError, DeadKernelError) as e:
                row["is"], row["why"] = "error", f"{type(e).__name__} after {timeout} s"
                break
            finally:
                row["seconds"] = round(time.perf_counter() - began, 2)
    return rows


def examples():
    """GoNB's own notebooks."""
    where = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb"],
        check=True, cwd=programs.MODULE, capture_output=True, text=True,
    ).stdout.strip()
    return sorted(Path(where, "examples").rglob("*.ipynb"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", required=True, help="folder for the programs that are built")
    parser.add_argument("--kernel", default="gokernel", choices=programs.KERNELS)
    parser.add_argument("--timeout", type=int, default=60, help="seconds for a cell")
    parser.add_argument("--first", help="cell to run before each notebook, as '!*go get github.com/janpfeifer/gonb@v0.11.4'")
    parser.add_argument("--json", help="file for a JSON row a cell")
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args()
    programs.ready(options.programs, [options.kernel])
    rows = []
    for path in options.notebooks or examples():
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, path.parent.name)
            shutil.copytree(path.parent, copy, copy_function=shutil.copyfile)
            for d in [copy, *(p for p in copy.rglob("*") if p.is_dir())]:
                d.chmod(0o755)  # module caches cannot be written
            try:
                new = run(copy / path.name, options.kernel, options.timeout, options.first)
            except Exception as e:  # a notebook that cannot be run is a result
                new = [{"notebook": path.name, "cell": -1, "kernel": options.kernel, "is": "error", "why": f"{type(e).__name__}: {e}", "seconds": 0}]
        rows += new
        count = collections.Counter(r["is"] for r in new)
        print(f"{path.name:24} {count['same']:3} same {count['different']:3} different {count['error']:3} error", flush=True)
        for r in new:
            if r["is"] != "same":
                print(f"    cell {r['cell']:2} {r['is']}: {r['why'].strip()[:300]}", flush=True)
    count = collections.Counter(r["is"] for r in rows)
    print(f"{options.kernel}, {len(rows)} cells: {count['same']} same, {count['different']} different, {count['error']} error")
    if options.json:
        with open(options.json, "w") as f:
            f.writelines(json.dumps(r) + "\n" for r in rows)
    return 1 if count["error"] else 0


if __name__ == "__main__":
    sys.exit(main())

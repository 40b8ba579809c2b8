"""The cases of kernels/lab/bench.py that Python has too, with ipykernel among the kernels.

    python kernel_turns.py PROGRAMS OUT.jsonl ROUNDS CASE,CASE,...

Writes a JSON line a case: {"case", "what", "times": {kernel: [seconds]}, "failures"}.
"""

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kernels/lab"))
import bench  # noqa: E402
import programs  # noqa: E402


class Python(bench.Kernel):
    """ipykernel, which gets the cells in its own language."""

    def run(self, code, want="", timeout=180):
        return super().run(code.replace("%%\n", "").replace("fmt.Println", "print"), want, timeout)

    def complete(self):
        code, want = f'_ = "{self.fresh()}"\npri', "print"
        began = bench.time.perf_counter()
        content = self.client.complete(code, len(code), reply=True, timeout=60)["content"]
        took = bench.time.perf_counter() - began
        if want not in content.get("matches", []):
            raise bench.Wrong(f"completion of {code!r}: {content}")
        return took


def main(folder, out, rounds, cases):
    names, failures = ["gokernel"], {}
    programs.ready(folder, names)
    try:
        programs.ready(folder, ["gonb"])
        names.append("gonb")
    except Exception as e:
        failures["GoNB"] = f"{e} (it is built by go build, which wants its module)"
    kernels = [bench.Kernel(name) for name in names] + [Python("python3")]
    kept = []
    row = bench.row

    def keep(name, times, failed):
        kept.append({"case": name, "what": bench.CASES[name][0], "times": times, "failures": {**failures, **failed}})
        return row(name, times, failed)

    bench.row = keep
    for name in cases:
        bench.measure(kernels, name, rounds)
    with open(out + ".partial", "w") as f:
        f.writelines(json.dumps(k) + "\n" for k in kept)
    os.replace(out + ".partial", out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].split(","))

"""Builds the project's kernel and GoNB, with the programs they start, and
installs both where only this process and its children find them.

    programs.ready("/tmp/programs", ["gonb"])

Run it to see what it makes: python programs.py FOLDER [KERNEL...]
"""

import os
import subprocess
import sys
from pathlib import Path

MODULE = Path(__file__).resolve().parents[2]
# gopls pins its own golang.org/x/tools and does not build with a later one, so
# it is built outside the module.
GOPLS = "golang.org/x/tools/gopls@v0.23.0"
PROCESS = "gokernel-process"  # the same program, every cell a process of its own
GOIMPORTS = "golang.org/x/tools/cmd/goimports@v0.52.0"  # GoNB wants it on the PATH
KERNELS = ["gokernel", PROCESS, "gonb"]


def ready(folder, kernels):
    """Makes kernels ready to start in this process's environment."""
    folder = Path(folder).resolve()
    programs = folder / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    build("gokernel", "./kernels/cmd/gokernel", programs)
    if not (programs / "gopls").exists():
        go(["install", GOPLS], GOBIN=str(programs))
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    os.environ["JUPYTER_PATH"] = str(folder / "share" / "jupyter")
    for kernel in kernels:
        install = [programs / "gokernel", "install", "--prefix", folder, "--no-warm"]
        if kernel == "gonb":
            build("gonb", "github.com/janpfeifer/gonb", programs)
            if not (programs / "goimports").exists():
                go(["install", GOIMPORTS], GOBIN=str(programs))
            install += ["--kernel", "gonb"]
        elif kernel == PROCESS:
            install += ["--name", PROCESS, "--mode", "process"]
        elif kernel != "gokernel":
            raise ValueError(f"kernel {kernel}: not one of {KERNELS}")
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)


def build(name, package, folder):
    go(["build", "-o", str(folder / name), package])


def go(arguments, **environment):
    subprocess.run(["go", *arguments], check=True, cwd=MODULE, env={**os.environ, **environment})


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ready(sys.argv[1], sys.argv[2:] or KERNELS)
    subprocess.run(["gokernel", "list", "--all"], check=True)

"""The program against numpy and PyTorch at full size: python full.py FOLDER

Takes two spectra through everything that exchanges numbers with Python, from bin/stellarae, and ends with a table of
the worst differences; the exit code is 1 if one is over its bar. The spectra are real ones if STELLARAE_REAL names
their folder, else simulated. FOLDER gets 400 MB of arrays and checkpoints. Takes a minute or two on two CPU cores.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from astropy.io import fits

import ae1d
import golden_full

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "stellarae/spectrum/testdata"))
import make_fixtures as preprocessing  # noqa: E402: the paper's formulas in numpy

BAR, KINK = 1e-4, 1e-3  # of the largest value; KINK where LeakyReLU's kink counts, see golden_full.py
REAL = ["HD128621_HARPS.2012-03-24T08-37-45.581_s1d_A.fits", "Gl581_HARPS.2010-09-18T23-42-36.178_s1d_A.fits"]


def stellarae(*arguments):
    subprocess.run([ROOT / "bin/stellarae", *map(str, arguments)], check=True)


def spectra(folder):
    """Two files, and what they are."""
    real = os.environ.get("STELLARAE_REAL")
    if real:
        return [Path(real) / "spectra" / name for name in REAL], "real"
    shutil.rmtree(folder / "survey", ignore_errors=True)
    stellarae("simulate", "--preset", "full", "--n", 2, "--out", folder / "survey")
    return sorted((folder / "survey").glob("*.fits")), "simulated"


def columns(path):
    """Wavelengths and flux of a pipeline's image or an archive's table."""
    with fits.open(path) as hdus:
        if hdus[0].data is None:
            return hdus[1].data["WAVE"][0], hdus[1].data["FLUX"][0]
        header, flux = hdus[0].header, hdus[0].data
        return header["CRVAL1"] + np.arange(len(flux)) * header["CDELT1"], flux


def preprocess(folder, files):
    """The arrays' paths, and how many samples are not numpy's bits."""
    arrays, wrong = [], 0
    stellarae("preprocess", *files, "--preset", "paper", "--out", folder)
    for file in files:
        path = folder / f"{file.stem}.npy"
        want = preprocessing.prepare(*columns(file), preprocessing.PAPER)[0]
        got = np.load(path, allow_pickle=False)
        print(f"{path.name}: sha256 {preprocessing.sha256(got)}, numpy's formulas {preprocessing.sha256(want)}")
        assert got.dtype == want.dtype and got.shape == want.shape, path
        wrong += np.count_nonzero(got.view(np.uint32) != want.view(np.uint32))
        arrays.append(path)
    return arrays, wrong


def go_test(folder):
    """How far the Go networks are off: {network: {tensor: worst difference relative to its largest value}}."""
    command = [os.environ.get("GO", "go"), "test", "-count=1", "-v", "-run", "^TestFullNetworkAgainstPyTorch$", "."]
    environment = os.environ | {"STELLARAE_GOLDEN_FULL": str(folder.resolve())}
    test = subprocess.run(command, cwd=ROOT / "stellarae", env=environment, stdout=subprocess.PIPE, text=True)
    if test.returncode:
        sys.exit(test.stdout)
    sections = re.split(r"=== RUN +\S+/(\w+)\n", test.stdout)[1:]  # name, text, name, text, ...
    lines = r"_test\.go:\d+: (\S+) +off by (\S+) of"
    return {n: {k: float(v) for k, v in re.findall(lines, text)} for n, text in zip(sections[::2], sections[1::2])}


def network(folder):
    """Rows of the table: outputs, losses and gradients."""
    off = go_test(folder)
    for name, bar in {"full": KINK, "linear": BAR}.items():
        golden = torch.load(folder / f"{name}_golden.pth.tar", weights_only=True)["state_dict"]
        outputs = ["mu", "logvar", "decoded", "loss", "reconstruction", "kl"]
        gradients = [n for n in golden if n.startswith("grad.")]
        if set(outputs + gradients) != off[name].keys():
            sys.exit(f"{name}: compared {sorted(off[name])}")
        for what, names, limit in ("outputs, losses", outputs, BAR), (f"{len(gradients)} gradients", gradients, bar):
            worst = max(names, key=off[name].get)
            own = golden.get(f"float32.{worst}")
            note = f" (PyTorch's own float32: {own:.1e})" if own is not None else ""
            yield f"{name}: {what}, worst {worst}{note}", off[name][worst], limit


def worst(got, want):
    """The largest difference relative to the largest value."""
    assert got.dtype == want.dtype and got.shape == want.shape, (got.shape, want.shape)
    return np.abs(got.astype(np.float64) - want).max() / np.abs(want).max()


def commands(folder, files):
    """Rows of the table: the command line against PyTorch."""
    golden = torch.load(folder / "full_golden.pth.tar", weights_only=True)["state_dict"]
    run = folder / "run"
    shutil.rmtree(run, ignore_errors=True)
    stellarae("import-torch", folder / "full.pth.tar", "--out", run)

    stellarae("encode", "--model", run, *files, "--out", folder / "codes.npy")
    ids = (folder / "codes.ids.txt").read_text().split()
    assert [Path(i).stem for i in ids] == [f.stem for f in files], ids
    yield "encode: codes", worst(np.load(folder / "codes.npy"), golden["mu"].numpy()), BAR

    off = 0
    for file, want in zip(files, golden["decoded_mu"].numpy(), strict=True):
        array = folder / "reconstructed.npy"
        stellarae("reconstruct", "--model", run, file, "--npy", array, "--out", folder / "reconstructed.png")
        off = max(off, worst(np.load(array), want))
    yield "reconstruct: spectra", off, BAR

    stellarae("export-torch", run, "--out", folder / "exported.pth.tar")
    ours = torch.load(folder / "exported.pth.tar", weights_only=True)["state_dict"]
    model = ae1d.paper()
    model.load_state_dict(ours, strict=True)
    theirs = torch.load(folder / "full.pth.tar", weights_only=True)["state_dict"]
    wrong = sum((p.view(torch.int32) != theirs[name].view(torch.int32)).sum().item() for name, p in model.state_dict().items())
    yield "import-torch, export-torch: numbers with other bits", wrong, 0


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    files, kind = spectra(folder)
    arrays, wrong = preprocess(folder, files)
    rows = [("preprocess: samples without numpy's bits", wrong, 0)]

    golden_full.main(folder, arrays)
    rows += network(folder)
    rows += commands(folder, files)
    width = max(len(what) for what, _, _ in rows)
    print(f"\n{f'full size, two {kind} spectra':{width}} {'worst':>8} {'bar':>6}")
    for what, difference, bar in rows:
        print(f"{what:{width}} {difference:8.2g} {bar:6.0g}")
    if not all(difference <= bar for _, difference, bar in rows):
        sys.exit("over the bar")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

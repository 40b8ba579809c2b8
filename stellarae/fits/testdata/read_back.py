"""Have astropy read the FITS files of a folder and compare with written.json.

Run by TestReadBack: python read_back.py FOLDER

Every file must pass verify("exception") without a warning, and every card,
sample and cell must be what the Go program says it wrote, of the same type.
"""

import json
import os
import sys
import warnings

import numpy as np
from astropy.io import fits

warnings.simplefilter("error")


def parse(kind, values):
    """Texts of the Go type kind as a numpy array."""
    if kind == "string":
        return np.array(values)
    if kind == "bool":
        return np.array([v == "true" for v in values], bool)
    if kind.startswith("complex"):
        return np.array([complex(*map(float, v.split())) for v in values], kind)
    if kind.startswith("float"):
        return np.array([float(v) for v in values], kind)
    return np.array([int(v) for v in values], kind)


def same(got, want, where):
    got = np.asarray(got)
    if want.dtype == np.int8:  # astropy knows signed bytes only in images
        got = got.astype(np.int8)
    if got.dtype.kind != "U":
        assert got.dtype.newbyteorder("=") == want.dtype, f"{where}: {got.dtype}, wrote {want.dtype}"
    np.testing.assert_array_equal(got.ravel(), want, err_msg=where)


def check_cards(header, cards):
    for key, kind, value in cards:
        got = header[key]
        if kind == "string":
            assert got == value.rstrip(), f"{key}: {got!r}, wrote {value!r}"
        else:
            want = parse(kind, [value])[0].item()
            assert got == want and type(got) is type(want), f"{key}: {got!r}, wrote {want!r}"


def check_table(hdu, columns, where):
    for want in columns:
        name = want["name"]
        column = hdu.columns[name]
        at = f"{where} {name}"
        assert (column.unit or "") == want["unit"], at
        assert column.null == want["null"], at
        if column.bzero is not None and "P" in column.format:
            continue  # astropy applies TZERO to some such cells only
        for row, cell in enumerate(want["cells"]):
            got = np.asarray(hdu.data[name][row])
            if want["dim"]:
                assert list(got.shape) == want["dim"], at
            same(got, parse(want["type"], cell), f"{at} row {row}")


def main(folder):
    with open(os.path.join(folder, "written.json")) as f:
        files = json.load(f)
    for name, hdus in sorted(files.items()):
        with fits.open(os.path.join(folder, name), uint=True, memmap=False) as hdul:
            hdul.verify("exception")
            assert len(hdul) == len(hdus), name
            for i, (hdu, want) in enumerate(zip(hdul, hdus)):
                where = f"{name} hdu {i}"
                assert hdu.name == (want["name"] or ("PRIMARY" if i == 0 else "")), where
                check_cards(hdu.header, want["cards"])
                if "columns" in want:
                    check_table(hdu, want["columns"], where)
                elif "data" in want:
                    assert list(hdu.data.shape) == (want["shape"] or [len(want["data"])]), where
                    same(hdu.data, parse(want["type"], want["data"]), where)
        print(f"{name}: {len(hdus)} HDUs as written")


main(sys.argv[1])

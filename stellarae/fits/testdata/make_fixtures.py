"""Make the FITS files and expected.json that TestAgainstAstropy reads.

Run in this folder with astropy and numpy: python make_fixtures.py

astropy writes the files. The expected physical values are computed here from
the stored ones by the FITS standard's formula, in float64, and asserted to be
what astropy itself reads, so that the Go tests compare with both. Where
astropy has no answer (nulls, scaled complex numbers, bits in a heap) the
formula alone counts. Every number is written as text that reads back to the same bits.
"""

import gzip
import io
import json
import warnings

import numpy as np
from astropy.io import fits

warnings.simplefilter("ignore", fits.verify.VerifyWarning)
warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
rng = np.random.default_rng(20210129)
expected = {}


def text(v):
    """A number as text that is exact."""
    if isinstance(v, (complex, np.complexfloating)):
        return [text(v.real), text(v.imag)]
    if isinstance(v, (int, np.integer)):
        return str(int(v))
    return repr(float(v))


def texts(a):
    return [text(v) for v in np.asarray(a).ravel()]


def save(name, hdus):
    data = io.BytesIO()
    fits.HDUList(hdus).writeto(data, output_verify="ignore")
    store(name, data.getvalue())


def store(name, data):
    if name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    with open(name, "wb") as f:
        f.write(data)


def physical(stored, scale=1, zero=0, null=None):
    """The standard's formula; exact for unsigned integers."""
    stored = np.asarray(stored)
    if stored.dtype.kind in "iu" and scale == 1 and float(zero).is_integer():
        out = np.array([float(int(v) + int(zero)) for v in stored.ravel()])
    else:
        out = stored.ravel().astype(np.float64) * scale + zero
    if null is not None:
        out[stored.ravel() == null] = np.nan
    return out


# Images: every BITPIX plain, scaled, with nulls, and unsigned.


def image(stored, name, scale=None, zero=None, blank=None, primary=False):
    hdu = (fits.PrimaryHDU if primary else fits.ImageHDU)(stored, do_not_scale_image_data=True)
    hdu.name = name
    for key, value in (("BSCALE", scale), ("BZERO", zero), ("BLANK", blank)):
        if value is not None:
            hdu.header[key] = value
    want = physical(stored, 1 if scale is None else scale, 0 if zero is None else zero, blank)
    return hdu, {"name": name, "kind": "image", "shape": list(stored.shape), "floats": texts(want)}, want


def integers(bits, shape):
    info = np.iinfo(f"i{bits // 8}")
    a = rng.integers(info.min, info.max, shape, dtype=f"i{bits // 8}", endpoint=True)
    ends = [info.min, info.max, -1][: a.size]
    a.flat[: len(ends)] = ends
    return a


def images(name):
    f32 = rng.normal(size=(3, 4)).astype("f4")
    f32[0, :3] = np.nan, np.inf, np.float32(1e-42)
    f64 = rng.normal(size=7) * 1e300
    f64[:2] = np.nan, -np.inf
    made = [
        image(rng.integers(0, 256, (2, 3), dtype="u1"), "B", primary=True),
        image(integers(16, (2, 3, 4)), "I"),
        image(integers(32, 5), "J"),
        image(integers(64, 5), "K"),
        image(f32, "E"),
        image(f64, "D"),
        image(np.array([[1, 2, -32768]], "i2"), "I SCALED", 0.5, 10, -32768),
        image(np.array([0, 7, 255], "u1"), "B BLANK", blank=255),
        image(np.array([3, -1], "i4"), "J SCALED", 1e-3),
        image(np.array([3, -9], "i8"), "K BLANK", zero=0.25, blank=-9),
        image(np.array([1.5, np.nan], "f4"), "E SCALED", 0.1, -3),
        image(np.array([1.5, -2], "f8"), "D SCALED", 2, 1),
        image(np.array([0, 128, 255], "u1"), "SIGNED BYTE", 1, -128),
        image(integers(16, 4), "UNSIGNED I", 1, 2**15),
        image(integers(32, 4), "UNSIGNED J", 1, 2**31),
        image(integers(64, 4), "UNSIGNED K", 1, 2**63),
        image(np.zeros((2, 0), "f4"), "NO SAMPLES"),
    ]
    save(name, [m[0] for m in made])
    expected[name] = [m[1] for m in made]
    with fits.open(name, uint=True) as hdul:
        for hdu, (_, _, want) in zip(hdul, made):
            got = np.zeros(0) if hdu.data is None else hdu.data
            np.testing.assert_allclose(got.ravel().astype(float), want, rtol=1e-6, err_msg=hdu.name)


# Tables: columns are given as stored numbers; TSCAL, TZERO and TNULL are set
# in the header afterwards.


def cell(form, stored, scale, zero, null):
    letter = form.strip("0123456789PQ")[:1]
    stored = np.asarray(stored)
    if letter in "CM":
        return {"complexes": texts(stored.ravel() * scale + zero)}
    if letter in "LX":
        method = {"L": "bools", "X": "bits"}[letter]
        return {method: [bool(v) for v in stored.ravel()], "floats": texts(stored.ravel().astype(float))}
    if letter == "A":
        return {"strings": [str(s).rstrip() for s in np.atleast_1d(stored).ravel()]}
    want = {"floats": texts(physical(stored, scale, zero, null))}
    if letter in "BIJK" and scale == 1 and float(zero).is_integer():
        whole = [int(v) + int(zero) for v in stored.ravel()]
        if not (null is not None and (stored == null).any()) and all(-(2**63) <= v < 2**63 for v in whole):
            want["ints"] = [str(v) for v in whole]
    return want


def table(name, columns, cls=fits.BinTableHDU):
    """columns: (name, format, rows of stored values, extra keys)."""
    cols, keys = [], {}
    for i, (cname, form, rows, extra) in enumerate(columns, 1):
        array = np.array(rows, dtype=object if form[0] in "PQ" else None)
        cols.append(fits.Column(cname, form, array=array, unit=extra.get("TUNIT"), dim=extra.get("TDIM")))
        keys.update({f"{k}{i}": v for k, v in extra.items() if k not in ("TUNIT", "TDIM")})
    hdu = cls.from_columns(cols, name=name)
    for k, v in keys.items():
        hdu.header[k] = v
    want = []
    for cname, form, rows, extra in columns:
        cells = [cell(form, r, extra.get("TSCAL", 1), extra.get("TZERO", 0), extra.get("TNULL")) for r in rows]
        dim = extra.get("TDIM", "").strip("()")
        shape = [int(n) for n in reversed(dim.split(","))] if dim else None
        if shape and form.endswith("A"):
            shape = shape[:-1]
        want.append({"name": cname, "format": form, "unit": extra.get("TUNIT", ""), "dim": shape, "cells": cells})
    return hdu, {"name": name, "kind": "bintable", "columns": want}


def check_tables(name):
    """What astropy reads is what is expected, wherever it has an answer."""
    with fits.open(name, uint=True) as hdul:
        for hdu, want in zip(hdul, expected[name]):
            for col in want.get("columns", []):
                for row, c in enumerate(col["cells"]):
                    where = f"{name} {want['name']} {col['name']} {row}"
                    if "X" in col["format"] and "P" in col["format"]:
                        continue
                    got = np.asarray(hdu.data[col["name"]][row])
                    if "strings" in c:
                        assert [str(s).rstrip() for s in np.atleast_1d(got).ravel()] == c["strings"], where
                    elif "complexes" in c:
                        full = np.array([complex(float(r), float(i)) for r, i in c["complexes"]])
                        if not np.iscomplexobj(got):  # astropy drops the imaginary part when it scales
                            full = full.real
                        np.testing.assert_allclose(got.ravel(), full, rtol=1e-6, err_msg=where)
                    else:
                        full = np.array([float(v) for v in c["floats"]])
                        got = got.ravel().astype(float)
                        defined = ~np.isnan(full)  # astropy leaves a null as the number it is
                        np.testing.assert_allclose(got[defined], full[defined], rtol=1e-6, err_msg=where)


def tables(name):
    def whole(letter, n=1):
        a = rng.integers(0, 256, (2, n), dtype="u1") if letter == "B" else integers({"I": 16, "J": 32, "K": 64}[letter], (2, n))
        return list(a if n > 1 else a[:, 0])

    f64 = rng.normal(size=(2, 6))
    f64[0, 0] = np.nan
    primary = fits.PrimaryHDU()
    letters = [
        ("logical", "L", [True, False], {}),
        ("LOGICALS", "3L", [[True, False, True], [False, False, True]], {}),
        ("BITS", "11X", list(rng.integers(0, 2, (2, 11)).astype(bool)), {}),
        ("B", "B", whole("B"), {"TUNIT": "adu"}),
        ("I", "I", whole("I"), {}),
        ("J", "J", whole("J"), {}),
        ("K", "K", whole("K"), {}),
        ("BS", "5B", whole("B", 5), {}),
        ("IS", "5I", whole("I", 5), {}),
        ("JS", "5J", whole("J", 5), {}),
        ("KS", "5K", whole("K", 5), {}),
        ("E", "E", list(rng.normal(size=2).astype("f4")), {"TUNIT": "km/s"}),
        ("D", "D", list(rng.normal(size=2)), {}),
        ("ES", "4E", list(rng.normal(size=(2, 4)).astype("f4")), {}),
        ("DS", "6D", list(f64), {}),
        ("CUBE", "6E", list(rng.normal(size=(2, 2, 3)).astype("f4")), {"TDIM": "(3,2)"}),
        ("C", "C", [1 + 2j, np.complex64(3.25 - 1e10j)], {}),
        ("MS", "2M", list(rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2))), {}),
        ("A", "8A", ["HD 10700", "Sun"], {}),
        ("NAMES", "12A", [["one", "two"], ["three", ""]], {"TDIM": "(6,2)"}),
        ("NONE", "0D", [[], []], {}),
    ]
    scaled = [
        ("B", "3B", [[0, 7, 255]], {"TSCAL": 0.5, "TZERO": 1.0, "TNULL": 255}),
        ("I", "3I", [[-32768, 5, 6]], {"TSCAL": 0.01, "TNULL": -32768}),
        ("J", "2J", [[3, 4]], {"TZERO": 100.5}),
        ("K", "2K", [[-(2**53) - 1, 4]], {"TNULL": 4}),
        ("E", "2E", [np.array([1.1, np.nan], "f4")], {"TSCAL": 2.0, "TZERO": -1.0}),
        ("D", "2D", [[1.1, 2.2]], {"TSCAL": 1e-8}),
        ("C", "2C", [np.array([1 + 2j, -3j], "c8")], {"TSCAL": 2.0, "TZERO": 10.0}),
        ("I1", "3B", [[0, 128, 255]], {"TZERO": -128}),
        ("U2", "3I", [np.array([-32768, 0, 32767], "i2")], {"TZERO": 2**15}),
        ("U4", "3J", [np.array([-(2**31), 0, 2**31 - 1], "i4")], {"TZERO": 2**31}),
        ("U8", "3K", [np.array([-(2**63), -(2**63) + 5, 2**63 - 1], "i8")], {"TZERO": 2**63}),
        ("U8 SMALL", "2K", [np.array([-(2**63), -(2**63) + 5], "i8")], {"TZERO": 2**63}),
    ]
    made = [table("LETTERS", letters), table("SCALED", scaled)]
    save(name, [primary] + [m[0] for m in made])
    expected[name] = [{"name": "PRIMARY", "kind": "image"}] + [m[1] for m in made]
    check_tables(name)


def variable(name):
    def ragged(dtype, make):
        return [np.array(make(n), dtype) for n in (3, 0, 5)]

    normal = lambda n: rng.normal(size=n)
    small = lambda n: rng.integers(0, 100, n)
    columns = [
        (f"{d}{letter}", f"{d}{letter}", ragged(dtype, make), {})
        for d in "PQ"
        for letter, dtype, make in (
            ("L", bool, lambda n: rng.integers(0, 2, n)),
            ("B", "u1", small),
            ("I", "i2", small),
            ("J", "i4", small),
            ("K", "i8", small),
            ("E", "f4", normal),
            ("D", "f8", normal),
            ("C", "c8", normal),
            ("M", "c16", normal),
        )
    ]
    made = [table("HEAP", columns)]
    save(name, [fits.PrimaryHDU()] + [m[0] for m in made])
    expected[name] = [{"name": "PRIMARY", "kind": "image"}] + [m[1] for m in made]
    # astropy notes the largest length in the format it writes.
    for col in expected[name][1]["columns"]:
        col["format"] += "(5)"
    check_tables(name)


def block(data, fill):
    return data + fill * (-len(data) % 2880)


def header(cards):
    lines = "".join(c if isinstance(c, str) else str(fits.Card(*c)) for c in cards)
    assert len(lines) % 80 == 0
    return block((lines + "END".ljust(80)).encode("ascii"), b" ")


SIMPLE = [("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True)]


def table_header(row, rows, pcount, fields, more, kind="BINTABLE"):
    return header(
        [("XTENSION", kind), ("BITPIX", 8), ("NAXIS", 2), ("NAXIS1", row), ("NAXIS2", rows), ("PCOUNT", pcount)]
        + [("GCOUNT", 1), ("TFIELDS", fields)]
        + more
    )


def by_hand(name):
    """What astropy does not write: a gap before the heap, bits, text and
    scaled numbers in it, rAw, undefined logicals."""
    # Cells at heap bytes 0 (11 bits), 2 (5 characters), 7 (two I), 11 (1 null).
    heap = np.packbits([1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0]).tobytes() + b"hello" + np.array([7, -1], ">i2").tobytes()
    row = np.array([11, 0, 5, 2, 2, 7], ">i4").tobytes() + b"ab cd ef\0" + b"T\0F"
    gap = b"\xff" * 10
    more = [("THEAP", len(row) + len(gap))]
    forms = [("VX", "1PX(11)"), ("VA", "PA(5)"), ("VI", "1PI(2)"), ("SUB", "9A3"), ("L", "3L")]
    for i, (cname, form) in enumerate(forms, 1):
        more += [(f"TTYPE{i}", cname), (f"TFORM{i}", form)]
    more += [("TSCAL3", 0.5), ("TNULL3", -1)]
    data = header(SIMPLE) + table_header(len(row), 1, len(gap) + len(heap), 5, more) + block(row + gap + heap, b"\0")
    store(name, data)
    bits = [True, False, True, True, False, False, False, True, True, True, False]
    cells = [
        {"bits": bits, "floats": [str(float(b)) for b in bits]},
        {"strings": ["hello"]},
        {"floats": ["3.5", "nan"]},
        {"strings": ["ab", "cd", "ef"]},
        {"bools": [True, False, False], "floats": ["1.0", "nan", "0.0"]},
    ]
    cols = [{"name": n, "format": f, "unit": "", "dim": None, "cells": [c]} for (n, f), c in zip(forms, cells)]
    expected[name] = [{"name": "PRIMARY", "kind": "image"}, {"name": "", "kind": "bintable", "columns": cols}]
    # astropy reads no bits in a heap, nor nulls, and rounds what it scales there.
    with fits.HDUList.fromstring(data.replace(b"1PX(11)", b"1PB(11)")) as hdul:
        np.testing.assert_array_equal(hdul[1].data["VI"][0], [3, 0])
        assert "".join(hdul[1].data["VA"][0]) == "hello"


def ascii_table(name):
    rows = [
        ["HD 1  ", "    12", "  -1.50", "  2.5E-03", " 1.25D+10", " 7"],
        # Two digits of the F field lie behind an implied decimal point.
        ["Sun   ", " -9999", "    350", "         ", "  -2.5D-1", "  "],
    ]
    more = []
    fields = [("NAME", "A6", 1), ("N", "I6", 7), ("F", "F7.2", 13), ("E", "E9.1", 20), ("D", "D9.2", 30), ("Z", "I2", 39)]
    for i, (cname, form, start) in enumerate(fields, 1):
        more += [(f"TTYPE{i}", cname), (f"TFORM{i}", form), (f"TBCOL{i}", start)]
    more += [("TNULL2", "-9999"), ("TSCAL3", 10.0), ("TZERO3", 1.0), ("TUNIT3", "K")]
    data = b"".join("{}{}{}{} {}{}\n".format(*r).encode() for r in rows)
    store(name, header(SIMPLE) + table_header(41, 2, 0, 6, more, "TABLE") + block(data, b" "))
    cells = [
        [{"strings": ["HD 1"]}, {"strings": ["Sun"]}],
        [{"floats": ["12.0"], "ints": ["12"]}, {"floats": ["nan"]}],
        [{"floats": ["-14.0"]}, {"floats": ["36.0"]}],
        [{"floats": ["0.0025"]}, {"floats": ["0.0"]}],
        [{"floats": ["1.25e10"]}, {"floats": ["-0.25"]}],
        [{"floats": ["7.0"], "ints": ["7"]}, {"floats": ["0.0"], "ints": ["0"]}],
    ]
    cols = [
        {"name": n, "format": f, "unit": "K" if n == "F" else "", "dim": None, "cells": c}
        for (n, f, _), c in zip(fields, cells)
    ]
    expected[name] = [{"name": "PRIMARY", "kind": "image"}, {"name": "", "kind": "table", "columns": cols}]
    with fits.open(name) as hdul:  # astropy knows no implied decimal point
        data = hdul[1].data
        assert data["NAME"][0].strip() == "HD 1" and data["N"][0] == 12 and data["Z"][0] == 7
        np.testing.assert_allclose([data["F"][0], data["E"][0], data["D"][0]], [-14, 0.0025, 1.25e10])


def headers(name):
    long = "It's a string that goes on, & on, over more than one card: " + "0123456789" * 12 + " end"
    cards = SIMPLE + [
        ("OBJECT", "HD 10700", "target name"),
        ("QUOTE", "O'Neil's", "a doubled quote / and a slash"),
        ("EMPTY", "", "an empty string"),
        ("INTEGER", -42, "an integer"),
        ("BIG", 2**62 + 1),
        ("HUGE", 2**70),
        ("FLOAT", -1.5e-10, "a float"),
        ("TRUE", True),
        ("FALSE", False),
        ("COMPLEX", 1.5 - 2j),
        ("UNDEF", fits.card.Undefined(), "no value"),
        ("LONG", long),
        ("ESO DRS BERV", 11.2489, "barycentric velocity [km/s]"),
        ("ESO INS DET1 NAME", "EEV 44-82"),
        ("ESO TEL AIRM START", 1),
        ("AMPERSND", "ends in &"),
        ("AFTER", 1),
        ("TWICE", "first"),
        ("TWICE", "second"),
        "FORTRAN =               1.25D+03 / a D exponent".ljust(80),
        "LOWER   =                  1.5e5 / a lower-case exponent".ljust(80),
        "DOUBLE  = 1.5d-3".ljust(80),
        "POINT   =                    .25 / no digit before the point".ljust(80),
        "TIGHT   =                      7/ no blank before the slash".ljust(80),
        "NAN     =                    NaN / no number in FITS".ljust(80),
        "OPEN    = 'no closing quote".ljust(80),
        "NOVALUE   no equals sign".ljust(80),
        ("COMMENT", "a comment"),
        ("HISTORY", "a history"),
        ("HISTORY", "and more"),
        ("", "a blank key"),
    ]
    data = header(cards)
    store(name, data)
    h = fits.Header.fromstring(data)
    values = {"TRUE": {"bool": True}, "FALSE": {"bool": False}}
    for key in "OBJECT QUOTE EMPTY LONG AMPERSND TWICE".split() + ["ESO INS DET1 NAME"]:
        values[key] = {"string": h[key]}
    assert values["LONG"]["string"] == long and values["TWICE"]["string"] == "first"
    for key in "INTEGER BIG AFTER TIGHT".split() + ["ESO TEL AIRM START"]:
        values[key] = {"int": str(int(h[key])), "float": text(float(h[key]))}
    for key in "HUGE FLOAT FORTRAN LOWER DOUBLE POINT".split() + ["ESO DRS BERV"]:
        values[key] = {"float": text(float(h[key]))}
    values.update({key: {} for key in "UNDEF NAN OPEN NOVALUE ABSENT COMPLEX".split()})
    expected[name] = [{"name": "PRIMARY", "kind": "image", "values": values}]


def product(name):
    """A small spectrum in the form of the archive's Phase 3 products."""
    n = 64
    primary = fits.PrimaryHDU()
    primary.header["OBJECT"] = "HD 10700"
    primary.header["HIERARCH ESO DRS BERV"] = 11.2489
    hdu, want = table(
        "SPECTRUM",
        [
            ("WAVE", f"{n}D", [3785 + 0.01 * np.arange(n)], {"TUNIT": "angstrom"}),
            ("FLUX", f"{n}E", [rng.normal(1000, 10, n).astype("f4")], {"TUNIT": "adu"}),
            ("ERR", f"{n}E", [np.full(n, np.nan, "f4")], {}),
        ],
    )
    save(name, [primary, hdu])
    values = {"ESO DRS BERV": {"float": "11.2489"}, "OBJECT": {"string": "HD 10700"}}
    expected[name] = [{"name": "PRIMARY", "kind": "image", "values": values}, want]
    check_tables(name)


def groups(name):
    """Random groups and an unknown extension: passed over at their size."""
    axes = [("NAXIS", 3), ("NAXIS1", 0), ("NAXIS2", 5), ("NAXIS3", 200)]
    data = header([("SIMPLE", True), ("BITPIX", -32)] + axes + [("GROUPS", True), ("PCOUNT", 2), ("GCOUNT", 3)])
    data += block(bytes(4 * 3 * (2 + 5 * 200)), b"\0")
    counts = [("PCOUNT", 0), ("GCOUNT", 1)]
    data += header([("XTENSION", "DUMP"), ("BITPIX", 8), ("NAXIS", 1), ("NAXIS1", 3000)] + counts)
    data += block(b"x" * 3000, b"\0")
    data += header([("XTENSION", "IMAGE"), ("BITPIX", 16), ("NAXIS", 1), ("NAXIS1", 3)] + counts + [("EXTNAME", "AFTER")])
    data += block(np.array([1, 2, 3], ">i2").tobytes(), b"\0")
    store(name, data)
    expected[name] = [
        {"name": "PRIMARY", "kind": "other"},
        {"name": "", "kind": "other"},
        {"name": "AFTER", "kind": "image", "shape": [3], "floats": ["1.0", "2.0", "3.0"]},
    ]


images("images.fits.gz")
tables("tables.fits.gz")
variable("variable.fits.gz")
by_hand("by_hand.fits")
ascii_table("ascii.fits.gz")
headers("headers.fits")
product("product.fits")
groups("groups.fits.gz")
with open("expected.json", "w") as f:
    json.dump(expected, f, indent=1, sort_keys=True)
    f.write("\n")
"""Writes stars.csv, an invented label table with the columns of the paper's,
and stars.json, what astropy reads from it.

Run: python make_fixtures.py
"""

import json

import numpy as np
from astropy.io import ascii
from astropy.table import MaskedColumn, Table

rng = np.random.default_rng(20210101)
rows = 40
hidden = lambda share: rng.random(rows) < share
star = rng.integers(0, 25, rows)
names = [f"HD {1000 + s}" if s % 5 else f"Star, the {s}th" for s in star]
first = np.array([s not in star[:i] for i, s in enumerate(star)])
teff = rng.uniform(3000, 12000, rows)
number = np.digitize(teff, [3700, 5200, 6000, 7500, 10000])

table = Table()
table["dp_id"] = [f"ADP.2014-09-16T11:03:{i:02d}.{rng.integers(1000):03d}" for i in range(rows)]
table["target_name"] = names
table["target_name_fixed"] = [n.upper().replace(" ", "").replace(",", "") for n in names]
table["median"] = rng.lognormal(6, 2, rows)
table["unique_subset"] = MaskedColumn(np.where(first, "Y", "N"), mask=~first)
table["spec_type"] = MaskedColumn([f"{'MKGFAB'[k]}{i % 10}V" for i, k in enumerate(number)], mask=hidden(0.3))
table["spec_type_no"] = MaskedColumn(6.0 - number, mask=hidden(0.3))
for name, values in {
    "Teff": teff,
    "logg": rng.normal(4.3, 0.3, rows),
    "[M/H]": rng.normal(0, 0.2, rows),
    "E(B-V)": rng.exponential(0.03, rows),
    "Mass": rng.lognormal(0, 0.2, rows),
    "radvel": rng.normal(0, 30, rows),
    "vsini": rng.exponential(4, rows),
}.items():
    table[name] = MaskedColumn(values, mask=hidden(0.4))
table["airmass"] = rng.uniform(1, 2, rows)
table["snr"] = rng.lognormal(4, 0.7, rows)
table["activity"] = MaskedColumn(rng.normal(-5, 0.3, rows) * 1e-9, mask=hidden(0.5))
table["note"] = MaskedColumn(['said "flat"' if i % 2 else "two\nlines" for i in range(rows)], mask=hidden(0.6))
table.write("stars.csv", format="ascii.csv", overwrite=True)

back = ascii.read("stars.csv", format="csv", converters={"unique_subset": str, "note": str})


def plain(column):
    masked = np.ma.getmaskarray(column)
    return [None if m or v == "" else v for v, m in zip(np.ma.getdata(column).tolist(), masked)]


with open("stars.json", "w") as f:
    json.dump({name: plain(back[name]) for name in back.colnames}, f, indent=0)
    f.write("\n")

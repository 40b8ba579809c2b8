"""Writes units.json, factors of units from astropy, and the catalogue of
catalogue.json as CSV, TSV, RDB, VizieR's TSV and VOTable.

Run: python make_fixtures.py
"""

import gzip
import json

import astropy.units as u
import numpy as np
from astropy.io import votable
from astropy.table import MaskedColumn, Table

units = {"mass": {}, "speed": {}, "magnitude": {}, "angle": {}, "motion": {}}
for kind, to, names in [
    ("mass", u.Msun, ["solMass", "kg", "g"]),
    ("speed", u.km / u.s, ["km/s", "km.s-1", "km s-1", "km s^-1", "km s**-1", "m/s", "m.s-1", "m s-1", "cm/s"]),
    ("magnitude", u.mag, ["mag", "mmag"]),
    ("angle", u.deg, ["deg", "rad", "arcsec", "mas", "hourangle"]),
    ("motion", u.mas / u.yr, ["mas/yr", "mas.yr-1", "mas yr-1", "mas yr**-1", "arcsec/yr", "arcsec.yr-1", "deg/yr", "uas/yr"]),
]:
    for name in names:
        units[kind][name] = u.Unit(name, parse_strict="silent", format="generic" if "." not in name else "vounit").to(to)
with open("units.json", "w") as f:
    json.dump(units, f, indent=0)
    f.write("\n")

rng = np.random.default_rng(7)
rows = 12
hidden = lambda: rng.random(rows) < 0.3
t = Table(masked=True)
t["HD"] = rng.choice(np.arange(1, 300000), rows, replace=False)
t["Name"] = [f"GJ {k}" for k in range(3001, 3001 + rows)]
t["RAJ2000"] = rng.uniform(0, 360, rows).round(6)
t["DEJ2000"] = rng.uniform(-90, 90, rows).round(6)
t["pmRA"] = rng.normal(0, 0.2, rows).round(5)
t["pmDE"] = rng.normal(0, 0.2, rows).round(5)
t["Teff"] = MaskedColumn(rng.integers(3000, 9000, rows), mask=hidden())
t["e_Teff"] = rng.integers(20, 200, rows)
t["logg"] = MaskedColumn(rng.normal(4.3, 0.3, rows).round(2), mask=hidden())
t["HRV"] = MaskedColumn((1000 * rng.normal(0, 30, rows)).round(1), mask=hidden())
t["SpType"] = np.array(["G2V", "K0", "M3.5V", "F5IV-V"])[rng.integers(0, 4, rows)]
names = {"RAJ2000": "deg", "DEJ2000": "deg", "pmRA": "arcsec/yr", "pmDE": "arcsec/yr", "Teff": "K", "e_Teff": "K", "logg": "[cm/s2]", "HRV": "m/s"}
ucds = {"HD": "meta.id", "Name": "meta.id;meta.main", "RAJ2000": "pos.eq.ra;meta.main", "DEJ2000": "pos.eq.dec;meta.main",
        "pmRA": "pos.pm;pos.eq.ra", "pmDE": "pos.pm;pos.eq.dec", "Teff": "phys.temperature.effective",
        "e_Teff": "stat.error;phys.temperature.effective", "logg": "phys.gravity", "HRV": "spect.dopplerVeloc", "SpType": "src.spType"}


def cells(row):
    return ["" if np.ma.is_masked(v) else str(v) for v in row]


def lines(between, *heads):
    return "".join(between.join(line) + "\n" for line in list(heads) + [cells(r) for r in t])


bracketed = [f"{n} [{names[n].strip('[]')}]" if n in names else n for n in t.colnames]
open("catalogue.csv", "w").write("# invented\n" + lines(",", bracketed))
open("catalogue.tsv", "w").write(lines("\t", bracketed))
open("catalogue.rdb", "w").write(lines("\t", bracketed, ["-" * len(n) for n in bracketed]))
open("vizier.tsv", "w").write("#\n#Table:\tinvented\n" + lines("\t", t.colnames, [names.get(n, " ") for n in t.colnames], ["-" * 5 for n in t.colnames]))
with gzip.GzipFile("semicolon.csv.gz", "wb", mtime=0) as f:
    f.write(lines(";", bracketed).encode())
for kind in ["tabledata", "binary2"]:
    v = votable.from_table(t)
    for field in v.get_first_table().fields:
        field.ucd = ucds.get(field.name)
        if field.name in names:
            field.unit = u.Unit(names[field.name], parse_strict="silent")
    v.to_xml(f"{kind}.vot", tabledata_format=kind)
    text = open(f"{kind}.vot", encoding="utf-8").read()
    start, end = text.index("<!--"), text.index("-->") + 4  # astropy's version
    open(f"{kind}.vot", "w", encoding="utf-8").write(text[:start] + text[end:])

plain = lambda c: [None if np.ma.is_masked(v) else v for v in c]
with open("catalogue.json", "w") as f:
    json.dump({
        "hd": [int(v) for v in t["HD"]], "ra": list(map(float, t["RAJ2000"])), "dec": list(map(float, t["DEJ2000"])),
        "pmra": [1000 * float(v) for v in t["pmRA"]], "pmdec": [1000 * float(v) for v in t["pmDE"]],
        "Teff": [v if v is None else float(v) for v in plain(t["Teff"])], "e_Teff": [float(v) for v in t["e_Teff"]],
        "logg": [v if v is None else float(v) for v in plain(t["logg"])],
        "radvel": [v if v is None else float(v) / 1000 for v in plain(t["HRV"])],
        "types": [str(v) for v in t["SpType"]],
    }, f, indent=0)
    f.write("\n")

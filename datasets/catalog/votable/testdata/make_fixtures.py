"""Writes an invented catalogue as VOTable in three serialisations with
astropy.io.votable, and in catalogue.json what astropy reads from it.

Run: python make_fixtures.py
"""

import io
import json

import numpy as np
from astropy.io.votable import from_table, parse
from astropy.table import MaskedColumn, Table

rng = np.random.default_rng(1411)
rows = 37
hide = lambda share=0.3: rng.random(rows) < share

table = Table(masked=True)


def add(name, values, unit=None, ucd=None, mask=None):
    table[name] = MaskedColumn(values, mask=np.zeros(np.shape(values), bool) if mask is None else mask, unit=unit)
    if ucd:
        table[name].meta["ucd"] = ucd


add("source_id", rng.integers(2**60, 2**62, rows), ucd="meta.id;meta.main")
add("Name", np.array([f"HD {k} <&> \u03b1" if k % 5 == 0 else f"HD {k}" for k in rng.integers(1, 350000, rows)]), ucd="meta.id")
add("RAJ2000", rng.uniform(0, 360, rows), "deg", "pos.eq.ra;meta.main")
add("DEJ2000", rng.uniform(-90, 90, rows), "deg", "pos.eq.dec;meta.main")
add("Teff", rng.uniform(3000, 9000, rows).astype(np.float32), "K", "phys.temperature.effective", hide())
add("logg", rng.normal(4.3, 0.3, rows).round(2), "[cm/s2]", "phys.gravity", hide())
add("count", rng.integers(-30000, 30000, rows).astype(np.int16), mask=hide())
add("flags", rng.integers(0, 255, rows).astype(np.uint8), mask=hide(0.1))
add("number", rng.integers(-2**31, 2**31, rows).astype(np.int32), mask=hide())
add("single", rng.random(rows) < 0.5, mask=hide())
add("colours", rng.normal(0, 1, (rows, 3)).astype(np.float32), "mag")
add("sptype", np.array(["G2V", "K0", "M3.5V", "", "F5IV-V"])[rng.integers(0, 5, rows)], ucd="src.spType")

votable = from_table(table, table_id="stars")
first = votable.get_first_table()
for field in first.fields:
    field.ucd = table[field.name].meta.get("ucd")
    if field.datatype in ("short", "int", "unsignedByte", "long"):
        field.values.null = {"short": -32768, "int": -2147483648, "unsignedByte": 255, "long": -1}[field.datatype]
for serialisation in ["tabledata", "binary", "binary2"]:
    votable.to_xml(f"{serialisation}.vot", tabledata_format=serialisation)
    text = open(f"{serialisation}.vot", encoding="utf-8").read()
    start, end = text.index("<!--"), text.index("-->") + 4  # astropy's version
    open(f"{serialisation}.vot", "w", encoding="utf-8").write(text[:start] + text[end:])


def plain(value):
    if np.ma.is_masked(value) and np.ndim(value) == 0:
        return None
    if isinstance(value, (np.ndarray, np.ma.MaskedArray)):
        return [float(v) for v in value]
    if isinstance(value, (np.bool_, bool)):
        return "T" if value else "F"
    if isinstance(value, (np.integer, int)):
        return str(value)
    if isinstance(value, (np.floating, float)):
        return None if np.isnan(value) else float(value)
    return str(value) or None


out = {}
for serialisation in ["tabledata", "binary", "binary2"]:
    t = parse(f"{serialisation}.vot").get_first_table()
    out[serialisation] = {
        f.name: {"unit": str(f.unit or ""), "ucd": f.ucd or "", "datatype": f.datatype, "values": [plain(v) for v in t.array[f.name]]}
        for f in t.fields
    }
with open("catalogue.json", "w") as f:
    json.dump(out, f, indent=0)
    f.write("\n")

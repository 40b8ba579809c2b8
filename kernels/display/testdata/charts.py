"""Check charts against the schema of Vega-Lite 5 and draw them.

    python -m pip install "altair==5.5.*" vl-convert-python jsonschema
    DISPLAY_CHARTS=charts.json go test -run TestCharts ./kernels/display
    python charts.py charts.json folder
"""

import json
import pathlib
import sys

import jsonschema
import vl_convert
from altair.vegalite.v5.schema import core

schema = core.load_schema()
folder = pathlib.Path(sys.argv[2])
folder.mkdir(exist_ok=True)
for name, spec in json.load(open(sys.argv[1])).items():
    jsonschema.Draft7Validator(schema).validate(spec)
    png = vl_convert.vegalite_to_png(spec, vl_version="5.20")
    (folder / f"{name}.png").write_bytes(png)
    print("ok", name)

"""Write states.json: the state of each kind of widget as ipywidgets 8.1 sends it.

    python -m pip install "ipywidgets==8.1.*" && python states.py > states.json

References to other models are replaced by the reference's model name.
"""

import json
import sys

import ipywidgets as w
from ipywidgets.widgets.widget import _remove_buffers

WIDGETS = {
    "FloatSlider": w.FloatSlider(value=1.5, min=-2, max=3, step=0.25, description="z"),
    "IntSlider": w.IntSlider(value=7, min=1, max=9, step=2, description="n"),
    "FloatRangeSlider": w.FloatRangeSlider(value=(2, 3), min=1, max=5, step=0.5, description="r"),
    "Dropdown": w.Dropdown(options=["a", "b", "c"], value="b", description="d"),
    "Checkbox": w.Checkbox(value=True, description="on"),
    "Button": w.Button(description="go"),
    "Text": w.Text(value="t", description="text"),
    "Textarea": w.Textarea(value="u\nv", description="area"),
    "Label": w.Label(value="label"),
    "HTML": w.HTML(value="<b>h</b>"),
    "Image": w.Image(value=b"\x89PNG...", format="png"),
    "IntProgress": w.IntProgress(value=3, min=0, max=10, description="p"),
    "FloatProgress": w.FloatProgress(value=0.5, min=0, max=1, description="q"),
    "HBox": w.HBox([w.Label(value="x")]),
    "VBox": w.VBox([w.Label(value="x")]),
}


def named(value):
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        model = w.Widget.widgets.get(value[10:]) if hasattr(w.Widget, "widgets") else None
        if model is None:
            from ipywidgets.widgets.widget import _instances
            model = _instances[value[10:]]
        return "IPY_MODEL_" + model._model_name
    if isinstance(value, (list, tuple)):
        return [named(v) for v in value]
    return value


def state(widget):
    plain, paths, buffers = _remove_buffers(widget.get_state())
    return {
        "state": {k: named(v) for k, v in plain.items()},
        "buffer_paths": paths,
        "buffers": [bytes(b).hex() for b in buffers],
    }


fixture = {}
for name, widget in WIDGETS.items():
    fixture[name] = state(widget)
    fixture[name]["layout"] = state(widget.layout)
    if hasattr(widget, "style"):
        fixture[name]["style"] = state(widget.style)
json.dump(fixture, sys.stdout, indent=1, sort_keys=True)
print()

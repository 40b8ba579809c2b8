"""Writes the arrays of this folder with NumPy itself.

The value at flat C index i of every readable array is i*i/8 - 3 + i/1024,
exact in float32. Run: python make_fixtures.py
"""

import numpy as np


def values(shape, dtype):
    i = np.arange(int(np.prod(shape)), dtype=np.float64)
    return (i * i / 8 - 3 + i / 1024).reshape(shape).astype(dtype)


def save(name, array, version=None):
    with open(name, "wb") as f:
        np.lib.format.write_array(f, array, version=version)


for dtype, tag in [("<f4", "f4"), ("<f8", "f8"), (">f4", "f4be"), (">f8", "f8be")]:
    save(f"{tag}_c.npy", values((7, 5), dtype))
    save(f"{tag}_fortran.npy", np.asfortranarray(values((7, 5), dtype)))
save("v2.npy", values((7, 5), "<f4"), version=(2, 0))
save("vector.npy", values((6,), "<f4"))
save("cube_fortran.npy", np.asfortranarray(values((2, 3, 4), "<f8")))
save("scalar.npy", values((), "<f8"))
save("empty.npy", values((0, 128), "<f4"))
save("int64.npy", np.arange(6).reshape(2, 3))
save("structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
save("object.npy", np.array([["a", None]], dtype=object))
save("special.npy", np.array([[np.nan, np.inf, -np.inf, -0.0]], dtype="<f8"))
save("huge.npy", np.array([[1e300]], dtype="<f8"))

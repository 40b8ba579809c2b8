"""Reads a store with pyarrow and polars and checks it against rows.npy.

    python read_store.py STORE rows.npy
"""
import glob
import json
import sys

import numpy as np
import polars
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet

store, rows = sys.argv[1], np.load(sys.argv[2])
manifest = json.load(open(f"{store}/manifest.json"))
names = [f"{store}/{s['arrow']['name']}" for s in manifest["shards"] if s["rows"]]
half = manifest["layout"]["type"] == "float16"

at, ids = 0, []
for name in names:
    before = pa.total_allocated_bytes()
    table = pa.ipc.open_file(pa.memory_map(name)).read_all()
    table.validate(full=True)
    flux = table["flux"].chunk(0)
    samples = flux.type.list_size
    got = flux.values.to_numpy(zero_copy_only=True).reshape(-1, samples)
    assert pa.total_allocated_bytes() == before, "reading made a copy"
    if half:
        assert got.dtype == np.float16
        got = got.astype(np.float32) * table["scale"].to_numpy()[:, None]
    want = rows[at:at + len(got)]
    assert got.dtype == np.float32 and np.array_equal(got, want), name
    ids += table["dp_id"].to_pylist()
    at += len(got)
    lazy = polars.read_ipc(name)
    if not half:
        assert np.array_equal(lazy["flux"].to_numpy(), want), name
    assert lazy["dp_id"].to_list() == table["dp_id"].to_pylist()
assert at == len(rows)

facts = pa.dataset.dataset(sorted(glob.glob(f"{store}/*.parquet"))).to_table()
assert facts["dp_id"].to_pylist() == ids
assert facts.schema.field("Teff").type == pa.float64()
teff = [None if i % 2 == 0 else 5777 for s in manifest["shards"] for i in range(s["rows"])]
assert facts["Teff"].to_pylist() == teff
assert polars.read_parquet(f"{store}/*.parquet")["Teff"].to_list() == teff
print(f"{at} rows of {samples} {manifest['layout']['type']} read by pyarrow {pa.__version__} and polars {polars.__version__}")

"""Checkpoints for the tests of package pytorch, and what torch itself makes of their tensors.

Run it in this folder: python make_fixtures.py. Needs torch and numpy (stellarae/crosscheck/requirements.txt).

    types.pth.tar    zip: every dtype, scalars and strings, an optimiser's state
    views.pth.tar    zip: tensors that are views, share a storage, or are parameters
    *_legacy.pth.tar the same in the format of torch before 1.6; its keys of storages differ from run to run
    parallel.pth.tar a state_dict alone, its names as torch.nn.DataParallel leaves them
    refused_*        what must not be loaded
    expected.json    for each tensor of types and views: shape and the bits of t.float(), any NaN as 0x7fc00000
"""

import collections
import json
import os
import pickle

import numpy as np
import torch

HALVES = [0x0000, 0x8000, 0x0001, 0x83FF, 0x0400, 0x3C00, 0xC000, 0x3555, 0x7BFF, 0x7C00, 0xFC00, 0x7E00]


def types():
    state = collections.OrderedDict()
    state["float32"] = torch.tensor([[1.5, -0.0, 1e-45], [float("inf"), 3.4e38, float("nan")]])
    state["float64"] = torch.tensor([1 / 3, -1e300, 1e-300, 2**24 + 1], dtype=torch.float64)
    state["float16"] = torch.from_numpy(np.array(HALVES, np.uint16).view(np.float16))
    state["bfloat16"] = torch.tensor([1 / 3, -3e38, 1e-40], dtype=torch.bfloat16)
    state["uint8"] = torch.tensor([0, 255], dtype=torch.uint8)
    state["int8"] = torch.tensor([-128, 127], dtype=torch.int8)
    state["int16"] = torch.tensor([-32768, 32767], dtype=torch.int16)
    state["int32"] = torch.tensor([-(2**31), 2**24 + 1], dtype=torch.int32)
    state["int64"] = torch.tensor([-(2**63), 2**53 + 1], dtype=torch.int64)
    state["bool"] = torch.tensor([True, False])
    state["scalar"] = torch.tensor(42)
    state["empty"] = torch.zeros(0, 3)
    weight = torch.nn.Parameter(torch.arange(4.0))
    optimiser = torch.optim.Adam([weight], lr=0.5)
    weight.sum().backward()
    optimiser.step()
    return {
        "epoch": 182,
        "iteration": 1500000,
        "seconds": 2**40,
        "minus": -3,
        "arch": "ae1d \u03bb",
        "done": True,
        "best": 0.1,
        "best_numpy": np.float64(0.1),
        "best_single": np.float32(0.1),
        "count_numpy": np.int64(-7),
        "flag_numpy": np.bool_(True),
        "nothing": None,
        "args": {"lr": 1e-4, "channels": [1, 16, 16], "sizes": (7, 5)},
        "state_dict": state,
        "optimizer": optimiser.state_dict(),
    }


def views():
    base = torch.arange(24.0).reshape(2, 3, 4)
    flat = torch.arange(10.0)
    state = collections.OrderedDict()
    state["transposed"] = base.transpose(0, 2)
    state["strided"] = base[:, 1:, ::2]
    state["whole"] = base
    state["first"] = flat[:4]
    state["last"] = flat[7:]
    state["overlapping"] = flat.as_strided((3, 3), (2, 1), 1)
    state["expanded"] = torch.tensor([[1.0], [2.0]]).expand(2, 5)
    state["parameter"] = torch.nn.Parameter(flat[3:5])
    state["halves"] = torch.arange(6, dtype=torch.float16).reshape(2, 3).t()
    return {"state_dict": state}


def bits(t):
    values = t.detach().float()
    return torch.where(values.isnan(), torch.nan, values).numpy().view(np.uint32).flatten().tolist()


class Call:
    """Pickles as a call: what an attacker would write."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def refused():
    weight = torch.ones(2)
    yield "system", {"state_dict": {"w": weight}, "epoch": Call(os.system, "echo ran > executed")}
    yield "eval", {"state_dict": {"w": Call(eval, "open('executed', 'w')")}}
    yield "module", torch.nn.Linear(2, 1)
    yield "complex", {"state_dict": {"w": torch.ones(2, dtype=torch.complex64)}}
    yield "sparse", {"state_dict": {"w": weight.to_sparse()}}
    yield "array", {"state_dict": {"w": weight}, "mean": np.ones(3)}


def main():
    torch.manual_seed(1)
    expected = {}
    for name, checkpoint in ("types", types()), ("views", views()):
        torch.save(checkpoint, f"{name}.pth.tar")
        torch.save(checkpoint, f"{name}_legacy.pth.tar", _use_new_zipfile_serialization=False)
        expected[name] = [
            {"name": n, "shape": list(t.shape), "bits": bits(t)} for n, t in checkpoint["state_dict"].items()
        ]
    with open("expected.json", "w") as f:
        json.dump(expected, f, indent=None)
        f.write("\n")
    network = torch.nn.DataParallel(torch.nn.Conv1d(1, 2, 3))
    torch.save(network.state_dict(), "parallel.pth.tar")
    refusals = dict(refused())
    for name, checkpoint in refusals.items():
        torch.save(checkpoint, f"refused_{name}.pth.tar")
    torch.save(refusals["system"], "refused_system_legacy.pth.tar", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": {"w": torch.ones(2)}}, "refused_protocol.pth.tar", pickle_protocol=4)
    with open("refused_pickle.pth.tar", "wb") as f:
        pickle.dump({"state_dict": {}}, f, protocol=2)


if __name__ == "__main__":
    main()

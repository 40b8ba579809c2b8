"""Checkpoints to and from Go.

python roundtrip.py make FOLDER    writes checkpoints of every kind that package pytorch reads
python roundtrip.py check FOLDER   compares each NAME.pth.tar with NAME.go.pth.tar, which Go made of it
"""

import sys
from pathlib import Path

import numpy as np
import torch

import ae1d
import golden_small


def every_dtype(random):
    """All numbers of 16 bits, random ones of the others."""
    words = torch.from_numpy(np.arange(1 << 16, dtype=np.uint16).view(np.int16))
    state = {
        "half": words.clone().view(torch.float16),
        "bfloat16": words.clone().view(torch.bfloat16),
        "int16": words,
        "bool": words > 0,
    }
    for dtype in (torch.float32, torch.float64, torch.int8, torch.uint8, torch.int32, torch.int64):
        raw = torch.from_numpy(random.randint(0, 256, (5, 1 << 10), dtype=np.uint8))
        state[str(dtype)] = raw.flatten().view(dtype)
    return state


def every_view(random):
    base = torch.from_numpy(random.standard_normal((4, 5, 6, 7)).astype(np.float32))
    return {
        "base": base,
        "permuted": base.permute(2, 0, 3, 1),
        "sliced": base[1:3, ::2, 1:, ::3],
        "channels_last": base.contiguous(memory_format=torch.channels_last),
        "diagonal": base.diagonal(dim1=1, dim2=2),
        "unfolded": base.flatten().unfold(0, 9, 4),
        "expanded": base[:, :1].expand(4, 3, 6, 7),
        "scalar": base[1, 2, 3, 4],
        "empty": base[:0],
    }


def make(folder):
    random = np.random.RandomState(7)
    network = ae1d.fill(ae1d.AE1d(golden_small.NETWORKS["paperlike"]), 3)
    parallel = torch.nn.DataParallel(network)
    meta = {"epoch": 3, "iteration": 2**40, "loss": 0.1, "tiny": 5e-324, "name": "\u03bb\n\0", "done": False, "minus": -(2**63)}
    checkpoints = {
        "dtypes": {**meta, "state_dict": every_dtype(random)},
        "views": {"state_dict": every_view(random), **meta},
        "network": {"state_dict": network.state_dict(), **meta},
        "bare": network.state_dict(),
        "parallel": {"state_dict": parallel.state_dict(), **meta},
        "parameters": {"state_dict": dict(network.named_parameters())},
    }
    for name, checkpoint in checkpoints.items():
        torch.save(checkpoint, folder / f"{name}.pth.tar")
        torch.save(checkpoint, folder / f"{name}_legacy.pth.tar", _use_new_zipfile_serialization=False)


def bits(tensor):
    """float32 as integers: what tells 0 from -0, and every NaN the same, for conversions may change its payload."""
    tensor = tensor.detach().float()
    return torch.where(tensor.isnan(), torch.nan, tensor).contiguous().view(torch.int32)


def check(folder):
    paths = sorted(folder.glob("*.go.pth.tar"))
    if not paths:
        sys.exit(f"{folder}: no *.go.pth.tar")
    for path in paths:
        source = torch.load(folder / path.name.replace(".go.", "."), weights_only=True)
        for mmap in (False, True):
            ours = torch.load(path, weights_only=True, mmap=mmap)
            state = source.get("state_dict", source)
            state = {name.removeprefix("module."): t for name, t in state.items()}
            assert list(ours["state_dict"]) == list(state), path
            for name, want in state.items():
                got = ours["state_dict"][name]
                assert got.dtype == torch.float32 and got.is_contiguous(), (path, name)
                assert torch.equal(bits(got), bits(want)), (path, name)
            meta = {k: v for k, v in source.items() if k != "state_dict" and not isinstance(v, torch.Tensor)}
            assert {k: v for k, v in ours.items() if k != "state_dict"} == meta, path
        print(f"{path.name}: {len(state)} tensors, {sum(t.numel() for t in state.values())} numbers equal")


if __name__ == "__main__":
    {"make": make, "check": check}[sys.argv[1]](Path(sys.argv[2]))

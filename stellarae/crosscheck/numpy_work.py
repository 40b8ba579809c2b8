"""A dense float32 product in numpy, turn by turn (see turns.py): python numpy_work.py SIZE"""

import sys

import numpy as np

import turns

size = int(sys.argv[1])
a = (1 + 0.1 * np.random.RandomState(1).standard_normal((size, size))).astype(np.float32)


def one_pass():
    x = a
    for _ in range(8):
        x = x @ a / np.float32(size)
    return float(x.sum())


turns.answer_turns(one_pass, 8 * 2 * size**3)

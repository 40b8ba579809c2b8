"""The random numbers of the fixtures: internal/fixture draws the same bits.

Only operations that IEEE 754 rounds exactly (+ - * / and floor) are used, so
the data need not be stored, only what the peers say of them. Floats are stored
as C99 hexadecimal text, which loses nothing.
"""

MASK = (1 << 64) - 1


class Stream:
    """SplitMix64 (Steele, Lea and Flood 2014)."""

    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) / 9007199254740992.0

    def bell(self):
        """A sum of twelve uniforms: nearly normal, unit variance."""
        total = 0.0
        for _ in range(12):
            total += self.uniform()
        return total - 6.0

    def heavy(self):
        """A ratio: tails like a Cauchy law's."""
        top = self.bell()
        return top / (self.uniform() + 0.001)


def hexes(values):
    return [float(v).hex() for v in values]

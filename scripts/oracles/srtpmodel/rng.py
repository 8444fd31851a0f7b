# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Randomness that depends on the seed alone."""

import random


class Rng:
    """Randomness that depends on the seed and on getrandbits() alone."""

    def __init__(self, seed):
        self._r = random.Random(seed)

    def below(self, n):
        return self._r.getrandbits(64) % n

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def bits(self, n):
        return self._r.getrandbits(n)

    def octets(self, n):
        return self._r.getrandbits(8 * n).to_bytes(n, "big") if n else b""

    def choice(self, items):
        return items[self.below(len(items))]

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
        return items


class Deck:
    """Draws every item once before any comes again."""

    def __init__(self, rng, items):
        self._rng, self._items, self._left = rng, list(items), []

    def draw(self):
        if not self._left:
            self._left = self._rng.shuffled(self._items)
        return self._left.pop()

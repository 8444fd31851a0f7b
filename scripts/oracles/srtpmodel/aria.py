# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""ARIA block encryption (RFC 5794), in two forms.

Constants both forms share: the S-boxes, which are computed, the diffusion
layer and the key constants.
"""

from .aes import SBOX, xtime

# SB1 is the S-box of AES. SB2 is an affine map of x^247, which RFC 5794 2.4
# prints as a table. Each entry is the mask of the input bits that make one
# output bit, least significant first.
_SB2_ROWS = (0x7A, 0xBC, 0xEB, 0xB9, 0x34, 0x81, 0xBA, 0xCB)


def _build_sb2():
    box = []
    for x in range(256):
        power, base = 1, x
        for bit in range(8):  # 247 = 0b11110111
            if 247 >> bit & 1:
                power = _multiply(power, base)
            base = _multiply(base, base)
        out = 0xE2
        for bit, mask in enumerate(_SB2_ROWS):
            out ^= (bin(power & mask).count("1") & 1) << bit
        box.append(out)
    return box


def _multiply(a, b):
    out = 0
    while b:
        if b & 1:
            out ^= a
        a, b = xtime(a), b >> 1
    return out


def _inverse(box):
    out = [0] * 256
    for value, image in enumerate(box):
        out[image] = value
    return out


SB1, SB2 = SBOX, _build_sb2()
SB3, SB4 = _inverse(SB1), _inverse(SB2)

# RFC 5794 2.4, the layer A: the octets whose sum is octet 0, 1, ... of the output.
DIFFUSION = (
    (3, 4, 6, 8, 9, 13, 14), (2, 5, 7, 8, 9, 12, 15),
    (1, 4, 6, 10, 11, 12, 15), (0, 5, 7, 10, 11, 13, 14),
    (0, 2, 5, 8, 11, 14, 15), (1, 3, 4, 9, 10, 14, 15),
    (0, 2, 7, 9, 10, 12, 13), (1, 3, 6, 8, 11, 12, 13),
    (0, 1, 4, 7, 10, 13, 15), (0, 1, 5, 6, 11, 12, 14),
    (2, 3, 5, 6, 8, 13, 15), (2, 3, 4, 7, 9, 12, 14),
    (1, 2, 6, 7, 9, 11, 12), (0, 3, 6, 7, 8, 10, 13),
    (0, 3, 4, 5, 9, 11, 14), (1, 2, 4, 5, 8, 10, 15),
)

# RFC 5794 2.2: the fraction of 1/pi.
C1 = 0x517CC1B727220A94FE13ABE8FA9A6EE0
C2 = 0x6DB14ACC9E21C820FF28B1D5EF5DE2B0
C3 = 0xDB92371D2126E9700324977504E8C90E
_CONSTANTS = {16: (C1, C2, C3), 24: (C2, C3, C1), 32: (C3, C1, C2)}

_MASK = (1 << 128) - 1


def _build_tables(order):
    """Substitution and diffusion of each octet of the block as one integer."""
    tables = []
    for place in range(16):
        column = sum(1 << 8 * (15 - row) for row in range(16) if place in DIFFUSION[row])
        tables.append([order[place % 4][value] * column for value in range(256)])
    return tables


_ODD, _EVEN = _build_tables((SB1, SB2, SB3, SB4)), _build_tables((SB3, SB4, SB1, SB2))


def _round(tables, state):
    out = 0
    for place, octet in enumerate(state.to_bytes(16, "big")):
        out ^= tables[place][octet]
    return out


def _right(word, bits):
    return (word >> bits | word << (128 - bits)) & _MASK


class ARIA:
    """ARIA-128, ARIA-192 or ARIA-256 on 128-bit integers, with tables."""

    def __init__(self, key):
        if len(key) not in (16, 24, 32):
            raise ValueError("ARIA key of %d octets" % len(key))
        left = int.from_bytes(key[:16], "big")
        right = int.from_bytes(key[16:].ljust(16, b"\0"), "big")
        first, second, third = _CONSTANTS[len(key)]
        w = [left]
        w.append(_round(_ODD, w[0] ^ first) ^ right)
        w.append(_round(_EVEN, w[1] ^ second) ^ w[0])
        w.append(_round(_ODD, w[2] ^ third) ^ w[1])
        keys = []
        for shift in (19, 31, 128 - 61, 128 - 31, 128 - 19):
            keys += [w[i] ^ _right(w[(i + 1) % 4], shift) for i in range(3)]
            keys.append(_right(w[0], shift) ^ w[3])
        self.rounds = len(key) // 4 + 8
        self._keys = keys[:self.rounds + 1]

    def encrypt_int(self, block):
        """E(k, block) for a 128-bit integer; returns the 16 output octets."""
        for number in range(self.rounds - 1):
            block = _round(_EVEN if number & 1 else _ODD, block ^ self._keys[number])
        # The last round is even: without diffusion, with one more key.
        octets = (block ^ self._keys[-2]).to_bytes(16, "big")
        last = bytes((SB3, SB4, SB1, SB2)[i % 4][octet] for i, octet in enumerate(octets))
        return (int.from_bytes(last, "big") ^ self._keys[-1]).to_bytes(16, "big")

    def encrypt(self, block):
        return self.encrypt_int(int.from_bytes(block, "big"))


# -- Octet by octet ----------------------------------------------------------


def _substitute(state, odd):
    boxes = [SB1, SB2, SB3, SB4] if odd else [SB3, SB4, SB1, SB2]
    return [boxes[i & 3][octet] for i, octet in enumerate(state)]


def _diffuse(state):
    out = []
    for row in DIFFUSION:
        octet = 0
        for place in row:
            octet ^= state[place]
        out.append(octet)
    return out


def _xor_lists(a, b):
    return [p ^ q for p, q in zip(a, b)]


def _rotate_left(octets, bits):
    whole, rest = divmod(bits, 8)
    octets = octets[whole:] + octets[:whole]
    return [(octet << rest | octets[(i + 1) % 16] >> (8 - rest)) & 0xFF
            for i, octet in enumerate(octets)]


_SCHEDULES = {}


def _schedule(key):
    half = [list(key[:16]), list(key[16:]) + [0] * (32 - len(key))]
    constants = [list(c.to_bytes(16, "big")) for c in (C1, C2, C3)]
    skip = {16: 0, 24: 1, 32: 2}[len(key)]
    w0 = half[0]
    w1 = _xor_lists(_diffuse(_substitute(_xor_lists(w0, constants[skip]), True)), half[1])
    w2 = _xor_lists(_diffuse(_substitute(_xor_lists(w1, constants[(skip + 1) % 3]), False)), w0)
    w3 = _xor_lists(_diffuse(_substitute(_xor_lists(w2, constants[(skip + 2) % 3]), True)), w1)
    out = []
    for left in (128 - 19, 128 - 31, 61, 31, 19):  # RFC 5794 2.2, ek1 to ek17
        out.append(_xor_lists(w0, _rotate_left(w1, left)))
        out.append(_xor_lists(w1, _rotate_left(w2, left)))
        out.append(_xor_lists(w2, _rotate_left(w3, left)))
        out.append(_xor_lists(_rotate_left(w0, left), w3))
    return out[:{16: 13, 24: 15, 32: 17}[len(key)]]


def aria_reference(key, block):
    """ARIA on a list of 16 octets, layer by layer (RFC 5794 2.3)."""
    if key not in _SCHEDULES:
        if len(_SCHEDULES) > 64:  # one key serves a packet or two
            _SCHEDULES.clear()
        _SCHEDULES[key] = _schedule(key)
    keys = _SCHEDULES[key]
    state = list(block)
    for number, round_key in enumerate(keys[:-2], 1):
        state = _diffuse(_substitute(_xor_lists(state, round_key), number % 2 == 1))
    state = _substitute(_xor_lists(state, keys[-2]), False)
    return bytes(_xor_lists(state, keys[-1]))

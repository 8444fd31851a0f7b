# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""AES block encryption (FIPS-197), in two forms."""


def xtime(a):
    """Multiplication by x in GF(2^8), FIPS-197 4.2.1."""
    a <<= 1
    return (a ^ 0x11B) if a & 0x100 else a


def _build_sbox():
    """The S-box: inverse in GF(2^8), then the affine map (FIPS-197 5.1.1)."""
    exp, log = [0] * 256, [0] * 256
    a = 1
    for i in range(255):
        exp[i], log[a] = a, i
        a ^= xtime(a)  # times the generator 0x03
    box = []
    for value in range(256):
        b = 0 if value == 0 else exp[(255 - log[value]) % 255]
        out = 0x63
        for shift in range(5):
            out ^= ((b << shift) | (b >> (8 - shift))) & 0xFF
        box.append(out)
    return box


SBOX = _build_sbox()
# SubBytes and MixColumns of one octet as one column, for each of the 4 rows.
_T = [[], [], [], []]
for _s in SBOX:
    _s2 = xtime(_s)
    _column = [_s2, _s, _s, _s2 ^ _s]
    for _row in range(4):
        _rotated = _column[-_row:] + _column[:-_row] if _row else _column
        _T[_row].append(int.from_bytes(bytes(_rotated), "big"))


class AES:
    """AES-128, AES-192 or AES-256, four 32-bit columns at a time."""

    def __init__(self, key):
        if len(key) not in (16, 24, 32):
            raise ValueError("AES key of %d octets" % len(key))
        nk = len(key) // 4
        self.rounds = nk + 6
        words = [int.from_bytes(key[4 * i:4 * i + 4], "big") for i in range(nk)]
        rcon = 1
        for i in range(nk, 4 * (self.rounds + 1)):  # FIPS-197 5.2
            t = words[i - 1]
            if i % nk == 0:
                t = self._sub_word(((t << 8) | (t >> 24)) & 0xFFFFFFFF) ^ (rcon << 24)
                rcon = xtime(rcon)
            elif nk > 6 and i % nk == 4:
                t = self._sub_word(t)
            words.append(words[i - nk] ^ t)
        self._w = words

    @staticmethod
    def _sub_word(w):
        return (SBOX[w >> 24] << 24 | SBOX[w >> 16 & 255] << 16
                | SBOX[w >> 8 & 255] << 8 | SBOX[w & 255])

    def encrypt_int(self, block):
        """E(k, block) for a 128-bit integer; returns the 16 output octets."""
        w, t0, t1, t2, t3 = self._w, _T[0], _T[1], _T[2], _T[3]
        a = (block >> 96) ^ w[0]
        b = (block >> 64 & 0xFFFFFFFF) ^ w[1]
        c = (block >> 32 & 0xFFFFFFFF) ^ w[2]
        d = (block & 0xFFFFFFFF) ^ w[3]
        k = 4
        for _ in range(self.rounds - 1):
            a, b, c, d = (
                t0[a >> 24] ^ t1[b >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[d & 255] ^ w[k],
                t0[b >> 24] ^ t1[c >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[a & 255] ^ w[k + 1],
                t0[c >> 24] ^ t1[d >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[b & 255] ^ w[k + 2],
                t0[d >> 24] ^ t1[a >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[c & 255] ^ w[k + 3])
            k += 4
        s = SBOX
        out = b""
        for i, (p, q, r, t) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))):
            word = s[p >> 24] << 24 | s[q >> 16 & 255] << 16 | s[r >> 8 & 255] << 8 | s[t & 255]
            out += (word ^ w[k + i]).to_bytes(4, "big")
        return out

    def encrypt(self, block):
        return self.encrypt_int(int.from_bytes(block, "big"))


_EXPANDED = {}


def aes_reference(key, block):
    """AES in the octet form of FIPS-197, figure 5, on a list of 16 octets."""
    if key not in _EXPANDED:
        nk, schedule, rcon = len(key) // 4, [list(key[i:i + 4]) for i in range(0, len(key), 4)], 1
        while len(schedule) < 4 * (nk + 7):
            word = list(schedule[-1])
            if len(schedule) % nk == 0:
                word = [SBOX[b] for b in word[1:] + word[:1]]
                word[0] ^= rcon
                rcon = xtime(rcon)
            elif nk == 8 and len(schedule) % nk == 4:
                word = [SBOX[b] for b in word]
            schedule.append([p ^ q for p, q in zip(schedule[-nk], word)])
        flat = [b for word in schedule for b in word]
        if len(_EXPANDED) > 64:  # one key serves a packet or two
            _EXPANDED.clear()
        _EXPANDED[key] = [flat[i:i + 16] for i in range(0, len(flat), 16)]
    round_keys = _EXPANDED[key]
    state = [p ^ q for p, q in zip(block, round_keys[0])]
    for number in range(1, len(round_keys)):
        # SubBytes with ShiftRows: row r of column c comes from column c + r.
        state = [SBOX[state[(4 * c + 5 * r) % 16 if r else 4 * c]]
                 for c in range(4) for r in range(4)]
        if number != len(round_keys) - 1:  # MixColumns
            mixed = []
            for c in range(0, 16, 4):
                a = state[c:c + 4]
                everything = a[0] ^ a[1] ^ a[2] ^ a[3]
                mixed += [a[r] ^ everything ^ xtime(a[r] ^ a[(r + 1) % 4]) for r in range(4)]
            state = mixed
        state = [p ^ q for p, q in zip(state, round_keys[number])]
    return bytes(state)

#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""An independent model of SRTP and SRTCP, written from the text of RFC 3711.

It shares no code with the Swift package and was written without reading it.
Python 3.9 or later, standard library only.

    srtp_model.py --out DIR [--seed N]   write the test vector files into DIR
    srtp_model.py --check FILE...        verify the rows of such files
    srtp_model.py --self-test            known answers only

The module holds the algorithms twice. The sending half (`AES`, `kdf`,
`Context`) treats IVs as 128-bit integers, as RFC 3711 writes them. The
receiving half (`aes_reference`, `Receiver`) works octet by octet, with its own
AES, HMAC, key derivation and header parser. Both must reproduce the published
known answers before anything else runs, and every row that is written passes
through both.

"RFC 3711" is meant wherever a bare section number is given.
"""

import argparse
import collections
import hashlib
import hmac
import json
import os
import random
import sys

# --------------------------------------------------------------------------
# AES block encryption, four 32-bit columns at a time (FIPS-197).
# --------------------------------------------------------------------------


def _xtime(a):
    """Multiplication by x in GF(2^8), FIPS-197 4.2.1."""
    a <<= 1
    return (a ^ 0x11B) if a & 0x100 else a


def _build_sbox():
    """The S-box: inverse in GF(2^8), then the affine map (FIPS-197 5.1.1)."""
    exp, log = [0] * 256, [0] * 256
    a = 1
    for i in range(255):
        exp[i], log[a] = a, i
        a ^= _xtime(a)  # times the generator 0x03
    box = []
    for value in range(256):
        b = 0 if value == 0 else exp[(255 - log[value]) % 255]
        out = 0x63
        for shift in range(5):
            out ^= ((b << shift) | (b >> (8 - shift))) & 0xFF
        box.append(out)
    return box


_SBOX = _build_sbox()
# SubBytes and MixColumns of one octet as one column, for each of the 4 rows.
_T = [[], [], [], []]
for _s in _SBOX:
    _s2 = _xtime(_s)
    _column = [_s2, _s, _s, _s2 ^ _s]
    for _row in range(4):
        _rotated = _column[-_row:] + _column[:-_row] if _row else _column
        _T[_row].append(int.from_bytes(bytes(_rotated), "big"))


class AES:
    """AES-128, AES-192 or AES-256 in the encrypt direction."""

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
                rcon = _xtime(rcon)
            elif nk > 6 and i % nk == 4:
                t = self._sub_word(t)
            words.append(words[i - nk] ^ t)
        self._w = words

    @staticmethod
    def _sub_word(w):
        return (_SBOX[w >> 24] << 24 | _SBOX[w >> 16 & 255] << 16
                | _SBOX[w >> 8 & 255] << 8 | _SBOX[w & 255])

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
        s = _SBOX
        out = b""
        for i, (p, q, r, t) in enumerate(((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))):
            word = s[p >> 24] << 24 | s[q >> 16 & 255] << 16 | s[r >> 8 & 255] << 8 | s[t & 255]
            out += (word ^ w[k + i]).to_bytes(4, "big")
        return out

    def encrypt(self, block):
        return self.encrypt_int(int.from_bytes(block, "big"))


# --------------------------------------------------------------------------
# The sending half: keystream, key derivation, protection.
# --------------------------------------------------------------------------

# Labels of the key derivation, 4.3.1 and 4.3.2.
LABEL_RTP_KEY, LABEL_RTP_AUTH, LABEL_RTP_SALT = 0, 1, 2
LABEL_RTCP_KEY, LABEL_RTCP_AUTH, LABEL_RTCP_SALT = 3, 4, 5


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def cm_keystream(key, iv, length):
    """4.1.1: E(k, IV) || E(k, IV + 1 mod 2^128) || ..., cut to `length` octets."""
    blocks = (length + 15) // 16
    if blocks > 1 << 16:
        raise ValueError("more than 2^16 keystream blocks (4.1.1)")
    aes = key if isinstance(key, AES) else AES(key)
    stream = b"".join(aes.encrypt_int((iv + j) % (1 << 128)) for j in range(blocks))
    return stream[:length]


def kdf(master_key, master_salt, label, length, index=0, kdr=0):
    """4.3.1 and 4.3.3: PRF_n(k_master, x) with the AES-CM PRF.

    `index` is the 48-bit SRTP index or the 31-bit SRTCP index; r is a 48-bit
    string for both (erratum 3712 of RFC 3711), so that the label keeps its
    place.
    """
    r = index // kdr if kdr else 0  # "a DIV 0 = 0"
    key_id = (label << 48) | r  # <label> || r
    x = key_id ^ int.from_bytes(master_salt, "big")  # right-aligned
    return cm_keystream(master_key, x << 16, length)  # IV = x * 2^16


def hmac_sha1(key, message):
    return hmac.new(key, message, hashlib.sha1).digest()


Suite = collections.namedtuple(
    "Suite", "name short cipher key_len salt_len auth_len rtp_tag rtcp_tag")

# Sizes in octets. 5.2: the SRTCP tag must not be smaller than 80 bits; the
# suite with the 32-bit tag (RFC 4568 6.2, RFC 5764 4.1.2) shortens SRTP only.
SUITES = collections.OrderedDict((s.name, s) for s in (
    Suite("AES_CM_128_HMAC_SHA1_80", "aescm80", "AES_CM", 16, 14, 20, 10, 10),
    Suite("AES_CM_128_HMAC_SHA1_32", "aescm32", "AES_CM", 16, 14, 20, 4, 10),
    Suite("NULL_HMAC_SHA1_80", "null80", "NULL", 16, 14, 20, 10, 10),
))


def rtp_header_length(packet):
    """Octets before the payload: fixed header, CSRC list, extension."""
    length = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        length += 4 + 4 * int.from_bytes(packet[length + 2:length + 4], "big")
    return length


class Context:
    """The sender's side of a cryptographic context (3.2), without counters.

    The caller names the ROC or the SRTCP index of each packet, so one context
    can make any packet in any order.
    """

    def __init__(self, suite, master_key, master_salt, kdr=0):
        self.suite = SUITES[suite] if isinstance(suite, str) else suite
        if len(master_key) != self.suite.key_len or len(master_salt) != self.suite.salt_len:
            raise ValueError("master key or salt of a wrong length")
        self.master_key, self.master_salt, self.kdr = master_key, master_salt, kdr
        self._cache = {}

    def session_key(self, label, length, index=0):
        r = index // self.kdr if self.kdr else 0
        slot = (label, length, r)
        if slot not in self._cache:
            self._cache[slot] = kdf(self.master_key, self.master_salt, label, length,
                                    index, self.kdr)
        return self._cache[slot]

    def _encrypt(self, data, ssrc, index, key_label, salt_label):
        if self.suite.cipher == "NULL":  # 4.1.3
            return data
        key = self.session_key(key_label, self.suite.key_len, index)
        salt = int.from_bytes(self.session_key(salt_label, self.suite.salt_len, index), "big")
        iv = (salt << 16) ^ (ssrc << 64) ^ (index << 16)  # 4.1.1
        return xor(data, cm_keystream(key, iv, len(data)))

    def rtp_tag(self, authenticated, index):
        """4.2: the tag over Authenticated Portion || ROC."""
        key = self.session_key(LABEL_RTP_AUTH, self.suite.auth_len, index)
        message = authenticated + (index >> 16).to_bytes(4, "big")
        return hmac_sha1(key, message)[:self.suite.rtp_tag]

    def rtcp_tag(self, authenticated, index):
        """4.2: the tag over the packet with E flag and index, without a ROC."""
        key = self.session_key(LABEL_RTCP_AUTH, self.suite.auth_len, index)
        return hmac_sha1(key, authenticated)[:self.suite.rtcp_tag]

    def protect_rtp(self, packet, roc):
        """3.3, sender's steps 4 to 7, without an MKI."""
        index = (roc << 16) | int.from_bytes(packet[2:4], "big")
        ssrc = int.from_bytes(packet[8:12], "big")
        header = rtp_header_length(packet)
        body = self._encrypt(packet[header:], ssrc, index, LABEL_RTP_KEY, LABEL_RTP_SALT)
        authenticated = packet[:header] + body
        return authenticated + self.rtp_tag(authenticated, index)

    def protect_rtcp(self, packet, index, e_flag=1):
        """3.4: encrypted from the ninth octet, then E || index, then the tag."""
        ssrc = int.from_bytes(packet[4:8], "big")
        body = packet[8:]
        if e_flag:
            body = self._encrypt(body, ssrc, index, LABEL_RTCP_KEY, LABEL_RTCP_SALT)
        authenticated = packet[:8] + body + ((e_flag << 31) | index).to_bytes(4, "big")
        return authenticated + self.rtcp_tag(authenticated, index)


# --------------------------------------------------------------------------
# The receiving half. It repeats the primitives in another form on purpose.
# --------------------------------------------------------------------------

_EXPANDED = {}


def aes_reference(key, block):
    """AES in the octet form of FIPS-197, figure 5, on a list of 16 octets."""
    if key not in _EXPANDED:
        nk, schedule, rcon = len(key) // 4, [list(key[i:i + 4]) for i in range(0, len(key), 4)], 1
        while len(schedule) < 4 * (nk + 7):
            word = list(schedule[-1])
            if len(schedule) % nk == 0:
                word = [_SBOX[b] for b in word[1:] + word[:1]]
                word[0] ^= rcon
                rcon = _xtime(rcon)
            elif nk == 8 and len(schedule) % nk == 4:
                word = [_SBOX[b] for b in word]
            schedule.append([p ^ q for p, q in zip(schedule[-nk], word)])
        flat = [b for word in schedule for b in word]
        if len(_EXPANDED) > 64:  # one key serves a packet or two
            _EXPANDED.clear()
        _EXPANDED[key] = [flat[i:i + 16] for i in range(0, len(flat), 16)]
    round_keys = _EXPANDED[key]
    state = [p ^ q for p, q in zip(block, round_keys[0])]
    for number in range(1, len(round_keys)):
        # SubBytes with ShiftRows: row r of column c comes from column c + r.
        state = [_SBOX[state[(4 * c + 5 * r) % 16 if r else 4 * c]]
                 for c in range(4) for r in range(4)]
        if number != len(round_keys) - 1:  # MixColumns
            mixed = []
            for c in range(0, 16, 4):
                a = state[c:c + 4]
                everything = a[0] ^ a[1] ^ a[2] ^ a[3]
                mixed += [a[r] ^ everything ^ _xtime(a[r] ^ a[(r + 1) % 4]) for r in range(4)]
            state = mixed
        state = [p ^ q for p, q in zip(state, round_keys[number])]
    return bytes(state)


def hmac_sha1_reference(key, message):
    """RFC 2104 spelled out."""
    if len(key) > 64:
        key = hashlib.sha1(key).digest()
    key = key.ljust(64, b"\0")
    inner = hashlib.sha1(bytes(b ^ 0x36 for b in key) + message).digest()
    return hashlib.sha1(bytes(b ^ 0x5C for b in key) + inner).digest()


def counter_reference(key, start, length):
    """Counter mode from a block whose last two octets are the counter, zero."""
    out = bytearray()
    for j in range((length + 15) // 16):
        out += aes_reference(key, start[:14] + bytes([j >> 8, j & 255]))
    return bytes(out[:length])


def kdf_reference(master_key, master_salt, label, length, r):
    """The layout of B.3: salt || 00 00, label on octet 7, r on octets 8 to 13."""
    block = bytearray(master_salt + b"\0\0")
    block[7] ^= label
    for position, octet in enumerate(r.to_bytes(6, "big")):
        block[8 + position] ^= octet
    return counter_reference(master_key, bytes(block), length)


class Refused(Exception):
    """The receiver does not accept a packet; `reason` says why.

    Four reasons appear in the files: "malformed", "replayed",
    "authentication" and "encryption-required". The others the model uses mark
    cases whose name RFC 3711 leaves open: "unknown-ssrc" and "no-such-index".
    """

    def __init__(self, reason):
        Exception.__init__(self, reason)
        self.reason = reason


class Receiver:
    """The receiver of one SSRC: 3.3 steps 2 to 8, and 3.4.

    Order: parse, SSRC, index estimate, replay list, tag, E flag policy,
    decryption; state changes only after all of them passed.
    """

    def __init__(self, suite, master_key, master_salt, ssrc, roc=0, window=128,
                 require_encryption=True):
        self.suite = SUITES[suite] if isinstance(suite, str) else suite
        self.ssrc, self.roc, self.s_l, self.window = ssrc, roc, None, window
        self.require_encryption = require_encryption and self.suite.cipher != "NULL"
        self.rtp_seen, self.rtcp_seen = frozenset(), frozenset()
        lengths = (self.suite.key_len, self.suite.auth_len, self.suite.salt_len) * 2
        self._keys = [kdf_reference(master_key, master_salt, label, lengths[label], 0)
                      for label in range(6)]

    def state(self):
        return (self.roc, self.s_l, self.rtp_seen, self.rtcp_seen)

    def estimate(self, seq):
        """3.3.1: v, by the prose and by the pseudocode of Appendix A."""
        if self.s_l is None:  # s_l is the SEQ of the first packet
            return self.roc
        here = (self.roc << 16) + self.s_l
        # The closest of the three; at a distance of exactly 2^15, ROC itself.
        prose = min((0, 1, -1), key=lambda d: abs(((self.roc + d) << 16) + seq - here))
        if self.s_l < 32768:
            appendix = -1 if seq - self.s_l > 32768 else 0
        else:
            appendix = 1 if self.s_l - 32768 > seq else 0
        if prose != appendix:
            raise AssertionError("3.3.1 and Appendix A differ")
        v = self.roc + prose
        if not 0 <= v < 1 << 32:
            # Modulo 2^32 this is the far end of the index space. No sender
            # that began at the context's ROC can be there.
            raise Refused("no-such-index")
        return v

    def _check_replay(self, seen, index):
        """3.3.2: lags 0 to window - 1 are tracked, older counts as received."""
        if seen and (index in seen or max(seen) - index >= self.window):
            raise Refused("replayed")

    def _remember(self, seen, index):
        top = max(seen | {index})
        return frozenset(i for i in seen | {index} if top - i < self.window)

    def _decrypt(self, data, index, key, salt):
        if self.suite.cipher == "NULL":
            return data
        block = bytearray(salt + b"\0\0")
        for position, octet in enumerate(self.ssrc.to_bytes(4, "big")):
            block[4 + position] ^= octet
        for position, octet in enumerate(index.to_bytes(6, "big")):
            block[8 + position] ^= octet
        return xor(data, counter_reference(key, bytes(block), len(data)))

    def unprotect_rtp(self, packet):
        key, auth, salt = self._keys[:3]
        end = len(packet) - self.suite.rtp_tag
        if end < 12 or packet[0] >> 6 != 2:
            raise Refused("malformed")
        start = 12 + (packet[0] & 15) * 4
        if packet[0] & 16:
            if start + 4 > end:
                raise Refused("malformed")
            start += 4 + (packet[start + 2] * 256 + packet[start + 3]) * 4
        if start > end:
            raise Refused("malformed")
        if packet[8:12] != self.ssrc.to_bytes(4, "big"):
            raise Refused("unknown-ssrc")
        seq = packet[2] * 256 + packet[3]
        v = self.estimate(seq)
        index = v * 65536 + seq
        self._check_replay(self.rtp_seen, index)
        message = packet[:end] + v.to_bytes(4, "big")
        if hmac_sha1_reference(auth, message)[:self.suite.rtp_tag] != packet[end:]:
            raise Refused("authentication")
        plain = packet[:start] + self._decrypt(packet[start:end], index, key, salt)
        # Step 7. Only a higher index moves s_l and the ROC.
        if self.s_l is None or v > self.roc or (v == self.roc and seq > self.s_l):
            self.roc, self.s_l = v, seq
        self.rtp_seen = self._remember(self.rtp_seen, index)
        return plain

    def unprotect_rtcp(self, packet):
        key, auth, salt = self._keys[3:]
        end = len(packet) - self.suite.rtcp_tag
        if end < 12 or packet[0] >> 6 != 2:
            raise Refused("malformed")
        if packet[4:8] != self.ssrc.to_bytes(4, "big"):
            raise Refused("unknown-ssrc")
        encrypted = packet[end - 4] & 0x80
        index = int.from_bytes(bytes([packet[end - 4] & 0x7F]) + packet[end - 3:end], "big")
        self._check_replay(self.rtcp_seen, index)
        if hmac_sha1_reference(auth, packet[:end])[:self.suite.rtcp_tag] != packet[end:]:
            raise Refused("authentication")
        body = packet[8:end - 4]
        if encrypted:
            body = self._decrypt(body, index, key, salt)
        elif self.require_encryption:
            raise Refused("encryption-required")
        self.rtcp_seen = self._remember(self.rtcp_seen, index)
        return packet[:8] + body


# --------------------------------------------------------------------------
# Known answers
# --------------------------------------------------------------------------

# FIPS-197 appendix C: one plaintext, keys 00 01 02 ... of three lengths.
FIPS_197 = (
    (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
    (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
    (32, "8ea2b7ca516745bfeafc49904b496089"),
)

# RFC 3711 B.2: counter offset, keystream block.
B2_KEY = "2b7e151628aed2a6abf7158809cf4f3c"
B2_IV = "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"
B2_BLOCKS = (
    (0x0000, "e03ead0935c95e80e166b16dd92b4eb4"),
    (0x0001, "d23513162b02d0f72a43a2fe4a5f97ab"),
    (0x0002, "41e95b3bb0a2e8dd477901e4fca894c0"),
    (0xFEFF, "ec8cdf7398607cb0f2d21675ea9ea1e4"),
    (0xFF00, "362b7c3c6773516318a077d7fc5073ae"),
    (0xFF01, "6a2cc3787889374fbeb4c81b17ba6c44"),
)

# RFC 3711 B.3.
B3_MASTER_KEY = "e1f97a0d3e018be0d64fa32c06de4139"
B3_MASTER_SALT = "0ec675ad498afeebb6960b3aabe6"
B3_KEYS = (
    (LABEL_RTP_KEY, "c61e7a93744f39ee10734afe3ff7a087"),
    (LABEL_RTP_SALT, "30cbbc08863d8c85d49db34a9ae1"),
    (LABEL_RTP_AUTH, "cebe321f6ff7716b6fd4ab49af256a15"
                     "6d38baa48f0a0acf3c34e2359e6cdbce"
                     "e049646c43d9327ad175578ef7227098"
                     "6371c10c9a369ac2f94a8c5fbcdddc25"
                     "6d6e919a48b610ef17c2041e47403576"
                     "6b68642c59bbfc2f34db60dbdfb2"),
)

# RFC 2202 section 3, test cases 2 and 3.
RFC_2202 = (
    (b"Jefe", b"what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (b"\xaa" * 20, b"\xdd" * 50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
)


def self_test():
    """Both halves against the published values; raises on any difference."""

    def same(what, got, want):
        if got.hex() != want:
            raise SystemExit("known answer differs: %s: %s, not %s" % (what, got.hex(), want))

    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    for size, want in FIPS_197:
        key = bytes(range(size))
        same("FIPS-197 AES-%d" % (8 * size), AES(key).encrypt(plain), want)
        same("FIPS-197 AES-%d, octets" % (8 * size), aes_reference(key, plain), want)

    key, iv = bytes.fromhex(B2_KEY), int(B2_IV, 16)
    # Index, SSRC and ROC are zero there: IV = k_s * 2^16.
    segment = cm_keystream(key, iv, 3 * 16)
    octets = counter_reference(key, iv.to_bytes(16, "big"), 3 * 16)
    for offset, want in B2_BLOCKS:
        same("B.2 block %04x" % offset, cm_keystream(key, iv + offset, 16), want)
        same("B.2 block %04x, octets" % offset,
             aes_reference(key, (iv + offset).to_bytes(16, "big")), want)
        if offset < 3:
            same("B.2 segment", segment[16 * offset:16 * offset + 16], want)
            same("B.2 segment, octets", octets[16 * offset:16 * offset + 16], want)

    key, salt = bytes.fromhex(B3_MASTER_KEY), bytes.fromhex(B3_MASTER_SALT)
    for label, want in B3_KEYS:
        same("B.3 label %d" % label, kdf(key, salt, label, len(want) // 2), want)
        same("B.3 label %d, octets" % label,
             kdf_reference(key, salt, label, len(want) // 2, 0), want)

    for key, data, want in RFC_2202:
        same("RFC 2202", hmac_sha1(key, data), want)
        same("RFC 2202, octets", hmac_sha1_reference(key, data), want)


# --------------------------------------------------------------------------
# Generation
# --------------------------------------------------------------------------


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


# Payload types without 64 to 95, which collide with RTCP (RFC 5761 section 4).
PAYLOAD_TYPES = list(range(0, 35)) + list(range(96, 128))

EXTENSION_KINDS = ("none", "none", "none", "empty", "oneword", "words", "onebyte", "twobyte",
                   "arbitrary")


def pad_words(data):
    return data + bytes(-len(data) % 4)


def make_extension(rng, kind):
    """A header extension block (RFC 3550 5.3.1, RFC 8285), or nothing."""
    if kind == "none":
        return b""
    profile = rng.bits(16)
    while profile in (0xBEDE, 0xC0DE, 0xC2DE) or profile & 0xFFF0 == 0x1000:
        profile = rng.bits(16)
    if kind == "empty":
        data = b""
    elif kind == "oneword":
        data = rng.octets(4)
    elif kind == "words":
        data = rng.octets(4 * rng.between(2, 12))
    elif kind == "arbitrary":
        data = rng.octets(4 * rng.between(1, 6))
    elif kind == "onebyte":  # RFC 8285 4.2: ID 1..14, length 1..16
        profile, data = 0xBEDE, b""
        for number in rng.shuffled(range(1, 15))[:rng.between(1, 4)]:
            size = rng.between(1, 16)
            data += bytes([number << 4 | (size - 1)]) + rng.octets(size)
            data += bytes(rng.below(3))
        data = pad_words(data)
    else:  # RFC 8285 4.3: ID 1..255, length 0..255
        profile, data = 0x1000 | rng.choice((0, 0, rng.below(16))), b""
        for _ in range(rng.between(1, 4)):
            size = rng.choice((0, 1, 5, 16, 17, 30))
            data += bytes([rng.between(1, 255), size]) + rng.octets(size)
            data += bytes(rng.below(3))
        data = pad_words(data)
    return profile.to_bytes(2, "big") + (len(data) // 4).to_bytes(2, "big") + data


def make_rtp(rng, ssrc, seq, payload, cc=0, extension=b"", marker=0, pt=None, padding=0):
    """An RTP packet; `padding` octets (0 for none) follow the payload."""
    if pt is None:
        pt = rng.choice(PAYLOAD_TYPES)
    first = 0x80 | (0x20 if padding else 0) | (0x10 if extension else 0) | cc
    packet = bytes([first, marker << 7 | pt]) + seq.to_bytes(2, "big") + rng.octets(4)
    packet += ssrc.to_bytes(4, "big") + rng.octets(4 * cc) + extension + payload
    if padding:
        packet += bytes(padding - 1) + bytes([padding])
    return packet


def rtcp_header(count, pt, body):
    """One RTCP packet; `body` begins with the SSRC."""
    return bytes([0x80 | count, pt]) + (len(body) // 4).to_bytes(2, "big") + body


def make_sr(rng, ssrc, blocks=0):
    return rtcp_header(blocks, 200, ssrc + rng.octets(20 + 24 * blocks))


def make_rr(rng, ssrc, blocks=0):
    return rtcp_header(blocks, 201, ssrc + rng.octets(24 * blocks))


def make_sdes(rng, ssrc, extra=False):
    items = b""
    for kind in (1, 2, 6) if extra else (1,):
        text = bytes(97 + rng.below(26) for _ in range(rng.between(1, 24)))
        items += bytes([kind, len(text)]) + text
    items += b"\0"
    return rtcp_header(1, 202, ssrc + pad_words(items))


def make_bye(rng, ssrc, reason=False):
    body = ssrc
    if reason:
        text = bytes(97 + rng.below(26) for _ in range(rng.between(1, 20)))
        body += pad_words(bytes([len(text)]) + text)
    return rtcp_header(1, 203, body)


def make_app(rng, ssrc):
    return rtcp_header(rng.below(32), 204, ssrc + b"test" + rng.octets(4 * rng.below(16)))


def make_rtcp(rng, ssrc_number, kind):
    ssrc = ssrc_number.to_bytes(4, "big")
    if kind == "rr8":
        return make_rr(rng, ssrc)
    if kind == "bye8":
        return make_bye(rng, ssrc)
    if kind == "sr-sdes":
        return make_sr(rng, ssrc, rng.below(4)) + make_sdes(rng, ssrc, bool(rng.below(2)))
    if kind == "rr-sdes-bye":
        return (make_rr(rng, ssrc, rng.below(4)) + make_sdes(rng, ssrc)
                + make_bye(rng, ssrc, bool(rng.below(2))))
    if kind == "app":
        return make_app(rng, ssrc)
    if kind == "rr-app":
        return make_rr(rng, ssrc, 1) + make_app(rng, ssrc)
    if kind == "feedback":  # reduced-size RTCP (RFC 5506), a generic NACK
        return rtcp_header(1, 205, ssrc + rng.octets(4) + rng.octets(4 * rng.between(1, 4)))
    if kind == "long":
        out = make_sr(rng, ssrc, rng.between(8, 31))
        out += make_rr(rng, ssrc, rng.between(0, 12)) + make_sdes(rng, ssrc, True)
        return out + make_app(rng, ssrc) + make_bye(rng, ssrc, True)
    raise ValueError(kind)


RTCP_KINDS = ("rr8", "bye8", "sr-sdes", "rr-sdes-bye", "app", "rr-app", "feedback", "sr-sdes",
              "rr-sdes-bye", "long")

SIZES = (0, 0, 1, 15, 16, 17, 31, 32, 33, 160, 255, 256, 257, 1200) + (None,) * 11 + (1400,)
SEQS = (0, 65535, 32767, 32768) + (None,) * 6
ROCS = (0, 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFF0000, 0xFFFFFFFF) + (None,) * 3
SSRCS = (0, 0xFFFFFFFF) + (None,) * 12
RTCP_INDICES = (0, 1, 0x7FFFFFFF) + (None,) * 4


def head(kind, name, context, ssrc):
    row = collections.OrderedDict()
    row["type"], row["id"], row["suite"] = kind, name, context.suite.name
    row["master_key"], row["master_salt"] = context.master_key.hex(), context.master_salt.hex()
    row["ssrc"] = "%08x" % ssrc
    return row


def new_context(rng, suite):
    return Context(suite, rng.octets(suite.key_len), rng.octets(suite.salt_len))


def protect_rows(rng, rtp_count=500, rtcp_count=200):
    """The rows of srtp-rfc3711.jsonl."""
    rows = []
    suites = list(SUITES.values())
    # One deck for each suite, so that each suite sees every value.
    decks = [[Deck(rng, items) for items in
              (range(16), EXTENSION_KINDS, SIZES, SEQS, ROCS, SSRCS)] for _ in suites]
    for number in range(1, rtp_count + 1):
        which = number % len(suites)
        context = new_context(rng, suites[which])
        cc, kind, size, seq, roc, ssrc = [deck.draw() for deck in decks[which]]
        if size is None:
            # Mostly short; the long ones only now and then, for the file's sake.
            size = rng.between(1, 1400) if rng.below(8) == 0 else rng.between(1, 200)
        seq = rng.bits(16) if seq is None else seq
        roc = rng.bits(32) if roc is None else roc
        ssrc = rng.bits(32) if ssrc is None else ssrc
        padding = 0
        if size and rng.below(5) == 0:  # the padding is part of `size`
            padding = rng.between(1, min(size, 255))
        marker = rng.below(2)
        rtp = make_rtp(rng, ssrc, seq, rng.octets(size - padding), cc,
                       make_extension(rng, kind), marker, None, padding)
        name = "rtp-%04d %s cc%d len%d" % (number, context.suite.short, cc, size)
        name += "" if kind == "none" else " ext-" + kind
        name += (" padding%d" % padding if padding else "") + (" marker" if marker else "")
        row = head("rtp", name, context, ssrc)
        row["roc"], row["seq"] = roc, seq
        row["rtp"], row["srtp"] = rtp.hex(), context.protect_rtp(rtp, roc).hex()
        rows.append(row)

    decks = [[Deck(rng, items) for items in (RTCP_KINDS, RTCP_INDICES, SSRCS)] for _ in suites]
    for number in range(1, rtcp_count + 1):
        which = number % len(suites)
        context = new_context(rng, suites[which])
        kind, index, ssrc = [deck.draw() for deck in decks[which]]
        index = rng.bits(31) if index is None else index
        ssrc = rng.bits(32) if ssrc is None else ssrc
        e_flag = 0 if rng.below(3) == 0 else 1
        rtcp = make_rtcp(rng, ssrc, kind)
        name = "rtcp-%04d %s %s e%d" % (number, context.suite.short, kind, e_flag)
        row = head("rtcp", name, context, ssrc)
        row["index"], row["e_flag"] = index, e_flag
        row["rtcp"] = rtcp.hex()
        row["srtcp"] = context.protect_rtcp(rtcp, index, e_flag).hex()
        rows.append(row)
    return rows


def flip(packet, position, mask=1):
    """`packet` with some bits of one octet inverted (a negative position
    counts from the end)."""
    out = bytearray(packet)
    out[position] ^= mask
    return bytes(out)


class RejectRows:
    """Collects the rows of srtp-reject.jsonl."""

    def __init__(self, rng):
        self.rng, self.rows = rng, []

    def session(self, suite, roc=None, ssrc=None):
        rng = self.rng
        self.context = new_context(rng, suite)
        self.ssrc = rng.bits(32) if ssrc is None else ssrc
        # A middle ROC: ROC - 1 and ROC + 1 exist as well.
        self.roc = rng.between(1, (1 << 32) - 2) if roc is None else roc

    def plain(self, seq, size=40, cc=0, extension=b"", pt=96):
        return make_rtp(self.rng, self.ssrc, seq, self.rng.octets(size), cc, extension, 0, pt)

    def rtp(self, seq, roc=None, **how):
        return self.context.protect_rtp(self.plain(seq, **how), self.roc if roc is None else roc)

    def rtp_tagged(self, authenticated):
        """A correct tag over octets that need not be a packet."""
        index = (self.roc << 16) | int.from_bytes(authenticated[2:4], "big")
        return authenticated + self.context.rtp_tag(authenticated, index)

    def rtcp(self, index, e_flag=1, kind="sr"):
        ssrc = self.ssrc.to_bytes(4, "big")
        packet = {"sr": lambda: make_sr(self.rng, ssrc) + make_sdes(self.rng, ssrc),
                  "rr8": lambda: make_rr(self.rng, ssrc)}[kind]()
        return self.context.protect_rtcp(packet, index, e_flag)

    def _add(self, row, name, field, packet, reason, before, after):
        row["id"] = "reject-%04d %s %s" % (len(self.rows) + 1, self.context.suite.short, name)
        row[field] = packet.hex()
        if before:
            row["before"] = [p.hex() for p in before]
        if after is not None:
            row["after"] = after.hex()
        if reason is not None:
            row["reason"] = reason
        check_reject(row)  # the receiver must agree with what is claimed
        self.rows.append(row)

    def add_rtp(self, name, seq, packet, reason, before=(), after=None):
        row = head("reject", "", self.context, self.ssrc)
        row["roc"], row["seq"] = self.roc, seq
        self._add(row, "srtp " + name, "srtp", packet, reason, before, after)

    def add_rtcp(self, name, index, e_flag, packet, reason, before=(), after=None):
        row = head("reject", "", self.context, self.ssrc)
        row["index"], row["e_flag"] = index, e_flag
        self._add(row, "srtcp " + name, "srtcp", packet, reason, before, after)

    # -- SRTP ---------------------------------------------------------------

    def rtp_flips(self, suite):
        """One bit differs from a packet that is accepted afterwards."""
        tag = suite.rtp_tag
        # Layout: 12 header, 12 CSRC, 4 + 8 extension, 40 payload, tag.
        places = (
            ("P bit", 0, 0x20), ("X bit off", 0, 0x10), ("CC 3 to 2", 0, 0x01),
            ("CC 3 to 11", 0, 0x08), ("M bit", 1, 0x80), ("PT bit", 1, 0x01),
            ("SEQ low bit", 3, 0x01), ("SEQ bit 5", 3, 0x20), ("SEQ high bit", 2, 0x80),
            ("timestamp first bit", 4, 0x80), ("timestamp last bit", 7, 0x01),
            ("SSRC first bit", 8, 0x80), ("SSRC last bit", 11, 0x01),
            ("CSRC first octet", 12, 0x80), ("CSRC last octet", 23, 0x01),
            ("extension profile", 24, 0x01), ("extension length 2 to 3", 27, 0x01),
            ("extension data first", 28, 0x80), ("extension data last", 35, 0x01),
            ("payload first", 36, 0x80), ("payload middle", 56, 0x10),
            ("payload last", -tag - 1, 0x01),
            ("tag first", -tag, 0x80), ("tag middle", -tag // 2, 0x10), ("tag last", -1, 0x01),
        )
        for number, (name, position, mask) in enumerate(places):
            self.session(suite)
            seq = 2000 + 2 * self.rng.below(10000)
            extension = b"\x12\x34\x00\x02" + self.rng.octets(8)
            # SEQ -> another SEQ must not hit a received one: `before` is 400 behind.
            before = [self.rtp(seq - 400)] if number % 2 else []
            # With another CC the rest must still parse: no extension there.
            good = self.rtp(seq, cc=3, extension=b"" if name.startswith("CC") else extension)
            # Whether a receiver has, makes or lacks a context for another
            # SSRC is its own affair (3.2.3): no reason there.
            reason = None if name.startswith("SSRC") else "authentication"
            self.add_rtp("flip " + name, seq, flip(good, position, mask), reason, before, good)
        # Without an extension, X=1 takes the payload for one: 0xffff words.
        self.session(suite)
        body = self.plain(700)[:12] + b"\xff" * 40
        good = self.rtp_tagged(body)  # only the header parse matters here
        self.add_rtp("flip X bit on, length ffff", 700, flip(good, 0, 0x10), "malformed",
                     [], self.rtp(701))
        # Two flips, both outside what the other checks cover.
        self.session(suite)
        good = self.rtp(900)
        self.add_rtp("payload first and tag first", 900, flip(flip(good, 12), -tag),
                     "authentication", [self.rtp(899)], good)

    def rtp_wrong_keys(self, suite):
        """Right in form, with a tag made from something else."""
        n = suite.rtp_tag
        for name, delta in (("ROC+1", 1), ("ROC-1", -1)):
            self.session(suite)
            packet = self.plain(4000)
            self.add_rtp("sender at " + name, 4000,
                         self.context.protect_rtp(packet, self.roc + delta), "authentication",
                         [], self.context.protect_rtp(packet, self.roc))
        for name, roc, other in (("ROC 0, sender at 1", 0, 1), ("ROC 1, sender at 0", 1, 0),
                                 ("ROC differs in the high half", 0x00010001, 0x80010001)):
            self.session(suite, roc)
            packet = self.plain(4100)
            self.add_rtp(name, 4100, self.context.protect_rtp(packet, other), "authentication",
                         [self.rtp(4099)], self.context.protect_rtp(packet, roc))
        self.session(suite, 0x01020304)
        good = self.rtp(5000)
        portion = good[:-n]
        key = self.context.session_key(LABEL_RTP_AUTH, 20)
        rtcp_key = self.context.session_key(LABEL_RTCP_AUTH, 20)
        salt = self.context.master_salt
        other = {
            "tag without the ROC": hmac_sha1(key, portion),
            "tag with the ROC first": hmac_sha1(key, bytes.fromhex("01020304") + portion),
            "tag with a little-endian ROC": hmac_sha1(key, portion + bytes.fromhex("04030201")),
            "tag by the SRTCP key": hmac_sha1(rtcp_key, portion + bytes.fromhex("01020304")),
            "tag by the master key":
                hmac_sha1(self.context.master_key, portion + bytes.fromhex("01020304")),
            "right-most octets of the HMAC":
                hmac_sha1(key, portion + bytes.fromhex("01020304"))[-n:],
            "tag of zeros": bytes(20),
            "tag by another master salt": hmac_sha1(
                kdf(self.context.master_key, flip(salt, 13), LABEL_RTP_AUTH, 20),
                portion + bytes.fromhex("01020304")),
            "tag by another master key": hmac_sha1(
                kdf(flip(self.context.master_key, 0), salt, LABEL_RTP_AUTH, 20),
                portion + bytes.fromhex("01020304")),
        }
        for number, (name, tag) in enumerate(other.items()):
            before = [self.rtp(4998), self.rtp(4999)] if number % 2 else []
            self.add_rtp(name, 5000, portion + tag[:n], "authentication", before, good)

    def rtp_lengths(self, suite):
        tag = suite.rtp_tag
        self.session(suite)
        good = self.rtp(6000)
        total = len(good)
        for name, length, reason in (
                ("cut by one octet", total - 1, "authentication"),
                ("cut by the tag", total - tag, "authentication"),
                ("cut to header and tag size", 12 + tag, "authentication"),
                ("cut to one octet under the minimum", 11 + tag, "malformed"),
                ("cut to the header", 12, "malformed"),
                ("cut to 11 octets", 11, "malformed"),
                ("cut to 4 octets", 4, "malformed"),
                ("cut to one octet", 1, "malformed"),
                ("empty", 0, "malformed")):
            self.add_rtp(name, 6000, good[:length], reason, [], good)
        self.add_rtp("one octet more", 6000, good + b"\0", "authentication", [], good)
        self.add_rtp("first payload octet missing", 6000, good[:12] + good[13:],
                     "authentication", [], good)
        # An empty payload: one octet less cuts into the fixed header's room.
        empty = self.rtp(6001, size=0)
        self.add_rtp("empty payload, cut by one", 6001, empty[:-1], "malformed", [good], empty)

    def rtp_malformed(self, suite):
        """Refused although the tag over these octets is right."""
        for version in (0, 1, 3):
            self.session(suite)
            packet = self.plain(7000)
            wrong = bytes([packet[0] & 0x3F | version << 6]) + packet[1:]
            self.add_rtp("version %d" % version, 7000, self.rtp_tagged(wrong), "malformed",
                         [] if version else [self.rtp(6999)], self.rtp(7000))

        def header(first, rest):
            # The first octet is V=2 and `first`; the tag is correct.
            packet = self.plain(7100, size=0)
            return self.rtp_tagged(bytes([0x80 | first]) + packet[1:] + rest)

        random_octets = self.rng.octets
        cases = (
            ("CC 15, no CSRC", header(15, b"")),
            ("CC 1, no CSRC", header(1, b"")),
            ("CC 4, CSRC list one octet short", header(4, random_octets(15))),
            ("CC 15, list past the end", header(15, random_octets(40))),
            # 15 CSRC are 60 octets: 56 here and the first four of the tag.
            ("CC 15, list into the tag", header(15, random_octets(56))),
            ("X, no extension header", header(0x10, b"")),
            ("X, extension header of 3 octets", header(0x10, b"\xbe\xde\x00")),
            ("X, length 1, no data", header(0x10, b"\xbe\xde\x00\x01")),
            ("X, length 2, one word", header(0x10, b"\xbe\xde\x00\x02" + random_octets(4))),
            ("X, last octet in the tag", header(0x10, b"\xbe\xde\x00\x02" + random_octets(7))),
            ("X, length ffff", header(0x10, b"\xbe\xde\xff\xff" + random_octets(60))),
            ("X, length 4000", header(0x10, b"\x10\x00\x40\x00" + random_octets(60))),
            ("X, length 8000", header(0x10, b"\x10\x00\x80\x00" + random_octets(60))),
            ("CC 2 and X, extension past the end",
             header(0x12, random_octets(8) + b"\x12\x34\x00\x03" + random_octets(8))),
            ("CC 2 and X, CSRC list ends the packet", header(0x12, random_octets(8))),
        )
        for number, (name, packet) in enumerate(cases):
            before = [self.rtp(7099)] if number % 2 else []
            self.add_rtp(name, 7100, packet, "malformed", before, self.rtp(7100))

    def rtp_replays(self, suite):
        def case(name, received, seq, again, after, make=None, roc=None, reason="replayed"):
            """`received` are accepted; then `seq` comes: a copy when `again`,
            a packet never seen otherwise. Entries may be (ROC delta, SEQ)."""
            self.session(suite, roc)
            sent = {}

            def packet(entry):
                delta, number = entry if isinstance(entry, tuple) else (0, entry)
                if entry not in sent:
                    sent[entry] = self.rtp(number, self.roc + delta)
                return sent[entry]

            before = [packet(entry) for entry in received]
            one = packet(seq) if again else self.rtp(seq[1] if isinstance(seq, tuple) else seq,
                                                     self.roc + (seq[0] if isinstance(seq, tuple)
                                                                 else 0))
            one = make(one) if make else one
            number = seq[1] if isinstance(seq, tuple) else seq
            self.add_rtp(name, number, one, reason, before,
                         None if after is None else packet(after))

        case("identical", [8000], 8000, True, 8001)
        case("identical after others", [8000, 8001, 8002], 8000, True, 8003)
        case("same index, other payload", [8000], 8000, False, 8001)
        case("identical with a wrong tag", [8000], 8000, True, 8001, lambda p: flip(p, -1))
        case("received late, again", [8000, 8010, 8005], 8005, True, 8006)
        case("highest again after a late one", [8000, 8010, 8005], 8010, True, 8009)
        case("lag 1 again", [8000, 8001], 8000, True, 7999)
        case("lag 63 again", [8000, 8063], 8000, True, 8001)
        case("lag 64 again", [8000, 8064], 8000, True, 8001)
        case("lag 127 again", [8000, 8127], 8000, True, 8001)
        case("lag 128, received", [8000, 8128], 8000, True, 8001)
        case("lag 128, never received", [8200], 8072, False, 8073)
        case("lag 128, never received, wrong tag", [8200], 8072, False, 8073,
             lambda p: flip(p, -1))
        case("lag 129, never received", [8200], 8071, False, 8073)
        case("lag 1000", [9000], 8000, False, 8999)
        case("lag 32767", [32767], 0, False, 32766)
        case("lag 128 after steps", [8000, 8050, 8100, 8128, 8120], 8000, True, 8001)
        case("again after a jump by 127", [8000, 8127, 8254], 8127, True, 8128)
        case("again after a jump of 20000", [8000, 28000], 8000, True, 27999)
        case("jump of 20000, again", [8000, 28000], 28000, True, 28001)
        # Index arithmetic over the wrap of SEQ: ROC R, SEQ 50 is the top.
        case("over the wrap, identical", [65530, (1, 3)], 65530, True, 65531)
        case("over the wrap, new one again", [65530, (1, 3)], (1, 3), True, (1, 2))
        case("over the wrap, lag 127 again", [65459, (1, 50)], 65459, True, 65460)
        case("over the wrap, lag 128", [65530, (1, 50)], 65458, False, 65459)
        case("late one of the ROC before, again", [10, (-1, 65530)], (-1, 65530), True, 11)
        case("SEQ 0 at ROC 0 again", [0], 0, True, 1, None, 0)
        case("SEQ 65535 at the last ROC again", [65535], 65535, True, 65534, None, 0xFFFFFFFF)
        # 32 bits of the index are not enough for the list: equal low half,
        # but both lie far apart.
        case("ROC 0x10000, lag 128", [300], 172, False, 173, None, 0x10000)

    def rtp_index(self, suite):
        """The estimate of 3.3.1: the tag was made for another ROC, or the
        state after a forged packet is not the one before."""
        def case(name, received, seq, signed, after, roc=None, reason="authentication"):
            """`signed` and the entries of `received` and `after` are (ROC
            delta, SEQ); the packet under test is (signed, seq)."""
            self.session(suite, roc)
            before = [self.rtp(s, self.roc + d) for d, s in received]
            last = None if after is None else self.rtp(after[1], self.roc + after[0])
            self.add_rtp(name, seq, self.rtp(seq, self.roc + signed), reason, before, last)

        case("SEQ wrapped, ROC not", [(0, 65530)], 3, 0, (1, 3))
        case("65535 then 0, ROC not", [(0, 65535)], 0, 0, (1, 0))
        case("65535 then 0 by ROC+2", [(0, 65535)], 0, 2, (1, 0))
        case("late over the wrap, ROC of the new", [(0, 65530), (1, 3)], 65531, 1, (0, 65531))
        case("first 3, late 65530 with this ROC", [(0, 3)], 65530, 0, (-1, 65530))
        case("no wrap, ROC+1", [(0, 1000)], 1001, 1, (0, 1001))
        case("no wrap, ROC-1", [(0, 1000)], 1001, -1, (0, 1001))
        # Exactly 2^15 keeps the ROC both ways (strict comparison, Appendix A).
        for low in (0, 5, 32767):
            case("ahead by 2^15 from %d, ROC-1" % low, [(0, low)], low + 32768, -1,
                 (0, low + 32768))
        for high in (32768, 40000, 65535):
            case("back by 2^15 from %d, ROC+1" % high, [(0, high)], high - 32768, 1,
                 (0, high - 1), None, "replayed")
        case("back by 2^15+1 from 32769, this ROC", [(0, 32769)], 0, 0, (1, 0))
        case("back by 2^15+1 from 65535, this ROC", [(0, 65535)], 32766, 0, (1, 32766))
        case("ahead by 2^15+1 from 0, this ROC", [(0, 0)], 32769, 0, (0, 1), None, "replayed")
        # ROC 0: v = 2^32 - 1, an index no packet can have. Which check refuses
        # it is open; that 101 is still accepted is not.
        case("ROC 0, 100 then 65000", [(0, 100)], 65000, 0, (0, 101), 0, None)
        case("ROC 0, 0 then 65535", [(0, 0)], 65535, 0, (0, 1), 0, None)
        # The last ROC: the next one would be the first again.
        case("last ROC, wrap with this ROC", [(0, 65535)], 0, 0, (0, 65534), 0xFFFFFFFF, None)

        # Forged packets far ahead: neither window nor s_l nor ROC may move.
        for name, top, seq, after in (("forged far ahead, next one", 1000, 30000, (0, 1001)),
                                      ("forged far ahead, late one", 1000, 30000, (0, 999)),
                                      ("forged over the wrap", 65000, 30000, (0, 65001)),
                                      ("forged by 128 ahead, lag 127", 1000, 1128, (0, 873))):
            self.session(suite)
            forged = self.rtp(seq, self.roc + (1 if top > 32768 + seq else 0))
            self.add_rtp(name, seq, flip(forged, -1), "authentication", [self.rtp(top)],
                         self.rtp(after[1], self.roc + after[0]))
        # A forged first packet must not set s_l.
        self.session(suite)
        self.add_rtp("forged first packet, then far from it", 60000, flip(self.rtp(60000), -1),
                     "authentication", [], self.rtp(5))
        # A forged packet must not enter the list: the true one comes after it.
        self.session(suite)
        good = self.rtp(1005)
        self.add_rtp("forged inside the window, true one after", 1005, flip(good, 12),
                     "authentication", [self.rtp(1010)], good)

    # -- SRTCP --------------------------------------------------------------

    def rtcp_all(self, suite):
        tag = suite.rtcp_tag
        null = suite.cipher == "NULL"

        # Flips in a packet that is accepted afterwards. The compound is an SR
        # of 28 octets and SDES; the word with the index is before the tag.
        word = -tag - 4
        places = (
            # A stricter parser may stop at these before it reaches the tag.
            ("P bit", 0, 0x20, None), ("RC bit", 0, 0x01, None), ("PT bit", 1, 0x01, None),
            ("length bit", 3, 0x01, None), ("SSRC first bit", 4, 0x80, None),
            ("SSRC last bit", 7, 0x01, None),
            ("ninth octet", 8, 0x80, "authentication"),
            ("sender info middle", 18, 0x10, "authentication"),
            ("sender info last", 27, 0x01, "authentication"),
            ("E bit", word, 0x80, "authentication"),
            ("index high bit", word, 0x40, "authentication"),
            ("index low bit", word + 3, 0x01, "authentication"),
            ("tag first", -tag, 0x80, "authentication"),
            ("tag middle", -tag // 2, 0x10, "authentication"),
            ("tag last", -1, 0x01, "authentication"),
        )
        for number, (name, position, mask, reason) in enumerate(places):
            self.session(suite)
            index = 1000 + 2 * self.rng.below(1 << 20)
            before = [self.rtcp(index - 300)] if number % 2 else []
            e_flag = number // 2 % 2 if null else 1
            good = self.rtcp(index, e_flag)
            self.add_rtcp("flip " + name, index, e_flag, flip(good, position, mask), reason,
                          before, good)
        # The flip leads to an index that was received.
        self.session(suite)
        good = self.rtcp(4)
        self.add_rtcp("index 4 changed to 5, received", 4, 1, flip(good, word + 3), "replayed",
                      [self.rtcp(5)], good)

        # Tags made from something else.
        self.session(suite)
        good = self.rtcp(77)
        portion = good[:-tag]
        key = self.context.session_key(LABEL_RTCP_AUTH, 20)
        rtp_key = self.context.session_key(LABEL_RTP_AUTH, 20)
        for name, other in (
                ("tag by the SRTP key", hmac_sha1(rtp_key, portion)),
                ("tag with a ROC", hmac_sha1(key, portion + bytes(4))),
                ("tag without the index", hmac_sha1(key, portion[:-4])),
                ("tag without the E bit", hmac_sha1(key, flip(portion, -4, 0x80))),
                ("tag of zeros", bytes(20)),
                ("tag by another master key", hmac_sha1(
                    kdf(flip(self.context.master_key, 15), self.context.master_salt,
                        LABEL_RTCP_AUTH, 20), portion))):
            self.add_rtcp(name, 77, 1, portion + other[:tag], "authentication", [], good)
        # A 32-bit SRTCP tag is never right. The octets then fall elsewhere.
        self.add_rtcp("tag of 32 bits", 77, 1, portion + hmac_sha1(key, portion)[:4], None,
                      [], good)

        # Lengths. A cut that leaves no multiple of four may be malformed to one
        # receiver and a wrong tag to another: no reason.
        total = len(good)
        for name, length, reason in (
                ("cut by one octet", total - 1, None),
                ("cut by one word", total - 4, "authentication"),
                ("cut to one octet under the minimum", 11 + tag, "malformed"),
                ("cut to 12 octets", 12, "malformed"), ("cut to 8 octets", 8, "malformed"),
                ("cut to 7 octets", 7, "malformed"), ("cut to one octet", 1, "malformed"),
                ("empty", 0, "malformed")):
            self.add_rtcp(name, 77, 1, good[:length], reason, [], good)
        self.add_rtcp("one octet more", 77, 1, good + b"\0", None, [], good)
        small = self.rtcp(78, 1, "rr8")
        self.add_rtcp("minimal packet, cut by one", 78, 1, small[:-1], "malformed", [good], small)
        # Seven octets of RTCP with a correct tag.
        index_word = (0x80000000 | 79).to_bytes(4, "big")
        short = small[:7] + index_word
        self.add_rtcp("seven octets of RTCP", 79, 1, short + self.context.rtcp_tag(short, 79),
                      "malformed", [], good)
        for version in (0, 1, 3):
            wrong = bytes([small[0] & 0x3F | version << 6]) + small[1:8] + index_word
            self.add_rtcp("version %d" % version, 79, 1,
                          wrong + self.context.rtcp_tag(wrong, 79), "malformed", [], good)

        # Replays.
        def case(name, received, index, again, after, make=None):
            self.session(suite)
            sent = {}

            def packet(number):
                if number not in sent:
                    sent[number] = self.rtcp(number)
                return sent[number]

            before = [packet(number) for number in received]
            one = packet(index) if again else self.rtcp(index)
            self.add_rtcp(name, index, 1, make(one) if make else one, "replayed", before,
                          packet(after))

        case("identical", [500], 500, True, 501)
        case("index 0 again", [0], 0, True, 1)
        case("index 1 again after 0", [0, 1], 1, True, 2)
        case("last index again", [0x7FFFFFFF], 0x7FFFFFFF, True, 0x7FFFFFFE)
        case("same index, other content", [500], 500, False, 501)
        case("identical with a wrong tag", [500], 500, True, 501, lambda p: flip(p, -1))
        case("received late, again", [500, 510, 505], 505, True, 506)
        case("highest again after a late one", [500, 510, 505], 510, True, 509)
        case("lag 127 again", [500, 627], 500, True, 501)
        case("lag 128, received", [500, 628], 500, True, 501)
        case("lag 128, never received", [628], 500, False, 501)
        case("lag 129, never received", [629], 500, False, 502)
        case("far older", [1000000], 500, False, 999999)
        case("far older, over 2^16", [0x10000 + 300], 300, False, 0x10000 + 299)
        case("older than a jump by 2^30", [10, 0x40000000], 10, True, 0x3FFFFFFF)

        # State after a forged packet.
        self.session(suite)
        self.add_rtcp("forged far ahead, next one", 1 << 30, 1, flip(self.rtcp(1 << 30), -1),
                      "authentication", [self.rtcp(500)], self.rtcp(501))
        self.session(suite)
        self.add_rtcp("forged last index, first packet after", 0x7FFFFFFF, 1,
                      flip(self.rtcp(0x7FFFFFFF), -tag), "authentication", [], self.rtcp(0))
        self.session(suite)
        good = self.rtcp(505)
        self.add_rtcp("forged inside the window, true one after", 505, 1, flip(good, 8),
                      "authentication", [self.rtcp(510)], good)

        if null:
            return
        # E=0 although the policy wants encryption. The tag is right; the index
        # is not spent, so that the same index with E=1 is accepted after it.
        for name, index, received, after in (
                ("E=0, valid", 40, [], 40), ("E=0, valid, index 0", 0, [], 0),
                ("E=0, valid, after others", 42, [40, 41], 42),
                ("E=0, valid, far ahead", 0x7FFFFFFF, [40], 41),
                ("E=0, valid, late", 38, [40], 38)):
            self.session(suite)
            before = [self.rtcp(number) for number in received]
            self.add_rtcp(name, index, 0, self.rtcp(index, 0), "encryption-required", before,
                          self.rtcp(after))
        self.session(suite)
        self.add_rtcp("E=0, valid, minimal", 9, 0, self.rtcp(9, 0, "rr8"), "encryption-required",
                      [], self.rtcp(9, 1, "rr8"))
        self.session(suite)
        self.add_rtcp("E=0, wrong tag", 40, 0, flip(self.rtcp(40, 0), -1), "authentication",
                      [], self.rtcp(40))
        self.session(suite)
        # Replayed and in clear: which of the two is named is open.
        self.add_rtcp("E=0, valid, index received", 40, 0, self.rtcp(40, 0), None,
                      [self.rtcp(40)], self.rtcp(41))


def reject_rows(rng):
    rows = RejectRows(rng)
    for suite in SUITES.values():
        for part in (rows.rtp_flips, rows.rtp_wrong_keys, rows.rtp_lengths, rows.rtp_malformed,
                     rows.rtp_replays, rows.rtp_index, rows.rtcp_all):
            part(suite)
    for ssrc in (0, 0xFFFFFFFF):  # as valid as any other
        rows.session(SUITES["AES_CM_128_HMAC_SHA1_80"], None, ssrc)
        good = rows.rtp(20)
        rows.add_rtp("SSRC %08x, identical" % ssrc, 20, good, "replayed", [good], rows.rtp(21))
        good = rows.rtcp(20)
        rows.add_rtcp("SSRC %08x, identical" % ssrc, 20, 1, good, "replayed", [good],
                      rows.rtcp(21))
    return rows.rows


KDF_FIELDS = (("srtp_key", LABEL_RTP_KEY), ("srtp_auth", LABEL_RTP_AUTH),
              ("srtp_salt", LABEL_RTP_SALT), ("srtcp_key", LABEL_RTCP_KEY),
              ("srtcp_auth", LABEL_RTCP_AUTH), ("srtcp_salt", LABEL_RTCP_SALT))


def kdf_row(name, master_key, master_salt, kdr, srtp_index, srtcp_index, lengths):
    row = collections.OrderedDict()
    row["type"], row["id"], row["cipher"] = "kdf", name, "AES_CM"
    row["master_key"], row["master_salt"] = master_key.hex(), master_salt.hex()
    row["kdr"], row["srtp_index"], row["srtcp_index"] = kdr, srtp_index, srtcp_index
    for field, label in KDF_FIELDS:
        if field in lengths:
            index = srtcp_index if label >= LABEL_RTCP_KEY else srtp_index
            row[field] = kdf(master_key, master_salt, label, lengths[field], index, kdr).hex()
    return row


def kdf_rows(rng, count=60):
    """The rows of kdf-aes-cm.jsonl. The rates are of the set in 3.2.1: 0 and
    the powers of two up to 2^24."""
    rows = [kdf_row("kdf-0001 rfc3711-b3", bytes.fromhex(B3_MASTER_KEY),
                    bytes.fromhex(B3_MASTER_SALT), 0, 0, 0,
                    {"srtp_key": 16, "srtp_auth": 94, "srtp_salt": 14,
                     "srtcp_key": 16, "srtcp_auth": 94, "srtcp_salt": 14})]
    sizes = Deck(rng, (16, 24, 32))
    rates = Deck(rng, (0, 0, 1, 1, 1 << 8, 1 << 8, 1 << 24, 1 << 24, 2, 1 << 4, 1 << 10,
                       1 << 16, 1 << 20))
    places = Deck(rng, ("zero", "one", "below", "at", "top", "random", "random", "random"))
    subsets = Deck(rng, ("all", "all", "all", "rtp", "rtcp", "keys", "one"))

    def index(place, bits, kdr):
        top = (1 << bits) - 1
        step = max(kdr, 1)
        return {"zero": 0, "one": 1, "top": top, "random": rng.bits(bits),
                "below": min(top, step * (1 + rng.below(max(1, top // step)))) - 1,
                "at": min(top, step * (1 + rng.below(max(1, top // step))))}[place]

    while len(rows) < count:
        size, kdr, place = sizes.draw(), rates.draw(), places.draw()
        lengths = {}
        wanted = {"all": range(6), "rtp": range(3), "rtcp": range(3, 6), "keys": (0, 3),
                  "one": (rng.below(6),)}[subsets.draw()]
        for number in wanted:
            lengths[KDF_FIELDS[number][0]] = (
                rng.choice((size, size, 16, 24, 32)), rng.choice((20, 20, 20, 1, 32, 33, 64, 94)),
                rng.choice((14, 14, 14, 12)))[number % 3]
        if len(rows) == 30:  # the block counter passes 255
            lengths = {"srtp_auth": 257 * 16}
        name = "kdf-%04d master%d kdr%d %s" % (len(rows) + 1, 8 * size, kdr, place)
        rows.append(kdf_row(name, rng.octets(size), rng.octets(14), kdr, index(place, 48, kdr),
                            index(place, 31, kdr), lengths))
    return rows


# --------------------------------------------------------------------------
# Checking rows with the receiving half
# --------------------------------------------------------------------------


def receiver_of(row, require_encryption=True):
    return Receiver(row["suite"], bytes.fromhex(row["master_key"]),
                    bytes.fromhex(row["master_salt"]), int(row["ssrc"], 16), row.get("roc", 0),
                    128, require_encryption)


def expect(condition, row, message):
    if not condition:
        raise SystemExit("row %s: %s" % (row.get("id", "without id"), message))


def check_rtp(row):
    rtp, srtp = bytes.fromhex(row["rtp"]), bytes.fromhex(row["srtp"])
    receiver = receiver_of(row)
    expect(int.from_bytes(rtp[2:4], "big") == row["seq"], row, "seq is not the packet's")
    expect(receiver.unprotect_rtp(srtp) == rtp, row, "another RTP packet results")
    expect((receiver.roc, receiver.s_l) == (row["roc"], row["seq"]), row, "state")


def check_rtcp(row):
    rtcp, srtcp = bytes.fromhex(row["rtcp"]), bytes.fromhex(row["srtcp"])
    receiver = receiver_of(row, False)
    expect(rtcp[4:8].hex() == row["ssrc"], row, "ssrc is not the packet's")
    expect(receiver.unprotect_rtcp(srtcp) == rtcp, row, "another RTCP packet results")
    expect(receiver.rtcp_seen == {row["index"]}, row, "index")
    word = int.from_bytes(srtcp[-14:-10], "big")
    expect(word >> 31 == row["e_flag"], row, "E flag")


REASONS = ("authentication", "replayed", "malformed", "encryption-required")


def check_reject(row):
    receiver = receiver_of(row)
    unprotect = receiver.unprotect_rtp if "srtp" in row else receiver.unprotect_rtcp
    try:
        for packet in row.get("before", ()):
            unprotect(bytes.fromhex(packet))
    except Refused as refused:
        expect(False, row, "a packet of `before` is refused: " + refused.reason)
    state = receiver.state()
    try:
        unprotect(bytes.fromhex(row["srtp"] if "srtp" in row else row["srtcp"]))
        expect(False, row, "the packet is accepted")
    except Refused as refused:
        if "reason" in row:
            expect(row["reason"] in REASONS, row, "unknown reason")
            expect(refused.reason == row["reason"], row,
                   "refused as %s, not %s" % (refused.reason, row["reason"]))
    expect(receiver.state() == state, row, "the state changed")
    if "after" in row:
        try:
            unprotect(bytes.fromhex(row["after"]))
        except Refused as refused:
            expect(False, row, "`after` is refused: " + refused.reason)


def check_kdf(row):
    key, salt = bytes.fromhex(row["master_key"]), bytes.fromhex(row["master_salt"])
    fields = 0
    for field, label in KDF_FIELDS:
        if field in row:
            index = row["srtcp_index" if label >= LABEL_RTCP_KEY else "srtp_index"]
            r = index // row["kdr"] if row["kdr"] else 0
            got = kdf_reference(key, salt, label, len(row[field]) // 2, r)
            expect(got.hex() == row[field], row, field)
            fields += 1
    expect(fields > 0, row, "no key in it")


CHECKS = {"rtp": check_rtp, "rtcp": check_rtcp, "reject": check_reject, "kdf": check_kdf}


def check_file(path):
    counts = collections.Counter()
    with open(path, encoding="ascii") as lines:
        for line in lines:
            row = json.loads(line)
            try:
                CHECKS[row["type"]](row)
            except Refused as refused:
                expect(False, row, "refused: " + refused.reason)
            counts[row["type"]] += 1
    return counts


# --------------------------------------------------------------------------
# Command line
# --------------------------------------------------------------------------

FILES = (("srtp-rfc3711.jsonl", protect_rows), ("srtp-reject.jsonl", reject_rows),
         ("kdf-aes-cm.jsonl", kdf_rows))


def generate(directory, seed):
    os.makedirs(directory, exist_ok=True)
    for number, (name, make) in enumerate(FILES):
        # Each file has its own stream: a change in one leaves the others alone.
        rows = make(Rng(seed * 1000 + number))
        path = os.path.join(directory, name)
        with open(path, "w", encoding="ascii", newline="\n") as out:
            for row in rows:
                out.write(json.dumps(row, separators=(",", ":")) + "\n")
        report(name, check_file(path))


def report(name, counts):
    print("%s: %s, all verified"
          % (name, ", ".join("%d %s" % (n, kind) for kind, n in sorted(counts.items()))))


def main(arguments=None):
    parser = argparse.ArgumentParser(description="An independent model of SRTP (RFC 3711).")
    parser.add_argument("--out", metavar="DIR", help="write the test vector files there")
    parser.add_argument("--seed", type=int, default=3711, help="default: 3711")
    parser.add_argument("--check", metavar="FILE", nargs="+", help="verify the rows of files")
    parser.add_argument("--self-test", action="store_true", help="known answers only")
    options = parser.parse_args(arguments)
    if not (options.out or options.check or options.self_test):
        parser.error("one of --out, --check and --self-test is needed")
    self_test()
    if options.out:
        generate(options.out, options.seed)
    for path in options.check or ():
        report(os.path.basename(path), check_file(path))
    if options.self_test:
        print("known answers: all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())

# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The pseudo-random functions, in two forms, and the labels (RFC 3830 4.1)."""

import hashlib
import hmac

# HDR's number, the digest, its bits (RFC 3830 4.1.2 and 6.1; RFC 6043 6.1).
PRFS = {"MIKEY-1": (0, "sha1", 160), "HMAC-SHA-256": (1, "sha256", 256)}

# RFC 3830, table 4.1.3.
TEK, TGK_AUTH, TGK_ENCR, TGK_SALT = 0x2AD01C64, 0x1B5C7973, 0x15798CEF, 0x39A2C14B
# Table 4.1.4.
ENCR, AUTH, SALT = 0x150533E1, 0x2D22AC75, 0x29B88916
# RFC 6043, tables 5.1 and A.1.
FORKED_MPKR, FORKED_TGK, MPKI, MPKR = 0x2B288856, 0x1512B54A, 0x220E99A2, 0x1F4D675B

# In the order of the digits of e that they are.
DIGITS_OF_E = (TEK, TGK_AUTH, TGK_ENCR, ENCR, AUTH, SALT, TGK_SALT, FORKED_MPKR, FORKED_TGK, MPKI,
               MPKR)


def prf(name, inkey, label, bits):
    """4.1.2, with P as one number: the leading bits of a sum without carry."""
    _, digest, width = PRFS[name]
    m = -(-bits // width)
    total = 0
    for start in range(0, len(inkey), 32):
        s = inkey[start:start + 32]
        a, p = label, 0
        for _ in range(m):
            a = hmac.new(s, a, digest).digest()
            p = p << width | int.from_bytes(hmac.new(s, a + label, digest).digest(), "big")
        total ^= p
    return (total >> (m * width - bits) << (-bits % 8)).to_bytes(-(-bits // 8), "big")


def _hmac_reference(digest, key, message):
    """RFC 2104 spelled out; both digests have blocks of 64 octets."""
    if len(key) > 64:
        key = hashlib.new(digest, key).digest()
    key = key.ljust(64, b"\0")
    inner = hashlib.new(digest, bytes(b ^ 0x36 for b in key) + message).digest()
    return hashlib.new(digest, bytes(b ^ 0x5C for b in key) + inner).digest()


def prf_reference(name, inkey, label, octets):
    """The same octet by octet: each A_i is a chain from the label, each block
    of the key is filled up by itself, whole octets only."""
    _, digest, width = PRFS[name]
    n = (8 * len(inkey) + 255) // 256
    blocks = [inkey[32 * i:32 * i + 32] for i in range(n)]
    out = bytearray(octets)
    for position in range(octets):
        i, offset = divmod(position, width // 8)
        if offset == 0:
            pieces = []
            for s in blocks:
                a = label
                for _ in range(i + 1):
                    a = _hmac_reference(digest, s, a)
                pieces.append(_hmac_reference(digest, s, a + label))
        for piece in pieces:
            out[position] ^= piece[offset]
    return bytes(out)


def traffic_label(constant, cs_id, csb_id, rand):
    """4.1.3."""
    return constant.to_bytes(4, "big") + bytes([cs_id]) + csb_id + rand


def message_label(constant, csb_id, rand):
    """4.1.4."""
    return constant.to_bytes(4, "big") + b"\xff" + csb_id + rand

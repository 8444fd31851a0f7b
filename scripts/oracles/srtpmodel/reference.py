# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The primitives of the receiving half, octet by octet.

They repeat what sender.py has in another form, on purpose.
"""

import hashlib

from .aes import aes_reference
from .aria import aria_reference

BLOCKS = {"AES": aes_reference, "ARIA": aria_reference, "NULL": aes_reference}


def xor_octets(a, b):
    return bytes([a[i] ^ b[i] for i in range(len(a))])


def hmac_sha1_reference(key, message):
    """RFC 2104 spelled out."""
    if len(key) > 64:
        key = hashlib.sha1(key).digest()
    key = key.ljust(64, b"\0")
    inner = hashlib.sha1(bytes(b ^ 0x36 for b in key) + message).digest()
    return hashlib.sha1(bytes(b ^ 0x5C for b in key) + inner).digest()


def counter_reference(key, start, length, block=aes_reference):
    """Counter mode from a block whose last two octets are the counter, zero."""
    out = bytearray()
    for j in range((length + 15) // 16):
        out += block(key, start[:14] + bytes([j >> 8, j & 255]))
    return bytes(out[:length])


def kdf_reference(master_key, master_salt, label, length, r, block=aes_reference):
    """The layout of B.3: salt || 00 00, label on octet 7, r on octets 8 to 13.
    RFC 6188 3, Figure 2 draws it. A 12-octet salt is filled up with zeros."""
    start = bytearray(master_salt.ljust(16, b"\0"))
    start[7] ^= label
    for position, octet in enumerate(r.to_bytes(6, "big")):
        start[8 + position] ^= octet
    return counter_reference(master_key, bytes(start), length, block)


def f8_reference(key, salt, iv, length):
    """RFC 3711 4.1.2.1, as in the walk through of B.1."""
    mask = (salt + b"\x55" * 32)[:len(key)]
    start = aes_reference(xor_octets(key, mask), iv)
    out, last, j = bytearray(), bytes(16), 0
    while len(out) < length:
        counted = xor_octets(start, bytes(12) + j.to_bytes(4, "big"))
        last = aes_reference(key, xor_octets(counted, last))
        out += last
        j += 1
    return bytes(out[:length])


# -- GCM: GHASH as polynomials over GF(2) ------------------------------------


def _polynomial(octets):
    """NIST SP 800-38D 6.3: the first bit is the coefficient of x^0."""
    return int(format(int.from_bytes(octets, "big"), "0128b")[::-1], 2)


def _product(a, b):
    out = 0
    for power in range(128):
        if a >> power & 1:
            out ^= b << power
    for power in range(254, 127, -1):  # x^128 = x^7 + x^2 + x + 1
        if out >> power & 1:
            out ^= 1 << power ^ 0x87 << (power - 128)
    return out


def ghash_reference(h, aad, ciphertext):
    key, y = _polynomial(h), 0
    blocks = [part[i:i + 16].ljust(16, b"\0") for part in (aad, ciphertext)
              for i in range(0, len(part), 16)]
    blocks.append((len(aad) * 8).to_bytes(8, "big") + (len(ciphertext) * 8).to_bytes(8, "big"))
    for block in blocks:
        y = _product(y ^ _polynomial(block), key)
    return int(format(y, "0128b")[::-1], 2).to_bytes(16, "big")


def gcm_open_reference(key, iv, aad, sealed, block=aes_reference):
    """RFC 7714 6: block counter 1 for the tag, then 2, 3, ... for the text.
    Nothing when the tag, the last 16 octets, is wrong."""
    ciphertext, tag = sealed[:-16], sealed[-16:]
    first = block(key, iv + bytes([0, 0, 0, 1]))
    if xor_octets(first, ghash_reference(block(key, bytes(16)), aad, ciphertext)) != tag:
        return None
    out = bytearray()
    for number, at in enumerate(range(0, len(ciphertext), 16), 2):
        part = ciphertext[at:at + 16]
        out += xor_octets(part, block(key, iv + number.to_bytes(4, "big")))
    return bytes(out)

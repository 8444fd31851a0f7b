# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Encryption of key data and MACs (RFC 3830 4.2.3 and 4.2.4, RFC 6043 6.2)."""

import hashlib
import hmac

from srtpmodel.aes import AES, SBOX, aes_reference, xtime

from .prf import AUTH, ENCR, SALT, message_label, prf, prf_reference

# KEMAC's number, octets of encr_key and of salt_key.
ENCRYPTIONS = {"NULL": (0, 0, 0), "AES-CM-128": (1, 16, 14), "AES-KW-128": (2, 16, 8),
               "AES-CM-256": (3, 32, 14)}
# KEMAC's number, octets of auth_key, which are those of the MAC, digest.
MACS = {"NULL": (0, 0, None), "HMAC-SHA-1-160": (1, 20, "sha1"), "HMAC-SHA-256-256": (2, 32, "sha256")}


class MessageKeys:
    """What protects the messages of a CSB: derived from the pre-shared key with
    the RAND of the first message (4.1.4, 4.5)."""

    def __init__(self, prf_name, psk, csb_id, rand):
        self._arguments = prf_name, psk, csb_id, rand

    def _derive(self, constant, octets):
        name, psk, csb_id, rand = self._arguments
        return prf(name, psk, message_label(constant, csb_id, rand), 8 * octets)

    def encrypt(self, algorithm, timestamp, data):
        """`timestamp`: the octets of the TS value."""
        _, key_len, salt_len = ENCRYPTIONS[algorithm]
        if algorithm == "NULL" or not data:
            return data
        key, salt = self._derive(ENCR, key_len), self._derive(SALT, salt_len)
        if algorithm == "AES-KW-128":
            return wrap(key, salt, data)
        return counter_mode(key, initial_vector(salt, self._arguments[2], timestamp), data)

    def mac(self, algorithm, message):
        _, length, digest = MACS[algorithm]
        return hmac.new(self._derive(AUTH, length), message, digest).digest() if digest else b""


class MessageKeysReference(MessageKeys):
    """The receiving half: the same from other parts."""

    def _derive(self, constant, octets):
        name, psk, csb_id, rand = self._arguments
        return prf_reference(name, psk, message_label(constant, csb_id, rand), octets)

    def decrypt(self, algorithm, timestamp, data):
        """None where a wrapped key is not one."""
        _, key_len, salt_len = ENCRYPTIONS[algorithm]
        if algorithm == "NULL" or not data:
            return data
        key, salt = self._derive(ENCR, key_len), self._derive(SALT, salt_len)
        if algorithm == "AES-KW-128":
            return unwrap(key, salt, data)
        # 4.2.3 octet by octet: S || 0000, with CSB ID on octets 2 to 5 and T on 6 to 13.
        block = bytearray(salt + b"\0\0")
        for position, octet in enumerate(self._arguments[2] + timestamp.rjust(8, b"\0"), 2):
            block[position] ^= octet
        out = bytearray()
        for number, start in enumerate(range(0, len(data), 16)):
            stream = aes_reference(key, bytes(block[:14]) + number.to_bytes(2, "big"))
            out += bytes(a ^ b for a, b in zip(data[start:start + 16], stream))
        return bytes(out)

    def mac(self, algorithm, message):
        _, length, digest = MACS[algorithm]
        if digest is None:
            return b""
        key = self._derive(AUTH, length).ljust(64, b"\0")
        inner = hashlib.new(digest, bytes(b ^ 0x36 for b in key) + message).digest()
        return hashlib.new(digest, bytes(b ^ 0x5C for b in key) + inner).digest()


def initial_vector(salt, csb_id, timestamp):
    """IV = (S XOR (0x0000 || CSB ID || T)) || 0x0000, a COUNTER with leading
    zeros."""
    t = int.from_bytes(timestamp, "big")
    return (int.from_bytes(salt, "big") ^ (int.from_bytes(csb_id, "big") << 64 | t)) << 16


def counter_mode(key, iv, data):
    """RFC 3711 4.1.1."""
    cipher, out = AES(key), b""
    while len(out) < len(data):
        out += cipher.encrypt_int(iv % (1 << 128))
        iv += 1
    return bytes(a ^ b for a, b in zip(data, out))


def wrap(kek, iv, data):
    """RFC 3394 2.2.1, the form with indices."""
    if len(data) % 8 or len(data) < 16:
        raise ValueError("%d octets cannot be wrapped" % len(data))
    a, r = iv, [data[i:i + 8] for i in range(0, len(data), 8)]
    for j in range(6):
        for i in range(len(r)):
            b = aes_reference(kek, a + r[i])
            a = (int.from_bytes(b[:8], "big") ^ (len(r) * j + i + 1)).to_bytes(8, "big")
            r[i] = b[8:]
    return a + b"".join(r)


def unwrap(kek, iv, data):
    """RFC 3394 2.2.2."""
    if len(data) % 8 or len(data) < 24:
        return None
    a, r = data[:8], [data[i:i + 8] for i in range(8, len(data), 8)]
    for j in range(5, -1, -1):
        for i in range(len(r) - 1, -1, -1):
            t = int.from_bytes(a, "big") ^ (len(r) * j + i + 1)
            b = _decrypt_block(kek, t.to_bytes(8, "big") + r[i])
            a, r[i] = b[:8], b[8:]
    return b"".join(r) if a == iv else None


def _decrypt_block(key, block):
    """FIPS-197 5.3 by way of encryption: the rounds' steps undone in order."""
    cipher = AES(key)
    words = cipher._w
    keys = [b"".join(w.to_bytes(4, "big") for w in words[i:i + 4]) for i in range(0, len(words), 4)]
    inverse = [0] * 256
    for value, image in enumerate(SBOX):
        inverse[image] = value
    state = bytes(a ^ b for a, b in zip(block, keys[-1]))
    for number in range(len(keys) - 2, -1, -1):
        # InvShiftRows with InvSubBytes, AddRoundKey, InvMixColumns.
        state = [inverse[state[(4 * c - 3 * r) % 16]] for c in range(4) for r in range(4)]
        state = [a ^ b for a, b in zip(state, keys[number])]
        if number:
            state = [_times(14, s[r]) ^ _times(11, s[(r + 1) % 4]) ^ _times(13, s[(r + 2) % 4])
                     ^ _times(9, s[(r + 3) % 4])
                     for s in (state[c:c + 4] for c in range(0, 16, 4)) for r in range(4)]
    return bytes(state)


def _times(factor, octet):
    out = 0
    while factor:
        if factor & 1:
            out ^= octet
        octet, factor = xtime(octet), factor >> 1
    return out

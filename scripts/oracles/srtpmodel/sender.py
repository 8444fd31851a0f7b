# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The sending half: keystreams, key derivation, protection.

IVs, counters and GHASH are 128-bit integers here, as RFC 3711 writes them.
"""

import hashlib
import hmac

from .aes import AES
from .aria import ARIA
from .suites import SUITES, Options, is_aead

# Labels of the key derivation: 4.3.1, 4.3.2, RFC 6904 3.
LABEL_RTP_KEY, LABEL_RTP_AUTH, LABEL_RTP_SALT = 0, 1, 2
LABEL_RTCP_KEY, LABEL_RTCP_AUTH, LABEL_RTCP_SALT = 3, 4, 5
LABEL_HEADER_KEY, LABEL_HEADER_SALT = 6, 7

BLOCK_CIPHERS = {"AES": AES, "ARIA": ARIA, "NULL": AES}


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def cm_keystream(key, iv, length, cipher=AES):
    """4.1.1: E(k, IV) || E(k, IV + 1 mod 2^128) || ..., cut to `length` octets."""
    blocks = (length + 15) // 16
    if blocks > 1 << 16:
        raise ValueError("more than 2^16 keystream blocks (4.1.1)")
    block = key if isinstance(key, (AES, ARIA)) else cipher(key)
    stream = b"".join(block.encrypt_int((iv + j) % (1 << 128)) for j in range(blocks))
    return stream[:length]


def f8_keystream(key, salt, iv, length):
    """4.1.2.1, with the key mask m = k_s || 0x555..5."""
    mask = salt + b"\x55" * (len(key) - len(salt))
    masked_iv = int.from_bytes(AES(xor(key, mask)).encrypt_int(iv), "big")
    block, last, stream = AES(key), 0, b""
    for j in range((length + 15) // 16):
        s = block.encrypt_int(masked_iv ^ j ^ last)
        last = int.from_bytes(s, "big")
        stream += s
    return stream[:length]


def kdf(master_key, master_salt, label, length, index=0, kdr=0, cipher=AES):
    """4.3.1 and 4.3.3: PRF_n(k_master, x) with the PRF in counter mode.

    `index` is the 48-bit SRTP index or the 31-bit SRTCP index; r is a 48-bit
    string for both (erratum 3712 of RFC 3711), so that the label keeps its
    place. A master salt of 96 bits is followed by 16 zero bits.
    """
    r = index // kdr if kdr else 0  # "a DIV 0 = 0"
    key_id = (label << 48) | r  # <label> || r
    salt = int.from_bytes(master_salt, "big") << (112 - 8 * len(master_salt))
    x = key_id ^ salt  # right-aligned
    return cm_keystream(master_key, x << 16, length, cipher)  # IV = x * 2^16


def hmac_sha1(key, message):
    return hmac.new(key, message, hashlib.sha1).digest()


# -- GCM (NIST SP 800-38D), GHASH by four bits -------------------------------

_REDUCTION = 0xE1 << 120


def _times_x(a):
    return a >> 1 ^ (_REDUCTION if a & 1 else 0)


def _nibble_reductions():
    out = []
    for value in range(16):
        for _ in range(4):
            value = _times_x(value)
        out.append(value)
    return out


_NIBBLES = _nibble_reductions()


def ghash(h, data):
    """GHASH of whole blocks."""
    table = [0] * 16
    table[8] = h  # the highest bit of a nibble is the lowest power of x
    for bit in (4, 2, 1):
        table[bit] = _times_x(table[2 * bit])
    for value in range(16):
        if value not in (0, 1, 2, 4, 8):
            low = value & -value
            table[value] = table[low] ^ table[value ^ low]
    y = 0
    for at in range(0, len(data), 16):
        x, y = y ^ int.from_bytes(data[at:at + 16], "big"), 0
        for _ in range(32):
            y = y >> 4 ^ _NIBBLES[y & 15] ^ table[x & 15]
            x >>= 4
    return y


def pad_block(data):
    return data + bytes(-len(data) % 16)


def gcm_seal(block, iv, aad, plaintext):
    """Ciphertext and 16 octets of tag, for a 96-bit IV as an integer."""
    h = int.from_bytes(block.encrypt_int(0), "big")
    counter = iv << 32 | 1
    body = xor(plaintext, cm_keystream(block, counter + 1, len(plaintext)))
    lengths = (8 * len(aad) << 64 | 8 * len(body)).to_bytes(16, "big")
    s = ghash(h, pad_block(aad) + pad_block(body) + lengths)
    return body + xor(s.to_bytes(16, "big"), block.encrypt_int(counter))


# -- RTP header --------------------------------------------------------------


def rtp_header_length(packet):
    """Octets before the payload: fixed header, CSRC list, extension."""
    length = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        length += 4 + 4 * int.from_bytes(packet[length + 2:length + 4], "big")
    return length


def rfc6904_mask(profile, data, ids):
    """The encryption mask of RFC 6904 3 for the elements of RFC 8285, and for
    the same octets what libsrtp calls the keystream: its padding uses none."""
    mask, positional = bytearray(len(data)), [True] * len(data)
    one_byte = profile == 0xBEDE
    if not one_byte and profile >> 4 != 0x100:
        return mask, positional
    at = 0
    while at < len(data):
        if one_byte:
            number, size, head = data[at] >> 4, (data[at] & 15) + 1, 1
            # RFC 8285 4.2 and 4.1.2: these end the extension.
            if number == 15 or (number == 0 and data[at]):
                break
        else:
            number, head = data[at], 2
            size = data[at + 1] if number and at + 1 < len(data) else 0
        if number == 0:
            positional[at] = False
            at += 1
            continue
        if at + head + size > len(data):
            raise ValueError("element past the end of the extension")
        if number in ids:
            mask[at + head:at + head + size] = b"\xff" * size
        at += head + size
    return mask, positional


class Context:
    """The sender's side of a cryptographic context (3.2), without counters.

    The caller names the ROC or the SRTCP index of each packet, so one context
    can make any packet in any order.
    """

    def __init__(self, suite, master_key, master_salt, options=None):
        self.suite = SUITES[suite] if isinstance(suite, str) else suite
        self.options = options or Options()
        self.options.validate(self.suite)
        if len(master_key) != self.suite.key_len or len(master_salt) != self.suite.salt_len:
            raise ValueError("master key or salt of a wrong length")
        self.rtcp_suite = self.options.rtcp_suite or self.suite
        self.master_key, self.master_salt, self.kdr = master_key, master_salt, self.options.kdr
        self._cache = {}

    def session_key(self, label, length, index=0, half=None):
        """`half`: None, or "inner" or "outer" of the double transform."""
        r = index // self.kdr if self.kdr else 0
        slot = (label, length, r, half)
        if slot not in self._cache:
            key, salt = self.master_key, self.master_salt
            if half == "inner":  # RFC 8723 3.1 and 10.1
                key, salt = key[:len(key) // 2], salt[:len(salt) // 2]
            elif half == "outer":
                key, salt = key[len(key) // 2:], salt[len(salt) // 2:]
            self._cache[slot] = kdf(key, salt, label, length, index, self.kdr,
                                    BLOCK_CIPHERS[self.suite.cipher])
        return self._cache[slot]

    # -- Transforms --

    def _keystream(self, suite, key, salt, ssrc, index, f8_iv, length):
        if suite.mode == "NULL":  # 4.1.3
            return bytes(length)
        if suite.mode == "F8":
            return f8_keystream(key, salt, f8_iv, length)
        iv = (int.from_bytes(salt, "big") << 16) ^ (ssrc << 64) ^ (index << 16)  # 4.1.1
        return cm_keystream(key, iv, length, BLOCK_CIPHERS[suite.cipher])

    def _seal(self, suite, labels, ssrc, index, aad, plaintext, half):
        """RFC 7714 8.1 and 9.1: both IVs are the SSRC and the 48-bit index."""
        parts = 2 if suite.mode == "DOUBLE" else 1
        key = self.session_key(labels[0], suite.key_len // parts, index, half)
        salt = int.from_bytes(self.session_key(labels[1], 12, index, half), "big")
        return gcm_seal(BLOCK_CIPHERS[suite.cipher](key), salt ^ ssrc << 48 ^ index, aad,
                        plaintext)

    def rtp_mac(self, authenticated, index):
        """4.2: the whole MAC over Authenticated Portion || ROC."""
        key = self.session_key(LABEL_RTP_AUTH, self.suite.auth_len, index)
        return hmac_sha1(key, authenticated + (index >> 16).to_bytes(4, "big"))

    def rtp_tag(self, authenticated, index):
        """The tag of the suite or of RFC 4771 2."""
        rcc = self.options.rcc
        if rcc is None:
            return b"" if is_aead(self.suite) else self.rtp_mac(
                authenticated, index)[:self.suite.rtp_tag]
        roc = (index >> 16).to_bytes(4, "big")
        carried = (index & 0xFFFF) % rcc.rate == 0
        if rcc.mode == 3:
            return roc if carried else b""
        mac = self.rtp_mac(authenticated, index)
        if carried:
            return roc + mac[:rcc.tag - 4]
        return mac[:rcc.tag] if rcc.mode == 2 else b""

    def rtcp_tag(self, authenticated, index):
        """4.2: the tag over the packet with E flag and index, without a ROC."""
        key = self.session_key(LABEL_RTCP_AUTH, self.rtcp_suite.auth_len, index)
        return hmac_sha1(key, authenticated)[:self.rtcp_suite.rtcp_tag]

    # -- Header extensions --

    def _header_keystream(self, packet, index, ssrc, length):
        """RFC 6904 3.2; RFC 7714 8.3 and RFC 8269 2: counter mode for AEAD."""
        suite = self.suite
        half, key_len = (("outer", suite.key_len // 2) if suite.mode == "DOUBLE"
                         else (None, suite.key_len))
        key = self.session_key(LABEL_HEADER_KEY, key_len, index, half)
        if self.options.rfc6904 == "libsrtp" and is_aead(suite):
            salt = self.session_key(LABEL_HEADER_SALT, 12, index, half) + b"\0\0"
        else:
            salt = self.session_key(LABEL_HEADER_SALT, 14, index, half)
        return self._keystream(suite, key, salt, ssrc, index, self._f8_rtp_iv(packet, index),
                               length)

    def _encrypt_header(self, packet, index, ssrc):
        start = 12 + 4 * (packet[0] & 15) + 4
        end = rtp_header_length(packet)
        data = packet[start:end]
        mask, positional = rfc6904_mask(int.from_bytes(packet[start - 4:start - 2], "big"), data,
                                        self.options.header_ids)
        if not any(mask):
            return packet
        stream = self._header_keystream(packet, index, ssrc, len(data))
        if self.options.rfc6904 == "libsrtp":  # padding does not advance it
            octets = iter(stream)
            stream = bytes(next(octets) if used else 0 for used in positional)
        masked = bytes(m & s for m, s in zip(mask, stream))
        return packet[:start] + xor(data, masked) + packet[end:]

    @staticmethod
    def _cryptex_header(packet):
        """RFC 9335 5.1: the packet with a marked extension, or None when there
        is nothing for Cryptex to encrypt."""
        end = 12 + 4 * (packet[0] & 15)
        if not packet[0] & 0x10:
            if not packet[0] & 15:
                return None
            return (bytes([packet[0] | 0x10]) + packet[1:end] + b"\xc0\xde\0\0" + packet[end:])
        profile = int.from_bytes(packet[end:end + 2], "big")
        if profile not in (0xBEDE, 0x1000):
            raise ValueError("Cryptex of an extension %04x" % profile)
        mark = b"\xc0\xde" if profile == 0xBEDE else b"\xc2\xde"
        return packet[:end] + mark + packet[end + 2:]

    # -- SRTP --

    @staticmethod
    def _f8_rtp_iv(packet, index):
        """4.1.2.2: 00 || M || PT || SEQ || TS || SSRC || ROC."""
        return int.from_bytes(packet[1:12] + (index >> 16).to_bytes(4, "big"), "big")

    def double_inner(self, packet, roc):
        """RFC 8723 5.1, steps 3 and 4: the inner ciphertext with its tag."""
        index = (roc << 16) | int.from_bytes(packet[2:4], "big")
        ssrc = int.from_bytes(packet[8:12], "big")
        header = bytes([packet[0] & ~0x10]) + packet[1:12 + 4 * (packet[0] & 15)]
        return self._seal(self.suite, (LABEL_RTP_KEY, LABEL_RTP_SALT), ssrc, index, header,
                          packet[rtp_header_length(packet):], "inner")

    def protect_rtp(self, packet, roc):
        """3.3, sender's steps 4 to 7."""
        if self.suite.mode == "DOUBLE":  # step 5: an empty OHB
            inner = self.double_inner(packet, roc)
            packet = packet[:rtp_header_length(packet)] + inner + b"\0"
        return self.protect_outer(packet, roc)

    def protect_relayed(self, packet, roc, pt=None, seq=None, marker=None):
        """RFC 8723 5.2: `packet` as it comes from a media distributor that
        changed these fields, under the keys of this context."""
        inner = self.double_inner(packet, roc)
        header = bytearray(packet[:rtp_header_length(packet)])
        config, original = 0, b""
        if pt is not None:
            original += bytes([header[1] & 0x7F])
            header[1], config = header[1] & 0x80 | pt, config | 0x02
        if seq is not None:
            original += bytes(header[2:4])
            header[2:4], config = seq.to_bytes(2, "big"), config | 0x01
        if marker is not None:
            config |= 0x04 | (header[1] >> 7) << 3
            header[1] = marker << 7 | header[1] & 0x7F
        return self.protect_outer(bytes(header) + inner + original + bytes([config]), roc)

    def protect_outer(self, packet, roc):
        """All but the inner half of the double transform."""
        index = (roc << 16) | int.from_bytes(packet[2:4], "big")
        ssrc = int.from_bytes(packet[8:12], "big")
        suite = self.suite
        if self.options.header_ids and packet[0] & 0x10:
            packet = self._encrypt_header(packet, index, ssrc)
        marked = self._cryptex_header(packet) if self.options.cryptex else None
        packet = marked or packet
        if marked:  # RFC 9335 6.2: CSRC || extension data || payload
            at = 12 + 4 * (packet[0] & 15)
            clear, secret = packet[:12] + packet[at:at + 4], packet[12:at] + packet[at + 4:]
        else:
            at = rtp_header_length(packet)
            clear, secret = packet[:at], packet[at:]
        labels = (LABEL_RTP_KEY, LABEL_RTP_SALT)
        if is_aead(suite):  # RFC 7714 8.2
            half = "outer" if suite.mode == "DOUBLE" else None
            body = self._seal(suite, labels, ssrc, index, clear, secret, half)
        else:
            key = self.session_key(labels[0], suite.key_len, index)
            salt = self.session_key(labels[1], suite.salt_len, index)
            body = xor(secret, self._keystream(suite, key, salt, ssrc, index,
                                               self._f8_rtp_iv(packet, index), len(secret)))
        if marked:
            body = clear[:12] + body[:at - 12] + clear[12:] + body[at - 12:]
        else:
            body = clear + body
        # 3.1, Figure 1, and RFC 7714 8.2, Figure 3: the MKI is the last but one
        # field in both, behind the AEAD tag.
        return body + self.options.mki + self.rtp_tag(body, index)

    # -- SRTCP --

    def protect_rtcp(self, packet, index, e_flag=1):
        """3.4: encrypted from the ninth octet, then E || index, MKI, tag."""
        ssrc = int.from_bytes(packet[4:8], "big")
        head, body, suite = packet[:8], packet[8:], self.rtcp_suite
        word = ((e_flag << 31) | index).to_bytes(4, "big")
        labels = (LABEL_RTCP_KEY, LABEL_RTCP_SALT)
        if is_aead(suite):  # RFC 7714 9.2 and 9.3; RFC 8723 6: outer key only
            half = "outer" if suite.mode == "DOUBLE" else None
            if e_flag:
                body = self._seal(suite, labels, ssrc, index, head + word, body, half)
            else:
                body += self._seal(suite, labels, ssrc, index, packet + word, b"", half)
            return head + body + word + self.options.mki
        if e_flag:
            key = self.session_key(labels[0], suite.key_len, index)
            salt = self.session_key(labels[1], suite.salt_len, index)
            f8_iv = int.from_bytes(word + head, "big")  # 4.1.2.3
            body = xor(body, self._keystream(suite, key, salt, ssrc, index, f8_iv, len(body)))
        authenticated = head + body + word
        return authenticated + self.options.mki + self.rtcp_tag(authenticated, index)

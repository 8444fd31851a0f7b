# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The receiving half: parser, index estimate, replay list, checks, decryption.

It works octet by octet, with the primitives of reference.py.
"""

from .reference import (BLOCKS, counter_reference, f8_reference, gcm_open_reference,
                        hmac_sha1_reference, kdf_reference, xor_octets)
from .suites import SUITES, Options, is_aead, rcc_tag_length


class Refused(Exception):
    """The receiver does not accept a packet; `reason` says why.

    Five reasons appear in the files: "malformed", "replayed",
    "authentication", "unknown-mki" and "encryption-required". The others the
    model uses mark cases whose name the RFCs leave open: "unknown-ssrc" and
    "no-such-index".
    """

    def __init__(self, reason):
        Exception.__init__(self, reason)
        self.reason = reason


class Place:
    """ROC and highest SEQ of one stream of indices (3.2.1)."""

    def __init__(self, roc):
        self.roc, self.s_l = roc, None

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

    def advance(self, v, seq):
        """3.3 step 7. Only a higher index moves s_l and the ROC."""
        if self.s_l is None or v > self.roc or (v == self.roc and seq > self.s_l):
            self.roc, self.s_l = v, seq

    def state(self):
        return (self.roc, self.s_l)


class Receiver:
    """The receiver of one SSRC: 3.3 steps 2 to 8, and 3.4.

    Order: parse, SSRC, MKI, index, replay list, tag, E flag policy,
    decryption; state changes only after all of them passed.
    """

    def __init__(self, suite, master_key, master_salt, ssrc, roc=0, window=128,
                 require_encryption=True, options=None):
        self.suite = SUITES[suite] if isinstance(suite, str) else suite
        self.options = options or Options()
        self.rtcp_suite = self.options.rtcp_suite or self.suite
        self.ssrc, self.window = ssrc, window
        self.outer, self.inner = Place(roc), Place(roc)  # RFC 8723 3: tracked independently
        self.require_encryption = require_encryption and self.rtcp_suite.cipher != "NULL"
        self.rtp_seen, self.rtcp_seen = frozenset(), frozenset()
        self._master = [(master_key, master_salt)]
        if self.suite.mode == "DOUBLE":  # RFC 8723 10.1: inner half, outer half
            k, s = len(master_key) // 2, len(master_salt) // 2
            self._master = [(master_key[:k], master_salt[:s]), (master_key[k:], master_salt[s:])]

    def state(self):
        return (self.outer.state(), self.inner.state(), self.rtp_seen, self.rtcp_seen)

    def _key(self, label, length, index, which=-1):
        """`which`: 0 for the inner half of the double transform; the last one is
        the outer half, or the only key."""
        master_key, master_salt = self._master[which]
        r = index // self.options.kdr if self.options.kdr else 0
        return kdf_reference(master_key, master_salt, label, length, r,
                             BLOCKS[self.suite.cipher])

    def _check_replay(self, seen, index):
        """3.3.2: lags 0 to window - 1 are tracked, older counts as received."""
        if seen and (index in seen or max(seen) - index >= self.window):
            raise Refused("replayed")

    def _remember(self, seen, index):
        top = max(seen | {index})
        return frozenset(i for i in seen | {index} if top - i < self.window)

    # -- Transforms --

    def _stream(self, suite, key, salt, index, f8_iv, length):
        if suite.mode == "NULL":
            return bytes(length)
        if suite.mode == "F8":
            return f8_reference(key, salt, f8_iv, length)
        block = bytearray(salt + b"\0\0")  # RFC 6188 2, Figure 1
        for position, octet in enumerate(self.ssrc.to_bytes(4, "big")):
            block[4 + position] ^= octet
        for position, octet in enumerate(index.to_bytes(6, "big")):
            block[8 + position] ^= octet
        return counter_reference(key, bytes(block), length, BLOCKS[suite.cipher])

    def _open(self, suite, first_label, index, aad, sealed, which=-1):
        """RFC 7714 8.1, Figure 1: 00 00 || SSRC || ROC || SEQ, by the salt."""
        key = self._key(first_label, suite.key_len // len(self._master), index, which)
        salt = self._key(first_label + 2, 12, index, which)
        iv = b"\0\0" + self.ssrc.to_bytes(4, "big") + index.to_bytes(6, "big")
        plain = gcm_open_reference(key, xor_octets(iv, salt), aad, sealed, BLOCKS[suite.cipher])
        if plain is None:
            raise Refused("authentication")
        return plain

    def _check_rtp_tag(self, portion, tag, v, seq):
        rcc = self.options.rcc
        if is_aead(self.suite) or (rcc and (rcc.mode == 3 or not tag)):
            return  # the tag field is empty, or a ROC and nothing more
        index = v * 65536 + seq
        mac = hmac_sha1_reference(self._key(1, 20, index), portion + v.to_bytes(4, "big"))
        if rcc and seq % rcc.rate == 0:
            tag = tag[4:]
        if mac[:len(tag)] != tag:
            raise Refused("authentication")

    # -- Header extensions --

    def _decrypt_extension(self, profile, data, index, f8_iv):
        """RFC 6904 over the elements of RFC 8285, one after the other."""
        suite, options = self.suite, self.options
        key = self._key(6, suite.key_len // len(self._master), index)
        compatible = options.rfc6904 == "libsrtp"
        short = compatible and is_aead(suite)
        salt = self._key(7, 12 if short else 14, index).ljust(14, b"\0")
        stream = self._stream(suite, key, salt, index, f8_iv, len(data))
        out, at, used = bytearray(data), 0, 0
        wide = 2 if profile != b"\xbe\xde" else 1
        while at + wide <= len(data):
            if data[at] == 0:  # padding
                at += 1
                used += 0 if compatible else 1
                continue
            if wide == 1:
                number, size = data[at] // 16, data[at] % 16 + 1
                if number in (0, 15):
                    break
            else:
                number, size = data[at], data[at + 1]
            if number in options.header_ids:
                for i in range(wide, wide + size):
                    out[at + i] ^= stream[used + i]
            at, used = at + wide + size, used + wide + size
        return bytes(out)

    # -- SRTP --

    def unprotect_rtp(self, packet):
        options, aead = self.options, is_aead(self.suite)
        if len(packet) < 12 or packet[0] >> 6 != 2:
            raise Refused("malformed")
        seq = packet[2] * 256 + packet[3]
        tag_length = 0 if aead else self.suite.rtp_tag
        if options.rcc:
            tag_length = rcc_tag_length(options.rcc, seq)
        end = len(packet) - tag_length - len(options.mki)
        text_end = end - (16 if aead else 0)  # of the payload
        # Header.
        start = 12 + (packet[0] & 15) * 4
        csrc_end = start
        if packet[0] & 16:
            if start + 4 > text_end:
                raise Refused("malformed")
            start += 4 + (packet[start + 2] * 256 + packet[start + 3]) * 4
        if start > text_end:
            raise Refused("malformed")
        if packet[8:12] != self.ssrc.to_bytes(4, "big"):
            raise Refused("unknown-ssrc")
        tag = packet[len(packet) - tag_length:]
        if packet[end:len(packet) - tag_length] != options.mki:
            raise Refused("unknown-mki")
        # Index. RFC 4771 2: the carried ROC takes the place of the local one.
        if options.rcc and seq % options.rcc.rate == 0:
            v = int.from_bytes(tag[:4], "big")
        else:
            v = self.outer.estimate(seq)
        index = v * 65536 + seq
        self._check_replay(self.rtp_seen, index)
        self._check_rtp_tag(packet[:end], tag, v, seq)
        # Decryption.
        f8_iv = b"\0" + packet[1:12] + v.to_bytes(4, "big")
        profile = packet[csrc_end:csrc_end + 2] if packet[0] & 16 else b""
        restored = {b"\xc0\xde": b"\xbe\xde", b"\xc2\xde": b"\x10\x00"}.get(profile)
        if options.cryptex and restored:
            # RFC 9335 6.1: Figure 1 decides what is encrypted.
            aad = packet[:12] + packet[csrc_end:csrc_end + 4]
            hidden = packet[12:csrc_end] + packet[csrc_end + 4:end]
            text = self._text(index, aad, hidden, f8_iv)
            header = (packet[:12] + text[:csrc_end - 12] + restored
                      + packet[csrc_end + 2:csrc_end + 4])
            plain = header + text[csrc_end - 12:]
        else:
            text = self._text(index, packet[:start], packet[start:end], f8_iv)
            header = packet[:start]
            if options.header_ids and (profile == b"\xbe\xde"
                                       or profile[:1] == b"\x10" and profile[1] < 16):
                header = packet[:csrc_end + 4] + self._decrypt_extension(
                    profile, packet[csrc_end + 4:start], index, f8_iv)
            if self.suite.mode == "DOUBLE":
                text, inner = self._open_inner(packet[:csrc_end], text)
            plain = header + text
        # Step 7, after everything else passed.
        self.outer.advance(v, seq)
        if self.suite.mode == "DOUBLE":
            self.inner.advance(*inner)
        self.rtp_seen = self._remember(self.rtp_seen, index)
        return plain

    def _text(self, index, aad, hidden, f8_iv):
        if is_aead(self.suite):
            return self._open(self.suite, 0, index, aad, hidden)
        key = self._key(0, self.suite.key_len, index)
        salt = self._key(2, self.suite.salt_len, index)
        return xor_octets(hidden, self._stream(self.suite, key, salt, index, f8_iv, len(hidden)))

    def _open_inner(self, header, payload):
        """RFC 8723 5.3, steps 3 to 5, from the back of the outer payload."""
        if not payload:
            raise Refused("malformed")
        config, rest = payload[-1], payload[:-1]
        header = bytearray(header)
        header[0] &= 0xEF
        if config & 1:
            rest, original = rest[:-2], rest[-2:]
            if len(original) == 2:
                header[2:4] = original
        if config & 2:
            rest, original = rest[:-1], rest[-1:]
            if original:
                header[1] = header[1] & 0x80 | original[0]
        if config & 4:
            header[1] = header[1] & 0x7F | (config & 8) << 4
        if len(rest) < 16:
            raise Refused("malformed")
        seq = header[2] * 256 + header[3]
        v = self.inner.estimate(seq)
        text = self._open(self.suite, 0, v * 65536 + seq, bytes(header), rest, 0)
        return text, (v, seq)

    # -- SRTCP --

    def unprotect_rtcp(self, packet):
        suite, options, aead = self.rtcp_suite, self.options, is_aead(self.rtcp_suite)
        tag_length = 0 if aead else suite.rtcp_tag
        mki_end = len(packet) - tag_length
        end = mki_end - len(options.mki)
        if end < 12 + (16 if aead else 0) or packet[0] >> 6 != 2:
            raise Refused("malformed")
        if packet[4:8] != self.ssrc.to_bytes(4, "big"):
            raise Refused("unknown-ssrc")
        if packet[end:mki_end] != options.mki:
            raise Refused("unknown-mki")
        word = packet[end - 4:end]
        encrypted = word[0] & 0x80
        index = int.from_bytes(bytes([word[0] & 0x7F]) + word[1:], "big")
        self._check_replay(self.rtcp_seen, index)
        body = packet[8:end - 4]
        if aead:  # RFC 7714 9.2 and 9.3, Figures 5 and 6
            if encrypted:
                body = self._open(suite, 3, index, packet[:8] + word, body)
            else:
                self._open(suite, 3, index, packet[:end - 20] + word, body[-16:])
                body = body[:-16]
        else:
            auth = self._key(4, suite.auth_len, index)
            if hmac_sha1_reference(auth, packet[:end])[:suite.rtcp_tag] != packet[mki_end:]:
                raise Refused("authentication")
            if encrypted:
                key = self._key(3, suite.key_len, index)
                salt = self._key(5, suite.salt_len, index)
                f8_iv = bytes(4) + word + packet[:8]
                body = xor_octets(body, self._stream(suite, key, salt, index, f8_iv, len(body)))
        if not encrypted and self.require_encryption:
            raise Refused("encryption-required")
        self.rtcp_seen = self._remember(self.rtcp_seen, index)
        return packet[:8] + body

# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Both halves against the published values."""

from . import published
from .aes import AES, aes_reference
from .aria import ARIA, aria_reference
from .receiver import Receiver
from .reference import (BLOCKS, counter_reference, f8_reference, hmac_sha1_reference,
                        kdf_reference)
from .sender import BLOCK_CIPHERS, Context, cm_keystream, f8_keystream, hmac_sha1, kdf
from .suites import SUITES, Options


class FixedSender(Context):
    """A sender whose session keys are given, by label."""

    def __init__(self, suite, keys):
        suite = SUITES[suite]
        Context.__init__(self, suite, bytes(suite.key_len), bytes(suite.salt_len))
        self._fixed = keys

    def session_key(self, label, length, index=0, half=None):
        return self._fixed[label][:length]


class FixedReceiver(Receiver):
    """A receiver whose session keys are given, by label."""

    def __init__(self, suite, keys, ssrc, roc=0):
        Receiver.__init__(self, suite, b"", b"", ssrc, roc, 128, False)
        self._fixed = keys

    def _key(self, label, length, index, which=-1):
        return self._fixed[label][:length]


def same(what, got, want):
    if got.hex() != want:
        raise SystemExit("known answer differs: %s: %s, not %s" % (what, got.hex(), want))


def _primitives():
    plain = bytes.fromhex("00112233445566778899aabbccddeeff")
    for name, rows, cipher, reference in (
            ("FIPS-197 AES", published.FIPS_197, AES, aes_reference),
            ("RFC 5794 ARIA", published.RFC_5794, ARIA, aria_reference)):
        for size, want in rows:
            key = bytes(range(size))
            same("%s-%d" % (name, 8 * size), cipher(key).encrypt(plain), want)
            same("%s-%d, octets" % (name, 8 * size), reference(key, plain), want)
    for key, data, want in published.RFC_2202:
        same("RFC 2202", hmac_sha1(key, data), want)
        same("RFC 2202, octets", hmac_sha1_reference(key, data), want)


def _keystreams():
    for name, key, start, blocks in published.KEYSTREAMS:
        key, iv = bytes.fromhex(key), int(start, 16)
        # Index, SSRC and ROC are zero there: IV = k_s * 2^16.
        segment = cm_keystream(key, iv, 3 * 16)
        octets = counter_reference(key, iv.to_bytes(16, "big"), 3 * 16)
        for offset, want in blocks:
            what = "%s block %04x" % (name, offset)
            same(what, cm_keystream(key, iv + offset, 16), want)
            same(what + ", octets", aes_reference(key, (iv + offset).to_bytes(16, "big")), want)
            if offset < 3:
                same(what, segment[16 * offset:16 * offset + 16], want)
                same(what + ", octets", octets[16 * offset:16 * offset + 16], want)

    key, salt, iv, plain = [bytes.fromhex(text) for text in (
        published.F8_KEY, published.F8_SALT, published.F8_IV, published.F8_PLAIN)]
    for stream in (f8_keystream(key, salt, int.from_bytes(iv, "big"), len(plain)),
                   f8_reference(key, salt, iv, len(plain))):
        same("RFC 3711 B.1", bytes(p ^ s for p, s in zip(plain, stream)), published.F8_CIPHER)


def _derivations():
    for name, cipher, key, salt, labels in published.DERIVATIONS:
        key, salt = bytes.fromhex(key), bytes.fromhex(salt)
        for label, want in labels:
            what, length = "%s label %d" % (name, label), len(want) // 2
            same(what, kdf(key, salt, label, length, 0, 0, BLOCK_CIPHERS[cipher]), want)
            same(what + ", octets", kdf_reference(key, salt, label, length, 0, BLOCKS[cipher]),
                 want)


def _packets():
    keys = {0: bytes.fromhex(published.F8_KEY), 1: bytes(20), 2: bytes.fromhex(published.F8_SALT)}
    rtp = published.F8_HEADER + published.F8_PLAIN
    srtp = FixedSender("F8_128_HMAC_SHA1_80", keys).protect_rtp(bytes.fromhex(rtp),
                                                                published.F8_ROC)
    same("RFC 3711 B.1, packet", srtp[12:-10], published.F8_CIPHER)
    receiver = FixedReceiver("F8_128_HMAC_SHA1_80", keys, int(rtp[16:24], 16), published.F8_ROC)
    same("RFC 3711 B.1, received", receiver.unprotect_rtp(srtp), rtp)
    for name, suite, key, salt, auth, rtp, srtp in published.SESSION_RTP:
        keys = {0: bytes.fromhex(key), 1: bytes.fromhex(auth), 2: bytes.fromhex(salt)}
        same(name, FixedSender(suite, keys).protect_rtp(bytes.fromhex(rtp), 0), srtp)
        receiver = FixedReceiver(suite, keys, int(rtp[16:24], 16))
        same(name + ", received", receiver.unprotect_rtp(bytes.fromhex(srtp)), rtp)
    for name, suite, key, salt, index, e_flag, rtcp, srtcp in published.SESSION_RTCP:
        keys = {3: bytes.fromhex(key), 5: bytes.fromhex(salt)}
        same(name, FixedSender(suite, keys).protect_rtcp(bytes.fromhex(rtcp), index, e_flag),
             srtcp)
        receiver = FixedReceiver(suite, keys, int(rtcp[8:16], 16))
        same(name + ", received", receiver.unprotect_rtcp(bytes.fromhex(srtcp)), rtcp)
    for suite, key, salt, packets in published.CRYPTEX:
        key, salt, options = bytes.fromhex(key), bytes.fromhex(salt), Options(cryptex=True)
        for name, rtp, srtp in packets:
            context = Context(suite, key, salt, options)
            same("RFC 9335 " + name, context.protect_rtp(bytes.fromhex(rtp), 0), srtp)
            receiver = Receiver(suite, key, salt, int(rtp[16:24], 16), options=options)
            same("RFC 9335 %s, received" % name, receiver.unprotect_rtp(bytes.fromhex(srtp)), rtp)


def _header_extension():
    """RFC 6904 A.2 prints the extension only: the packet around it is made up."""
    _, cipher, key, salt, labels = next(d for d in published.DERIVATIONS
                                        if d[0] == "RFC 3711 B.3")
    key, salt = bytes.fromhex(key), bytes.fromhex(salt)
    options = Options(header_ids=published.RFC_6904_IDS)
    plain = bytes.fromhex(published.RFC_6904_PLAIN)
    fixed = (b"\x90\x60" + published.RFC_6904_SEQ.to_bytes(2, "big") + bytes(4)
             + published.RFC_6904_SSRC.to_bytes(4, "big") + b"\xbe\xde\0\x06")
    packet = fixed + plain + b"payload"
    protected = Context("AES_CM_128_HMAC_SHA1_80", key, salt, options).protect_rtp(packet, 0)
    same("RFC 6904 A.2", protected[16:40], published.RFC_6904_CIPHER)
    receiver = Receiver("AES_CM_128_HMAC_SHA1_80", key, salt, published.RFC_6904_SSRC,
                        options=options)
    same("RFC 6904 A.2, received", receiver.unprotect_rtp(protected), packet.hex())


def self_test():
    """Raises SystemExit on any difference."""
    for part in (_primitives, _keystreams, _derivations, _packets, _header_extension):
        part()

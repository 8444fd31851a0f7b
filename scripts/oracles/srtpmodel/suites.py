# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The table of suites, and the options of a row."""

import collections

# Sizes in octets. `cipher` is the block cipher (or NULL), `mode` what is made
# of it; the key derivation uses the same block cipher, AES for NULL.
# `key_len`, `salt_len`: of the master key and salt, equal to those of the
# session (4.3.1, n_e and n_s by the suite's tables).
Suite = collections.namedtuple(
    "Suite", "name short cipher mode key_len salt_len auth_len rtp_tag rtcp_tag")


def _hmac(name, short, cipher, mode, key_len, tag):
    # 5.2: the SRTCP tag must not be smaller than 80 bits; the suites with the
    # 32-bit tag (RFC 4568 6.2, RFC 5764 4.1.2, RFC 6188 4, RFC 8269 4) shorten
    # SRTP only.
    return Suite(name, short, cipher, mode, key_len, 14, 20, tag, 10)


def _aead(name, short, cipher, key_len):
    return Suite(name, short, cipher, "GCM", key_len, 12, 0, 16, 16)


def _double(name, short, key_len):
    # RFC 8723 10.1: the first halves are for the inner algorithm. `rtp_tag` is
    # the two AEAD tags; the octet of an empty OHB comes on top of it.
    return Suite(name, short, "AES", "DOUBLE", key_len, 24, 0, 32, 16)


SUITES = collections.OrderedDict((s.name, s) for s in (
    _hmac("AES_CM_128_HMAC_SHA1_80", "aescm80", "AES", "CTR", 16, 10),
    _hmac("AES_CM_128_HMAC_SHA1_32", "aescm32", "AES", "CTR", 16, 4),
    _hmac("NULL_HMAC_SHA1_80", "null80", "NULL", "NULL", 16, 10),
    _hmac("NULL_HMAC_SHA1_32", "null32", "NULL", "NULL", 16, 4),
    _hmac("AES_192_CM_HMAC_SHA1_80", "aes192cm80", "AES", "CTR", 24, 10),
    _hmac("AES_192_CM_HMAC_SHA1_32", "aes192cm32", "AES", "CTR", 24, 4),
    _hmac("AES_256_CM_HMAC_SHA1_80", "aes256cm80", "AES", "CTR", 32, 10),
    _hmac("AES_256_CM_HMAC_SHA1_32", "aes256cm32", "AES", "CTR", 32, 4),
    _hmac("F8_128_HMAC_SHA1_80", "f8", "AES", "F8", 16, 10),
    _hmac("SRTP_ARIA_128_CTR_HMAC_SHA1_80", "aria128ctr80", "ARIA", "CTR", 16, 10),
    _hmac("SRTP_ARIA_128_CTR_HMAC_SHA1_32", "aria128ctr32", "ARIA", "CTR", 16, 4),
    _hmac("SRTP_ARIA_256_CTR_HMAC_SHA1_80", "aria256ctr80", "ARIA", "CTR", 32, 10),
    _hmac("SRTP_ARIA_256_CTR_HMAC_SHA1_32", "aria256ctr32", "ARIA", "CTR", 32, 4),
    _aead("AEAD_AES_128_GCM", "gcm128", "AES", 16),
    _aead("AEAD_AES_256_GCM", "gcm256", "AES", 32),
    _aead("SRTP_AEAD_ARIA_128_GCM", "ariagcm128", "ARIA", 16),
    _aead("SRTP_AEAD_ARIA_256_GCM", "ariagcm256", "ARIA", 32),
    _double("DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM", "double128", 32),
    _double("DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM", "double256", 64),
))

# The suites of the three files that came first.
RFC_3711_SUITES = [SUITES[name] for name in (
    "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "NULL_HMAC_SHA1_80")]


def is_aead(suite):
    return suite.mode in ("GCM", "DOUBLE")


# Roll-over counter carrying (RFC 4771): `tag` is the whole tag of a packet that
# carries the ROC, whose 4 octets are included.
RCC = collections.namedtuple("RCC", "mode rate tag")


def rcc_tag_length(rcc, seq):
    """Octets of the tag field of the packet with this SEQ (RFC 4771 5)."""
    if seq % rcc.rate == 0:
        return rcc.tag
    return rcc.tag if rcc.mode == 2 else 0


class Options:
    """What a row may say beside suite, keys and counters."""

    def __init__(self, mki=b"", kdr=0, cryptex=False, header_ids=(), rfc6904="rfc", rcc=None,
                 rtcp_suite=None):
        self.mki, self.kdr, self.cryptex = mki, kdr, cryptex
        self.header_ids, self.rfc6904 = frozenset(header_ids), rfc6904
        self.rcc, self.rtcp_suite = rcc, rtcp_suite

    def validate(self, suite):
        """Raises ValueError for what no RFC defines."""
        if len(self.mki) > 255 or self.kdr not in {0} | {1 << n for n in range(25)}:
            raise ValueError("MKI of %d octets, or rate %d" % (len(self.mki), self.kdr))
        if self.cryptex and (self.header_ids or suite.mode == "DOUBLE"):
            # RFC 9335 5: one of the two for a packet. RFC 8723 5.1 step 6: with
            # the double transform, header extensions use RFC 6904.
            raise ValueError("Cryptex with RFC 6904 or with the double transform")
        if self.rfc6904 not in ("rfc", "libsrtp"):
            raise ValueError("rfc6904 " + self.rfc6904)
        if self.rcc:
            mode, rate, tag = self.rcc
            if not (1 <= mode <= 3 and 1 <= rate <= 0xFFFF):
                raise ValueError("RCC mode or rate")
            if tag != 4 if mode == 3 else not 4 <= tag <= (24 if mode == 1 else 20):
                raise ValueError("RCC tag of %d octets" % tag)
            # RFC 7714 7.1: no second MAC. RFC 8723 3 has two ROCs, and no RFC
            # says which of them would be carried.
            if suite.mode == "DOUBLE" or (is_aead(suite) and mode != 3):
                raise ValueError("RCC mode %d with %s" % (mode, suite.name))
        if self.rtcp_suite and (
                self.rtcp_suite.key_len != suite.key_len or "DOUBLE" in (
                    suite.mode, self.rtcp_suite.mode)
                or "ARIA" in {suite.cipher} ^ {self.rtcp_suite.cipher}):
            raise ValueError("no common key derivation for the two suites")

    @classmethod
    def of_row(cls, row):
        rcc = row.get("rcc")
        return cls(bytes.fromhex(row.get("mki", "")), row.get("kdr", 0), row.get("cryptex", False),
                   row.get("encrypted_header_ids", ()), row.get("rfc6904", "rfc"),
                   RCC(rcc["mode"], rcc["rate"], rcc["tag_octets"]) if rcc else None,
                   SUITES[row["rtcp_suite"]] if "rtcp_suite" in row else None)

    def into_row(self, row):
        if self.mki:
            row["mki"] = self.mki.hex()
        if self.kdr:
            row["kdr"] = self.kdr
        if self.cryptex:
            row["cryptex"] = True
        if self.header_ids:
            row["encrypted_header_ids"] = sorted(self.header_ids)
            if self.rfc6904 != "rfc":
                row["rfc6904"] = self.rfc6904
        if self.rcc:
            row["rcc"] = {"mode": self.rcc.mode, "rate": self.rcc.rate,
                          "tag_octets": self.rcc.tag}
        if self.rtcp_suite:
            row["rtcp_suite"] = self.rtcp_suite.name

# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Rows of session keys."""

import collections

from . import published
from .check import KDF_FIELDS
from .rng import Deck
from .sender import BLOCK_CIPHERS, kdf
from .suites import SUITES

_AES_CM = ("cipher", "AES_CM")


def kdf_row(name, who, master_key, master_salt, kdr, srtp_index, srtcp_index, lengths):
    """`who`: the field "cipher" or "suite" with its value."""
    row = collections.OrderedDict()
    row["type"], row["id"], row[who[0]] = "kdf", name, who[1]
    row["master_key"], row["master_salt"] = master_key.hex(), master_salt.hex()
    row["kdr"], row["srtp_index"], row["srtcp_index"] = kdr, srtp_index, srtcp_index
    suite = SUITES[who[1]] if who[0] == "suite" else None
    cipher = BLOCK_CIPHERS[suite.cipher if suite else who[1].split("_")[0]]
    parts = [(master_key, master_salt)]
    if suite and suite.mode == "DOUBLE":  # RFC 8723 3.1
        k, s = len(master_key) // 2, len(master_salt) // 2
        parts = [(master_key[:k], master_salt[:s]), (master_key[k:], master_salt[s:])]
    for field, label in KDF_FIELDS:
        if field in lengths:
            index = srtcp_index if label in (3, 4, 5) else srtp_index
            row[field] = b"".join(kdf(key, salt, label, lengths[field] // len(parts), index, kdr,
                                      cipher) for key, salt in parts).hex()
    return row


def make_index(rng, place, bits, kdr):
    """An index at or beside a multiple of the rate, or elsewhere."""
    top, step = (1 << bits) - 1, max(kdr, 1)
    return {"zero": 0, "one": 1, "top": top, "random": rng.bits(bits),
            "below": min(top, step * (1 + rng.below(max(1, top // step)))) - 1,
            "at": min(top, step * (1 + rng.below(max(1, top // step))))}[place]


def kdf_rows(rng, count=60):
    """The rows of kdf-aes-cm.jsonl. The rates are of the set in 3.2.1: 0 and
    the powers of two up to 2^24."""
    _, _, key, salt, _ = published.DERIVATIONS[0]
    rows = [kdf_row("kdf-0001 rfc3711-b3", _AES_CM, bytes.fromhex(key), bytes.fromhex(salt),
                    0, 0, 0,
                    {"srtp_key": 16, "srtp_auth": 94, "srtp_salt": 14,
                     "srtcp_key": 16, "srtcp_auth": 94, "srtcp_salt": 14})]
    sizes = Deck(rng, (16, 24, 32))
    rates = Deck(rng, (0, 0, 1, 1, 1 << 8, 1 << 8, 1 << 24, 1 << 24, 2, 1 << 4, 1 << 10,
                       1 << 16, 1 << 20))
    places = Deck(rng, ("zero", "one", "below", "at", "top", "random", "random", "random"))
    subsets = Deck(rng, ("all", "all", "all", "rtp", "rtcp", "keys", "one"))
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
        rows.append(kdf_row(name, _AES_CM, rng.octets(size), rng.octets(14), kdr,
                            make_index(rng, place, 48, kdr), make_index(rng, place, 31, kdr),
                            lengths))
    return rows


def all_kdf_rows(rng, count=220):
    """The rows of kdf-all.jsonl: every PRF and every suite, with the keys of
    RFC 6904.

    The double transform has no SRTCP and header keys here: it uses their outer
    halves only (RFC 8723 6 and 5.1).
    """
    kinds = [(("cipher", "AES_CM"), size, 14) for size in (16, 24, 32)]
    kinds += [(("cipher", "AES_F8"), 16, 14)]
    kinds += [(("cipher", "ARIA_CTR"), size, 14) for size in (16, 32)]
    kinds += [(("suite", suite.name), suite.key_len, suite.salt_len) for suite in SUITES.values()]
    kinds = Deck(rng, kinds)
    rates = Deck(rng, [0] + [1 << n for n in range(25)])
    places = Deck(rng, ("zero", "one", "below", "at", "top", "random"))
    rows = []
    while len(rows) < count:
        who, size, salt_len = kinds.draw()
        kdr, place = rates.draw(), places.draw()
        suite = SUITES[who[1]] if who[0] == "suite" else None
        # RFC 6904 3: the header salt is as long as counter mode needs it.
        lengths = {"srtp_key": size, "srtp_salt": salt_len}
        if suite is None or suite.mode != "DOUBLE":
            lengths.update({"srtcp_key": size, "srtcp_salt": salt_len, "header_key": size,
                            "header_salt": 14})
        if suite is None or suite.auth_len:
            lengths.update({"srtp_auth": 20, "srtcp_auth": 20})
        if rng.below(3) == 0:
            kept = rng.choice(sorted(lengths))
            lengths = {kept: lengths[kept]}
        name = "kdf-%04d master%d kdr%d %s" % (len(rows) + 1, 8 * size, kdr, place)
        rows.append(kdf_row(name, who, rng.octets(size), rng.octets(salt_len), kdr,
                            make_index(rng, place, 48, kdr), make_index(rng, place, 31, kdr),
                            lengths))
    return rows

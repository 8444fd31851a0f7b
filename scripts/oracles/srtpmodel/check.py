# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Verifies rows: the receiving half accepts or refuses, the sending half makes
the same octets again."""

import collections
import json

from .receiver import Receiver, Refused
from .reference import BLOCKS, kdf_reference
from .sender import Context
from .suites import SUITES, Options, is_aead

REASONS = ("authentication", "replayed", "malformed", "encryption-required", "unknown-mki")

# Field and label of each derived key.
KDF_FIELDS = (("srtp_key", 0), ("srtp_auth", 1), ("srtp_salt", 2),
              ("srtcp_key", 3), ("srtcp_auth", 4), ("srtcp_salt", 5),
              ("header_key", 6), ("header_salt", 7))

_COMMON = {"type", "id", "suite", "master_key", "master_salt", "ssrc", "mki", "kdr", "cryptex",
           "encrypted_header_ids", "rfc6904", "rcc", "rtcp_suite"}
_FIELDS = {
    "rtp": _COMMON | {"roc", "seq", "rtp", "srtp", "rtp_out"},
    "rtcp": _COMMON | {"index", "e_flag", "rtcp", "srtcp"},
    "reject": _COMMON | {"roc", "seq", "index", "e_flag", "srtp", "srtcp", "before", "after",
                         "reason"},
    "kdf": {"type", "id", "cipher", "suite", "master_key", "master_salt", "kdr", "srtp_index",
            "srtcp_index"} | {field for field, _ in KDF_FIELDS},
}


def expect(condition, row, message):
    if not condition:
        raise SystemExit("row %s: %s" % (row.get("id", "without id"), message))


def _keys(row):
    return row["suite"], bytes.fromhex(row["master_key"]), bytes.fromhex(row["master_salt"])


def receiver_of(row, require_encryption=True):
    suite, key, salt = _keys(row)
    return Receiver(suite, key, salt, int(row["ssrc"], 16), row.get("roc", 0), 128,
                    require_encryption, Options.of_row(row))


def sender_of(row):
    return Context(*_keys(row), Options.of_row(row))


def check_rtp(row):
    rtp, srtp = bytes.fromhex(row["rtp"]), bytes.fromhex(row["srtp"])
    receiver = receiver_of(row)
    expect(rtp[2:4] == row["seq"].to_bytes(2, "big"), row, "seq is not the packet's")
    expect(sender_of(row).protect_rtp(rtp, row["roc"]) == srtp, row, "another SRTP packet results")
    expect(receiver.unprotect_rtp(srtp).hex() == row.get("rtp_out", row["rtp"]), row,
           "another RTP packet results")
    expect(receiver.outer.state() == (row["roc"], row["seq"]), row, "state")


def check_rtcp(row):
    rtcp, srtcp = bytes.fromhex(row["rtcp"]), bytes.fromhex(row["srtcp"])
    receiver = receiver_of(row, False)
    expect(rtcp[4:8].hex() == row["ssrc"], row, "ssrc is not the packet's")
    expect(sender_of(row).protect_rtcp(rtcp, row["index"], row["e_flag"]) == srtcp, row,
           "another SRTCP packet results")
    expect(receiver.unprotect_rtcp(srtcp) == rtcp, row, "another RTCP packet results")
    expect(receiver.rtcp_seen == {row["index"]}, row, "index")
    suite = receiver.rtcp_suite
    end = len(srtcp) - len(receiver.options.mki) - (0 if is_aead(suite) else suite.rtcp_tag)
    expect(srtcp[end - 4] >> 7 == row["e_flag"], row, "E flag")


def check_reject(row):
    sender_of(row)  # suite, keys and options are valid
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


def derive_reference(row, label, length):
    """The key of a kdf row by the receiving half."""
    key, salt = bytes.fromhex(row["master_key"]), bytes.fromhex(row["master_salt"])
    index = row["srtcp_index" if label in (3, 4, 5) else "srtp_index"]
    r = index // row["kdr"] if row["kdr"] else 0
    suite = SUITES[row["suite"]] if "suite" in row else None
    if suite and suite.mode == "DOUBLE":  # RFC 8723 3.1
        k, s, n = len(key) // 2, len(salt) // 2, length // 2
        return (kdf_reference(key[:k], salt[:s], label, n, r)
                + kdf_reference(key[k:], salt[s:], label, n, r))
    block = BLOCKS[suite.cipher if suite else row["cipher"].split("_")[0]]
    return kdf_reference(key, salt, label, length, r, block)


def check_kdf(row):
    fields = 0
    for field, label in KDF_FIELDS:
        if field in row:
            got = derive_reference(row, label, len(row[field]) // 2)
            expect(got.hex() == row[field], row, field)
            fields += 1
    expect(fields > 0, row, "no key in it")


CHECKS = {"rtp": check_rtp, "rtcp": check_rtcp, "reject": check_reject, "kdf": check_kdf}


def check_row(row):
    unknown = set(row) - _FIELDS[row["type"]]
    expect(not unknown, row, "unknown fields %s" % sorted(unknown))
    try:
        CHECKS[row["type"]](row)
    except Refused as refused:
        expect(False, row, "refused: " + refused.reason)


def check_file(path):
    """Counts of the rows by type; raises SystemExit at the first wrong one."""
    counts = collections.Counter()
    with open(path, encoding="ascii") as lines:
        for line in lines:
            row = json.loads(line)
            check_row(row)
            counts[row["type"]] += 1
    return counts

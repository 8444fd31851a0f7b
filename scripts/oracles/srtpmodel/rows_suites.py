# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of suite-*.jsonl: one suite each, without options."""

from .draw import Draw
from .rejects import Rejects
from .row import flip, new_context, rtcp_row, rtp_row
from .suites import RFC_3711_SUITES, SUITES


def suite_rows(rng, suite, rtp_count=140, rtcp_count=60):
    draw, rows = Draw(rng), []
    for number in range(1, rtp_count + 1):
        name, rtp = draw.rtp()
        rows.append(rtp_row("rtp-%03d %s %s" % (number, suite.short, name),
                            new_context(rng, suite), rtp, draw.roc()))
    for number in range(1, rtcp_count + 1):
        kind, rtcp = draw.rtcp()
        e_flag = draw.e_flag()
        rows.append(rtcp_row("rtcp-%03d %s %s e%d" % (number, suite.short, kind, e_flag),
                             new_context(rng, suite), rtcp, draw.index(), e_flag))
    rejects = Rejects(rng)
    for part in (rejects.rtp_flips, rejects.rtp_lengths, rejects.rtp_malformed,
                 rejects.rtp_wrong_keys, rejects.rtp_replays, rejects.rtcp_flips,
                 rejects.rtcp_lengths, rejects.rtcp_others):
        part(suite)
    if suite.mode == "DOUBLE":
        _double_rejects(rejects, suite)
    return rows + rejects.rows


def _double_rejects(rejects, suite):
    """RFC 8723: the inner half is wrong, or the original header block is."""
    rng = rejects.rng

    def outer(seq, make_inner, block=b"\0"):
        plain = rejects.plain(seq)
        inner = make_inner(plain)
        return rejects.context.protect_outer(plain[:12] + inner + block, rejects.roc)

    rejects.session(suite)
    context, roc, good = rejects.context, rejects.roc, rejects.rtp(4000)
    other = new_context(rng, suite)
    cases = (
        ("inner tag wrong", lambda p: flip(context.double_inner(p, roc), -1), b"\0"),
        ("inner ciphertext wrong", lambda p: flip(context.double_inner(p, roc), 0), b"\0"),
        ("inner by another key", lambda p: other.double_inner(p, roc), b"\0"),
        ("inner at ROC+1", lambda p: context.double_inner(p, roc + 1), b"\0"),
        ("inner of another PT", lambda p: context.double_inner(flip(p, 1), roc), b"\0"),
        ("inner of another SEQ", lambda p: context.double_inner(flip(p, 3), roc), b"\0"),
        ("inner with M set", lambda p: context.double_inner(flip(p, 1, 0x80), roc), b"\0"),
        ("inner of another timestamp", lambda p: context.double_inner(flip(p, 5), roc), b"\0"),
        ("OHB with a PT that was not used", lambda p: context.double_inner(p, roc), b"\x21\x02"),
        ("OHB with a SEQ that was not used", lambda p: context.double_inner(p, roc),
         b"\x0f\xa1\x01"),
        ("OHB with M set that was not", lambda p: context.double_inner(p, roc), b"\x0c"),
    )
    for name, make_inner, block in cases:
        rejects.add_rtp(name, outer(4000, make_inner, block), "authentication", [], good)
    # No room for what the outer payload should hold: the outer tag is right,
    # and how a receiver names the rest is open.
    rejects.add_rtp("no OHB and no inner tag", outer(4000, lambda p: b"", b""), None, [], good)
    rejects.add_rtp("OHB alone", outer(4000, lambda p: b""), None, [], good)
    rejects.add_rtp("inner tag short", outer(4000, lambda p: bytes(15)), None, [], good)
    rejects.add_rtp("OHB announces more than there is", outer(4000, lambda p: b"", b"\x07"), None,
                    [], good)

    # What a media distributor changed is accepted, and only once.
    for name, changes in (
            ("PT", {"pt": 97}), ("marker set", {"marker": 1}), ("SEQ", {"seq": 4100}),
            ("PT, SEQ and marker", {"pt": 0, "seq": 3990, "marker": 1})):
        rejects.session(suite)
        extension = b"\xbe\xde\0\x01\x12" + rng.octets(3)
        packet = rejects.context.protect_relayed(
            rejects.plain(4000, cc=1, extension=extension), rejects.roc, **changes)
        rejects.add_rtp("relayed with another %s, again" % name, packet, "replayed", [packet],
                        rejects.rtp(4200))
        rejects.add_rtp("relayed with another %s, altered" % name, flip(packet, 12),
                        "authentication", [], packet)


NEW_SUITES = [suite for suite in SUITES.values() if suite not in RFC_3711_SUITES]

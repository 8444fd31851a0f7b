# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of srtp-rfc3711.jsonl."""

from .packets import EXTENSION_KINDS, RTCP_KINDS, make_extension, make_rtcp, make_rtp
from .rng import Deck
from .row import new_context, rtcp_row, rtp_row
from .suites import RFC_3711_SUITES

SIZES = (0, 0, 1, 15, 16, 17, 31, 32, 33, 160, 255, 256, 257, 1200) + (None,) * 11 + (1400,)
SEQS = (0, 65535, 32767, 32768) + (None,) * 6
ROCS = (0, 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFF0000, 0xFFFFFFFF) + (None,) * 3
SSRCS = (0, 0xFFFFFFFF) + (None,) * 12
RTCP_INDICES = (0, 1, 0x7FFFFFFF) + (None,) * 4


def protect_rows(rng, rtp_count=500, rtcp_count=200):
    """The rows of srtp-rfc3711.jsonl."""
    rows = []
    suites = RFC_3711_SUITES
    # One deck for each suite, so that each suite sees every value.
    decks = [[Deck(rng, items) for items in
              (range(16), EXTENSION_KINDS, SIZES, SEQS, ROCS, SSRCS)] for _ in suites]
    for number in range(1, rtp_count + 1):
        which = number % len(suites)
        context = new_context(rng, suites[which])
        cc, kind, size, seq, roc, ssrc = [deck.draw() for deck in decks[which]]
        if size is None:
            # Mostly short; the long ones only now and then, for the file's sake.
            size = rng.between(1, 1400) if rng.below(8) == 0 else rng.between(1, 200)
        seq = rng.bits(16) if seq is None else seq
        roc = rng.bits(32) if roc is None else roc
        ssrc = rng.bits(32) if ssrc is None else ssrc
        padding = 0
        if size and rng.below(5) == 0:  # the padding is part of `size`
            padding = rng.between(1, min(size, 255))
        marker = rng.below(2)
        rtp = make_rtp(rng, ssrc, seq, rng.octets(size - padding), cc,
                       make_extension(rng, kind), marker, None, padding)
        name = "rtp-%04d %s cc%d len%d" % (number, context.suite.short, cc, size)
        name += "" if kind == "none" else " ext-" + kind
        name += (" padding%d" % padding if padding else "") + (" marker" if marker else "")
        rows.append(rtp_row(name, context, rtp, roc))

    decks = [[Deck(rng, items) for items in (RTCP_KINDS, RTCP_INDICES, SSRCS)] for _ in suites]
    for number in range(1, rtcp_count + 1):
        which = number % len(suites)
        context = new_context(rng, suites[which])
        kind, index, ssrc = [deck.draw() for deck in decks[which]]
        index = rng.bits(31) if index is None else index
        ssrc = rng.bits(32) if ssrc is None else ssrc
        e_flag = 0 if rng.below(3) == 0 else 1
        rtcp = make_rtcp(rng, ssrc, kind)
        name = "rtcp-%04d %s %s e%d" % (number, context.suite.short, kind, e_flag)
        rows.append(rtcp_row(name, context, rtcp, index, e_flag))
    return rows

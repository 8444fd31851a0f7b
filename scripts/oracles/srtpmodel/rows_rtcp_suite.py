# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of option-rtcp-suite.jsonl: SRTCP with another suite than SRTP."""

from .draw import Draw
from .rejects import Rejects
from .rng import Deck
from .row import new_context, rtcp_row
from .suites import SUITES, Options, is_aead


def suite_pairs():
    """All pairs that one key derivation serves: equal block cipher and length
    of the master key. The salt may differ in length."""
    pairs = []
    for suite in SUITES.values():
        for other in SUITES.values():
            try:
                Options(rtcp_suite=other).validate(suite)
            except ValueError:
                continue
            if other is not suite:
                pairs.append((suite, other))
    return pairs


def rtcp_suite_rows(rng, count=200):
    draw, pairs, mkis = Draw(rng), Deck(rng, suite_pairs()), Deck(rng, (0,) * 4 + (4,))
    kdrs = Deck(rng, (0,) * 4 + (16,))
    rows = []
    for number in range(1, count + 1):
        suite, other = pairs.draw()
        context = new_context(rng, suite, Options(rtcp_suite=other, mki=rng.octets(mkis.draw()),
                                                  kdr=kdrs.draw()))
        kind, rtcp = draw.rtcp()
        rows.append(rtcp_row("rtcp-%03d %s+%s %s" % (number, suite.short, other.short, kind),
                             context, rtcp, draw.index(), draw.e_flag()))
    rejects = Rejects(rng)
    for suite, other in (("AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"),
                         ("AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"),
                         ("NULL_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80"),
                         ("AES_CM_128_HMAC_SHA1_80", "NULL_HMAC_SHA1_80"),
                         ("SRTP_AEAD_ARIA_256_GCM", "SRTP_ARIA_256_CTR_HMAC_SHA1_32"),
                         ("F8_128_HMAC_SHA1_80", "AEAD_AES_128_GCM")):
        options = Options(rtcp_suite=SUITES[other])
        rejects.rtcp_flips(SUITES[suite], options)
        rejects.rtcp_others(SUITES[suite], options)
        if is_aead(SUITES[suite]) == is_aead(SUITES[other]):
            continue  # two HMAC suites have the same tag
        rejects.session(SUITES[suite], options)
        good = rejects.rtcp(60, 1, False)
        same = new_context(rng, SUITES[suite])
        same.master_key = rejects.context.master_key
        same.master_salt = rejects.context.master_salt
        rejects.add_rtcp("protected by the suite of SRTP", same.protect_rtcp(
            rejects.rtcp_plain(False), 60), None, [], good)
    return rows + rejects.rows

# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of option-rcc.jsonl: the ROC in the tag (RFC 4771)."""

from .draw import Draw
from .rejects import Rejects
from .rng import Deck
from .row import flip, new_context, rtcp_row, rtp_row
from .suites import RCC, SUITES, Options, is_aead

_RATES = (1, 1, 2, 3, 7, 16, 100, 1000, 32768, 65535)
_TAGS = (14, 14, 14, 8, 10, 12, 18, 20)
_SUITES = [suite for suite in SUITES.values() if suite.mode != "DOUBLE"]


def rcc_rows(rng, rtp_count=185, rtcp_count=15):
    draw, suites = Draw(rng), Deck(rng, _SUITES)
    modes, rates, tags = Deck(rng, (1, 2, 3)), Deck(rng, _RATES), Deck(rng, _TAGS)
    carried, mkis = Deck(rng, (True, True, False)), Deck(rng, (0,) * 4 + (4,))
    kdrs = Deck(rng, (0,) * 4 + (1 << 10,))
    rows = []
    for number in range(1, rtp_count + rtcp_count + 1):
        suite, rate = suites.draw(), rates.draw()
        mode = 3 if is_aead(suite) else modes.draw()  # RFC 7714 7.1
        tag = tags.draw() if mode != 3 else 4
        rcc = RCC(mode, rate, tag)
        context = new_context(rng, suite, Options(rcc=rcc, mki=rng.octets(mkis.draw()),
                                                  kdr=kdrs.draw()))
        what = "%s m%d r%d t%d" % (suite.short, mode, rate, tag)
        if number <= rtp_count:
            seq = draw.seq()
            if carried.draw():
                seq -= seq % rate
            name, rtp = draw.rtp(seq=seq)
            rows.append(rtp_row("rtp-%03d %s %s" % (number, what, name), context, rtp,
                                draw.roc()))
        else:  # RFC 4771 2: not for SRTCP
            kind, rtcp = draw.rtcp()
            rows.append(rtcp_row("rtcp-%03d %s %s" % (number, what, kind), context, rtcp,
                                 draw.index(), draw.e_flag()))
    rejects = Rejects(rng)
    for suite in _SUITES:
        if is_aead(suite):
            _aead_rejects(rejects, suite)
        else:
            _mac_rejects(rejects, suite)
    for name in ("AES_CM_128_HMAC_SHA1_80", "NULL_HMAC_SHA1_32"):
        rejects.rtp_flips(SUITES[name], Options(rcc=RCC(1, 10, 14)), 2000)
        rejects.rtp_flips(SUITES[name], Options(rcc=RCC(2, 10, 14), mki=rng.octets(4)), 2000)
        rejects.rtp_flips(SUITES[name], Options(rcc=RCC(2, 10, 14)), 2001)
        rejects.rtp_lengths(SUITES[name], Options(rcc=RCC(2, 10, 14)), 2000)
    rejects.rtp_flips(SUITES["AEAD_AES_128_GCM"], Options(rcc=RCC(3, 10, 4), mki=rng.octets(4)),
                      2000)
    rejects.rtp_flips(SUITES["AEAD_AES_128_GCM"], Options(rcc=RCC(3, 10, 4)), 2001)
    rejects.rtp_lengths(SUITES["AEAD_AES_128_GCM"], Options(rcc=RCC(3, 10, 4)), 2000)
    return rows + rejects.rows


def _mac_rejects(rejects, suite):
    """Modes 1 and 2, where the packet under test has a MAC."""
    for mode in (1, 2):
        rejects.session(suite, Options(rcc=RCC(mode, 10, 14)))
        plain = rejects.plain(2000)
        good = rejects.context.protect_rtp(plain, rejects.roc)
        other = rejects.context.protect_rtp(plain, rejects.roc + 1)
        # The ROC of one packet with the MAC of another.
        rejects.add_rtp("mode %d, ROC exchanged" % mode, good[:-14] + other[-14:-10] + good[-10:],
                        "authentication", [], good)
        rejects.add_rtp("mode %d, MAC over another ROC" % mode, good[:-10] + other[-10:],
                        "authentication", [], good)
        rejects.add_rtp("mode %d, identical" % mode, good, "replayed", [good], rejects.rtp(2010))
        # The receiver's ROC is wrong until a packet brings the sender's.
        ahead = rejects.rtp(1990, rejects.roc + 5)
        rejects.add_rtp("mode %d, the ROC before the one that was carried" % mode,
                        flip(rejects.rtp(2000, rejects.roc + 5), -1), "authentication", [ahead],
                        rejects.rtp(2000, rejects.roc + 5))
        if mode == 2:
            old = rejects.rtp(2001)
            rejects.add_rtp("mode 2, packet of the old ROC after a carried one", old,
                            "authentication", [ahead], rejects.rtp(2001, rejects.roc + 5))
            long = rejects.rtp(2003)
            rejects.add_rtp("mode 2, no ROC, altered", flip(long, 12), "authentication", [], long)
    # The tag of the suite where that of the transform should be.
    rejects.session(suite, Options(rcc=RCC(2, 10, 14)))
    plain = rejects.plain(2001)
    good = rejects.context.protect_rtp(plain, rejects.roc)
    rejects.add_rtp("mode 2, no ROC, MAC cut as if there were one",
                    good[:-14] + bytes(4) + good[-14:-4], "authentication", [], good)


def _aead_rejects(rejects, suite):
    """Mode 3: the AEAD tag covers the ROC, which is part of the IV."""
    rejects.session(suite, Options(rcc=RCC(3, 10, 4)))
    good = rejects.rtp(2000)
    rejects.add_rtp("ROC altered", flip(good, -1), "authentication", [], good)
    rejects.add_rtp("ROC missing", good[:-4], "authentication", [], good)
    rejects.add_rtp("ROC before the AEAD tag", good[:-20] + good[-4:] + good[-20:-4],
                    "authentication", [], good)
    rejects.add_rtp("identical", good, "replayed", [good], rejects.rtp(2001))
    ahead = rejects.rtp(1990, rejects.roc + 5)
    rejects.add_rtp("packet of the old ROC after a carried one", rejects.rtp(2001),
                    "authentication", [ahead], rejects.rtp(2001, rejects.roc + 5))

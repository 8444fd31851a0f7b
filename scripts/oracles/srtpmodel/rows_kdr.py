# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of option-kdr.jsonl: key derivation rates 2^0 to 2^24."""

from .draw import Draw
from .rejects import Rejects
from .rng import Deck
from .row import flip, new_context, rtcp_row, rtp_row
from .rows_kdf import make_index
from .sender import Context
from .suites import SUITES, Options

_PLACES = ("below", "at", "at", "below", "one", "top", "random", "zero")


def kdr_rows(rng, rtp_count=125, rtcp_count=75):
    draw, suites = Draw(rng), Deck(rng, SUITES.values())
    rates, places = Deck(rng, [1 << n for n in range(25)]), Deck(rng, _PLACES)
    rows = []
    for number in range(1, rtp_count + rtcp_count + 1):
        suite, kdr, place = suites.draw(), rates.draw(), places.draw()
        context = new_context(rng, suite, Options(kdr=kdr))
        what = "%s kdr%d %s" % (suite.short, kdr, place)
        if number <= rtp_count:
            index = make_index(rng, place, 48, kdr)
            name, rtp = draw.rtp(seq=index & 0xFFFF)
            rows.append(rtp_row("rtp-%03d %s %s" % (number, what, name), context, rtp,
                                index >> 16))
        else:
            kind, rtcp = draw.rtcp()
            rows.append(rtcp_row("rtcp-%03d %s %s" % (number, what, kind), context, rtcp,
                                 make_index(rng, place, 31, kdr), draw.e_flag()))
    rejects = Rejects(rng)
    for suite in SUITES.values():
        _boundaries(rejects, suite)
    return rows + rejects.rows


def _boundaries(rejects, suite):
    def sender(kdr):
        """The same master key at another rate."""
        return Context(suite, rejects.context.master_key, rejects.context.master_salt,
                       Options(kdr=kdr))

    # 0x10000 divides by every rate here: SEQ 4096 begins a period.
    for kdr in (16, 4096):
        rejects.session(suite, Options(kdr=kdr), rejects.rng.between(1, 1 << 20))
        plain = rejects.plain(4096)
        good = rejects.context.protect_rtp(plain, rejects.roc)
        rejects.add_rtp("kdr %d, keys of rate 0" % kdr, sender(0).protect_rtp(plain, rejects.roc),
                        "authentication", [rejects.rtp(4095)], good)
        rejects.add_rtp("kdr %d, keys of rate %d" % (kdr, 2 * kdr),
                        sender(2 * kdr).protect_rtp(plain, rejects.roc), "authentication", [],
                        good)
        late = rejects.rtp(4095)
        rejects.add_rtp("kdr %d, late over the boundary, again" % kdr, late, "replayed",
                        [good, late], rejects.rtp(4094))
        rejects.add_rtp("kdr %d, forged in the next period" % kdr, flip(good, 12),
                        "authentication", [late], rejects.rtp(4094))
        index = 5 * kdr
        good = rejects.rtcp(index)
        rejects.add_rtcp("kdr %d, keys of rate 0" % kdr, sender(0).protect_rtcp(
            rejects.rtcp_plain(), index), "authentication", [rejects.rtcp(index - 1)], good)
        late = rejects.rtcp(index - 1)
        rejects.add_rtcp("kdr %d, late over the boundary, again" % kdr, late, "replayed",
                         [good, late], rejects.rtcp(index - 2))

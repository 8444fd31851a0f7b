# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of option-cryptex.jsonl: RFC 9335.

The double transform is left out: RFC 8723 5.1 step 6 wants RFC 6904 there.
"""

from .draw import Draw
from .packets import make_extension
from .rejects import Rejects
from .rng import Deck
from .row import flip, new_context, rtcp_row, rtp_row
from .sender import Context
from .suites import SUITES, Options

_FORMS = ("none", "onebyte", "twobyte", "empty-onebyte", "empty-twobyte")


def cryptex_extension(rng, form):
    if form == "empty-onebyte":
        return b"\xbe\xde\0\0"
    if form == "empty-twobyte":
        return b"\x10\0\0\0"
    extension = make_extension(rng, form)
    # The appbits of 0x100x have no place in 0xC2DE (RFC 9335 5).
    return b"\x10\0" + extension[2:] if form == "twobyte" else extension


def cryptex_rows(rng, rtp_count=190, rtcp_count=10):
    draw = Draw(rng)
    suites = Deck(rng, [suite for suite in SUITES.values() if suite.mode != "DOUBLE"])
    counts = Deck(rng, list(range(16)) + [0] * 4)
    forms, mkis = Deck(rng, _FORMS), Deck(rng, (0,) * 8 + (4,))
    rates = Deck(rng, (0,) * 8 + (1 << 8,))
    rows = []
    for number in range(1, rtp_count + 1):
        suite, form = suites.draw(), forms.draw()
        options = Options(cryptex=True, mki=rng.octets(mkis.draw()), kdr=rates.draw())
        name, rtp = draw.rtp(None, counts.draw(), cryptex_extension(rng, form), " " + form)
        rows.append(rtp_row("rtp-%03d %s %s" % (number, suite.short, name),
                            new_context(rng, suite, options), rtp, draw.roc()))
    for number in range(1, rtcp_count + 1):  # Cryptex does nothing to SRTCP
        suite = suites.draw()
        kind, rtcp = draw.rtcp()
        rows.append(rtcp_row("rtcp-%03d %s %s" % (number, suite.short, kind),
                             new_context(rng, suite, Options(cryptex=True)), rtcp, draw.index(),
                             draw.e_flag()))
    rejects = Rejects(rng)
    for suite in SUITES.values():
        if suite.mode != "DOUBLE":
            _rejects(rejects, suite)
    for name in ("AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM", "F8_128_HMAC_SHA1_80"):
        rejects.rtp_flips(SUITES[name], Options(cryptex=True))
    return rows + rejects.rows


def _rejects(rejects, suite):
    rng = rejects.rng
    rejects.session(suite, Options(cryptex=True))
    one = b"\xbe\xde\0\1\x12" + rng.octets(3)
    good = rejects.rtp(1000, cc=2, extension=one)
    at = 12 + 8  # the extension
    for name, mark in (("the other form", b"\xc2\xde"), ("BEDE in place of C0DE", b"\xbe\xde"),
                       ("C0DF in place of C0DE", b"\xc0\xdf")):
        rejects.add_rtp("profile " + name, good[:at] + mark + good[at + 2:], "authentication", [],
                        good)
    moved = good[:at + 2] + b"\0\2" + good[at + 4:]
    rejects.add_rtp("extension length 1 to 2", moved, "authentication", [], good)
    past = good[:at + 2] + b"\x01\0" + good[at + 4:]
    rejects.add_rtp("extension length 256", past, "malformed", [], good)
    bare = rejects.rtp(1001, cc=15)
    rejects.add_rtp("CSRC 15, last one altered", flip(bare, 71), "authentication", [], bare)
    rejects.add_rtp("identical", bare, "replayed", [bare], good)
    # The same packet without any Cryptex: other octets under the same tag.
    plain = rejects.plain(1002, cc=2, extension=one)
    off = Context(suite, rejects.context.master_key, rejects.context.master_salt)
    for name, first, rest in (
            ("C0DE, length past the end", 0x92, rng.octets(8) + b"\xc0\xde\0\2" + rng.octets(4)),
            ("C2DE, length ffff", 0x90, b"\xc2\xde\xff\xff" + rng.octets(8)),
            ("X, CSRC list to the end", 0x92, rng.octets(8))):
        packet = bytes([first]) + plain[1:12] + rest
        rejects.add_rtp(name, off.protect_rtp(packet, rejects.roc), "malformed", [], good)
    clear, marked = off.protect_rtp(plain, rejects.roc), rejects.context.protect_rtp(
        plain, rejects.roc)
    if clear[12:20] != marked[12:20]:  # not with the NULL cipher
        rejects.add_rtp("CSRC in clear under the tag of Cryptex",
                        marked[:12] + clear[12:20] + marked[20:], "authentication", [], marked)
    if suite.mode == "GCM":
        # A receiver without Cryptex takes CSRC and extension for associated
        # data. (With HMAC the tag is right, and the payload comes out wrong.)
        rejects.context, rejects.options = off, Options()
        rejects.add_rtp("Cryptex to a receiver without", marked, "authentication", [], clear)

# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of option-rfc6904.jsonl and option-rfc6904-libsrtp.jsonl."""

from .draw import Draw
from .packets import pad_words
from .rejects import Rejects
from .rng import Deck
from .row import flip, new_context, rtcp_row, rtp_row
from .sender import Context
from .suites import SUITES, Options

_SHAPES = ("plain", "plain", "pads", "pads", "pads-first", "stop-15", "stop-15", "stop-0",
           "stop-0", "long",
           "none-chosen", "all-chosen", "empty", "no-extension", "other-profile")
# Left out for libsrtp: what it refuses or reads in another way than RFC 8285.
_LIBSRTP_SHAPES = ("plain", "pads", "pads", "long", "none-chosen", "all-chosen", "empty",
                   "no-extension")


def _elements(rng, wide, shape):
    """Extension data and the ids in it."""
    data = bytes(rng.between(1, 5)) if shape == "pads-first" else b""
    ids = rng.shuffled(range(1, 256) if wide else range(1, 15))[:rng.between(1, 4)]
    for place, number in enumerate(ids):
        if wide:
            size = rng.choice((0, 1, 2, 16, 20))
            if shape == "long" and place == 0:
                size = rng.choice((40, 100, 255))
            data += bytes([number, size]) + rng.octets(size)
        else:
            size = 16 if shape == "long" else rng.between(1, 8)
            data += bytes([number << 4 | (size - 1)]) + rng.octets(size)
        if shape in ("stop-15", "stop-0") and place == (len(ids) - 1) // 2 and not wide:
            # RFC 8285 4.2 and 4.1.2: nothing after it counts. Who skips the
            # octet, or the two more that its length announces, finds elements.
            data += bytes([0xF1 if shape == "stop-15" else 0x01, ids[-1] << 4]) + rng.octets(1)
            data += bytes([ids[-1] << 4]) + rng.octets(1)
        if shape in ("pads", "pads-first"):
            data += bytes(rng.below(4))
    return pad_words(data), ids


def _packet_extension(rng, wide, shape):
    """An extension, and the ids to encrypt."""
    if shape == "no-extension":
        return b"", [1, 2, 3]
    data, ids = _elements(rng, wide, shape) if shape != "empty" else (b"", [5])
    profile = 0xBEDE
    if shape == "other-profile":
        profile = rng.choice((0x1234, 0xBEDF, 0x1100, 0x0000))
    elif wide:
        profile = 0x1000 | rng.choice((0, 0, rng.below(16)))
    every = shape in ("all-chosen", "stop-15", "stop-0")
    chosen = [number for number in ids if every or rng.below(3)]
    if shape == "none-chosen":
        chosen = []
    # Ids that no packet has are signalled too.
    others = [number for number in range(1, 256 if wide else 15) if number not in ids]
    chosen += rng.shuffled(others)[:0 if chosen and rng.below(2) else 2]
    head = profile.to_bytes(2, "big") + (len(data) // 4).to_bytes(2, "big")
    return head + data, chosen


def _rows(rng, mode, suites, shapes, rtp_count, rtcp_count):
    draw, suites, shapes = Draw(rng), Deck(rng, suites), Deck(rng, shapes)
    wides, mkis, rates = Deck(rng, (0, 1)), Deck(rng, (0,) * 8 + (4,)), Deck(rng, (0,) * 8 + (16,))
    rows = []
    for number in range(1, rtp_count + rtcp_count + 1):
        suite, shape, wide = suites.draw(), shapes.draw(), wides.draw()
        extension, ids = _packet_extension(rng, wide, shape)
        options = Options(header_ids=ids, rfc6904=mode, mki=rng.octets(mkis.draw()),
                          kdr=rates.draw())
        context = new_context(rng, suite, options)
        if number <= rtp_count:
            name, rtp = draw.rtp(None, None, extension,
                                 " %s-%s" % ("twobyte" if wide else "onebyte", shape))
            rows.append(rtp_row("rtp-%03d %s %s" % (number, suite.short, name), context, rtp,
                                draw.roc()))
        else:  # nothing of this concerns SRTCP
            kind, rtcp = draw.rtcp()
            rows.append(rtcp_row("rtcp-%03d %s %s" % (number, suite.short, kind), context, rtcp,
                                 draw.index(), draw.e_flag()))
    return rows


def rfc6904_rows(rng, rtp_count=190, rtcp_count=10):
    rows = _rows(rng, "rfc", SUITES.values(), _SHAPES, rtp_count, rtcp_count)
    rejects = Rejects(rng)
    for suite in SUITES.values():
        _rejects(rejects, suite, "rfc")
    rejects.rtp_flips(SUITES["AES_CM_128_HMAC_SHA1_80"], Options(header_ids=(1, 2)))
    rejects.rtp_flips(SUITES["AEAD_AES_128_GCM"], Options(header_ids=(1, 2)))
    return rows + rejects.rows


def _libsrtp_suites():
    """libsrtp has no F8, ARIA and double transform; the NULL cipher is nothing
    to compare; and its keys of the AES-192 suites are not those of RFC 6188."""
    return [suite for suite in SUITES.values()
            if suite.cipher == "AES" and suite.mode in ("CTR", "GCM")
            and suite.key_len != 24]


def libsrtp_rows(rng, rtp_count=190, rtcp_count=10):
    rows = _rows(rng, "libsrtp", _libsrtp_suites(), _LIBSRTP_SHAPES, rtp_count, rtcp_count)
    rejects = Rejects(rng)
    for suite in _libsrtp_suites():
        _rejects(rejects, suite, "libsrtp")
    return rows + rejects.rows


def _rejects(rejects, suite, mode):
    rng = rejects.rng
    options = Options(header_ids=(1, 3), rfc6904=mode)
    rejects.session(suite, options)
    extension = b"\xbe\xde\0\2\x12" + rng.octets(3) + b"\0\x30" + rng.octets(1) + b"\0"
    plain = rejects.plain(500, extension=extension)
    good = rejects.context.protect_rtp(plain, rejects.roc)
    rejects.add_rtp("encrypted element altered", flip(good, 17), "authentication", [], good)
    rejects.add_rtp("element header altered", flip(good, 16, 0x30), "authentication", [], good)
    rejects.add_rtp("padding altered", flip(good, 20), "authentication", [], good)
    rejects.add_rtp("identical", good, "replayed", [good], rejects.rtp(501))
    if suite.mode != "NULL":
        # The tag is that of the encrypted extension.
        off = Context(suite, rejects.context.master_key, rejects.context.master_salt)
        clear = off.protect_rtp(plain, rejects.roc)
        rejects.add_rtp("extension in clear under the tag of the encrypted one",
                        clear[:24] + good[24:], "authentication", [], good)

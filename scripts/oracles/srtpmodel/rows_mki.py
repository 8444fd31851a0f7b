# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The rows of option-mki.jsonl: a master key identifier of 1 to 255 octets."""

from .draw import Draw
from .rejects import Rejects
from .rng import Deck
from .row import new_context, rtcp_row, rtp_row
from .sender import LABEL_RTP_AUTH, hmac_sha1
from .suites import SUITES, Options, is_aead

_LENGTHS = (1, 1, 2, 3, 4, 4, 5, 8, 10, 16, 17, 20, 32, 64, 127, 128, 254, 255)


def mki_rows(rng, rtp_count=140, rtcp_count=60):
    draw, suites, lengths = Draw(rng), Deck(rng, SUITES.values()), Deck(rng, _LENGTHS)
    rows = []
    for number in range(1, rtp_count + rtcp_count + 1):
        suite, length = suites.draw(), lengths.draw()
        # All zeros and all ones are MKIs as good as others.
        mki = rng.choice((rng.octets(length),) * 4 + (bytes(length), b"\xff" * length))
        context = new_context(rng, suite, Options(mki=mki))
        what = "%s mki%d" % (suite.short, length)
        if number <= rtp_count:
            name, rtp = draw.rtp()
            rows.append(rtp_row("rtp-%03d %s %s" % (number, what, name), context, rtp,
                                draw.roc()))
        else:
            kind, rtcp = draw.rtcp()
            rows.append(rtcp_row("rtcp-%03d %s %s" % (number, what, kind), context, rtcp,
                                 draw.index(), draw.e_flag()))

    rejects = Rejects(rng)
    for name in ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM",
                 "F8_128_HMAC_SHA1_80", "NULL_HMAC_SHA1_32",
                 "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"):
        suite = SUITES[name]
        rejects.rtp_flips(suite, Options(mki=rng.octets(4)))
        rejects.rtcp_flips(suite, Options(mki=rng.octets(8)))
        if name in ("AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"):
            rejects.rtp_lengths(suite, Options(mki=rng.octets(6)))
            rejects.rtcp_lengths(suite, Options(mki=rng.octets(6)))
        _unknown(rejects, suite)
    return rows + rejects.rows


def _unknown(rejects, suite):
    rng = rejects.rng
    mki = rng.octets(4)
    tag = 0 if is_aead(suite) else suite.rtp_tag
    rejects.session(suite, Options(mki=mki))
    plain = rejects.plain(3000)
    good = rejects.context.protect_rtp(plain, rejects.roc)
    body, tail = good[:len(good) - tag - 4], good[len(good) - tag:]

    def add(name, packet, reason="unknown-mki", before=()):
        rejects.add_rtp(name, packet, reason, before, good)

    add("another MKI", body + bytes(b ^ 0x5A for b in mki) + tail)
    add("MKI reversed", body + mki[::-1] + tail)
    ahead = rejects.rtp(30000)
    end = len(ahead) - tag
    add("another MKI, far ahead", ahead[:end - 4] + rng.octets(4) + ahead[end:], "unknown-mki",
        [rejects.rtp(2999)])
    add("no MKI", body + tail)
    if is_aead(suite):  # where the MKI would be if the AEAD tag were the tag
        add("MKI before the AEAD tag", body[:-16] + mki + body[-16:])
    else:
        add("MKI behind the tag", body + tail + mki)
        index = rejects.roc << 16 | 3000
        key = rejects.context.session_key(LABEL_RTP_AUTH, 20, index)
        mac = hmac_sha1(key, body + mki + rejects.roc.to_bytes(4, "big"))
        add("tag over the MKI", body + mki + mac[:tag], "authentication")
    rejects.session(suite, Options(mki=mki))
    once = rejects.rtp(3000)
    rejects.add_rtp("identical", once, "replayed", [once], rejects.rtp(3001))
    for length in (1, 128, 255):
        rejects.session(suite, Options(mki=rng.octets(length)))
        good = rejects.rtp(10)
        at = len(good) - tag - 1
        rejects.add_rtp("MKI of %d octets, last one differs" % length,
                        good[:at] + bytes([good[at] ^ 1]) + good[at + 1:], "unknown-mki", [], good)

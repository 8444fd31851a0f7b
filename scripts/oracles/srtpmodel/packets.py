# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Plain RTP and RTCP packets to protect."""

# Payload types without 64 to 95, which collide with RTCP (RFC 5761 section 4).
PAYLOAD_TYPES = list(range(0, 35)) + list(range(96, 128))

EXTENSION_KINDS = ("none", "none", "none", "empty", "oneword", "words", "onebyte", "twobyte",
                   "arbitrary")


def pad_words(data):
    return data + bytes(-len(data) % 4)


def make_extension(rng, kind):
    """A header extension block (RFC 3550 5.3.1, RFC 8285), or nothing."""
    if kind == "none":
        return b""
    profile = rng.bits(16)
    while profile in (0xBEDE, 0xC0DE, 0xC2DE) or profile & 0xFFF0 == 0x1000:
        profile = rng.bits(16)
    if kind == "empty":
        data = b""
    elif kind == "oneword":
        data = rng.octets(4)
    elif kind == "words":
        data = rng.octets(4 * rng.between(2, 12))
    elif kind == "arbitrary":
        data = rng.octets(4 * rng.between(1, 6))
    elif kind == "onebyte":  # RFC 8285 4.2: ID 1..14, length 1..16
        profile, data = 0xBEDE, b""
        for number in rng.shuffled(range(1, 15))[:rng.between(1, 4)]:
            size = rng.between(1, 16)
            data += bytes([number << 4 | (size - 1)]) + rng.octets(size)
            data += bytes(rng.below(3))
        data = pad_words(data)
    else:  # RFC 8285 4.3: ID 1..255, length 0..255
        profile, data = 0x1000 | rng.choice((0, 0, rng.below(16))), b""
        for _ in range(rng.between(1, 4)):
            size = rng.choice((0, 1, 5, 16, 17, 30))
            data += bytes([rng.between(1, 255), size]) + rng.octets(size)
            data += bytes(rng.below(3))
        data = pad_words(data)
    return profile.to_bytes(2, "big") + (len(data) // 4).to_bytes(2, "big") + data


def make_rtp(rng, ssrc, seq, payload, cc=0, extension=b"", marker=0, pt=None, padding=0):
    """An RTP packet; `padding` octets (0 for none) follow the payload."""
    if pt is None:
        pt = rng.choice(PAYLOAD_TYPES)
    first = 0x80 | (0x20 if padding else 0) | (0x10 if extension else 0) | cc
    packet = bytes([first, marker << 7 | pt]) + seq.to_bytes(2, "big") + rng.octets(4)
    packet += ssrc.to_bytes(4, "big") + rng.octets(4 * cc) + extension + payload
    if padding:
        packet += bytes(padding - 1) + bytes([padding])
    return packet


def rtcp_header(count, pt, body):
    """One RTCP packet; `body` begins with the SSRC."""
    return bytes([0x80 | count, pt]) + (len(body) // 4).to_bytes(2, "big") + body


def make_sr(rng, ssrc, blocks=0):
    return rtcp_header(blocks, 200, ssrc + rng.octets(20 + 24 * blocks))


def make_rr(rng, ssrc, blocks=0):
    return rtcp_header(blocks, 201, ssrc + rng.octets(24 * blocks))


def make_sdes(rng, ssrc, extra=False):
    items = b""
    for kind in (1, 2, 6) if extra else (1,):
        text = bytes(97 + rng.below(26) for _ in range(rng.between(1, 24)))
        items += bytes([kind, len(text)]) + text
    items += b"\0"
    return rtcp_header(1, 202, ssrc + pad_words(items))


def make_bye(rng, ssrc, reason=False):
    body = ssrc
    if reason:
        text = bytes(97 + rng.below(26) for _ in range(rng.between(1, 20)))
        body += pad_words(bytes([len(text)]) + text)
    return rtcp_header(1, 203, body)


def make_app(rng, ssrc):
    return rtcp_header(rng.below(32), 204, ssrc + b"test" + rng.octets(4 * rng.below(16)))


def make_rtcp(rng, ssrc_number, kind):
    ssrc = ssrc_number.to_bytes(4, "big")
    if kind == "rr8":
        return make_rr(rng, ssrc)
    if kind == "bye8":
        return make_bye(rng, ssrc)
    if kind == "sr-sdes":
        return make_sr(rng, ssrc, rng.below(4)) + make_sdes(rng, ssrc, bool(rng.below(2)))
    if kind == "rr-sdes-bye":
        return (make_rr(rng, ssrc, rng.below(4)) + make_sdes(rng, ssrc)
                + make_bye(rng, ssrc, bool(rng.below(2))))
    if kind == "app":
        return make_app(rng, ssrc)
    if kind == "rr-app":
        return make_rr(rng, ssrc, 1) + make_app(rng, ssrc)
    if kind == "feedback":  # reduced-size RTCP (RFC 5506), a generic NACK
        return rtcp_header(1, 205, ssrc + rng.octets(4) + rng.octets(4 * rng.between(1, 4)))
    if kind == "long":
        out = make_sr(rng, ssrc, rng.between(8, 31))
        out += make_rr(rng, ssrc, rng.between(0, 12)) + make_sdes(rng, ssrc, True)
        return out + make_app(rng, ssrc) + make_bye(rng, ssrc, True)
    raise ValueError(kind)


RTCP_KINDS = ("rr8", "bye8", "sr-sdes", "rr-sdes-bye", "app", "rr-app", "feedback", "sr-sdes",
              "rr-sdes-bye", "long")

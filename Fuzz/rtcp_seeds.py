# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""RTCP packets of every type, format, block and message, written down from the RFCs: seeds for the rtcp target."""
import struct

SENDER, SOURCE = 0x11223344, 0xA5A5A5A5
# A time in the first era of NTP, and one in the second.
NTP, LATER = 0xB44DB705_20000000, 0x0102030480000000


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def pairs(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}H", *numbers)


def filled(octets: bytes, filling: bytes = b"\0") -> bytes:
    """The octets up to the word."""
    return octets + filling * (-len(octets) % 4)


def packet(kind: int, count: int, body: bytes, padding: bytes = b"") -> bytes:
    octets = body + padding
    assert len(octets) % 4 == 0, (kind, count)
    return struct.pack(">BBH", 0x80 | (0x20 if padding else 0) | count, kind, len(octets) // 4) + octets


def reports() -> list[bytes]:
    """RFC 3550 section 6, RFC 5450."""
    block = words(SOURCE, 0x40FFFFFE, 0x00010203, 7, 0xB7052000, 0x00054000)
    sender = words(SENDER) + struct.pack(">Q", NTP) + words(160, 3, 4)
    items = b"\x01\x04name" + b"\x08\x05\x02abcd" + b"\x02\x00" + b"\xff\x03xyz"
    return [
        packet(200, 0, sender), packet(200, 2, sender + block + block), packet(200, 1, sender + block + words(1, 2)),
        packet(200, 0, words(SENDER, 1, 2, 3, 4, 5)), packet(200, 0, words(SENDER) + struct.pack(">Q", LATER) + sender[12:]),
        packet(200, 0, words(SENDER, 0xFFFFFFFF, 0xFFFFFFFF) + sender[12:]),
        packet(201, 0, words(SENDER)), packet(201, 1, words(SENDER) + block), packet(201, 31, words(SENDER) + 31 * block),
        packet(201, 1, words(SENDER) + block + words(9)), packet(201, 1, words(SENDER) + words(SOURCE, 0, 0, 0, 0, 0)),
        packet(202, 0, b""), packet(202, 1, filled(words(SENDER) + items + b"\0")),
        # More nulls than needed, none at all, a private item that ends before its prefix.
        packet(202, 1, filled(words(SENDER) + items + b"\0") + words(0)), packet(202, 1, words(SENDER) + b"\x01\x02ab"),
        packet(202, 1, words(SENDER) + b"\x08\x01\x05\0"),
        packet(202, 2, filled(words(SENDER) + items + b"\0") + words(SOURCE) + b"\x01\x01a\0"),
        packet(202, 2, words(SENDER, 0, 0, 0)),
        packet(203, 0, b""), packet(203, 2, words(SENDER, SOURCE)),
        packet(203, 1, words(SENDER) + b"\x07goodbye"), packet(203, 1, words(SENDER) + b"\x01a\0\0\0\0\0\0"),
        packet(203, 1, words(SENDER) + b"\x03\xff\xfe\xfd"), packet(203, 0, b"\0\0\0\0"),
        packet(204, 31, words(SENDER) + b"name" + words(1, 2)), packet(204, 0, words(SENDER) + b"\xff\0ab"),
        packet(195, 0, b""), packet(195, 3, words(1, 2, 3)),
    ]


def transport_wide(base: int, count: int, chunks: list[int], deltas: bytes, padding: bytes = b"") -> bytes:
    body = words(SENDER, SOURCE) + pairs(base, count) + b"\xff\xff\xfe\x07" + pairs(*chunks) + deltas
    return packet(205, 15, body if padding else filled(body), padding)


def transport_feedback() -> list[bytes]:
    """RFC 4585 section 6.2, RFC 5104 section 4.2, RFC 6051, RFC 6285, RFC 6679, RFC 8888, and TWCC."""
    head = words(SENDER, SOURCE)
    marks = head + words(0x00010203, 4, 5) + pairs(6, 7, 8, 9)
    limits = words(SENDER, 17 << 26 | 0x1FFFF << 9 | 511, SOURCE, 63 << 26 | 1 << 9 | 40)
    return [
        packet(205, 1, head + pairs(65535, 0x8001)), packet(205, 1, head + pairs(1, 0, 40, 0xFFFF)),
        packet(205, 3, words(SENDER, 0) + limits), packet(205, 4, words(SENDER, 0) + limits[:8]),
        packet(205, 4, words(SENDER, 0)), packet(205, 5, head), packet(205, 6, head + b"\x01\0\0\0"), packet(205, 8, marks),
        packet(205, 0, head), packet(205, 31, head + words(1)),
        # RFC 8888: two packets of three, one that came out of range and one of unknown time; no stream at all.
        packet(205, 11, words(SENDER, SOURCE) + pairs(65534, 3, 0x8005, 0, 0xBFFF, 0xFFFF) + words(SENDER)
               + pairs(7, 2, 0x9FFE, 0x1234) + words(9) + pairs(1, 0) + words(0x12345678)),
        packet(205, 11, words(SENDER, 1)),
        # Runs of each symbol, vectors of one and of two bits, more symbols than packets, the longest runs.
        transport_wide(65530, 9, [0x2004, 0x4002, 0x0003], b"\1\2\3\4" + pairs(0xFFFF, 0x100)),
        transport_wide(1, 14, [0x8000 | 0x2AAA], 7 * b"\5"), transport_wide(1, 7, [0xC000 | 0x1B1B], b"\1\2\0\3\4\1\5"),
        transport_wide(1, 3, [0x9FFF], b"\1\2"), transport_wide(5, 8191, [0x1FFF], b""),
        transport_wide(0, 65535, 8 * [0x7FFF] + [0x0007], b""), transport_wide(1, 0, [], b""),
        transport_wide(1, 3, [0, 0x2001, 0xC000 | 3 << 12], b"\1"),
        transport_wide(1, 1, [0x2001], b"\1", b"\1"), transport_wide(1, 2, [0x2002], b"\1\2", b"\0\0\0\4"),
    ]


def payload_feedback() -> list[bytes]:
    """RFC 4585 section 6.3, RFC 5104 section 4.3, draft-alvestrand-rmcat-remb."""
    head, none = words(SENDER, SOURCE), words(SENDER, 0)
    return [
        packet(206, 1, head), packet(206, 2, head + words(8191 << 19 | 1 << 6 | 63, 0)),
        packet(206, 3, head + bytes([12, 0xE0]) + b"\xab\xc0"), packet(206, 3, head + b"\x00\x60abcdef"),
        packet(206, 3, head + bytes([48, 96]) + bytes(6)), packet(206, 3, head + bytes([16, 96, 0, 0])),
        packet(206, 4, none + words(SOURCE, 0x05000000, SENDER, 0xFFFFFFFF)),
        packet(206, 5, none + words(SOURCE, 0x0500001F)), packet(206, 6, none + words(SOURCE, 0x05FFFFE1, SENDER, 0)),
        packet(206, 7, none + words(SOURCE) + b"\x01\x60\0\x05abcde\0\0\0"),
        packet(206, 7, none + words(SOURCE) + b"\x01\xff\0\x04abcd" + words(SENDER) + b"\x02\x00\0\x01a\xff\xff\xff"),
        packet(206, 15, none + b"REMB" + words(2 << 24 | 1 << 18 | 0x3FFFF, SOURCE, SENDER)),
        packet(206, 15, none + b"REMB" + words(63 << 18 | 1)), packet(206, 15, head + b"other..."), packet(206, 15, head),
        packet(206, 8, head + words(1)), packet(206, 31, head),
    ]


def block(kind: int, specific: int, contents: bytes) -> bytes:
    return struct.pack(">BBH", kind, specific, len(contents) // 4) + contents


def extended_reports() -> list[bytes]:
    """RFC 3611 section 4, and the block of RFC 7272."""
    traces = [(0, 0, 0, []), (0, 10, 40, [0x401E, 0]), (2, 65530, 10, [0x8000 | 0x5555, 0]),
              (0xF0, 1, 61, [0xFFFF, 0x8001, 0x4010, 0x000E]), (15, 0, 65535, [0x4002, 0]), (0, 7, 7, [0x8000, 0xFFFF]),
              (0, 0, 65533, [0x7FFF, 0x7FFF, 0x3FFF, 0x3FFF])]
    lengths = [block(kind, thinning, words(SOURCE) + pairs(begin, end, *chunks))
               for kind in (1, 2) for thinning, begin, end, chunks in traces]
    times = [block(3, thinning, words(SOURCE) + pairs(begin, end) + words(*stamps))
             for thinning, begin, end, stamps in [(0, 65535, 2, [1, 2, 3]), (1, 0, 6, [1, 3, 5]), (0xF2, 9, 9, []), (0, 1, 9, [4])]]
    reference = [block(4, specific, struct.pack(">Q", time)) for specific, time in [(0, NTP), (0xFF, LATER)]]
    delays = [block(5, 0, b""), block(5, 0xFF, words(SENDER, 0xB7052000, 0x00054000, SOURCE, 0, 0))]
    spread, hops = words(1, 9, 4, 2), b"\x10\x40\x20\x08"
    summary = words(SOURCE) + pairs(3, 40)
    counts = [block(6, 0xE8, summary + words(5, 6) + spread + hops), block(6, 0xF7, summary + words(5, 6) + spread + hops),
              block(6, 0x00, summary + bytes(28)), block(6, 0x80, summary + words(5, 0) + bytes(20)),
              block(6, 0x18, summary + bytes(28)), block(6, 0x00, summary + words(0, 1) + bytes(20))]
    # Levels and factors of the fields' ends; RX config and the octet behind it; three delays of the jitter buffer.
    voice = [block(7, specific, words(SOURCE) + bytes(range(1, 13))
                   + b"\xec\xc4\x7f\x10\x5d\x7f\x2a\x29" + buffer + pairs(40, 80, 256))
             for specific, buffer in [(0, b"\xc0\0"), (0xFF, b"\x7f\xff")]]
    synchronization = words(96 << 24, 3, SOURCE) + struct.pack(">QIQ", NTP, 160, LATER)
    others = [block(12, 0x11, synchronization), block(0, 0, b""), block(255, 1, words(1))]
    all_blocks = lengths + times + reference + delays + counts + voice + others
    return [packet(207, 0, words(SENDER)), packet(207, 31, words(SENDER) + b"".join(all_blocks))] + [
        packet(207, 0, words(SENDER) + octets) for octets in all_blocks]


def summary_block(kind: int, contents: bytes) -> bytes:
    return struct.pack(">BB", kind, (2 + len(contents)) // 4) + contents


def multicast() -> list[bytes]:
    """RFC 5760 section 7.1, RFC 6284 section 4.3, RFC 7272 section 8."""
    def spread(buckets: int, factor: int, data: bytes, ends: tuple[int, int] = (0, 256)) -> bytes:
        return pairs(buckets << 4 | factor) + words(*ends) + data

    distributions = [spread(4, 0, words(0x01020304)), spread(8, 15, words(0x12345678, 9)), spread(1, 1, words(1, 2)),
                     spread(1, 0, words(1, 2, 3)), spread(16, 0, words(0xE4E4E4E4)), spread(0, 0, b""), spread(3, 0, words(7)),
                     spread(2, 0, words(1, 2), (9, 9))]
    blocks = [summary_block(4 + position % 4, distribution) for position, distribution in enumerate(distributions)]
    blocks += [
        summary_block(0, pairs(5005) + bytes([192, 0, 2, 1])), summary_block(1, pairs(5005) + bytes(15) + b"\1"),
        summary_block(2, pairs(5005) + b"example.org\0"), summary_block(2, pairs(5005) + b"a.example\0\0\0\0\0\0\0"),
        summary_block(2, pairs(0) + bytes(4)), summary_block(2, pairs(9)), summary_block(0, pairs(0) + bytes(4)),
        summary_block(8, pairs(0) + words(SENDER, SOURCE)), summary_block(8, pairs(0xFFFF)),
        summary_block(10, pairs(0) + words(0x40000102, 5)), summary_block(10, pairs(0xFFFF) + words(0xFFFFFFFF, 0xFFFFFFFF)),
        summary_block(11, pairs(0x8000) + words(0x00018000)), summary_block(11, pairs(0x7FFF) + words(1)),
        summary_block(12, pairs(100) + words(70000)), summary_block(3, pairs(1)), summary_block(255, pairs(1) + words(2)),
    ]
    summary = words(SENDER, SOURCE) + struct.pack(">Q", NTP)
    nonce, expiry = struct.pack(">Q", 0x0123456789ABCDEF), struct.pack(">Q", LATER)
    tokens = [filled(pairs(len(token)) + token, filling)
              for token, filling in [(b"", b"\0"), (b"tokens", b"\0"), (b"abc", b"\xff")]]
    kinds = [b"\x04\xcd\xce\xcb\xcc\0\0\0", b"\0\0\0\0", b"\x01\xcd\xff\xff"]
    mappings = [packet(210, 1, words(SENDER) + nonce)]
    mappings += [packet(210, 2, words(SENDER, SOURCE) + nonce + token + expiry + words(60) + kind)
                 for token, kind in zip(tokens, kinds)]
    mappings += [packet(210, 3, words(SENDER) + nonce + token + expiry) for token in tokens]
    mappings += [packet(210, 4, words(SENDER, SOURCE, bits) + nonce) for bits in (205 << 24 | 6 << 19, 0xFFFFFFFF)]
    mappings += [packet(210, 5, words(SENDER)), packet(210, 0, words(SENDER, 1))]
    settings = words(SENDER, SOURCE, 3) + struct.pack(">QI", NTP, 160)
    return (
        [packet(209, 0, summary), packet(209, 31, summary + b"".join(blocks))]
        + [packet(209, 0, summary + octets) for octets in blocks] + mappings
        + [packet(211, 0, settings + expiry), packet(211, 31, settings + bytes(8))]
    )


def others() -> list[bytes]:
    """Types without a structure here: RFC 2032, RFC 5484, IEEE 1733, and numbers that nobody has."""
    return [packet(192, 0, words(SENDER)), packet(193, 2, words(SENDER, 1)), packet(194, 0, words(SENDER, 1, 2)),
            packet(208, 0, words(SENDER, 1, 2, 3)), packet(223, 31, b""), packet(199, 1, words(1))]


def datagrams() -> list[bytes]:
    """Each packet alone, and again behind what a compound begins with; some with padding."""
    alone = reports() + transport_feedback() + payload_feedback() + extended_reports() + multicast() + others()
    first = packet(201, 0, words(SENDER)) + packet(202, 1, filled(words(SENDER) + b"\x01\x02me\0"))
    padded = [packet(201, 0, words(SENDER), b"\0\0\0\4"), packet(203, 1, words(SENDER), bytes(7) + b"\x08"),
              packet(206, 1, words(SENDER, SOURCE), b"abc\4"), packet(201, 0, words(SENDER), b"\0\0\0\5")]
    return alone + padded + [first + octets for octets in alone + padded] + [b"".join(alone[6:40:3])]

#!/usr/bin/env python3
# Licensed under the Apache License, Version 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""RTP and RTCP packets of every type and format, written from the texts of the RFCs into a capture.

usage: scripts/oracles/rtcp_generator.py OUT.pcap [--seed N] [--rounds N]

It shares no code with the product. Each round holds every RTCP type and feedback format once by itself (reduced-size,
RFC 5506) and once in a compound packet, and every shape of RTP header. Field values are random, their ends (0, all
ones) more often than chance would have them. Where a layout comes from stands at each function.
"""
import argparse
import random
import struct

RTP_PORT, RTCP_PORT = 5004, 5005


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    # Values

    def bits(self, count):
        """An unsigned number of `count` bits."""
        most = (1 << count) - 1
        return self.random.choice([0, most, 1 << count - 1] + [self.random.randint(0, most) for _ in range(7)])

    def u8(self):
        return bytes([self.bits(8)])

    def u16(self):
        return struct.pack("!H", self.bits(16))

    def u24(self):
        return self.bits(24).to_bytes(3, "big")

    def u32(self):
        return struct.pack("!I", self.bits(32))

    def u64(self):
        return self.u32() + self.u32()

    def octets(self, count):
        return self.random.randbytes(count)

    def several(self, most, make, least=1):
        return b"".join(make() for _ in range(self.random.choice([least, most, self.random.randint(least, most)])))

    def text(self, most=255):
        """UTF-8 text, sometimes with what a terminal or a JSON reader trips over."""
        plain = "abcdefghijklmnopqrstuvwxyz0123456789@.- "
        odd = "äöüßéñ日本語한국어🎵🎤\"\\/<>&'\t\r\n\x01\x1b\x7f\u0085\u202e\u2028"
        alphabet = self.random.choice([plain, plain, plain + odd])
        length = self.random.choice([0, 1, most, self.random.randint(0, most)])
        octets = "".join(self.random.choices(alphabet, k=length)).encode()
        return octets[:length].decode(errors="ignore").encode()  # not cut inside a character

    # RTP

    def rtp(self, csrcs, extension, padding, marker):
        """RFC 3550 section 5.1; extension elements RFC 8285 sections 4.2 and 4.3."""
        payload_type = self.random.choice([0, 8, 96, *range(105, 128)])
        first = 0x80 | (0x20 if padding else 0) | (0x10 if extension is not None else 0) | csrcs
        packet = bytes([first, (0x80 if marker else 0) | payload_type]) + self.u16() + self.u32() + self.u32()
        packet += b"".join(self.u32() for _ in range(csrcs))
        if extension is not None:
            profile, data = extension
            packet += struct.pack("!HH", profile, len(data) // 4) + data
        packet += self.octets(self.random.choice([0, 1, 20, 160]))
        if padding:
            count = self.random.choice([1, 4, 255, self.random.randint(1, 40)])
            packet += bytes(count - 1) + bytes([count])
        return packet

    @staticmethod
    def filled(data):
        return data + bytes(-len(data) % 4)

    def one_byte_elements(self):
        data = b""
        for _ in range(self.random.randint(1, 6)):
            length = self.random.choice([1, 3, 16, self.random.randint(1, 16)])
            data += bytes([self.random.randint(1, 14) << 4 | length - 1]) + self.octets(length)
            data += bytes(self.random.choice([0, 0, 0, 2]))  # padding between elements
        return 0xBEDE, self.filled(data)

    def two_byte_elements(self):
        data = b""
        for _ in range(self.random.randint(1, 6)):
            length = self.random.choice([0, 1, 17, 255, self.random.randint(0, 40)])
            data += bytes([self.random.randint(1, 255), length]) + self.octets(length)
            data += bytes(self.random.choice([0, 0, 0, 2]))
        return 0x1000 | self.random.choice([0, 0, self.random.randint(1, 15)]), self.filled(data)

    def other_extension(self):
        return self.random.choice([0x0001, 0xABAC, 0xFFFF]), self.octets(4 * self.random.choice([0, 1, 5]))

    def rtp_packets(self):
        for extension in (None, self.one_byte_elements, self.two_byte_elements, self.other_extension):
            for csrcs in (0, self.random.randint(1, 14), 15):
                for padding in (False, True):
                    yield self.rtp(csrcs, extension and extension(), padding, self.random.random() < 0.5)

    # RTCP

    def packet(self, packet_type, count, body):
        """RFC 3550 section 6.4.1: version 2, P, five bits, type, length in words less one."""
        assert len(body) % 4 == 0
        return struct.pack("!BBH", 0x80 | count, packet_type, len(body) // 4) + body

    def padded(self, packet):
        """The packet with padding: words, the last octet their count (RFC 3550 section 6.4.1)."""
        count = 4 * self.random.choice([1, 2, 63, self.random.randint(1, 63)])
        return self.with_padding(packet, count)

    @staticmethod
    def with_padding(packet, count):
        packet = bytes([packet[0] | 0x20]) + packet[1:] + bytes(count - 1) + bytes([count])
        return packet[:2] + struct.pack("!H", len(packet) // 4 - 1) + packet[4:]

    def report_block(self):
        """RFC 3550 section 6.4.1; the cumulative number of packets lost is signed, so half of these are negative."""
        return self.u32() + self.u8() + self.u24() + self.u32() + self.u32() + self.u32() + self.u32()

    def ntp(self):
        """Now and then a time without a clock, else one that a date can be made of."""
        return bytes(8) if self.random.random() < 0.1 else self.u64()

    def profile_extension(self):
        """What the profile adds (RFC 3550 section 6.4.3): here a type, and a length that counts itself."""
        if self.random.random() < 0.6:
            return b""
        words = self.random.randint(1, 5)
        kind = self.random.choice([0x0100, 0x7777, 0xFFFF])
        return struct.pack("!HH", kind, 4 * words) + self.octets(4 * words - 4)

    def sr(self):
        blocks = self.random.choice([0, 1, 31, self.random.randint(0, 31)])
        body = self.u32() + self.ntp() + self.u32() + self.u32() + self.u32()
        body += b"".join(self.report_block() for _ in range(blocks))
        return self.packet(200, blocks, body + self.profile_extension())

    def rr(self):
        blocks = self.random.choice([0, 1, 31, self.random.randint(0, 31)])
        body = self.u32() + b"".join(self.report_block() for _ in range(blocks))
        return self.packet(201, blocks, body + self.profile_extension())

    def sdes_item(self, kind):
        """RFC 3550 sections 6.5.1 to 6.5.8."""
        if kind == 8:
            prefix = self.text(100)
            text = bytes([len(prefix)]) + prefix + self.text(254 - len(prefix))
        else:
            text = self.text()
            if self.random.random() < 0.1:
                text = self.octets(self.random.randint(1, 20))  # not UTF-8, which the RFC asks for
        return bytes([kind, len(text)]) + text

    def sdes_chunk(self, kinds):
        chunk = self.u32() + b"".join(self.sdes_item(kind) for kind in kinds)
        return chunk + bytes(4 - len(chunk) % 4)

    def sdes(self, kinds=None):
        chunks = 1 if kinds else self.random.choice([0, 1, 3, 31])
        body = b""
        for _ in range(chunks):
            these = kinds or [self.random.randint(1, 12) for _ in range(self.random.choice([0, 1, 2]))]
            body += self.sdes_chunk(these)
        return self.packet(202, chunks, body)

    def bye(self):
        """RFC 3550 section 6.6."""
        sources = self.random.choice([0, 1, 31, self.random.randint(0, 31)])
        body = b"".join(self.u32() for _ in range(sources))
        if self.random.random() < 0.6:
            reason = self.text()
            body += self.filled(bytes([len(reason)]) + reason)
        return self.packet(203, sources, body)

    def app(self):
        """RFC 3550 section 6.7."""
        name = "".join(self.random.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl0189") for _ in range(4)).encode()
        return self.packet(204, self.bits(5), self.u32() + name + self.octets(4 * self.random.choice([0, 1, 9])))

    def feedback(self, packet_type, fmt, information, media=True):
        """RFC 4585 section 6.1. Where the entries name their own source the media source is 0 (RFC 5104)."""
        return self.packet(packet_type, fmt, self.u32() + (self.u32() if media else bytes(4)) + information)

    def nack(self):
        return self.feedback(205, 1, self.several(20, lambda: self.u16() + self.u16()))  # RFC 4585 section 6.2.1

    def bit_rate_limit(self):
        return self.u32() + struct.pack("!I", self.bits(6) << 26 | self.bits(17) << 9 | self.bits(9))

    def tmmbr(self):
        return self.feedback(205, 3, self.several(5, self.bit_rate_limit), media=False)  # RFC 5104 section 4.2.1

    def tmmbn(self):
        return self.feedback(205, 4, self.several(5, self.bit_rate_limit, least=0), media=False)  # section 4.2.2

    def sr_request(self):
        return self.feedback(205, 5, b"")  # RFC 6051 section 3.2

    def rams(self):
        return self.feedback(205, 6, self.octets(4 * self.random.randint(1, 6)))  # registered, kept as octets

    def ecn(self):
        return self.feedback(205, 8, self.u32() + self.u32() + self.u32() + self.u16() + self.u16() + self.u16()
                             + self.u16())  # RFC 6679 section 5.1

    def ccfb(self):
        """RFC 8888 section 3.1."""
        body = self.u32()
        for _ in range(self.random.choice([0, 1, 3])):
            count = self.random.choice([0, 1, 2, 33, self.random.randint(0, 60)])
            body += self.u32() + self.u16() + struct.pack("!H", count)
            for _ in range(count):
                received = self.random.random() < 0.8
                body += struct.pack("!H", 0x8000 | self.bits(2) << 13 | self.bits(13) if received else 0)
            body += bytes(2 * (count % 2))
        return self.packet(205, 11, body + self.u32())

    def twcc(self):
        """draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.

        The feedback is filled to a word with zeros or, as libwebrtc does, with padding.
        """
        chunks, symbols = b"", []
        for _ in range(self.random.choice([1, 2, 5, 9])):
            kind = self.random.randrange(3)
            if kind == 0:
                symbol, run = self.random.randrange(3), self.random.choice([1, 15, 40, self.random.randint(1, 60)])
                chunks += struct.pack("!H", symbol << 13 | run)
                symbols += [symbol] * run
            else:
                width, count = (1, 14) if kind == 1 else (2, 7)
                these = [self.random.randrange(kind + 1) for _ in range(count)]
                value = 0x8000 | (0x4000 if kind == 2 else 0)
                for place, symbol in enumerate(these):
                    value |= symbol << 14 - width * (place + 1)
                chunks += struct.pack("!H", value)
                symbols += these
        count = len(symbols) - (self.random.randint(0, 6) if kind else 0)
        deltas = b"".join(self.u8() if s == 1 else self.u16() if s == 2 else b"" for s in symbols[:count])
        head = self.u16() + struct.pack("!H", count) + self.u24() + self.u8()
        information = head + chunks + deltas
        missing = -len(information) % 4
        if missing and self.random.random() < 0.5:
            packet = struct.pack("!BBH", 0x80 | 15, 205, 0) + self.u32() + self.u32() + information
            return self.with_padding(packet, missing)
        return self.feedback(205, 15, information + bytes(missing))

    def other_transport(self):
        fmt = self.random.choice([0, 2, 7, 9, 10, 12, 30, 31])
        return self.feedback(205, fmt, self.octets(4 * self.random.randint(0, 4)))

    def pli(self):
        return self.feedback(206, 1, b"")  # RFC 4585 section 6.3.1

    def sli(self):
        return self.feedback(206, 2, self.several(
            6, lambda: struct.pack("!I", self.bits(13) << 19 | self.bits(13) << 6 | self.bits(6))))  # section 6.3.2

    def rpsi(self):
        """RFC 4585 section 6.3.3: PB, 0, payload type, bits, and PB bits of padding."""
        octets = self.octets(self.random.choice([1, 2, 3, 10, 17]))
        spare = self.random.randint(0, 7)
        octets = octets[:-1] + bytes([octets[-1] & 0xFF << spare & 0xFF])
        fill = -(2 + len(octets)) % 4
        return self.feedback(206, 3, bytes([8 * fill + spare, self.bits(7)]) + octets + bytes(fill))

    def fir(self):
        """RFC 5104 section 4.3.1; the reserved bits are mostly 0, and ignored."""
        return self.feedback(206, 4, self.several(
            5, lambda: self.u32() + self.u8() + self.random.choice([bytes(3), self.u24()])), media=False)

    def trade_off(self, fmt):
        """RFC 5104 sections 4.3.2 and 4.3.3: 19 bits reserved, index of 5."""
        return self.feedback(206, fmt, self.several(5, lambda: self.u32() + self.u8() + (
            self.random.choice([0, self.bits(19)]) << 5 | self.bits(5)).to_bytes(3, "big")), media=False)

    def tstr(self):
        return self.trade_off(5)

    def tstn(self):
        return self.trade_off(6)

    def vbcm(self):
        """RFC 5104 section 4.3.4."""
        def entry():
            octets = self.octets(self.random.choice([0, 1, 4, 11]))
            return self.filled(self.u32() + self.u8() + bytes([self.bits(7)]) + struct.pack("!H", len(octets)) + octets)
        return self.feedback(206, 7, self.several(3, entry), media=False)

    def remb(self):
        """draft-alvestrand-rmcat-remb-03 section 2.2."""
        count = self.random.choice([0, 1, 3, 40])
        rate = struct.pack("!I", count << 24 | self.bits(6) << 18 | self.bits(18))
        return self.feedback(206, 15, b"REMB" + rate + b"".join(self.u32() for _ in range(count)), media=False)

    def afb(self):
        return self.feedback(206, 15, b"OWN " + self.octets(4 * self.random.randint(0, 5)))  # RFC 4585 section 6.4

    def other_payload(self):
        return self.feedback(206, self.random.choice([0, 8, 9, 14, 30, 31]), self.octets(4 * self.random.randint(0, 4)))

    def block(self, block_type, specific, contents):
        """RFC 3611 section 3."""
        return struct.pack("!BBH", block_type, specific, len(contents) // 4) + contents

    def run_lengths(self, block_type):
        """RFC 3611 sections 4.1 and 4.2: chunks, then a null chunk where their number is odd."""
        chunks = b""
        for _ in range(self.random.randint(1, 9)):
            run = self.bits(1) << 14 | self.random.randint(1, 0x3FFF)
            chunks += struct.pack("!H", self.random.choice([run, 0x8000 | self.bits(15)]))
        return self.block(block_type, self.bits(4), self.u32() + self.u16() + self.u16() + self.filled(chunks))

    def receipt_times(self):
        """RFC 3611 section 4.3: one time for each packet of the range that the thinning leaves."""
        thinning = self.random.choice([0, 0, 1, 2])
        begin, count = self.bits(16), self.random.randint(1, 20)
        numbers = [n for n in range(begin, begin + count) if (n & 0xFFFF) % (1 << thinning) == 0]
        return self.block(3, thinning, self.u32() + struct.pack("!HH", begin, begin + count & 0xFFFF)
                          + b"".join(self.u32() for _ in numbers))

    def reference_time(self):
        return self.block(4, 0, self.ntp())  # RFC 3611 section 4.4

    def dlrr(self):
        return self.block(5, 0, self.several(5, lambda: self.u32() + self.u32() + self.u32(), least=0))  # section 4.5

    def statistics_summary(self):
        """RFC 3611 section 4.6: fields that are not reported are 0."""
        lost, duplicates, jitter = self.bits(1), self.bits(1), self.bits(1)
        hops = self.random.choice([0, 1, 2])
        contents = self.u32() + self.u16() + self.u16()
        contents += self.u32() if lost else bytes(4)
        contents += self.u32() if duplicates else bytes(4)
        contents += b"".join(self.u32() if jitter else bytes(4) for _ in range(4))
        contents += b"".join(self.u8() if hops else bytes(1) for _ in range(4))
        return self.block(6, lost << 7 | duplicates << 6 | jitter << 5 | hops << 3, contents)

    def voip_metrics(self):
        """RFC 3611 section 4.7."""
        def quality(least, most):
            return bytes([self.random.choice([127, least, most, self.random.randint(least, most)])])
        contents = self.u32() + self.u8() + self.u8() + self.u8() + self.u8()
        contents += self.u16() + self.u16() + self.u16() + self.u16()
        contents += self.u8() + self.u8() + self.u8() + bytes([self.random.randint(1, 255)])
        contents += quality(0, 100) + quality(0, 100) + quality(10, 50) + quality(10, 50)
        contents += self.u8() + bytes(1) + self.u16() + self.u16() + self.u16()
        return self.block(7, 0, contents)

    def other_block(self):
        return self.block(self.random.choice([13, 100, 254]), self.bits(8), self.octets(4 * self.random.randint(0, 5)))

    def xr(self, *blocks):
        return self.packet(207, 0, self.u32() + b"".join(blocks))  # RFC 3611 section 2

    def all_blocks(self):
        return [self.run_lengths(1), self.run_lengths(2), self.receipt_times(), self.reference_time(), self.dlrr(),
                self.statistics_summary(), self.voip_metrics(), self.other_block()]

    def old_fir(self):
        return self.packet(192, 0, self.u32())  # RFC 2032 section 5.2.1

    def old_nack(self):
        return self.packet(193, 0, self.u32() + self.u16() + self.u16())  # RFC 2032 section 5.2.2

    def smpte(self):
        return self.packet(194, 0, self.octets(4 * self.random.randint(1, 5)))  # RFC 5484, kept as octets

    def ij(self):
        count = self.random.choice([0, 1, 31, self.random.randint(0, 31)])
        return self.packet(195, count, b"".join(self.u32() for _ in range(count)))  # RFC 5450 section 4

    def avb(self):
        """IEEE 1733: SSRC or CSRC, name, timebase indicator, identity, stream, two timestamps."""
        clock = self.u16() + self.octets(10)
        return self.packet(208, 0, self.u32() + b"AVB1" + clock + self.u64() + self.u32() + self.u32())

    def summary_block(self, kind, contents):
        assert (2 + len(contents)) % 4 == 0
        return bytes([kind, (2 + len(contents)) // 4]) + contents

    def distribution(self, kind):
        """RFC 5760 section 7.1.3: NDB buckets of equal size that fill whole words."""
        buckets, width = self.random.choice([(1, 32), (4, 8), (16, 8), (8, 4), (30, 16)])
        low = self.random.randint(0, 1 << 31)
        return self.summary_block(kind, struct.pack("!HII", buckets << 4 | self.bits(4), low, low + 1 + self.bits(30))
                                  + self.octets(buckets * width // 8))

    def rsi(self):
        """RFC 5760 sections 7.1.1 to 7.1.12."""
        name = b"feedback.example"
        blocks = [
            self.summary_block(0, struct.pack("!H", self.random.randint(1, 65535)) + self.octets(4)),
            self.summary_block(1, struct.pack("!H", self.random.randint(1, 65535)) + self.octets(16)),
            self.summary_block(2, struct.pack("!H", self.random.randint(1, 65535)) + self.filled(name[self.bits(2):])),
            *(self.distribution(kind) for kind in (4, 5, 6, 7)),
            self.summary_block(8, bytes(2) + self.several(4, self.u32)),
            self.summary_block(10, bytes(2) + self.u8() + self.u24() + self.u32()),
            self.summary_block(11, struct.pack("!H", self.bits(2) << 14) + self.u32()),
            self.summary_block(12, self.u16() + self.u32()),
            self.summary_block(self.random.choice([3, 9, 200]), self.octets(2 + 4 * self.random.randint(0, 3))),
        ]
        self.random.shuffle(blocks)
        return self.packet(209, 0, self.u32() + self.u32() + self.ntp() + b"".join(blocks))

    def token_element(self):
        octets = self.octets(self.random.choice([0, 2, 5, 32]))
        return self.filled(struct.pack("!H", len(octets)) + octets)

    def token_request(self):
        return self.packet(210, 1, self.u32() + self.u64())  # RFC 6284 section 4.1

    def token_response(self):
        types = self.random.choice([b"", bytes([205, 206, 203, 204]), bytes([205, 206, 207])])
        return self.packet(210, 2, self.u32() + self.u32() + self.u64() + self.token_element() + self.ntp() + self.u32()
                           + self.filled(bytes([len(types)]) + types))  # section 4.2

    def token_verification(self):
        return self.packet(210, 3, self.u32() + self.u64() + self.token_element() + self.ntp())  # section 4.3

    def token_failure(self):
        return self.packet(210, 4, self.u32() + self.u32() + self.u8() + (self.bits(5) << 19).to_bytes(3, "big")
                           + self.u64())  # section 4.4

    def idms(self):
        """RFC 7272 section 7."""
        return self.packet(211, 0, self.u32() + self.u32() + self.u32() + self.ntp() + self.u32() + self.ntp())

    def unknown(self):
        packet_type = self.random.choice([212, 213, 220])
        return self.packet(packet_type, self.bits(5), self.octets(4 * self.random.randint(0, 6)))

    def rtcp_packets(self):
        """Every type and format once; XR with each block alone and with all."""
        for make in (self.sr, self.rr, self.sdes, self.bye, self.app,
                     self.nack, self.tmmbr, self.tmmbn, self.sr_request, self.rams, self.ecn, self.ccfb, self.twcc,
                     self.other_transport,
                     self.pli, self.sli, self.rpsi, self.fir, self.tstr, self.tstn, self.vbcm, self.remb, self.afb,
                     self.other_payload,
                     self.old_fir, self.old_nack, self.smpte, self.ij, self.avb, self.rsi,
                     self.token_request, self.token_response, self.token_verification, self.token_failure, self.idms,
                     self.unknown):
            yield make()
        for kind in range(1, 9):
            yield self.sdes([kind])
        yield self.sdes(self.random.sample(range(1, 13), 4))
        for block in self.all_blocks():
            yield self.xr(block)
        yield self.xr(*self.all_blocks())
        yield self.xr()

    def round(self):
        """UDP payloads with their ports."""
        for packet in self.rtp_packets():
            yield RTP_PORT, packet
        for packet in self.rtcp_packets():
            yield RTCP_PORT, packet
            if not packet[0] & 0x20 and self.random.random() < 0.2:
                yield RTCP_PORT, self.padded(packet)
        for packet in self.rtcp_packets():
            report = self.random.choice([self.sr, self.rr])()
            compound = report + self.packet(202, 1, report[4:8] + b"\x01\x0bgen@invalid" + bytes(3))
            if packet[0] & 0x20 or self.random.random() < 0.8:
                yield RTCP_PORT, compound + packet
            else:
                yield RTCP_PORT, compound + packet + self.padded(self.bye())


def checksum(octets):
    total = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(port, payload):
    """Ethernet, IPv4 and UDP around a payload; no UDP checksum."""
    udp = struct.pack("!HHHH", port + 10000, port, 8 + len(payload), 0) + payload
    ip = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, bytes([192, 0, 2, 1]),
                               bytes([192, 0, 2, 2])))
    ip[10:12] = struct.pack("!H", checksum(bytes(ip)))
    return bytes.fromhex("020000000002020000000001") + b"\x08\x00" + bytes(ip) + udp


def main():
    parser = argparse.ArgumentParser(description="Writes a capture of every RTP and RTCP shape.")
    parser.add_argument("output")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=8)
    arguments = parser.parse_args()
    generator = Generator(arguments.seed)
    with open(arguments.output, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        milliseconds = 0
        for _ in range(arguments.rounds):
            for port, payload in generator.round():
                octets = frame(port, payload)
                seconds, rest = divmod(milliseconds, 1000)
                record = struct.pack("<IIII", 1_700_000_000 + seconds, 1000 * rest, len(octets), len(octets))
                file.write(record + octets)
                milliseconds += 20


if __name__ == "__main__":
    main()

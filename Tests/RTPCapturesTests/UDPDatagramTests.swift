// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTPCaptures
import TestSupport
import Testing

@Suite("UDPDatagram")
struct UDPDatagramTests {
    static let payload: [UInt8] = [0x80, 1, 2, 3, 4, 5]

    struct Sample: CustomTestStringConvertible {
        var testDescription: String
        var frame: [UInt8]
        var linkType: LinkType
        var ipOffset: Int
        var udpOffset: Int
    }

    /// Every link layer and every header that is passed over.
    static var samples: [Sample] {
        let udp = Frame.udp(payload)
        let four = Frame.ipv4(udp)
        let six = Frame.ipv6(udp)
        func raw(_ number: UInt32) -> LinkType { LinkType(rawValue: number) }
        var samples = [
            Sample(
                testDescription: "Ethernet, padded",
                frame: Frame.ethernet(0x0800, four + Array(repeating: 0, count: 12)),
                linkType: .ethernet, ipOffset: 14, udpOffset: 34),
            Sample(
                testDescription: "Ethernet", frame: Frame.ethernet(0x86DD, six), linkType: .ethernet, ipOffset: 14,
                udpOffset: 54),
            Sample(
                testDescription: "802.1Q", frame: Frame.ethernet(0x0800, tags: [0x8100], four), linkType: .ethernet,
                ipOffset: 18, udpOffset: 38),
            Sample(
                testDescription: "802.1ad", frame: Frame.ethernet(0x86DD, tags: [0x88A8, 0x8100], six),
                linkType: .ethernet, ipOffset: 22, udpOffset: 62),
            Sample(
                testDescription: "cooked", frame: Frame.linuxCooked(0x0800, four), linkType: .linuxCooked, ipOffset: 16,
                udpOffset: 36),
            Sample(
                testDescription: "cooked v2", frame: Frame.linuxCooked2(0x86DD, six), linkType: .linuxCooked2,
                ipOffset: 20, udpOffset: 60),
            Sample(
                testDescription: "IPv4", frame: four, linkType: .ipv4, ipOffset: 0, udpOffset: 20),
            Sample(
                testDescription: "IPv6", frame: six, linkType: .ipv6, ipOffset: 0, udpOffset: 40),
            Sample(
                testDescription: "IPv4 options", frame: Frame.ipv4(options: Array(repeating: 1, count: 40), udp),
                linkType: .raw, ipOffset: 0, udpOffset: 60),
            Sample(
                testDescription: "IPv4 don't fragment", frame: Frame.ipv4(flags: 0x4000, udp), linkType: .raw,
                ipOffset: 0, udpOffset: 20),
            Sample(
                testDescription: "UDP shorter than IP says", frame: Frame.ipv4(udp + [9, 9, 9]), linkType: .raw,
                ipOffset: 0, udpOffset: 20),
            Sample(
                testDescription: "all extension headers",
                frame: Frame.ipv6(
                    next: 0,
                    [60, 0, 1, 4, 0, 0, 0, 0]
                        + [43, 1, 1, 12] + Array(repeating: 0, count: 12)
                        + [44, 0, 0, 0, 0, 0, 0, 0]
                        + [51, 0, 0, 0, 1, 2, 3, 4]
                        + [17, 4] + Array(repeating: 7, count: 22) + udp),
                linkType: .raw, ipOffset: 0, udpOffset: 104),
        ]
        for number in [12, 14, 101] as [UInt32] {
            samples.append(
                Sample(
                    testDescription: "raw \(number)", frame: number == 14 ? six : four, linkType: raw(number),
                    ipOffset: 0,
                    udpOffset: number == 14 ? 40 : 20))
        }
        for family in [[2, 0, 0, 0], [0, 0, 0, 2], [10, 0, 0, 0], [24, 0, 0, 0], [0, 0, 0, 28], [0, 0, 0, 30]]
            as [[UInt8]]
        {
            let isFour = family.contains(2)
            samples.append(
                Sample(
                    testDescription: "loopback \(family)", frame: family + (isFour ? four : six),
                    linkType: family[0] == 0 ? .loop : .null, ipOffset: 4, udpOffset: isFour ? 24 : 44))
        }
        return samples
    }

    @Test("every link layer and IP header leads to the datagram", arguments: samples)
    func layers(_ sample: Sample) throws {
        let datagram = try parse(sample.frame, sample.linkType)
        #expect(Array(sample.frame[datagram.payloadRange]) == Self.payload)
        #expect(datagram.sourcePort == 5004)
        #expect(datagram.destinationPort == 6000)
        #expect(datagram.ipHeaderOffset == sample.ipOffset)
        #expect(datagram.udpHeaderOffset == sample.udpOffset)
        #expect(datagram.udpLengthOffset == sample.udpOffset + 4)
        #expect(datagram.udpChecksumOffset == sample.udpOffset + 6)
        if datagram.ipVersion == 4 {
            #expect(datagram.description == "192.0.2.1:5004 -> 198.51.100.7:6000")
            #expect(datagram.ipLengthOffset == sample.ipOffset + 2)
            #expect(datagram.ipChecksumOffset == sample.ipOffset + 10)
        } else {
            #expect(datagram.description == "[2001:db8::1]:5004 -> [2001:db8::1:0:0:2]:6000")
            #expect(datagram.ipLengthOffset == sample.ipOffset + 4)
            #expect(datagram.ipChecksumOffset == nil)
        }
    }

    @Test("a frame cut before the datagram's end is truncated, wherever the cut", arguments: samples)
    func truncation(_ sample: Sample) throws {
        let end = try parse(sample.frame, sample.linkType).payloadRange.upperBound
        for count in 0..<end {
            #expect(throws: UDPDatagram.Refusal.truncated, "cut at \(count)") {
                try parse(Array(sample.frame.prefix(count)), sample.linkType)
            }
        }
        for count in end...sample.frame.count {
            #expect(throws: Never.self) { try parse(Array(sample.frame.prefix(count)), sample.linkType) }
        }
    }

    @Test("other frames are refused with a reason")
    func refusals() {
        let udp = Frame.udp(Self.payload)
        #expect(refusal(udp, LinkType(rawValue: 127)) == .unknownLinkType(LinkType(rawValue: 127)))
        #expect(refusal(Frame.ethernet(0x0806, udp), .ethernet) == .notIP)
        #expect(refusal(Frame.ethernet(100, udp), .ethernet) == .notIP)
        #expect(refusal(Frame.linuxCooked(4, udp), .linuxCooked) == .notIP)
        #expect(refusal([0, 0, 0, 7] + udp, .null) == .notIP)
        #expect(refusal([0x50] + udp) == .notIP)
        #expect(refusal(Frame.ethernet(0x0800, Frame.ipv6(udp)), .ethernet) == .malformed)
        #expect(refusal(Frame.ipv4(udp), .ipv6) == .malformed)
        #expect(refusal(Frame.ethernet(0x0800, [0] + udp), .ethernet) == .malformed)

        #expect(refusal(Frame.ipv4(next: 6, udp)) == .notUDP(protocol: 6))
        #expect(refusal(Frame.ipv6(next: 58, udp)) == .notUDP(protocol: 58))
        #expect(refusal(Frame.ipv6(next: 0, [59, 0, 1, 4, 0, 0, 0, 0] + udp)) == .notUDP(protocol: 59))

        #expect(refusal(Frame.ipv4(flags: 0x2000, udp)) == .fragment)
        #expect(refusal(Frame.ipv4(flags: 0x0001, udp)) == .fragment)
        #expect(refusal(Frame.ipv6(next: 44, [17, 0, 0, 1, 0, 0, 0, 9] + udp)) == .fragment)
        #expect(refusal(Frame.ipv6(next: 44, [17, 0, 0, 8, 0, 0, 0, 9] + udp)) == .fragment)
        #expect(refusal(Frame.ipv6(next: 44, [17, 0, 0, 6, 0, 0, 0, 9] + udp)) == nil, "reserved bits are ignored")

        #expect(refusal([0x44] + Frame.ipv4(udp).dropFirst()) == .malformed, "header of 16 octets")
        #expect(refusal(Frame.ipv4(totalLength: 19, udp)) == .malformed)
        #expect(refusal(Frame.ipv4(totalLength: 0, udp)) == .malformed)
        #expect(refusal(Frame.ipv4(totalLength: 27, udp)) == .malformed, "no room for a UDP header")
        #expect(refusal(Frame.ipv4(totalLength: 33, udp)) == .malformed, "UDP longer than IP")
        #expect(refusal(Frame.ipv6(payloadLength: 13, udp)) == .malformed)
        #expect(refusal(Frame.ipv6(next: 0, payloadLength: 8, [17, 9, 1, 4, 0, 0, 0, 0] + udp)) == .malformed)
        for length in [0, 7, 15] {
            #expect(refusal(Frame.ipv4(Frame.udp(length: length, Self.payload))) == .malformed)
        }
        #expect(refusal(Frame.ipv4(Frame.udp([]))) == nil, "an empty payload is one")
    }

    @Test("noise and damaged frames never trap, and ranges stay inside")
    func garbage() {
        var generator = SeededGenerator(seed: 42)
        let linkTypes = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276].map { LinkType(rawValue: $0) }
        for round in 0..<20_000 {
            let sample = Self.samples[round % Self.samples.count]
            var frame = sample.frame
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                frame[Int.random(in: frame.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            frame.removeLast(Int.random(in: 0...4, using: &generator))
            for linkType in [sample.linkType, linkTypes.randomElement(using: &generator) ?? .raw] {
                guard let datagram = try? parse(frame, linkType) else { continue }
                #expect(datagram.payloadRange.upperBound <= frame.count)
                #expect(datagram.ipHeaderOffset < datagram.udpHeaderOffset)
            }
        }
    }

    @Test(
        "IPv6 addresses are written as RFC 5952 says",
        arguments: [
            (0, 0, "::"), (0, 1, "::1"), (0x2001_0DB8_0000_0000, 0, "2001:db8::"),
            (0x2001_0DB8_0000_0000, 0x0000_0000_0002_0001, "2001:db8::2:1"),
            (0x2001_0DB8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
            (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "2001:0:0:1::1"),
            (0x2001_0DB8_0000_0000, 0x0001_0000_0000_0001, "2001:db8::1:0:0:1"),
            (0xFE80_0000_0000_0000, 0xABCD_00EF_0000_000A, "fe80::abcd:ef:0:a"),
            (0x0000_0001_0002_0003, 0x0004_0005_0006_0007, "0:1:2:3:4:5:6:7"),
            (0, 0x0000_FFFF_C000_0201, "::ffff:192.0.2.1"), (0, 0xC000_0201, "::c000:201"),
        ] as [(UInt64, UInt64, String)])
    func addresses(_ high: UInt64, _ low: UInt64, _ text: String) {
        #expect(IPAddress.v6(UInt128(high) << 64 | UInt128(low)).description == text)
    }
}

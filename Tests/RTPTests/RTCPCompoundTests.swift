// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("RTCP headers and compounds")
struct RTCPCompoundTests {
    static let emptyRR = octets("80c90001 00000001")
    static let sdes = octets("81ca0003 00000001 0103616263 000000")

    private func parse(_ bytes: [UInt8], _ form: RTCPForm = .compound) throws -> RTCPCompound {
        try RTCPCompound(parsing: bytes.span.bytes, form: form)
    }

    @Test("the header's fields")
    func header() throws {
        let bytes = octets("b5cd0102")
        let header = try RTCPHeader(parsing: bytes.span.bytes)
        #expect(header.hasPadding)
        #expect(header.count == 21)
        #expect(header.packetType == .transportFeedback)
        #expect(header.lengthInWords == 0x0102)
        #expect(header.packetByteCount == 4 * 0x0103)
        #expect(throws: RTPError.truncated(.rtcpHeader, neededBytes: 4, availableBytes: 3)) {
            try RTCPHeader(parsing: bytes.span.bytes.extracting(0..<3))
        }
    }

    @Test("SRTP-44 other versions than 2 are refused, in the first packet and later", arguments: [0, 1, 3] as [UInt8])
    func version(_ version: UInt8) {
        for position in [0, 8] {
            var bytes = Self.emptyRR + Self.sdes
            bytes[position] = version << 6 | bytes[position] & 0x3F
            #expect(throws: RTPError.unsupportedVersion(version)) { try parse(bytes) }
        }
    }

    @Test("RTP-16 packets are framed where they lie, in order, of every type")
    func framing() throws {
        let bytes = Self.emptyRR + Self.sdes + octets("80cf0000 84d20001 aabbccdd 80fe0000")
        let view = try RTCPCompoundView(bytes.span.bytes)
        let packetCount = view.packetCount
        #expect(packetCount == 5)
        var packets = view.makeIterator()
        var types: [String] = []
        var bodies: [Int] = []
        while let packet = packets.next() {
            types.append("\(packet.header.packetType)")
            bodies.append(packet.body.byteCount)
        }
        #expect(types == ["RR", "SDES", "XR", "TOKEN", "254"])
        #expect(bodies == [4, 12, 0, 4, 0])
    }

    @Test("RTP-07 a packet that cannot be read leaves those beside it readable")
    func brokenNeighbour() throws {
        let bytes = Self.emptyRR + octets("80cc0000") + Self.sdes
        var packets = try RTCPCompoundView(bytes.span.bytes).makeIterator()
        var types: [UInt8?] = []
        while let packet = packets.next() { types.append(try? packet.decoded().packetType.rawValue) }
        #expect(types == [201, nil, 202])
        #expect(throws: RTPError.truncated(.app, neededBytes: 8, availableBytes: 0)) { try parse(bytes) }
    }

    @Test("RTP-16 A.2: the first packet is an SR or RR")
    func firstType() throws {
        for type in UInt8.min...UInt8.max where type != 200 && type != 201 {
            #expect(throws: RTPError.unexpectedPacketType(type)) {
                _ = try RTCPCompoundView(([0x80, type, 0, 0] + Self.emptyRR).span.bytes)
            }
        }
        _ = try parse(Self.emptyRR)
    }

    @Test("RTP-16 reduced-size RTCP may begin with any type of 192 to 223 (RFC 5506)")
    func reducedSize() throws {
        for type in UInt8.min...UInt8.max {
            let bytes: [UInt8] = [0x80, type, 0, 0]
            if (192...223).contains(type) {
                let view = try RTCPCompoundView(bytes.span.bytes, form: .reducedSize)
                let count = view.packetCount
                #expect(count == 1)
            } else {
                #expect(throws: RTPError.unexpectedPacketType(type)) {
                    _ = try RTCPCompoundView(bytes.span.bytes, form: .reducedSize)
                }
            }
        }
    }

    @Test("RTP-07 A.2: lengths add up to the datagram's")
    func lengths() {
        let good = Self.emptyRR + Self.sdes
        #expect(throws: RTPError.truncated(.rtcpHeader, neededBytes: 4, availableBytes: 0)) { try parse([]) }
        for extra in 1...3 {
            #expect(throws: RTPError.truncated(.rtcpHeader, neededBytes: 4, availableBytes: extra)) {
                try parse(good + [UInt8](repeating: 0x80, count: extra))
            }
        }
        #expect(throws: RTPError.truncated(.rtcpBody, neededBytes: 16, availableBytes: 12)) {
            try parse(good.dropLast(4))
        }
        #expect(throws: RTPError.truncated(.rtcpBody, neededBytes: 262_144, availableBytes: 8)) {
            try parse(octets("80c9ffff 00000001"))
        }
        #expect(throws: RTPError.truncated(.receiverReport, neededBytes: 4, availableBytes: 0)) {
            try parse(octets("80c90000"))
        }
    }

    @Test("RTP-09 A.2: padding only on the last packet, and not on one that is also the first")
    func paddingPlace() throws {
        let padded = octets("a0c90002 00000001 00000004")
        #expect(throws: RTPError.invalidPadding(count: 4, availableBytes: 0)) { try parse(padded) }
        #expect(throws: RTPError.invalidPadding(count: 4, availableBytes: 0)) { try parse(padded + Self.sdes) }
        #expect(throws: RTPError.invalidPadding(count: 4, availableBytes: 0)) {
            try parse(padded + Self.sdes, .reducedSize)
        }
        #expect(throws: RTPError.invalidPadding(count: 4, availableBytes: 0)) {
            try parse(Self.emptyRR + padded + Self.sdes)
        }
        #expect(try parse(padded, .reducedSize).padding == [0, 0, 0, 4])
        #expect(try parse(Self.emptyRR + padded).padding == [0, 0, 0, 4])
    }

    @Test("RTP-09 padding is whole words inside its packet, and its octets are kept")
    func paddingCount() throws {
        for (count, isLegal) in [(0, false), (1, false), (3, false), (4, true), (8, true), (12, false), (255, false)] {
            let bytes = Self.emptyRR + octets("a0c90003 00000001 11223344 5566") + [0x77, UInt8(count)]
            if isLegal {
                let compound = try parse(bytes)
                #expect(compound.padding == bytes.suffix(count))
                #expect(try compound.encoded(form: .reducedSize) == bytes)
            } else if count == 12 {
                #expect(throws: RTPError.truncated(.receiverReport, neededBytes: 4, availableBytes: 0)) {
                    try parse(bytes)
                }
            } else {
                #expect(throws: RTPError.invalidPadding(count: count, availableBytes: 12)) { try parse(bytes) }
            }
        }
    }

    @Test("a compound to be sent begins with a report and has its CNAME")
    func encodingRules() throws {
        let report = RTCPPacket.receiverReport(ReceiverReport(ssrc: 1))
        let cname = try SourceDescription.Item(.cname, "abc")
        let name = try SourceDescription.Item(.name, "abc")
        func description(_ source: SSRC, _ item: SourceDescription.Item) -> RTCPPacket {
            .sourceDescription(SourceDescription([.init(source: source, items: [item])]))
        }
        let good = RTCPCompound([report, description(1, cname)])
        #expect(try good.encoded() == Self.emptyRR + Self.sdes)
        #expect(good.encodedByteCount == 24)
        #expect(try parse(good.encoded()) == good)

        #expect(throws: RTPError.missing(.receiverReport)) { try RTCPCompound([]).encoded() }
        #expect(throws: RTPError.missing(.rtcpHeader)) { try RTCPCompound([]).encoded(form: .reducedSize) }
        for packets in [[report], [report, description(1, name)], [report, description(2, cname)]] {
            #expect(throws: RTPError.missing(.sourceDescription)) { try RTCPCompound(packets).encoded() }
            _ = try RTCPCompound(packets).encoded(form: .reducedSize)
        }
        #expect(throws: RTPError.unexpectedPacketType(202)) {
            try RTCPCompound([description(1, cname), report]).encoded()
        }
        let feedback = RTCPPacket.raw(
            RawRTCPPacket(packetType: .payloadFeedback, count: 1, body: octets("0000000100000002")))
        #expect(try RTCPCompound([feedback]).encoded(form: .reducedSize) == octets("81ce0002 00000001 00000002"))
        let fake = RTCPPacket.raw(RawRTCPPacket(packetType: .senderReport, count: 0, body: []))
        #expect(throws: RTPError.unexpectedPacketType(200)) { try RTCPCompound([fake]).encoded() }
    }

    @Test("values that do not fit their field are typed errors")
    func encodingLimits() {
        func encoded(_ packet: RTCPPacket, padding: [UInt8] = []) throws -> [UInt8] {
            try RTCPCompound([packet], padding: padding).encoded(form: .reducedSize)
        }
        func raw(_ count: UInt8, _ bytes: Int) -> RTCPPacket {
            .raw(RawRTCPPacket(packetType: .extendedReport, count: count, body: [UInt8](repeating: 0, count: bytes)))
        }
        #expect(throws: Never.self) { try encoded(raw(31, 262_140)) }
        #expect(throws: RTPError.valueOutOfRange(.rtcpBody, value: 32, allowed: 0...31)) { try encoded(raw(32, 0)) }
        #expect(throws: RTPError.invalidLength(.rtcpBody, bytes: 3)) { try encoded(raw(0, 3)) }
        #expect(throws: RTPError.invalidLength(.rtcpBody, bytes: 262_144)) { try encoded(raw(0, 262_144)) }
        #expect(throws: RTPError.invalidLength(.rtcpBody, bytes: 262_144)) {
            try encoded(raw(0, 262_140), padding: [0, 0, 0, 4])
        }
        for padding: [UInt8] in [[0, 0, 0, 0], [1], [0, 0, 0, 8], [0, 0, 0, 0, 5]] {
            #expect(
                throws: RTPError.invalidPadding(count: Int(padding[padding.count - 1]), availableBytes: padding.count)
            ) {
                try encoded(raw(0, 0), padding: padding)
            }
        }
    }

    @Test("random compounds come back; every strict prefix throws or writes itself", arguments: 0..<48)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var compound = RTCPCompound([.receiverReport(ReceiverReport(ssrc: random.ssrc()))])
        for _ in 0..<Int.random(in: 0...3, using: &random) { compound.packets.append(try random.rtcpPacket()) }
        if Bool.random(using: &random), compound.packets.count > 1 {
            let count = 4 * UInt8.random(in: 1...63, using: &random)
            compound.padding = random.octets(Int(count) - 1) + [count]
        }
        let bytes = try compound.encoded(form: .reducedSize)
        #expect(bytes.count == compound.encodedByteCount)
        #expect(try parse(bytes) == compound)
        for count in 0..<bytes.count {
            let prefix = Array(bytes.prefix(count))
            guard let read = try? parse(prefix) else { continue }
            #expect(try read.encoded(form: .reducedSize) == prefix)
        }
    }

    @Test("RTP-06 whatever parses writes itself: random and flipped octets", arguments: 0..<16)
    func noise(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: 1000 + seed)
        for _ in 0..<2_000 {
            var bytes = try RTCPCompound([try random.rtcpPacket()]).encoded(form: .reducedSize)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[.random(in: 0..<min(bytes.count, 64), using: &random)] = random.number()
            }
            guard let read = try? parse(bytes, .reducedSize) else { continue }
            #expect(try read.encoded(form: .reducedSize) == bytes)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

/// What receivers have got wrong, where no other suite pins it already.
@Suite("Traps of parsing RTP and RTCP")
struct RTPTrapTests {
    @Test("RTP-01 every length short of the header is refused; a header that ends with the packet is whole")
    func headerLengths() throws {
        let shortest = [0x80] + [UInt8](repeating: 0, count: 11)
        for count in 0..<12 {
            let short = Array(shortest.prefix(count))
            #expect(throws: RTPError.truncated(.rtpHeader, neededBytes: 12, availableBytes: count)) {
                try RTPHeader(parsing: short.span.bytes)
            }
        }
        for csrcCount in 0...15 {
            try expectWhole(csrcCount: csrcCount, extensionBlock: [])
            for words in [0, 1, 3] {
                let block = [0xBE, 0xDE, 0, UInt8(words)] + [UInt8](repeating: 2, count: 4 * words)
                try expectWhole(csrcCount: csrcCount, extensionBlock: block)
            }
        }
    }

    /// Reads a header of these parts that fills its packet, and every one cut short of it.
    private func expectWhole(csrcCount: Int, extensionBlock: [UInt8]) throws {
        let first = 0x80 | UInt8(csrcCount) | (extensionBlock.isEmpty ? 0 : 0x10)
        let header = [first] + [UInt8](repeating: 0, count: 11 + 4 * csrcCount) + extensionBlock
        #expect(try RTPHeader(parsing: header.span.bytes).byteCount == header.count)
        for count in 12..<header.count {
            let short = Array(header.prefix(count))
            #expect(throws: RTPError.self) { try RTPHeader(parsing: short.span.bytes) }
        }
    }

    @Test("RTP-02 a packet of padding only has an empty payload, from SSRC 0 as well")
    func paddingOnly() throws {
        for count in [1, 2, 224, 255] {
            let bytes = octets("a000 0000 00000000 00000000") + [UInt8](repeating: 0, count: count - 1) + [UInt8(count)]
            let packet = try RTPPacketView(bytes.span.bytes)
            let (payload, ssrc) = (octets(packet.payload), packet.header.ssrc)
            #expect(payload.isEmpty)
            #expect(ssrc == 0)
        }
    }

    @Test("RTP-03 what shares the port is told by its first octet, before any parsing")
    func firstOctets() {
        let body = [UInt8](repeating: 0, count: 19)
        let expected: [(ClosedRange<UInt8>, DatagramClass)] = [
            (0...3, .stun), (16...19, .zrtp), (20...63, .dtls), (64...79, .turnChannel), (128...191, .rtp),
            (192...255, .quic),
        ]
        for (range, kind) in expected {
            for first in range {
                #expect(DatagramClass(([first] + body).span.bytes) == kind)
                guard kind != .rtp else { continue }
                #expect(throws: RTPError.unsupportedVersion(first >> 6)) {
                    try RTPHeader(parsing: ([first] + body).span.bytes)
                }
                #expect(throws: RTPError.unsupportedVersion(first >> 6)) {
                    try RTCPHeader(parsing: ([first] + body).span.bytes)
                }
            }
        }
    }

    @Test("RTP-05 on a shared port 192 to 223 is RTCP: RTP with the marker and types 64 to 95 cannot be told from it")
    func multiplexing() {
        let body = [UInt8](repeating: 0, count: 10)
        for type in UInt8(0)...127 {
            let collides = (64...95).contains(type)
            #expect(DatagramClass(([0x80, 0x80 | type] + body).span.bytes) == (collides ? .rtcp : .rtp))
            #expect(DatagramClass(([0x80, type] + body).span.bytes) == .rtp)
            #expect(DatagramClass.canMultiplex(payloadType: type) == !collides)
        }
    }

    @Test("RTP-06 random octets behind a plausible head never trap, at any address", arguments: 0..<8)
    func noise(_ seed: UInt64) {
        var random = SeededGenerator(seed: 500 + seed)
        for _ in 0..<4_000 {
            let shift = random.below(8)
            var bytes = random.octets(in: (shift + 4)...(shift + 120))
            let words = UInt16((bytes.count - shift) / 4 - 1)
            bytes[shift] = 0x80 | random.number(UInt8.self) & 0x3F
            if random.below(8) > 0 {
                bytes[shift + 1] = .random(in: 192...212, using: &random)
                bytes[shift + 2] = UInt8(words >> 8)
                bytes[shift + 3] = UInt8(words & 0xFF)
                bytes.removeLast((bytes.count - shift) % 4)
            }
            let datagram = bytes.span.bytes.extracting(shift..<bytes.count)
            if let compound = try? RTCPCompound(parsing: datagram, form: .reducedSize) {
                #expect((try? compound.encoded(form: .reducedSize)) == Array(bytes[shift...]))
                for packet in compound.packets { touch(packet) }
                checkLengths(datagram)
            }
            walk(datagram)
        }
    }

    /// Compares what packets say of their length with what they have.
    private func checkLengths(_ datagram: RawSpan) {
        guard var packets = (try? RTCPCompoundView(datagram, form: .reducedSize))?.makeIterator() else { return }
        while let packet = packets.next() {
            let byteCount = packet.bytes.byteCount - packet.paddingByteCount
            #expect((try? packet.decoded())?.encodedByteCount == byteCount)
        }
    }

    /// Reads the elements of an RTP packet's header extension.
    private func walk(_ datagram: RawSpan) {
        let byteCount = datagram.byteCount
        guard let header = try? RTPHeader(parsing: datagram), var elements = HeaderExtensionCursor(header) else {
            return
        }
        while let element = try? elements.next(in: datagram) { #expect(element.range.upperBound <= byteCount) }
    }

    /// Asks for all that is computed from a packet's octets.
    private func touch(_ packet: RTCPPacket) {
        switch packet {
        case .transportFeedback(let packet):
            if case .transportWide(let feedback) = packet.message {
                #expect(feedback.statuses.count == feedback.packetStatusCount)
                #expect(feedback.arrivalTimes.count == feedback.packetStatusCount)
            }
            if case .bitRateNotification(let limits) = packet.message { _ = limits.map(\.maximumBitRate.bitsPerSecond) }
        case .payloadFeedback(let packet):
            if case .referencePictureSelection(let selection) = packet.message { #expect(selection.bitCount >= 0) }
        case .extendedReport(let report):
            for case .lossRunLengths(let block) in report.blocks { #expect(block.marks.count <= 65535) }
        case .receiverSummary(let summary):
            for case .loss(let block) in summary.blocks { _ = block.buckets }
        case .senderReport(let report): #expect(!report.ntpTimestamp.description.isEmpty)
        default: break
        }
    }

    @Test("RTP-06 a recording's RTCP is read and written octet by octet, and so is what is left of it after damage")
    func recording() throws {
        let compounds = Recording.rtcp
        #expect(compounds.count == 55)
        var random = SeededGenerator(seed: 77)
        for bytes in compounds {
            #expect(try RTCPCompound(parsing: bytes.span.bytes).encoded() == bytes)
            for _ in 0..<200 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    damaged[random.below(damaged.count)] = random.flag() ? random.number() : 207
                }
                damaged.removeLast(random.below(4) == 0 ? 4 * random.below(damaged.count / 4) : 0)
                guard let read = try? RTCPCompound(parsing: damaged.span.bytes, form: .reducedSize) else { continue }
                #expect(try read.encoded(form: .reducedSize) == damaged)
            }
        }
    }

    @Test("RTP-12 APP: data of whole words, a subtype of five bits")
    func applicationDefined() throws {
        let name = ApplicationDefined.Name(rawValue: 0)
        for count in [1, 2, 3, 5] {
            #expect(throws: RTPError.invalidLength(.app, bytes: 8 + count)) {
                try encodedRTCP(
                    .applicationDefined(.init(ssrc: 1, name: name, data: [UInt8](repeating: 0, count: count))))
            }
        }
        for subtype: UInt8 in [32, 255] {
            #expect(throws: RTPError.valueOutOfRange(.app, value: Int(subtype), allowed: 0...31)) {
                try encodedRTCP(.applicationDefined(.init(subtype: subtype, ssrc: 1, name: name)))
            }
        }
    }

    @Test("RTP-17 compounds as they come: BYE first or in the middle, two SRs, CNAMEs twice, several SSRCs")
    func unusualCompounds() throws {
        let cname = try SourceDescription.Item(.cname, "abc")
        func report(_ ssrc: SSRC) -> RTCPPacket {
            .senderReport(
                SenderReport(ssrc: ssrc, ntpTimestamp: .none, rtpTimestamp: 0, packetCount: 0, octetCount: 0))
        }
        let description = RTCPPacket.sourceDescription(
            SourceDescription([.init(source: 1, items: [cname, cname]), .init(source: 1, items: [cname])]))
        let bye = RTCPPacket.goodbye(try Goodbye(sources: [1]))
        let pictureLoss = RTCPPacket.payloadFeedback(
            PayloadFeedback(sender: 9, mediaSource: 2, message: .pictureLoss))
        for packets in [
            [report(1), bye, description], [report(1), report(1), description], [report(1), description, description],
            [report(1), report(2), .receiverReport(ReceiverReport(ssrc: 3)), description, pictureLoss],
        ] {
            let bytes = try RTCPCompound(packets).encoded()
            #expect(try RTCPCompound(parsing: bytes.span.bytes).packets == packets)
        }
        for packets in [[description, report(1)], [bye, report(1), description], [pictureLoss, report(1)]] {
            let bytes = try RTCPCompound(packets).encoded(form: .reducedSize)
            #expect(throws: RTPError.unexpectedPacketType(packets[0].packetType.rawValue)) {
                try RTCPCompound(parsing: bytes.span.bytes)
            }
            #expect(try RTCPCompound(parsing: bytes.span.bytes, form: .reducedSize).packets == packets)
        }
    }
}

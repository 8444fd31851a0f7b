// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport

/// Random fields and packets.
extension SeededGenerator {
    mutating func number<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T {
        .random(in: .min ... .max, using: &self)
    }

    mutating func octets(in counts: ClosedRange<Int>) -> [UInt8] { octets(.random(in: counts, using: &self)) }

    mutating func words(in counts: ClosedRange<Int>) -> [UInt8] { octets(4 * .random(in: counts, using: &self)) }

    mutating func list<T>(_ counts: ClosedRange<Int>, of make: (inout Self) -> T) -> [T] {
        (0..<Int.random(in: counts, using: &self)).map { _ in make(&self) }
    }

    mutating func ssrc() -> SSRC { SSRC(number()) }
}

extension SeededGenerator {
    mutating func rtpPacket() -> RTPPacketBuilder {
        var packet = RTPPacketBuilder(
            payloadType: .random(in: 0...127, using: &self), sequenceNumber: number(), timestamp: number(), ssrc: ssrc()
        )
        packet.marker = .random(using: &self)
        packet.paddingByteCount = .random(using: &self) ? number() : 0
        packet.csrcs = list(0...15) { $0.ssrc() }
        if Bool.random(using: &self) {
            packet.headerExtension = HeaderExtension(profile: number(), data: words(in: 0...6))
        }
        return packet
    }

    mutating func reportBlock() -> ReportBlock {
        ReportBlock(
            source: ssrc(), fractionLost: number(),
            cumulativeLost: .random(in: ReportBlock.cumulativeLostRange, using: &self),
            extendedHighestSequenceNumber: number(), jitter: number(), lastSenderReport: number(),
            delaySinceLastSenderReport: number())
    }

    mutating func rtcpPacket() throws -> RTCPPacket {
        switch Int.random(in: 0...13, using: &self) {
        case 0:
            .senderReport(
                SenderReport(
                    ssrc: ssrc(), ntpTimestamp: NTPTimestamp(rawValue: number()), rtpTimestamp: number(),
                    packetCount: number(), octetCount: number(), reports: list(0...31) { $0.reportBlock() },
                    profileExtension: words(in: 0...3)))
        case 1:
            .receiverReport(
                ReceiverReport(
                    ssrc: ssrc(), reports: list(0...31) { $0.reportBlock() }, profileExtension: words(in: 0...3)))
        case 2: .sourceDescription(try sourceDescription())
        case 3:
            .goodbye(
                try Goodbye(
                    sources: list(0...31) { $0.ssrc() },
                    reason: .random(using: &self)
                        ? String(repeating: "x", count: .random(in: 0...255, using: &self)) : nil))
        case 4:
            .applicationDefined(
                ApplicationDefined(
                    subtype: .random(in: 0...31, using: &self), ssrc: ssrc(), name: .init(rawValue: number()),
                    data: words(in: 0...5)))
        case 5: .interarrivalJitter(InterarrivalJitterReport(list(0...31) { $0.number() }))
        case 6: .transportFeedback(try transportFeedback())
        case 7: .congestionControlFeedback(congestionControlFeedback())
        case 8: .payloadFeedback(try payloadFeedback())
        case 9: .extendedReport(try extendedReport())
        case 10: .receiverSummary(try receiverSummary())
        case 11: .portMapping(try portMapping())
        case 12: .synchronizationSettings(synchronizationSettings())
        default:
            .raw(
                RawRTCPPacket(
                    packetType: RTCPPacketType(rawValue: .random(in: 212...223, using: &self)),
                    count: .random(in: 0...31, using: &self), body: words(in: 0...5)))
        }
    }

    mutating func sourceDescription() throws -> SourceDescription {
        var chunks: [SourceDescription.Chunk] = []
        for _ in 0..<Int.random(in: 0...31, using: &self) {
            var chunk = SourceDescription.Chunk(source: ssrc())
            for _ in 0..<Int.random(in: 0...4, using: &self) {
                let kind = SourceDescription.Item.Kind(rawValue: .random(in: 1...255, using: &self))
                chunk.items.append(
                    kind == .priv
                        ? try .init(privatePrefix: "p", value: "v") : try .init(kind, octets: octets(in: 0...20)))
            }
            chunks.append(chunk)
        }
        return SourceDescription(chunks)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

struct TrafficTests {
    @Test("the packets for libsrtp have CSRCs, extensions, padding, wraps, losses, and arrive out of order")
    func traffic() {
        let traffic = Traffic.arbitrary
        let rtp = traffic.packets.filter { $0.kind == .rtp }
        #expect(rtp.count == 10_000 && traffic.packets.count == 20_000)
        for bits: UInt8 in [0x0F, 0x10, 0x20] { #expect(rtp.count { $0.octets[0] & bits != 0 } > 4000) }
        #expect(Set(traffic.delivery) == Set(traffic.packets.indices) && traffic.delivery.count == 20_000)

        let (indices, newest) = Self.indices(traffic)
        #expect(newest.count == 10)
        for (stream, index) in newest where stream.kind == .rtp {
            #expect(index >> 16 >= (stream.ssrc == SSRC(Traffic.leaping) ? 100 : 1))
        }
        // How far packets lag when they arrive: many do, none as far as a window is wide.
        var highest: [MediaPacket.Stream: Int] = [:]
        var lags: [Int] = []
        for place in traffic.delivery {
            let stream = traffic.packets[place].stream
            lags.append((highest[stream] ?? indices[place]) - indices[place])
            highest[stream] = max(highest[stream] ?? 0, indices[place])
        }
        #expect(lags.count { $0 > 0 } > 5000)
        #expect((64..<128).contains(lags.max() ?? 0))
    }

    @Test("where rollover counters are set, every stream passes the end of the sequence numbers once")
    func wraps() {
        let newest = Self.indices(.wrappingOnce).newest.filter { $0.key.kind == .rtp }
        #expect(newest.count == 4 && newest.values.allSatisfy { $0 >> 16 == 1 })
    }

    /// The packets' indices as the sender counts them, RTP by wraps and RTCP one by one, and the last ones.
    private static func indices(_ traffic: Traffic) -> (all: [Int], newest: [MediaPacket.Stream: Int]) {
        var newest: [MediaPacket.Stream: Int] = [:]
        let indices = traffic.packets.map { packet in
            let before = newest[packet.stream]
            let index =
                switch packet.kind {
                case .rtp:
                    before.map { $0 + Int(packet.sequenceNumber &- UInt16($0 & 0xFFFF)) } ?? Int(packet.sequenceNumber)
                case .rtcp: (before ?? -1) + 1
                }
            newest[packet.stream] = index
            return index
        }
        return (indices, newest)
    }

    @Test("the header extensions of RFC 8285 have both forms, and padding between elements where that is wanted")
    func elements() throws {
        for (traffic, isPadded) in [(Traffic.elements, false), (Traffic.paddedElements, true)] {
            var counts: [UInt16: Int] = [:]
            var gapCount = 0
            for packet in traffic.packets where packet.kind == .rtp {
                let header = try RTPHeader(parsing: packet.octets.span.bytes)
                guard var cursor = HeaderExtensionCursor(header) else { continue }
                var end: Int?
                while let element = try cursor.next(in: packet.octets.span.bytes) {
                    counts[header.extensionProfile & 0xFFF0, default: 0] += 1
                    let start = element.range.lowerBound - (cursor.form == .oneByte ? 1 : 2)
                    if let end, start > end { gapCount += 1 }
                    end = element.range.upperBound
                }
            }
            #expect(counts.count == 2 && counts.values.allSatisfy { $0 > 4000 })
            #expect(isPadded ? gapCount > 4000 : gapCount == 0)
        }
    }
}

extension MediaPacket {
    fileprivate struct Stream: Hashable {
        let kind: PacketKind
        let ssrc: SSRC
    }

    fileprivate var stream: Stream { Stream(kind: kind, ssrc: ssrc) }
}

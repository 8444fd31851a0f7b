// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport

/// A packet of either kind, plain or secured.
struct MediaPacket: Hashable, Sendable {
    let kind: PacketKind
    var octets: [UInt8]

    /// The SSRC that its index belongs to.
    var ssrc: SSRC { SSRC(number(octets[kind == .rtp ? 8..<12 : 4..<8])) }
    /// The sequence number of an RTP packet.
    var sequenceNumber: UInt16 { UInt16(octets[2]) << 8 | UInt16(octets[3]) }
}

/// The big-endian number that the octets write.
func number(_ octets: some Sequence<UInt8>) -> UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }

/// Random packets of several streams, in the order in which they are sent and in the one in which they arrive.
struct Traffic: Sendable {
    /// The order in which they are sent.
    private(set) var packets: [MediaPacket] = []
    /// The order in which they arrive, as places in ``packets``.
    private(set) var delivery: [Int] = []

    /// Streams that start below the end of the sequence numbers, and pass it; packets of theirs are lost and overtaken.
    static let wrapping: [UInt32: UInt16] = [0: 65_000, 0xFFFF_FFFF: 64_500, 0x1234_5678: 64_000, 0x8000_0001: 65_300]
    /// A stream that leaps ahead by less than 2^15 each time, and so passes the end often.
    static let leaping: UInt32 = 0x0BAD_CAFE

    /// What half of the RTP packets have in their header extensions.
    enum Extensions: Sendable {
        /// Words and a profile that mean nothing.
        case arbitrary
        /// Elements of RFC 8285 in either form, padded behind the last one; where asked for, also between them.
        case elements(paddedBetween: Bool)
    }

    /// So many packets of each kind.
    init(rtpCount: Int, rtcpCount: Int, seed: UInt64, leaps: Bool = true, extensions: Extensions = .arbitrary) {
        var random = SeededGenerator(seed: seed)
        var streams = Self.wrapping.sorted { $0.key < $1.key }
        if leaps { streams.append((Self.leaping, 0)) }
        var next = Dictionary(uniqueKeysWithValues: streams.map { ($0.key, $0.value) })
        var kinds: [PacketKind] = Array(repeating: .rtp, count: rtpCount) + Array(repeating: .rtcp, count: rtcpCount)
        kinds.shuffle(using: &random)
        // So late that at most some 200 RTP packets overtake one, of all streams.
        let delay = 0..<200 * (rtpCount + rtcpCount) / max(rtpCount, 1)
        var arrivals: [(time: Int, place: Int)] = []
        for (place, kind) in kinds.enumerated() {
            let ssrc = streams[Int.random(in: 0..<streams.count, using: &random)].key
            let isLeap = kind == .rtp && ssrc == Self.leaping
            switch kind {
            case .rtp:
                let sequence = next[ssrc, default: 0]
                packets.append(MediaPacket(kind: .rtp, octets: random.rtp(ssrc: ssrc, sequence: sequence, extensions)))
                let lost = UInt16.random(in: 0..<10, using: &random) == 0 ? UInt16.random(in: 1...3, using: &random) : 0
                next[ssrc] = sequence &+ (isLeap ? UInt16.random(in: 1...32_000, using: &random) : 1 + lost)
            case .rtcp:
                packets.append(MediaPacket(kind: .rtcp, octets: random.rtcp(ssrc: ssrc)))
            }
            arrivals.append((place + (isLeap ? 0 : Int.random(in: delay, using: &random)), place))
        }
        delivery = arrivals.sorted { ($0.time, $0.place) < ($1.time, $1.place) }.map(\.place)
    }

    /// Other packets in the places of these: what a peer made of them.
    func arriving<Element>(_ elements: [Element]) -> [Element] { delivery.map { elements[$0] } }
}

extension SeededGenerator {
    fileprivate mutating func rtp(ssrc: UInt32, sequence: UInt16, _ extensions: Traffic.Extensions) -> [UInt8] {
        let payload = bytes(0...400)
        let csrcs = words(Bool.random(using: &self) ? 0...15 : 0...0)
        let block = Bool.random(using: &self) ? block(extensions) : nil
        return SamplePackets.rtp(
            sequence: sequence, ssrc: ssrc, payload: payload, timestamp: UInt32(truncatingIfNeeded: next()),
            payloadType: .random(in: 0...127, using: &self), marker: .random(using: &self), csrcs: csrcs,
            extensionWords: block?.words, profile: block?.profile ?? 0,
            padding: Bool.random(using: &self) ? UInt8(1 + next() % 255) : 0)
    }

    /// A header extension.
    private mutating func block(_ extensions: Traffic.Extensions) -> (profile: UInt16, words: [UInt32]) {
        guard case .elements(let isPaddedBetween) = extensions else {
            return (UInt16(truncatingIfNeeded: next()), words(0...8))
        }
        let isOneByte = Bool.random(using: &self)
        var octets: [UInt8] = []
        for _ in 0..<Int.random(in: 0...4, using: &self) {
            if isPaddedBetween, !octets.isEmpty {
                octets += [UInt8](repeating: 0, count: .random(in: 0...3, using: &self))
            }
            let data = bytes(isOneByte ? 1...16 : 0...40)
            let identifier = UInt8.random(in: isOneByte ? 1...14 : 1...255, using: &self)
            octets += isOneByte ? [identifier << 4 | UInt8(data.count - 1)] : [identifier, UInt8(data.count)]
            octets += data
        }
        while !octets.count.isMultiple(of: 4) { octets.append(0) }
        let words = stride(from: 0, to: octets.count, by: 4).map { number(octets[$0..<$0 + 4]) }
        return (isOneByte ? 0xBEDE : 0x1000 | .random(in: 0...15, using: &self), words)
    }

    /// A compound: a report with up to three blocks, an SDES with a CNAME, and perhaps an APP packet.
    fileprivate mutating func rtcp(ssrc: UInt32) -> [UInt8] {
        let blocks = Int.random(in: 0...3, using: &self)
        let isSender = Bool.random(using: &self)
        let body = words((isSender ? 5 : 0) + 6 * blocks).flatMap(SamplePackets.bigEndian)
        var packet = [0x80 | UInt8(blocks), isSender ? 200 : 201]
        packet += SamplePackets.bigEndian(UInt16(1 + body.count / 4)) + SamplePackets.bigEndian(ssrc) + body
        // The sample begins with an empty report of eight octets.
        packet += SamplePackets.rtcp(ssrc: ssrc, cname: String(repeating: "x", count: Int(next() % 40))).dropFirst(8)
        if Bool.random(using: &self) {
            let data = words(0...20).flatMap(SamplePackets.bigEndian)
            packet += [0x80, 204] + SamplePackets.bigEndian(UInt16(2 + data.count / 4))
            packet += SamplePackets.bigEndian(ssrc) + Array("test".utf8) + data
        }
        return packet
    }

    /// Eight octets a draw, as tens of thousands of packets are made.
    private mutating func bytes(_ counts: ClosedRange<Int>) -> [UInt8] {
        let count = Int.random(in: counts, using: &self)
        var octets: [UInt8] = []
        octets.reserveCapacity(count + 8)
        while octets.count < count { withUnsafeBytes(of: next()) { octets.append(contentsOf: $0) } }
        return Array(octets.prefix(count))
    }

    private mutating func words(_ counts: ClosedRange<Int>) -> [UInt32] {
        words(Int.random(in: counts, using: &self))
    }

    private mutating func words(_ count: Int) -> [UInt32] {
        (0..<count).map { _ in UInt32(truncatingIfNeeded: next()) }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// The senders of RTCP in a capture, in bounded memory.
struct RTCPTable {
    private let limit: Int
    private var positions: [StreamKey: Int] = [:]
    private(set) var senders: [RTCPSenderStatistics] = []
    private var log = SenderReportLog()
    /// Datagrams of senders beyond the limit.
    private(set) var untracked: UInt64 = 0

    init(limit: Int) { self.limit = limit }

    /// Takes SRTCP, of which the first packet's type and sender can be read.
    mutating func receive(protected datagram: RawSpan, _ trailer: SRTCPTrailer, from flow: Flow, at time: Int64?) {
        guard let ssrc = datagram.bigEndianUInt32(at: 4), let type = datagram.octet(at: 1),
            let position = position(of: StreamKey(flow: flow, ssrc: SSRC(ssrc)))
        else { return }
        senders[position].receive(byteCount: datagram.byteCount, trailer: trailer, at: time)
        senders[position].count(RTCPPacketType(rawValue: type))
    }

    /// Takes RTCP. The datagram is its first packet's sender's; SR, RR and others with one of their own count for that.
    mutating func receive(plain datagram: RawSpan, from flow: Flow, at time: Int64?) {
        guard let view = try? RTCPCompoundView(datagram, form: .reducedSize),
            let first = datagram.bigEndianUInt32(at: 4),
            let position = position(of: StreamKey(flow: flow, ssrc: SSRC(first)))
        else { return }
        senders[position].receive(byteCount: datagram.byteCount, trailer: nil, at: time)
        var packets = view.makeIterator()
        while let packet = packets.next() {
            senders[position].count(packet.header.packetType)
            do throws(RTPError) {
                senders[position].receive(try packet.decoded(), at: time, &log)
            } catch {
                senders[position].countMalformed()
            }
        }
    }

    private mutating func position(of key: StreamKey) -> Int? {
        if let known = positions[key] { return known }
        guard senders.count < limit else {
            untracked += 1
            return nil
        }
        positions[key] = senders.count
        senders.append(RTCPSenderStatistics(key: key))
        return senders.count - 1
    }
}

extension RTCPTable {
    /// Whether a datagram of RTCP is from one of these sources, or about one: in a report block, or as the media source
    /// of feedback.
    static func names(_ ssrcs: Set<SSRC>, in datagram: RawSpan) -> Bool {
        if let first = datagram.bigEndianUInt32(at: 4), ssrcs.contains(SSRC(first)) { return true }
        guard let view = try? RTCPCompoundView(datagram, form: .reducedSize) else { return false }
        var packets = view.makeIterator()
        while let packet = packets.next() {
            let body = packet.body
            let blocks: [Int] =
                switch packet.header.packetType {
                case .senderReport: (0..<Int(packet.header.count)).map { 24 + 24 * $0 }
                case .receiverReport: (0..<Int(packet.header.count)).map { 4 + 24 * $0 }
                case .transportFeedback, .payloadFeedback: [0, 4]
                default: [0]
                }
            for offset in blocks {
                if let word = body.bigEndianUInt32(at: offset), ssrcs.contains(SSRC(word)) { return true }
            }
        }
        return false
    }
}

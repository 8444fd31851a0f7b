// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import WireBytes

/// Compares what arrived with what was sent.
struct DemoExamination {
    let run: DemoRun
    let network: DemoNetwork
    let speaker: DemoParty
    let listener: DemoParty
    let forged: Int
    let replayed: Int
    let duration: Duration

    func report() async throws -> DemoReport {
        let statistics = try await listener.receiverStatistics()
        let originals = run.recording.packets.filter(\.isFromSpeaker)
        let reports = run.recording.packets.filter { !$0.isFromSpeaker }
        let streams = try await streamRows(originals)
        let refused = SRTPRefusal.allCases.reduce(into: [String: UInt64]()) { result, reason in
            if statistics[reason] > 0 { result[reason.name] = statistics[reason] }
        }
        return DemoReport(
            suite: run.suite.name, capture: run.capture,
            seconds: Double(duration.components.seconds)
                + Double(duration.components.attoseconds) / 1e18,
            streams: streams, reportsBack: reports.count, forged: forged, replayed: replayed, refused: refused,
            checks: checks(streams, statistics, originals, reports))
    }

    private func streamRows(_ originals: [Recording.Packet]) async throws -> [DemoReport.Stream] {
        let counts = network.counts
        var delivered: [DemoNetwork.Stream: [[UInt8]]] = [:]
        for packet in listener.delivered {
            if let stream = DemoNetwork.stream(of: packet) { delivered[stream, default: []].append(packet) }
        }
        var order: [DemoNetwork.Stream] = []
        var sent: [DemoNetwork.Stream: [Recording.Packet]] = [:]
        for packet in originals {
            let stream = DemoNetwork.Stream(kind: packet.kind, ssrc: packet.ssrc)
            if sent[stream] == nil { order.append(stream) }
            sent[stream, default: []].append(packet)
        }
        var rows: [DemoReport.Stream] = []
        for stream in order.sorted(by: { ($0.ssrc.rawValue, $0.kind.rawValue) < ($1.ssrc.rawValue, $1.kind.rawValue) })
        {
            let packets = sent[stream] ?? []
            let count = counts[stream] ?? DemoNetwork.Counts()
            let isMedia = stream.kind == .rtp
            rows.append(
                DemoReport.Stream(
                    kind: isMedia ? "RTP" : "RTCP", ssrc: "\(stream.ssrc)",
                    payloadType: isMedia ? packets.first.map { Int($0.octets[1] & 0x7F) } : nil, sent: packets.count,
                    lost: count.lost, duplicated: count.duplicated, overtaken: count.overtaken,
                    delivered: delivered[stream]?.count ?? 0,
                    equal: matches(delivered[stream] ?? [], packets.map(\.octets)),
                    rolloverCounter: isMedia ? try await listener.rolloverCounter(of: stream, sending: false) : nil,
                    sentRolloverCounter: isMedia ? try await speaker.rolloverCounter(of: stream, sending: true) : nil))
        }
        return rows
    }

    /// How many of `delivered` equal an original, each original once.
    private func matches(_ delivered: [[UInt8]], _ originals: [[UInt8]]) -> Int {
        var left: [[UInt8]: Int] = [:]
        for original in originals { left[original, default: 0] += 1 }
        return delivered.count { packet in
            guard let count = left[packet], count > 0 else { return false }
            left[packet] = count - 1
            return true
        }
    }

    private func checks(
        _ streams: [DemoReport.Stream], _ statistics: SRTPStatistics, _ originals: [Recording.Packet],
        _ reports: [Recording.Packet]
    ) -> [DemoReport.Check] {
        let delivered = streams.reduce(0) { $0 + $1.delivered }
        let equal = streams.reduce(0) { $0 + $1.equal }
        let duplicated = streams.reduce(0) { $0 + $1.duplicated }
        let overtaken = streams.reduce(0) { $0 + $1.overtaken }
        let expected = originals.count - streams.reduce(0) { $0 + $1.lost }
        // A stream of a packet or two, or one that was lost for the most part, shows no wrap.
        let media = streams.filter { $0.kind == "RTP" && $0.sent >= 4 && $0.delivered * 4 >= $0.sent * 3 }
        let wrapped = media.filter { $0.rolloverCounter == $0.sentRolloverCounter && $0.sentRolloverCounter ?? 0 > 0 }
        // A few octets can be equal by chance.
        let looked = wirePairs(originals).filter { $0.original.octets.count >= headerByteCount($0.original) + 8 }
        let hidden = looked.count { isHidden($0.original, $0.wire) }
        let headers = wirePairs(originals).count { keepsHeader($0.original, $0.wire) }
        let back = matches(speaker.delivered, reports.map(\.octets))
        return [
            .init(
                claim: "every packet that was not lost was delivered once: \(delivered) of \(expected), "
                    + "\(overtaken) of them overtaken on the way", holds: delivered == expected),
            .init(
                claim: "every delivered packet equals its original: \(equal) of \(delivered)", holds: equal == delivered
            ),
            .init(
                claim: run.suite.cipher == .null
                    ? "the suite does not encrypt: payloads are readable on the wire"
                    : "no payload is readable on the wire: \(hidden) of \(looked.count) differ in every 16 octets",
                holds: run.suite.cipher == .null ? hidden == 0 : hidden == looked.count),
            .init(
                claim: "every header is as it was, so that networks can measure: \(headers) of \(originals.count)",
                holds: headers == originals.count),
            .init(
                claim: "sequence numbers wrapped in \(wrapped.count) of \(media.count) RTP streams, and the listener's "
                    + "rollover counters followed",
                holds: wrapped.count == media.count),
            .init(
                claim: "\(duplicated) duplicates and \(replayed) replayed packets were refused as replayed: "
                    + "\(statistics[.replayed])", holds: statistics[.replayed] == duplicated + replayed),
            .init(
                claim: "\(forged) forged packets failed authentication: \(statistics[.authenticationFailed])",
                holds: statistics[.authenticationFailed] == forged
                    && statistics.refusedPackets == forged + duplicated + replayed),
            .init(
                claim: "the listener's reports went back under a key of their own: \(back) of \(reports.count)",
                holds: back == reports.count && speaker.delivered.count == reports.count),
        ]
    }

    private func wirePairs(_ originals: [Recording.Packet]) -> [(original: Recording.Packet, wire: [UInt8])] {
        Array(zip(originals, speaker.wire)).map { (original: $0.0, wire: $0.1) }
    }

    /// The octets that stay in the clear.
    private func headerByteCount(_ packet: Recording.Packet) -> Int {
        switch packet.kind {
        case .rtp: (try? RTPHeader(parsing: packet.octets.span.bytes))?.byteCount ?? packet.octets.count
        case .rtcp: 8
        }
    }

    private func keepsHeader(_ packet: Recording.Packet, _ wire: [UInt8]) -> Bool {
        let count = headerByteCount(packet)
        return wire.prefix(count) == packet.octets.prefix(count)
    }

    /// Whether no run of 16 octets of the payload, or the whole of a shorter one, stands in the packet on the wire.
    private func isHidden(_ packet: Recording.Packet, _ wire: [UInt8]) -> Bool {
        let start = headerByteCount(packet)
        let payload = packet.octets[start...]
        let length = min(16, payload.count)
        return stride(from: start, through: packet.octets.count - length, by: length).allSatisfy { place in
            packet.octets[place..<place + length] != wire[place..<place + length]
        }
    }
}

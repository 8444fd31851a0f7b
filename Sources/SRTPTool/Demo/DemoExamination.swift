// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEYInspection
import RTP
import SRTP

/// Compares what arrived with what was sent.
struct DemoExamination {
    let run: DemoRun
    let media: DemoMedia
    let network: DemoNetwork
    let speaker: DemoParty
    let listener: DemoParty
    let exchanges: [DemoKeying.Exchange]
    let schedule: DemoSchedule
    let attack: DemoAttack.Counts
    let duration: Duration

    func report() async throws -> DemoReport {
        let refusals = try await listener.refusals()
        let originals = run.recording.packets.filter(\.isFromSpeaker)
        let reports = run.recording.packets.filter { !$0.isFromSpeaker }
        let streams = try await streamRows(originals)
        let refusedReports = try await speaker.refusals().values.reduce(0, +)
        return DemoReport(
            suite: run.suite.name, capture: run.capture,
            seconds: Double(duration.components.seconds)
                + Double(duration.components.attoseconds) / 1e18,
            keying: keying, streams: streams, reportsBack: reports.count, forged: attack.forged,
            replayed: attack.replayed + attack.replayedOfFormerKeys,
            replayedOfFormerKeys: attack.replayedOfFormerKeys,
            refused: Dictionary(uniqueKeysWithValues: refusals.map { ($0.key.name, $0.value) }),
            checks: keyChecks(streams, refusals, refusedReports: refusedReports)
                + checks(streams, refusals, originals, reports))
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
            let medium = media.places[stream.ssrc] ?? 0
            rows.append(
                DemoReport.Stream(
                    kind: isMedia ? "RTP" : "RTCP", ssrc: "\(stream.ssrc)",
                    payloadType: isMedia ? packets.first.map { Int($0.octets[1] & 0x7F) } : nil, sent: packets.count,
                    lost: count.lost, duplicated: count.duplicated, overtaken: count.overtaken,
                    delivered: delivered[stream]?.count ?? 0,
                    equal: matches(delivered[stream] ?? [], packets.map(\.octets)),
                    rolloverCounter: isMedia
                        ? try await listener.rolloverCounter(of: stream.ssrc, medium, sending: false) : nil,
                    sentRolloverCounter: isMedia
                        ? try await speaker.rolloverCounter(of: stream.ssrc, medium, sending: true) : nil))
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
        _ streams: [DemoReport.Stream], _ refusals: [SRTPRefusal: Int], _ originals: [Recording.Packet],
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
        // Former keys are wiped in a long run: their packets then name a key that is not there.
        let refusedReplays = refusals[.replayed, default: 0] + refusals[.unknownMKI, default: 0]
        let replayed = attack.replayed + attack.replayedOfFormerKeys
        let notAuthentic = refusals[.authenticationFailed, default: 0]
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
                claim:
                    "\(duplicated) duplicates and \(replayed) replayed packets, \(attack.replayedOfFormerKeys) of these "
                    + "under the former keys, were refused: \(refusedReplays)",
                holds: refusedReplays == duplicated + replayed),
            .init(
                claim: "\(attack.forged) forged packets failed authentication: \(notAuthentic)",
                holds: notAuthentic == attack.forged),
            .init(
                claim: "the listener's reports went back under keys of their own: \(back) of \(reports.count)",
                holds: back == reports.count && speaker.delivered.count == reports.count),
        ]
    }

    // MARK: Keys

    private var keying: DemoReport.Keying {
        let layout = DemoPacketLayout(suite: run.suite)
        let speakers = speaker.wire.map { layout.mki(of: $0) }
        let listeners = listener.wire.map { layout.mki(of: $0) }
        return DemoReport.Keying(
            bundle: exchanges[0].speaker.first.map { "0x" + String($0.csbID, radix: 16) } ?? "", media: media.all.count,
            offeredAtPacket: schedule.offer + 1, answeredAtPacket: schedule.answer + 1,
            acknowledgedAtPacket: schedule.acknowledgement + 1, packetCount: run.recording.packets.count,
            keys: exchanges.map { exchange in
                DemoReport.Keys(
                    mki: HexText.text(exchange.mki), offerOctets: exchange.offerByteCount,
                    answerOctets: exchange.answerByteCount, speakerPackets: speakers.count { $0 == exchange.mki },
                    listenerPackets: listeners.count { $0 == exchange.mki })
            })
    }

    private func keyChecks(
        _ streams: [DemoReport.Stream], _ refusals: [SRTPRefusal: Int], refusedReports: Int
    ) -> [DemoReport.Check] {
        let all = exchanges.flatMap { $0.speaker + $0.listener }
        let bundles = Set(all.map(\.csbID))
        let suites = Set(all.flatMap { $0.sending + $0.receiving }.map(\.policy.suite))
        let isUpdate = exchanges.dropFirst().allSatisfy { $0.speaker.allSatisfy { $0.isUpdate && $0.hasNewKeys } }
        let wrongKeys =
            packetsUnderOtherKeys(speaker.wire, from: schedule.answer, isFromSpeaker: true)
            + packetsUnderOtherKeys(listener.wire, from: schedule.acknowledgement, isFromSpeaker: false)
        let duplicated = streams.reduce(0) { $0 + $1.duplicated }
        let attacks = attack.forged + attack.replayed + attack.replayedOfFormerKeys
        let lostToKeys = refusals.values.reduce(0, +) - duplicated - attacks + refusedReports
        return [
            .init(
                claim:
                    "both parties proved that they have the pre-shared key, and agreed twice on \(2 * media.all.count) "
                    + "keys of one bundle",
                holds: exchanges.count == 2 && all.count == 4 * media.all.count && bundles.count == 1 && isUpdate
                    && suites == [run.suite] && all.allSatisfy(\.isAuthenticated)),
            .init(
                claim:
                    "each party sent under the new keys as soon as the other one had them, and not before: \(wrongKeys) "
                    + "packets under others", holds: wrongKeys == 0),
            .init(
                claim: "the change of keys lost no packet: \(lostToKeys) genuine ones refused", holds: lostToKeys == 0),
        ]
    }

    /// How many packets of a party are under other keys than they should be.
    ///
    /// - Parameter start: The first packet of the recording that is to be under the new keys.
    private func packetsUnderOtherKeys(_ wire: [[UInt8]], from start: Int, isFromSpeaker: Bool) -> Int {
        let layout = DemoPacketLayout(suite: run.suite)
        let numbers = run.recording.packets.indices.filter { run.recording.packets[$0].isFromSpeaker == isFromSpeaker }
        return zip(numbers, wire).count { number, packet in
            layout.mki(of: packet) != exchanges[number < start ? 0 : 1].mki
        }
    }

    // MARK: Packets

    private func wirePairs(_ originals: [Recording.Packet]) -> [(original: Recording.Packet, wire: [UInt8])] {
        Array(zip(originals, speaker.wire)).map { (original: $0.0, wire: $0.1) }
    }

    /// The octets that stay in the clear.
    private func headerByteCount(_ packet: Recording.Packet) -> Int {
        DemoPacketLayout.headerByteCount(of: packet.octets, packet.kind)
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

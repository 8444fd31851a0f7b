// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport

/// Random feedback, extended reports and the other packets with a structure.
extension SeededGenerator {
    mutating func below(_ limit: Int) -> Int { .random(in: 0..<limit, using: &self) }

    mutating func flag() -> Bool { .random(using: &self) }

    mutating func ntp() -> NTPTimestamp { NTPTimestamp(rawValue: number()) }

    mutating func transportFeedback() throws -> TransportFeedback {
        let limits = try list(1...4) { ($0.ssrc(), $0.number(UInt64.self), UInt16($0.below(512))) }.map {
            try BitRateLimit(ssrc: $0.0, maximumBitsPerSecond: $0.1, overheadByteCount: $0.2)
        }
        let message: TransportFeedback.Message =
            switch below(7) {
            case 0:
                .genericNACK(list(1...5) { GenericNACK(packetID: $0.number(), followingLostPackets: $0.number()) })
            case 1: .bitRateRequest(limits)
            case 2: .bitRateNotification(flag() ? [] : limits)
            case 3: .senderReportRequest
            case 4:
                .ecn(ECNFeedback(extendedHighestSequenceNumber: number()))
            case 5: .transportWide(try transportWideFeedback())
            default: .other(format: .rapidAcquisition, information: words(in: 0...4))
            }
        return TransportFeedback(sender: ssrc(), mediaSource: ssrc(), message: message)
    }

    mutating func transportWideFeedback() throws -> TransportWideFeedback {
        var statuses: [TransportWideFeedback.Status] = []
        while statuses.isEmpty || below(4) > 0 {
            let run = flag() ? below(40) : 1
            let kind = below(8)
            for _ in 0..<run {
                switch kind {
                case 0...3: statuses.append(.received(delta: Int16(below(256))))
                case 4: statuses.append(.received(delta: number()))
                case 5: statuses.append(.receivedWithoutDelta)
                default: statuses.append(.notReceived)
                }
            }
        }
        return try TransportWideFeedback(
            baseSequenceNumber: number(), referenceTime: .random(in: -0x80_0000...0x7F_FFFF, using: &self),
            feedbackPacketCount: number(), statuses: statuses)
    }

    mutating func congestionControlFeedback() -> CongestionControlFeedback {
        CongestionControlFeedback(
            sender: ssrc(),
            streams: list(0...4) {
                .init(
                    ssrc: $0.ssrc(), beginSequenceNumber: $0.number(),
                    metrics: $0.list(0...9) { .init(rawValue: $0.number()) })
            },
            reportTimestamp: number())
    }

    mutating func payloadFeedback() throws -> PayloadFeedback {
        let tradeOffs = try list(1...4) { ($0.ssrc(), $0.number(UInt8.self), UInt8($0.below(32))) }.map {
            try TemporalSpatialTradeOff(ssrc: $0.0, sequenceNumber: $0.1, index: $0.2)
        }
        let message: PayloadFeedback.Message
        switch below(10) {
        case 0: message = .pictureLoss
        case 1:
            message = .sliceLoss([
                try SliceLoss(first: UInt16(below(8192)), number: UInt16(below(8192)), pictureID: UInt8(below(64)))
            ])
        case 2:
            let bits = octets(in: 0...20)
            message = .referencePictureSelection(
                try ReferencePictureSelection(
                    payloadType: UInt8(below(128)), octets: bits, bitCount: below(8 * bits.count + 1)))
        case 3:
            message = .fullIntraRequest(list(1...4) { FullIntraRequest(ssrc: $0.ssrc(), sequenceNumber: $0.number()) })
        case 4: message = .tradeOffRequest(tradeOffs)
        case 5: message = .tradeOffNotification(tradeOffs)
        case 6:
            message = .videoBackChannel([
                try VideoBackChannel(
                    ssrc: ssrc(), sequenceNumber: number(), payloadType: UInt8(below(128)), octets: octets(in: 0...9)),
                try VideoBackChannel(ssrc: ssrc(), sequenceNumber: 0, payloadType: 0, octets: octets(in: 0...9)),
            ])
        case 7:
            message = .receiverEstimatedMaximumBitRate(
                try ReceiverEstimatedMaximumBitRate(bitsPerSecond: number(), sources: list(0...5) { $0.ssrc() }))
        case 8: message = .applicationLayer([0x51] + octets(3) + words(in: 0...4))
        default: message = .other(format: .init(rawValue: 10), information: words(in: 0...4))
        }
        return PayloadFeedback(sender: ssrc(), mediaSource: ssrc(), message: message)
    }

    mutating func extendedReport() throws -> ExtendedReport {
        var report = ExtendedReport(ssrc: ssrc())
        for _ in 0..<below(4) { report.blocks.append(try extendedReportBlock()) }
        return report
    }

    mutating func extendedReportBlock() throws -> ExtendedReport.Block {
        let begin: UInt16 = number()
        let range = SequenceRange(begin: begin, end: begin &+ UInt16(below(200)))
        let thinning = flag() ? UInt8(below(16)) : 0
        let count = range.sequenceNumbers(thinning: thinning).count
        switch below(8) {
        case 0, 1:
            let often = below(3) == 0
            let block = try RunLengthReport(
                source: ssrc(), range: range, thinning: thinning,
                marks: (0..<count).map { _ in often ? flag() : below(50) > 0 })
            return flag() ? .lossRunLengths(block) : .duplicateRunLengths(block)
        case 2:
            return .packetReceiptTimes(
                try PacketReceiptTimes(
                    source: ssrc(), range: range, thinning: thinning, times: list(count...count) { $0.number() }))
        case 3: return .receiverReferenceTime(ReceiverReferenceTime(ntpTimestamp: ntp()))
        case 4:
            return .delaySinceLastReceiverReport(
                .init(
                    list(0...4) {
                        .init(
                            ssrc: $0.ssrc(), lastReceiverReport: $0.number(),
                            delaySinceLastReceiverReport: $0.number())
                    }))
        case 5:
            var summary = StatisticsSummary(source: ssrc(), range: range)
            if flag() { summary.lostPackets = number() }
            if flag() { summary.duplicatePackets = number() }
            if flag() {
                summary.jitter = .init(minimum: number(), maximum: number(), mean: number(), deviation: number())
            }
            if flag() {
                let hops = StatisticsSummary.Spread<UInt8>(
                    minimum: number(), maximum: number(), mean: number(), deviation: number())
                summary.timeToLive = flag() ? .ipv4(hops) : .ipv6(hops)
            }
            return .statisticsSummary(summary)
        case 6:
            var metrics = VoIPMetrics(source: ssrc())
            metrics.lossRate = number()
            metrics.burstDurationMilliseconds = number()
            metrics.signalLevel = number()
            metrics.jitterBufferAbsoluteMaximumMilliseconds = number()
            return .voipMetrics(metrics)
        default:
            return .other(
                .init(blockType: UInt8(8 + below(240)), typeSpecific: number(), contents: words(in: 0...5)))
        }
    }

    mutating func receiverSummary() throws -> ReceiverSummary {
        var summary = ReceiverSummary(ssrc: ssrc(), summarizedSource: ssrc(), ntpTimestamp: ntp())
        for _ in 0..<below(4) {
            let distribution = try SummaryDistribution(
                minimum: 1, maximum: 200, multiplicativeFactor: UInt8(below(16)), bucketBitCount: 16,
                buckets: list(4...4) { UInt64($0.number(UInt16.self)) })
            let name = try ReceiverSummary.FeedbackTarget(.dnsName, address: [0x61] + octets(below(5)) + [1], port: 9)
            let blocks: [ReceiverSummary.Block] = [
                .feedbackTarget(name), .loss(distribution), .jitter(distribution), .roundTripTime(distribution),
                .cumulativeLoss(distribution), .collisions(try .init(list(0...4) { $0.ssrc() })),
                .statistics(.init(medianFractionLost: 7, highestCumulativeLost: nil, medianJitter: 500)),
                .bandwidth(
                    .init(appliesToSenders: flag(), appliesToReceivers: flag(), kilobitsPerSecondTimes65536: number())),
                .groupSize(receiverCount: number(), averagePacketByteCount: number()),
                .other(type: 9, contents: octets(2) + words(in: 0...3)),
            ]
            summary.blocks.append(blocks[below(blocks.count)])
        }
        return summary
    }

    mutating func portMapping() throws -> PortMapping {
        let token = try PortMapping.Token(octets(in: 0...20))
        let messages: [PortMapping.Message] = [
            .request(nonce: number()),
            .response(
                try .init(
                    client: ssrc(), nonce: number(), token: token, absoluteExpiration: ntp(),
                    relativeExpirationSeconds: number(),
                    packetTypes: list(0...9) { RTCPPacketType(rawValue: $0.number()) })),
            .verification(nonce: number(), token: token, absoluteExpiration: ntp()),
            .failure(
                try .init(client: ssrc(), packetType: .transportFeedback, format: UInt8(below(32)), nonce: number())),
            .other(type: 5, body: words(in: 0...4)),
        ]
        return PortMapping(sender: ssrc(), message: messages[below(messages.count)])
    }

    mutating func synchronizationSettings() -> SynchronizationSettings {
        SynchronizationSettings(
            sender: ssrc(), mediaSource: ssrc(), groupID: number(), received: ntp(), rtpTimestamp: number(),
            presented: ntp())
    }
}

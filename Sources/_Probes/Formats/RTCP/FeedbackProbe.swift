// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

extension RTCPBodyProbe {
    // MARK: RTPFB

    static func transportFeedback(_ feedback: TransportFeedback) throws(ProbeFinding) -> Built? {
        _ = feedback.message.format.description
        var ignored: [Int: UInt8]? = [:]
        let message: TransportFeedback.Message
        switch feedback.message {
        case .genericNACK(let entries):
            message = .genericNACK(entries.flatMap { GenericNACK.entries(naming: $0.sequenceNumbers) })
        case .bitRateRequest(let limits): message = .bitRateRequest(try bitRateLimits(limits))
        case .bitRateNotification(let limits): message = .bitRateNotification(try bitRateLimits(limits))
        case .senderReportRequest: message = .senderReportRequest
        case .ecn(let marks):
            var built = ECNFeedback(extendedHighestSequenceNumber: marks.extendedHighestSequenceNumber)
            (built.ect0Count, built.ect1Count) = (marks.ect0Count, marks.ect1Count)
            built.congestionExperiencedCount = marks.congestionExperiencedCount
            built.notECTCount = marks.notECTCount
            (built.lostPacketCount, built.duplicateCount) = (marks.lostPacketCount, marks.duplicateCount)
            message = .ecn(built)
        case .transportWide(let arrivals):
            guard let built = try transportWide(arrivals) else { return nil }
            message = .transportWide(built)
            ignored = nil
        case .other(let format, let information): message = .other(format: format, information: information)
        }
        let built = TransportFeedback(sender: feedback.sender, mediaSource: feedback.mediaSource, message: message)
        return Built(packet: .transportFeedback(built), ignored: ignored)
    }

    private static func bitRateLimits(_ limits: [BitRateLimit]) throws(ProbeFinding) -> [BitRateLimit] {
        var built: [BitRateLimit] = []
        for limit in limits {
            let rate = limit.maximumBitRate
            built.append(
                try expect("\(limit) is not built") { () throws(RTPError) in
                    try BitRateLimit(
                        ssrc: limit.ssrc, mantissa: rate.mantissa, exponent: rate.exponent,
                        overheadByteCount: limit.overheadByteCount)
                })
            let scaled = try expect("\(rate.bitsPerSecond) bits per second are no limit") { () throws(RTPError) in
                try BitRateLimit(
                    ssrc: limit.ssrc, maximumBitsPerSecond: rate.bitsPerSecond,
                    overheadByteCount: limit.overheadByteCount)
            }
            try check(rate, scaled: scaled.maximumBitRate)
        }
        return built
    }

    /// A rate that fits 64 bits is the same rate when it is scaled again.
    private static func check(_ rate: ScaledBitRate, scaled: ScaledBitRate) throws(ProbeFinding) {
        guard rate.bitsPerSecond != .max else { return }
        try require(
            scaled.bitsPerSecond == rate.bitsPerSecond,
            "\(rate.bitsPerSecond) bits per second become \(scaled.bitsPerSecond)")
    }

    /// The statuses are compared: runs and vectors of the same ones may be chosen otherwise.
    private static func transportWide(
        _ feedback: TransportWideFeedback
    ) throws(ProbeFinding) -> TransportWideFeedback? {
        let statuses = feedback.statuses
        let times = feedback.arrivalTimes
        try require(
            statuses.count == Int(feedback.packetStatusCount) && times.count == statuses.count,
            "\(statuses.count) statuses and \(times.count) times of \(feedback.packetStatusCount)")
        var time = 256 * Int64(feedback.referenceTime)
        var deltas = feedback.deltas.makeIterator()
        for (status, arrival) in zip(statuses, times) {
            guard case .received(let delta) = status else {
                try require(arrival == nil, "a time of \(status)")
                continue
            }
            time += Int64(delta)
            try require(deltas.next() == delta && arrival == time, "\(status) at \(arrival ?? -1), expected: \(time)")
        }
        try require(deltas.next() == nil, "more deltas than packets that have one")
        // Nothing to tell may be read, not sent.
        guard !statuses.isEmpty else { return nil }
        let built = try expect("statuses of \(feedback) are not built") { () throws(RTPError) in
            try TransportWideFeedback(
                baseSequenceNumber: feedback.baseSequenceNumber, referenceTime: feedback.referenceTime,
                feedbackPacketCount: feedback.feedbackPacketCount, statuses: statuses)
        }
        try require(built.statuses == statuses, "statuses of \(feedback) become those of \(built)")
        return built
    }

    // MARK: CCFB

    static func congestionControl(_ feedback: CongestionControlFeedback) throws(ProbeFinding) -> Built {
        var ignored: [Int: UInt8] = [:]
        var offset = 8
        var streams: [CongestionControlFeedback.Stream] = []
        for stream in feedback.streams {
            streams.append(
                CongestionControlFeedback.Stream(
                    ssrc: stream.ssrc, beginSequenceNumber: stream.beginSequenceNumber,
                    metrics: try stream.metrics.map(metric)))
            offset += 8 + 2 * stream.metrics.count
            if stream.metrics.count % 2 == 1 {
                ignored[offset] = 0xFF
                ignored[offset + 1] = 0xFF
                offset += 2
            }
        }
        let built = CongestionControlFeedback(
            sender: feedback.sender, streams: streams, reportTimestamp: feedback.reportTimestamp)
        return Built(packet: .congestionControlFeedback(built), ignored: ignored)
    }

    private static func metric(
        _ metric: CongestionControlFeedback.Metric
    ) throws(ProbeFinding) -> CongestionControlFeedback.Metric {
        typealias Metric = CongestionControlFeedback.Metric
        // Without R the other bits say nothing, but are kept.
        guard metric.isReceived else { return metric }
        let offset: Int? =
            switch metric.arrivalTimeOffset {
            case Metric.offsetUnavailable: nil
            case Metric.offsetOutOfRange: .max
            default: Int(metric.arrivalTimeOffset)
            }
        return .received(ecn: metric.ecn, offset: offset)
    }

    // MARK: PSFB

    static func payloadFeedback(_ feedback: PayloadFeedback) throws(ProbeFinding) -> Built? {
        _ = feedback.message.format.description
        var ignored: [Int: UInt8]? = [:]
        let message: PayloadFeedback.Message
        switch feedback.message {
        case .pictureLoss: message = .pictureLoss
        case .sliceLoss(let losses):
            message = .sliceLoss(
                try losses.map { (loss) throws(ProbeFinding) in
                    try expect("\(loss) is not built") { () throws(RTPError) in
                        try SliceLoss(first: loss.first, number: loss.number, pictureID: loss.pictureID)
                    }
                })
        case .referencePictureSelection(let selection):
            message = .referencePictureSelection(try referencePicture(selection))
            ignored = nil
        case .fullIntraRequest(let requests):
            message = .fullIntraRequest(
                requests.map { FullIntraRequest(ssrc: $0.ssrc, sequenceNumber: $0.sequenceNumber) })
            for entry in requests.indices { for octet in 5...7 { ignored?[12 + 8 * entry + octet] = 0xFF } }
        case .tradeOffRequest(let entries), .tradeOffNotification(let entries):
            let built = try entries.map { (entry) throws(ProbeFinding) in
                try expect("\(entry) is not built") { () throws(RTPError) in
                    try TemporalSpatialTradeOff(
                        ssrc: entry.ssrc, sequenceNumber: entry.sequenceNumber, index: entry.index)
                }
            }
            if case .tradeOffRequest = feedback.message {
                message = .tradeOffRequest(built)
            } else {
                message = .tradeOffNotification(built)
            }
            for entry in entries.indices {
                for (octet, bits) in [(5, 0xFF), (6, 0xFF), (7, 0xE0)] {
                    ignored?[12 + 8 * entry + octet] = UInt8(bits)
                }
            }
        case .videoBackChannel(let messages): message = try videoBackChannel(messages, ignoring: &ignored)
        case .receiverEstimatedMaximumBitRate(let estimate):
            message = .receiverEstimatedMaximumBitRate(try self.estimate(estimate))
        case .applicationLayer(let octets): message = .applicationLayer(octets)
        case .other(let format, let information): message = .other(format: format, information: information)
        }
        let built = PayloadFeedback(sender: feedback.sender, mediaSource: feedback.mediaSource, message: message)
        return Built(packet: .payloadFeedback(built), ignored: ignored)
    }

    /// The bits are compared: the number of those behind them may be any that comes to a word.
    private static func referencePicture(
        _ selection: ReferencePictureSelection
    ) throws(ProbeFinding) -> ReferencePictureSelection {
        let built = try expect("\(selection) is not built") { () throws(RTPError) in
            try ReferencePictureSelection(
                payloadType: selection.payloadType, octets: selection.octets, bitCount: selection.bitCount)
        }
        let whole = selection.bitCount / 8
        let rest = selection.bitCount % 8
        try require(
            built.bitCount == selection.bitCount && built.payloadType == selection.payloadType
                && built.octets.prefix(whole) == selection.octets.prefix(whole)
                && (rest == 0 || (built.octets[whole] ^ selection.octets[whole]) >> UInt8(8 - rest) == 0),
            "\(selection) becomes \(built)")
        return built
    }

    private static func videoBackChannel(
        _ messages: [VideoBackChannel], ignoring ignored: inout [Int: UInt8]?
    ) throws(ProbeFinding) -> PayloadFeedback.Message {
        var offset = 12
        var built: [VideoBackChannel] = []
        for message in messages {
            built.append(
                try expect("\(message) is not built") { () throws(RTPError) in
                    try VideoBackChannel(
                        ssrc: message.ssrc, sequenceNumber: message.sequenceNumber, payloadType: message.payloadType,
                        octets: message.octets)
                })
            ignored?[offset + 5] = 0x80
            let end = offset + 8 + message.octets.count
            offset = (end + 3) & ~3
            for octet in end..<offset { ignored?[octet] = 0xFF }
        }
        return .videoBackChannel(built)
    }

    private static func estimate(
        _ estimate: ReceiverEstimatedMaximumBitRate
    ) throws(ProbeFinding) -> ReceiverEstimatedMaximumBitRate {
        let rate = estimate.bitRate
        let scaled = try expect("\(rate.bitsPerSecond) bits per second are no estimate") { () throws(RTPError) in
            try ReceiverEstimatedMaximumBitRate(bitsPerSecond: rate.bitsPerSecond, sources: estimate.sources)
        }
        try check(rate, scaled: scaled.bitRate)
        return try expect("\(estimate) is not built") { () throws(RTPError) in
            try ReceiverEstimatedMaximumBitRate(
                mantissa: rate.mantissa, exponent: rate.exponent, sources: estimate.sources)
        }
    }
}

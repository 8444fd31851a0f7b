// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

extension RTCPBodyProbe {
    static func extendedReport(_ report: ExtendedReport, octets: [UInt8]) throws(ProbeFinding) -> Built {
        // The header's five bits.
        var ignored: [Int: UInt8] = [0: 0x1F]
        var offset = 8
        var blocks: [ExtendedReport.Block] = []
        for block in report.blocks {
            try require(octets[offset] == block.blockType, "type \(octets[offset]) is read as \(block)")
            let contents = offset + 4
            offset = contents + 4 * (Int(octets[offset + 2]) << 8 | Int(octets[offset + 3]))
            let built: ExtendedReport.Block?
            switch block {
            case .lossRunLengths(let report):
                try check(report)
                built = nil
            case .duplicateRunLengths(let report):
                try check(report)
                built = nil
            case .packetReceiptTimes(let times):
                built = try receiptTimes(times).map { .packetReceiptTimes($0) }
                ignored[contents - 3] = 0xF0
            case .receiverReferenceTime(let time):
                try check(time.ntpTimestamp)
                built = .receiverReferenceTime(ReceiverReferenceTime(ntpTimestamp: time.ntpTimestamp))
                ignored[contents - 3] = 0xFF
            case .delaySinceLastReceiverReport(let delays):
                built = .delaySinceLastReceiverReport(answers(delays))
                ignored[contents - 3] = 0xFF
            case .statisticsSummary(let summary):
                built = .statisticsSummary(statistics(summary))
                ignored[contents - 3] = 0x07
            case .voipMetrics(let metrics):
                try require(
                    metrics.lossConcealment.rawValue == metrics.receiverConfiguration >> 6,
                    "\(metrics.lossConcealment) of \(metrics.receiverConfiguration)")
                built = .voipMetrics(voice(metrics))
                ignored[contents - 3] = 0xFF
                ignored[contents + 25] = 0xFF
            case .other(let block):
                built = .other(
                    .init(blockType: block.blockType, typeSpecific: block.typeSpecific, contents: block.contents))
            }
            blocks.append(built ?? block)
        }
        try require(offset == octets.count, "blocks of \(offset) octets in \(octets.count)")
        return Built(packet: .extendedReport(ExtendedReport(ssrc: report.ssrc, blocks: blocks)), ignored: ignored)
    }

    /// The marks are compared: runs and vectors of the same ones may be chosen otherwise.
    private static func check(_ report: RunLengthReport) throws(ProbeFinding) {
        let numbers = try sequenceNumbers(report.range, thinning: report.thinning)
        let marks = report.marks
        let room = report.chunks.reduce(0) { $0 + $1.markCount }
        try require(
            marks.count == min(room, numbers.count) && marks.map(\.sequenceNumber).elementsEqual(numbers.prefix(room)),
            "\(marks.count) marks of \(report)")
        // A block that says less than its range may be read, not sent.
        guard marks.count == numbers.count, report.range.count < 65534 else { return }
        let built = try expect("\(report) is not built") { () throws(RTPError) in
            try RunLengthReport(
                source: report.source, range: report.range, thinning: report.thinning, marks: marks.map(\.mark))
        }
        try require(
            built.source == report.source && built.marks.map(\.mark).elementsEqual(marks.lazy.map(\.mark)),
            "\(report) becomes \(built)")
    }

    /// The numbers that a block is about: in the range, and multiples of 2^`thinning`.
    private static func sequenceNumbers(
        _ range: SequenceRange, thinning: UInt8
    ) throws(ProbeFinding) -> [UInt16] {
        let numbers = range.sequenceNumbers(thinning: thinning)
        let step = 1 << Int(thinning)
        // One in each step's length, and one more or less where the range begins and ends.
        try require((numbers.count - range.count / step).magnitude <= 1, "\(numbers.count) numbers of \(range)")
        for number in [numbers.first, numbers.last] {
            guard let number else { continue }
            try require(
                Int(number) % step == 0 && Int(number &- range.begin) < range.count, "\(number) of \(range)")
        }
        return numbers
    }

    private static func receiptTimes(_ times: PacketReceiptTimes) throws(ProbeFinding) -> PacketReceiptTimes? {
        guard try sequenceNumbers(times.range, thinning: times.thinning).count == times.times.count else { return nil }
        return try expect("\(times) is not built") { () throws(RTPError) in
            try PacketReceiptTimes(
                source: times.source, range: times.range, thinning: times.thinning, times: times.times)
        }
    }

    private static func answers(_ delays: DelaySinceLastReceiverReport) -> DelaySinceLastReceiverReport {
        for answer in delays.subBlocks { _ = answer.roundTripTime(at: NTPTimestamp(rawValue: .max)) }
        return DelaySinceLastReceiverReport(
            delays.subBlocks.map {
                .init(
                    ssrc: $0.ssrc, lastReceiverReport: $0.lastReceiverReport,
                    delaySinceLastReceiverReport: $0.delaySinceLastReceiverReport)
            })
    }

    private static func statistics(_ summary: StatisticsSummary) -> StatisticsSummary {
        var built = StatisticsSummary(source: summary.source, range: summary.range)
        built.lostPackets = summary.lostPackets
        built.duplicatePackets = summary.duplicatePackets
        built.jitter = summary.jitter
        built.timeToLive = summary.timeToLive
        return built
    }

    private static func voice(_ metrics: VoIPMetrics) -> VoIPMetrics {
        var built = VoIPMetrics(source: metrics.source)
        (built.lossRate, built.discardRate) = (metrics.lossRate, metrics.discardRate)
        (built.burstDensity, built.gapDensity) = (metrics.burstDensity, metrics.gapDensity)
        built.burstDurationMilliseconds = metrics.burstDurationMilliseconds
        built.gapDurationMilliseconds = metrics.gapDurationMilliseconds
        built.roundTripDelayMilliseconds = metrics.roundTripDelayMilliseconds
        built.endSystemDelayMilliseconds = metrics.endSystemDelayMilliseconds
        (built.signalLevel, built.noiseLevel) = (metrics.signalLevel, metrics.noiseLevel)
        built.residualEchoReturnLoss = metrics.residualEchoReturnLoss
        built.gapThreshold = metrics.gapThreshold
        (built.rFactor, built.externalRFactor) = (metrics.rFactor, metrics.externalRFactor)
        built.listeningQuality = metrics.listeningQuality
        built.conversationalQuality = metrics.conversationalQuality
        built.receiverConfiguration = metrics.receiverConfiguration
        built.jitterBufferNominalMilliseconds = metrics.jitterBufferNominalMilliseconds
        built.jitterBufferMaximumMilliseconds = metrics.jitterBufferMaximumMilliseconds
        built.jitterBufferAbsoluteMaximumMilliseconds = metrics.jitterBufferAbsoluteMaximumMilliseconds
        return built
    }
}

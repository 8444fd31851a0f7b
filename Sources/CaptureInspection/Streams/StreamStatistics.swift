// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What is counted of one RTP stream of a capture, in the order of the file and by its time stamps.
///
/// Sequence and loss are counted as RFC 3550 appendices A.1 and A.3 do, from the first packet on. Where the source restarts,
/// the counts before the restart are kept and added.
struct StreamStatistics: Sendable {
    /// The packets of one payload type.
    struct PayloadTypeCount: Sendable {
        let payloadType: UInt8
        var packets: UInt64
    }

    let key: StreamKey
    let firstFrame: Int
    private(set) var firstTime: Int64?
    private(set) var lastTime: Int64?
    /// All packets, those that are not counted for the loss included.
    private(set) var packets: UInt64 = 0
    /// Their octets with headers: the UDP payloads.
    private(set) var octets: UInt64 = 0
    /// Their octets behind the headers.
    private(set) var bodyOctets: UInt64 = 0
    private(set) var markers: UInt64 = 0
    private(set) var duplicates: UInt64 = 0
    private(set) var reordered: UInt64 = 0
    /// How far behind the newest number the latest of them was.
    private(set) var deepestReordering = 0
    /// Packets with a number far from all others, which are not counted for the loss.
    private(set) var farOff: UInt64 = 0
    private(set) var restarts: UInt64 = 0
    let firstSequenceNumber: UInt16
    private(set) var payloadTypes: [PayloadTypeCount] = []
    private(set) var longestGap: StreamGap?
    /// Packets whose P bit is set, and of them those whose padding count is impossible.
    private(set) var padded: UInt64 = 0
    private(set) var invalidPaddings: UInt64 = 0
    private(set) var excess = PayloadExcess()
    private(set) var jitterBank = JitterBank()
    private(set) var clockGuess = ClockGuess()
    private(set) var meter = BitRateMeter()
    private(set) var series: TimeSeries?
    private(set) var knownClockRate: ClockRate?
    /// Whether packets came inside TURN channel data.
    var isInTURNChannel = false

    private var tracker = SequenceTracker(minimumSequential: 1)
    /// What was counted before the last restart.
    private var countBeforeRestart = LossCount()
    private var last: RTPArrival
    private var newestTimestamp: UInt32

    init(_ first: RTPArrival, key: StreamKey, keepsSeries: Bool) {
        self.key = key
        firstFrame = first.frame
        firstSequenceNumber = first.header.sequenceNumber
        newestTimestamp = first.header.timestamp
        last = first
        if keepsSeries, let time = first.time { series = TimeSeries(start: time) }
    }

    /// The packets expected and received, over all restarts.
    var count: LossCount {
        let count = LossCount(tracker)
        return LossCount(
            expected: countBeforeRestart.expected + count.expected,
            received: countBeforeRestart.received + count.received)
    }

    /// The newest number with the cycles before it, since the last restart.
    var extendedHighestSequenceNumber: UInt64 { tracker.extendedHighestSequenceNumber }

    /// Takes a packet of the stream, and gives the pause before it.
    mutating func receive(_ packet: RTPArrival, clockRates: [UInt8: UInt32]) -> StreamGap? {
        let header = packet.header
        countPayloadType(header.payloadType, clockRates)
        let countBefore = LossCount(tracker)
        let newest = tracker.highestSequenceNumber
        let outcome = tracker.update(header.sequenceNumber)
        var skipped = 0
        var lost: Int64 = 0
        switch outcome {
        case .validated, .onProbation: break
        case .inOrder(let count):
            skipped = count
            lost = Int64(count)
        case .reordered:
            reordered += 1
            lost = -1
            deepestReordering = max(deepestReordering, newest.map { Int($0 &- header.sequenceNumber) } ?? 0)
        case .duplicate: duplicates += 1
        case .jumped: farOff += 1
        case .restarted:
            restarts += 1
            countBeforeRestart.expected += countBefore.expected
            countBeforeRestart.received += countBefore.received
            jitterBank.restartTransit()
        }
        let gap = countTime(of: packet, outcome, skipped: skipped)
        if outcome == .inOrder(skipped: 0) {
            let units = Int32(bitPattern: header.timestamp &- newestTimestamp)
            excess.add(payloadType: header.payloadType, payloadByteCount: packet.bodyByteCount, units: units)
        }
        if let time = packet.time {
            let jitter = SIMD8<Float>(jitterBank.jitter)
            series?.add(at: time, .init(packets: 1, octets: UInt64(packet.byteCount), lost: lost, jitter: jitter))
        }
        packets += 1
        octets += UInt64(packet.byteCount)
        bodyOctets += UInt64(packet.bodyByteCount)
        markers += header.marker ? 1 : 0
        padded += header.hasPadding ? 1 : 0
        invalidPaddings += packet.hasInvalidPadding ? 1 : 0
        switch outcome {
        case .inOrder, .validated, .restarted: newestTimestamp = header.timestamp
        default: break
        }
        last = packet
        return gap
    }

    /// Counts what depends on the time: jitter, clock, bit rate and the pause before the packet.
    private mutating func countTime(
        of packet: RTPArrival, _ outcome: SequenceTracker.Outcome, skipped: Int
    ) -> StreamGap? {
        guard let time = packet.time else { return nil }
        if firstTime == nil { firstTime = time }
        lastTime = max(lastTime ?? time, time)
        meter.add(packet.byteCount, at: time)
        if outcome.isCounted { jitterBank.update(timestamp: packet.header.timestamp, time: time) }
        guard packets > 0, let before = last.time else { return nil }
        let elapsed = CaptureTime.elapsed(from: before, to: time)
        if case .inOrder = outcome, elapsed >= 0, knownClockRate == nil {
            clockGuess.add(
                units: Int32(bitPattern: packet.header.timestamp &- last.header.timestamp), nanoseconds: elapsed)
        }
        guard elapsed > 0 else { return nil }
        let gap = StreamGap(start: before, length: elapsed, endFrame: packet.frame, skipped: skipped)
        if elapsed > longestGap?.length ?? 0 { longestGap = gap }
        return gap
    }

    private mutating func countPayloadType(_ type: UInt8, _ clockRates: [UInt8: UInt32]) {
        if packets == 0 || type != last.header.payloadType {
            // A type that tells nothing goes by the clock of those before it: a stream has one (RFC 3551 section 4.1).
            if let rate = ClockRate(ofPayloadType: type, options: clockRates) {
                knownClockRate = rate
                jitterBank.setRate(Double(rate.hertz))
            }
        }
        if let position = payloadTypes.firstIndex(where: { $0.payloadType == type }) {
            payloadTypes[position].packets += 1
        } else {
            payloadTypes.append(PayloadTypeCount(payloadType: type, packets: 1))
        }
    }

    /// The rate of the media clock; `nil` where neither the payload types nor the timestamps tell it.
    var clockRate: ClockRate? {
        knownClockRate
            ?? clockGuess.lane.map { ClockRate(hertz: UInt32(ClockGuess.candidates[$0]), origin: .guessed) }
    }

    /// The lane of the bank and the series that has the clock rate.
    var clockLane: Int? { knownClockRate != nil ? 0 : clockGuess.lane }

    /// From the first packet to the last, in seconds.
    var duration: Double? {
        guard let firstTime, let lastTime else { return nil }
        return CaptureTime.seconds(CaptureTime.elapsed(from: firstTime, to: lastTime))
    }
}

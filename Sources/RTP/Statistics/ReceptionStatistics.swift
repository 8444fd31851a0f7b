// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a receiver counts of one source: sequence, loss and jitter (RFC 3550 appendices A.1, A.3 and A.8).
///
/// ```swift
/// var statistics = ReceptionStatistics()
/// statistics.receive(sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, arrival: now)
/// let block = statistics.makeReportBlock(source: header.ssrc)
/// ```
///
/// A plain value without a clock: equal calls give equal counts.
public struct ReceptionStatistics: Hashable, Sendable {
    /// The sequence numbers.
    public private(set) var sequence: SequenceTracker
    /// The jitter, of packets that are counted: in the order of arrival, late ones and duplicates included.
    public private(set) var jitter = JitterEstimator()
    /// The counts when the last report was made.
    public private(set) var priorCount = LossCount()

    /// Statistics of a source that was not heard yet.
    ///
    /// - Parameter minimumSequential: As ``SequenceTracker/init(minimumSequential:)``.
    public init(minimumSequential: Int = 2) { sequence = SequenceTracker(minimumSequential: minimumSequential) }

    /// The packets expected and received.
    public var count: LossCount { LossCount(sequence) }

    /// Takes a packet of the source.
    ///
    /// When the source becomes valid or has restarted, all counts and the jitter begin anew with this packet.
    ///
    /// - Parameter arrival: When it came, in units of the media clock, from any instant and modulo 2^32; see
    ///   ``JitterEstimator/units(seconds:nanoseconds:clockRateHz:)``.
    @discardableResult
    public mutating func receive(
        sequenceNumber: UInt16, timestamp: UInt32, arrival: UInt32
    ) -> SequenceTracker.Outcome {
        let outcome = sequence.update(sequenceNumber)
        if outcome.beginsAnew {
            jitter = JitterEstimator()
            priorCount = LossCount()
        }
        if outcome.isCounted { jitter.update(timestamp: timestamp, arrival: arrival) }
        return outcome
    }

    /// Takes a packet of the source that came at a time in seconds.
    ///
    /// As ``receive(sequenceNumber:timestamp:arrival:)``. After a change of the clock rate call ``clockRateChanged()``
    /// first.
    @discardableResult
    public mutating func receive(
        sequenceNumber: UInt16, timestamp: UInt32, seconds: Int64, nanoseconds: UInt32, clockRateHz: UInt32
    ) -> SequenceTracker.Outcome {
        receive(
            sequenceNumber: sequenceNumber, timestamp: timestamp,
            arrival: JitterEstimator.units(seconds: seconds, nanoseconds: nanoseconds, clockRateHz: clockRateHz))
    }

    /// Keeps the next packet from being compared with the one before, whose timestamp counts other units.
    public mutating func clockRateChanged() { jitter.restartTransit() }

    /// The block that reports the source, and the begin of the next interval for its fraction lost.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - lastSenderReport: LSR, as ``ReportBlock/lastSenderReport``.
    ///   - delay: DLSR, as ``ReportBlock/delaySinceLastSenderReport``.
    public mutating func makeReportBlock(
        source: SSRC, lastSenderReport: UInt32 = 0, delaySinceLastSenderReport delay: UInt32 = 0
    ) -> ReportBlock {
        let count = count
        defer { priorCount = count }
        return ReportBlock(
            source: source, fractionLost: count.fractionLost(since: priorCount), cumulativeLost: count.cumulativeLost,
            extendedHighestSequenceNumber: UInt32(truncatingIfNeeded: sequence.extendedHighestSequenceNumber),
            jitter: jitter.jitter, lastSenderReport: lastSenderReport, delaySinceLastSenderReport: delay)
    }
}

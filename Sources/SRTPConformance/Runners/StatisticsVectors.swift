// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// `loss`: what a report says of the packets lost (RFC 3550 appendix A.3).
enum LossVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let base = try fields.sequenceNumber("base_seq")
        let cycles = UInt64(try fields.integer("cycles", in: 0...0xFFFF))
        let newest = cycles << 16 | UInt64(try fields.sequenceNumber("max_seq"))
        guard newest >= base else {
            throw fields.fault("max_seq", expected: "one that is not below base_seq", got: "\(newest)")
        }
        let tracker = tracker(from: base, to: newest)
        if fields.has("extended_max") {
            try fields.compare("extended_max", got: Int64(clamping: tracker.extendedHighestSequenceNumber))
        }
        var count = LossCount(tracker)
        if fields.has("expected") { try fields.compare("expected", got: Int64(clamping: count.expected)) }
        count.received = try counter("received", fields)
        try fields.compare("cumulative_lost", got: Int64(count.cumulativeLost))
        let prior = LossCount(
            expected: try counter("expected_prior", fields), received: try counter("received_prior", fields))
        try fields.compare("fraction_lost_byte", got: Int64(count.fractionLost(since: prior)))
        return nil
    }

    /// A tracker that has seen as few of the packets as can be.
    private static func tracker(from base: UInt16, to newest: UInt64) -> SequenceTracker {
        var tracker = SequenceTracker(minimumSequential: 1)
        _ = tracker.update(base)
        var next = UInt64(base)
        while next < newest {
            next = min(next + UInt64(SequenceTracker.maximumDropout) - 1, newest)
            _ = tracker.update(UInt16(truncatingIfNeeded: next))
        }
        return tracker
    }

    private static func counter(_ name: String, _ fields: RowFields) throws(RowFault) -> UInt64 {
        UInt64(try fields.integer(name, in: 0...1 << 48))
    }
}

/// `jitter`: the estimate after each packet (RFC 3550 appendix A.8).
enum JitterVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let steps = try fields.objects("steps")
        guard !steps.isEmpty else { throw fields.fault("steps", expected: "a packet", got: "none") }
        var statistics = ReceptionStatistics(minimumSequential: 1)
        for (position, step) in steps.enumerated() {
            try step.check(required: ["arrival", "timestamp", "scaled_jitter", "reported"], optional: [])
            statistics.receive(
                sequenceNumber: UInt16(truncatingIfNeeded: position), timestamp: try step.uint32("timestamp"),
                arrival: try step.uint32("arrival"))
            try step.compare("scaled_jitter", got: Int64(clamping: statistics.jitter.scaledJitter))
            try step.compare("reported", got: Int64(statistics.makeReportBlock(source: 0).jitter))
        }
        return nil
    }
}

/// `rtt`: the round-trip time that a report block tells a sender (RFC 3550 section 6.4.1).
enum RoundTripVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let sent = NTPTimestamp(seconds: try word("ntp_sec", fields), fraction: try word("ntp_frac", fields))
        let block = ReportBlock(
            source: 0, lastSenderReport: try word("lsr", fields), delaySinceLastSenderReport: try word("dlsr", fields))
        guard sent.middle32Bits == block.lastSenderReport else {
            throw fields.fault("lsr", expected: "\(sent.middle32Bits)", got: "\(block.lastSenderReport)")
        }
        let arrival = NTPTimestamp(rawValue: UInt64(try word("a", fields)) << 16)
        let expected = try word("rtt", fields)
        let time = block.roundTripTime(at: arrival)
        guard time == expected else {
            throw fields.fault("rtt", expected: "\(expected)", got: time.map { "\($0)" } ?? "none")
        }
        if fields.has("rtt_seconds") { try checkSeconds(fields, expected) }
        return nil
    }

    /// The same time as a decimal number, which 65536 divides without a rest.
    private static func checkSeconds(_ fields: RowFields, _ time: UInt32) throws(RowFault) {
        let seconds = Double(time) / 65536
        switch try fields.value("rtt_seconds") {
        case .number(seconds): return
        case .integer(let whole) where Double(whole) == seconds: return
        case let value: throw fields.fault("rtt_seconds", expected: "\(value)", got: "\(seconds)")
        }
    }

    private static func word(_ name: String, _ fields: RowFields) throws(RowFault) -> UInt32 {
        UInt32(truncatingIfNeeded: try fields.counter(name, byteCount: 4))
    }
}

extension RowFields {
    /// Throws where a number is not `got`.
    fileprivate func compare(_ name: String, got: Int64) throws(RowFault) {
        let expected = try integer(name, in: .min ... .max)
        guard got == expected else { throw fault(name, expected: "\(expected)", got: "\(got)") }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The jitter of a stream under eight clock rates at once, as the right one may be known only at the end.
///
/// It is the estimate of RFC 3550 section 6.4.1 in its first form of appendix A.8, with fractions: J += (|D| - J) / 16, in
/// seconds. Times of capture are finer than units of the media clock, so that it differs by up to some units from the
/// whole numbers that `JitterEstimator` and report blocks have.
struct JitterBank {
    /// The rates, in Hz. The same in all lanes where it is known.
    private(set) var rates = ClockGuess.candidates
    /// The estimate, in seconds.
    private(set) var jitter = SIMD8<Double>()
    /// The largest estimate.
    private(set) var maximum = SIMD8<Double>()
    private var sum = SIMD8<Double>()
    private var count = 0.0
    private var last: (timestamp: UInt32, time: Int64)?

    /// The mean of the estimates after each packet but the first.
    var mean: SIMD8<Double> { count > 0 ? sum / count : sum }

    /// Takes a packet.
    mutating func update(timestamp: UInt32, time: Int64) {
        defer { last = (timestamp, time) }
        guard let last else { return }
        let elapsed = CaptureTime.seconds(CaptureTime.elapsed(from: last.time, to: time))
        let units = Double(Int32(bitPattern: timestamp &- last.timestamp))
        let difference = SIMD8(repeating: elapsed) - SIMD8(repeating: units) / rates
        let magnitude = difference.replacing(with: -difference, where: difference .< 0)
        jitter += (magnitude - jitter) * 0.0625
        maximum = pointwiseMax(maximum, jitter)
        sum += jitter
        count += 1
    }

    /// Keeps the next packet from being compared with the one before.
    mutating func restartTransit() { last = nil }

    /// From here on the rate is this one. What was estimated before stays, if it was under the same rate.
    mutating func setRate(_ hertz: Double) {
        guard rates != SIMD8(repeating: hertz) else { return }
        let lane = rates.indices.first { rates[$0] == hertz }
        // Other units before: the next packet cannot be compared with the one before (RFC 7160).
        if lane == nil { last = nil }
        func kept(_ values: SIMD8<Double>) -> SIMD8<Double> {
            SIMD8(repeating: lane.map { values[$0] } ?? values.min())
        }
        jitter = kept(jitter)
        maximum = kept(maximum)
        sum = kept(sum)
        rates = SIMD8(repeating: hertz)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The octets of a stream in its busiest second. Seconds are counted from the first packet.
struct BitRateMeter {
    private var second: Int64?
    private var octets: UInt64 = 0
    private var peakOctets: UInt64 = 0

    mutating func add(_ byteCount: Int, at time: Int64) {
        let start = second ?? time
        let elapsed = CaptureTime.elapsed(from: start, to: time)
        if elapsed >= CaptureTime.second {
            peakOctets = max(peakOctets, octets)
            octets = 0
            // No more than `time`, so it cannot overflow.
            second = start + elapsed / CaptureTime.second * CaptureTime.second
        } else {
            second = start
        }
        octets += UInt64(byteCount)
    }

    /// Bits a second in the busiest one; `nil` before the first packet.
    var peakBitRate: Double? { second == nil ? nil : 8 * Double(max(peakOctets, octets)) }
}

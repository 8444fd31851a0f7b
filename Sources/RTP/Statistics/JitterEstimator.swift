// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The mean deviation of the packets' spacing from that of their timestamps (RFC 3550 appendix A.8).
///
/// In whole numbers, the RFC's second form: the estimate is kept sixteen times as large.
public struct JitterEstimator: Hashable, Sendable {
    /// The estimate in 1/16 units of the media clock.
    public private(set) var scaledJitter: UInt64 = 0
    /// Arrival less timestamp of the last packet, modulo 2^32; `nil` before the first.
    private var transit: UInt32?

    /// An estimator that has seen nothing.
    public init() {}

    /// The estimate in units of the media clock, as report blocks carry it.
    public var jitter: UInt32 { UInt32(clamping: scaledJitter >> 4) }

    /// Takes a packet. The first one only sets what the next is compared with.
    ///
    /// - Parameters:
    ///   - timestamp: The packet's RTP timestamp.
    ///   - arrival: When it came, in the same units, from any instant and modulo 2^32.
    public mutating func update(timestamp: UInt32, arrival: UInt32) {
        let newTransit = arrival &- timestamp
        defer { transit = newTransit }
        guard let transit else { return }
        let difference = UInt64(Int32(bitPattern: newTransit &- transit).magnitude)
        scaledJitter = scaledJitter + difference - (scaledJitter + 8) >> 4
    }

    /// Forgets the last packet, and keeps the estimate: the next packet has another clock rate or offset
    /// (RFC 7160).
    public mutating func restartTransit() { transit = nil }

    /// A time as a count of a media clock, modulo 2^32, cut to whole units: what ``update(timestamp:arrival:)`` asks for.
    ///
    /// - Parameters:
    ///   - seconds: Whole seconds of a clock that goes steadily, from any instant.
    ///   - nanoseconds: The rest. A billion and more is taken as further seconds.
    ///   - clockRateHz: The units in a second.
    public static func units(seconds: Int64, nanoseconds: UInt32, clockRateHz: UInt32) -> UInt32 {
        let rest = UInt64(nanoseconds) * UInt64(clockRateHz) / 1_000_000_000
        return UInt32(truncatingIfNeeded: seconds) &* clockRateHz &+ UInt32(truncatingIfNeeded: rest)
    }
}

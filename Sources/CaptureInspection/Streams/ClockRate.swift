// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// The units of the RTP timestamp in a second, and how they are known.
package struct ClockRate: Hashable, Sendable {
    /// Where the number is from.
    package enum Origin: String, Encodable, Sendable {
        /// Named by the user for the payload type.
        case option
        /// The payload type is a static one of RFC 3551.
        case staticPayloadType = "static payload type"
        /// The one that the timestamps fit: a guess.
        case guessed
    }

    package let hertz: UInt32
    package let origin: Origin

    /// What is known of a payload type.
    init?(ofPayloadType type: UInt8, options: [UInt8: UInt32]) {
        if let hertz = options[type] {
            self.init(hertz: hertz, origin: .option)
        } else if let format = PayloadFormat.staticTypes[type] {
            self.init(hertz: format.clockRateHz, origin: .staticPayloadType)
        } else {
            return nil
        }
    }

    init(hertz: UInt32, origin: Origin) {
        self.hertz = hertz
        self.origin = origin
    }
}

/// Finds the clock rate of a payload type that only signalling would tell.
///
/// RTP timestamps go on with the wall clock, in silence too. So each second or more of a stream is compared with what the
/// timestamps say of it, and votes for the rate that is nearest, if it is within ``tolerance``. The rate with most votes is
/// the guess. A part that is shorter counts where there is nothing longer.
struct ClockGuess {
    /// The rates of the payload formats in use with dynamic types.
    static let candidates = SIMD8<Double>(8000, 16000, 22050, 24000, 32000, 44100, 48000, 90000)
    /// Half the way between 44,100 and 48,000.
    static let tolerance = 0.042

    private var votes = SIMD8<UInt32>()
    private var units: Int64 = 0
    private var nanoseconds: Int64 = 0

    /// Takes the distance between two packets that follow on each other.
    mutating func add(units: Int32, nanoseconds: Int64) {
        self.units &+= Int64(units)
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        self.nanoseconds = overflow ? 0 : sum
        guard self.nanoseconds >= CaptureTime.second else { return }
        if let lane = nearest { votes[lane] &+= 1 }
        self.units = 0
        self.nanoseconds = 0
    }

    /// The position of the guess in ``candidates``; `nil` where nothing fits.
    var lane: Int? {
        let most = votes.max()
        return most == 0 ? nearest : votes.indices.first { votes[$0] == most }
    }

    /// The candidate nearest to what was added since the last vote.
    private var nearest: Int? {
        guard nanoseconds > 0, units > 0 else { return nil }
        let rate = Double(units) / CaptureTime.seconds(nanoseconds)
        return Self.candidates.indices.first { abs(rate / Self.candidates[$0] - 1) < Self.tolerance }
    }
}

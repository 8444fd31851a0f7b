// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// Short forms for the fields that explanations are made of.

extension ExplainedField {
    init(_ name: String, _ number: some FixedWidthInteger & UnsignedInteger) {
        self.init(name, .unsigned(UInt64(truncatingIfNeeded: number)))
    }

    init(_ name: String, _ number: some FixedWidthInteger & SignedInteger) {
        self.init(name, .signed(Int64(truncatingIfNeeded: number)))
    }

    init(_ name: String, _ flag: Bool) { self.init(name, .flag(flag)) }

    init(_ name: String, _ text: String) { self.init(name, .text(text)) }

    init(_ name: String, _ ssrc: SSRC) { self.init(name, .ssrc(ssrc.rawValue)) }

    init(_ name: String, _ sources: [SSRC]) { self.init(name, .list(sources.map { .ssrc($0.rawValue) })) }

    init(_ name: String, _ octets: some Sequence<UInt8>) { self.init(name, .octets(Array(octets))) }

    init(_ name: String, each entries: [[ExplainedField]]) { self.init(name, .list(entries.map { .fields($0) })) }
}

extension [ExplainedField] {
    /// An NTP timestamp: both words as they are, and the date that they tell.
    static func time(_ name: String, _ time: NTPTimestamp) -> [ExplainedField] {
        [
            ExplainedField("\(name)_timestamp_msw", time.seconds),
            ExplainedField("\(name)_timestamp_lsw", time.fraction),
            ExplainedField("\(name)_time", time.description),
        ]
    }

    /// Text from the network: where it is not the UTF-8 that it should be, its octets as well.
    static func text(_ name: String, _ octets: some Collection<UInt8>) -> [ExplainedField] {
        let text = ExplainedField(name, String(decoding: octets, as: UTF8.self))
        guard String(validating: octets, as: UTF8.self) == nil else { return [text] }
        return [text, ExplainedField("\(name)_octets", octets)]
    }

    /// A duration in 1/65536 s: as it is, and in seconds.
    static func delay(_ name: String, _ units: UInt32) -> [ExplainedField] {
        [ExplainedField(name, units), ExplainedField("\(name)_seconds", .number(Double(units) / 65536))]
    }

    /// A bit rate: exponent and mantissa as they are, and their product.
    static func bitRate(_ names: (exponent: String, mantissa: String), _ rate: ScaledBitRate) -> [ExplainedField] {
        // Exact: the mantissa has 18 bits at most.
        let exact = Double(rate.mantissa) * Double(sign: .plus, exponent: Int(rate.exponent), significand: 1)
        return [
            ExplainedField(names.exponent, rate.exponent),
            ExplainedField(names.mantissa, rate.mantissa),
            ExplainedField(
                "bits_per_second", rate.bitsPerSecond == .max ? .number(exact) : .unsigned(rate.bitsPerSecond)),
        ]
    }
}

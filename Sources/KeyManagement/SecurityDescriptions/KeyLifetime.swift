// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How many packets a master key may protect (RFC 4568 section 6.1), 1 to 2^48.
///
/// The SRTP packets, and the SRTCP packets, "each have to be less than the lifetime": ``packetLimit``.
public struct KeyLifetime: Hashable, Sendable {
    /// The longest lifetime that a suite has (RFC 4568 section 6.2, RFC 6188 section 4, RFC 7714 section 12).
    public static let longest: UInt64 = 1 << 48

    /// The lifetime.
    public let packets: UInt64
    /// Whether it is written as a power of two.
    public let isPower: Bool

    /// A lifetime, written as a power of two where it is one; `nil` outside 1 to 2^48.
    public init?(packets: UInt64) { self.init(packets: packets, isPower: packets.nonzeroBitCount == 1) }

    private init?(packets: UInt64, isPower: Bool) {
        guard (1...Self.longest).contains(packets) else { return nil }
        self.packets = packets
        self.isPower = isPower
    }

    init?(parsing text: ArraySlice<UInt8>, noting deviations: inout Set<CryptoDeviation>) {
        let isPower = text.starts(with: "2^".utf8)
        guard let number = Digits.number(text.dropFirst(isPower ? 2 : 0), noting: &deviations) else { return nil }
        guard isPower else {
            self.init(packets: number, isPower: false)
            return
        }
        guard number <= 48 else { return nil }
        self.init(packets: 1 << number, isPower: true)
    }

    /// The packets of each kind that the key may protect, over all streams: one less than the lifetime.
    public var packetLimit: UInt64 { packets - 1 }

    /// What stands behind the bar.
    public var text: String { isPower ? "2^\(packets.trailingZeroBitCount)" : "\(packets)" }
}

extension KeyLifetime: CustomStringConvertible {
    public var description: String { text }
}

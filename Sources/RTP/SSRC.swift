// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A synchronisation source identifier: who an RTP stream or RTCP report comes from (RFC 3550 section 3).
///
/// All 2^32 values are legal, 0 and `ffffffff` included.
@frozen
public struct SSRC: RawRepresentable, Hashable, Sendable {
    /// The identifier as the number on the wire.
    public let rawValue: UInt32

    /// The identifier with this number on the wire.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The identifier with this number on the wire.
    @inlinable
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

extension SSRC: ExpressibleByIntegerLiteral {
    /// The identifier with this number on the wire.
    public init(integerLiteral value: UInt32) { self.init(rawValue: value) }
}

extension SSRC: CustomStringConvertible {
    /// Eight lower-case hex digits.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

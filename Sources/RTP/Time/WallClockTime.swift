// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An instant as seconds and nanoseconds since 1970-01-01 00:00 UTC, leap seconds not counted.
public struct WallClockTime: Hashable, Sendable {
    /// Whole seconds; negative before 1970.
    public let seconds: Int64
    /// The rest, 0 to 999,999,999, always forward of ``seconds``.
    public let nanoseconds: UInt32

    /// The instant with these parts.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a billion nanoseconds or more.
    public init(seconds: Int64, nanoseconds: UInt32 = 0) throws(RTPError) {
        guard nanoseconds < 1_000_000_000 else {
            throw .valueOutOfRange(.wallClockTime, value: Int(nanoseconds), allowed: 0...999_999_999)
        }
        self.init(uncheckedSeconds: seconds, nanoseconds: nanoseconds)
    }

    init(uncheckedSeconds seconds: Int64, nanoseconds: UInt32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

extension WallClockTime: Comparable {
    /// Whether `left` is before `right`.
    public static func < (left: Self, right: Self) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

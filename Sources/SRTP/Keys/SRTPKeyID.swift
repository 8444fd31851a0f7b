// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Names a master key that a context was given. The numbers count up: a larger one is the newer key.
public struct SRTPKeyID: Hashable, Comparable, Sendable {
    /// 1 for the first key of a context.
    public let number: UInt32

    public static func < (left: SRTPKeyID, right: SRTPKeyID) -> Bool { left.number < right.number }
}

extension SRTPKeyID: CustomStringConvertible {
    /// "key 1".
    public var description: String { "key \(number)" }
}

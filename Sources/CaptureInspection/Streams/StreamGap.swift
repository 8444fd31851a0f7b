// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A pause between two packets of a stream that came one after the other.
struct StreamGap: Hashable, Sendable {
    /// When the packet before the pause came, in nanoseconds since 1970.
    let start: Int64
    /// How long it was, in nanoseconds.
    let length: Int64
    /// The frame that ended it.
    let endFrame: Int
    /// The sequence numbers that were passed over meanwhile: 0 where the sender was silent.
    let skipped: Int
}

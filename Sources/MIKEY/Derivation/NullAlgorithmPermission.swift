// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Allows messages with NULL encryption or a NULL MAC.
///
/// They protect nothing: whoever can read or change them on their way has the keys of the media. RFC 3830 sections 4.2.3 and
/// 4.2.4 allow them only where what carries the messages guarantees security by itself.
public struct MIKEYNullAlgorithmPermission: Hashable, Sendable {
    private init() {}

    /// Says that the channel on which the messages travel is protected, end to end, against readers and against changes:
    /// TLS to the very peer, for instance.
    public static let channelIsProtected = MIKEYNullAlgorithmPermission()
}

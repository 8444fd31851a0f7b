// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What two parties share, so that they know each other's messages.
///
/// The exchanges of other modes get cases of their own.
@nonexhaustive
public enum MIKEYCredential: Sendable {
    /// A pre-shared key (RFC 3830 section 3.1), as random as the keys that it protects.
    ///
    /// `nullAlgorithms` permits messages with NULL encryption or a NULL MAC beside protected ones. A bundle that began
    /// without them stays without them.
    case preSharedKey(MIKEYKeyMaterial, nullAlgorithms: MIKEYNullAlgorithmPermission? = nil)
    /// Nothing: messages have NULL encryption and a NULL MAC, as RTSP cameras send them, on a channel that is protected.
    case protectedChannel(MIKEYNullAlgorithmPermission)

    /// The permission to use NULL algorithms.
    var nullAlgorithms: MIKEYNullAlgorithmPermission? {
        switch self {
        case .preSharedKey(_, let permission): permission
        case .protectedChannel(let permission): permission
        }
    }

    /// The key from which those of messages are derived; one without octets, from which nothing is, where there is none.
    var messageKey: MIKEYKeyMaterial {
        switch self {
        case .preSharedKey(let key, _): key
        case .protectedChannel: MIKEYKeyMaterial(RawSpan())
        }
    }
}

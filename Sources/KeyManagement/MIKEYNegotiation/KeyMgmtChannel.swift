// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY

/// What carries key management messages, as far as their protection goes.
///
/// MIKEY's NULL mode, which RTSP cameras and players use, has the keys of the media in clear: it is for a protected channel only
/// (RFC 3830 sections 4.2.3 and 4.2.4).
public enum KeyMgmtChannel: Hashable, Sendable {
    /// Against readers and against changes, end to end: TLS to the very peer, as `rtsps:`.
    case protected
    /// Not at all, or not all the way: `rtsp:`, SIP through proxies. NULL mode is refused.
    case unprotected
    /// Not protected either, and NULL mode is taken all the same: whoever can read the messages can decrypt the media, and whoever
    /// can change them can choose the keys. For laboratories.
    case unprotectedWhereAnyoneMayReadTheKeys

    /// The channel of an RTSP URI; `nil` for a URI of another scheme.
    public init?(rtspURI uri: String) {
        guard let colon = uri.firstIndex(of: ":") else { return nil }
        switch uri[..<colon].lowercased() {
        case "rtsps": self = .protected
        case "rtsp", "rtspu": self = .unprotected
        default: return nil
        }
    }

    /// The permission of NULL encryption and the NULL MAC.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/unprotectedChannel`` where there is none.
    public func nullAlgorithms() throws(KeyMgmtNegotiationError) -> MIKEYNullAlgorithmPermission {
        switch self {
        case .protected, .unprotectedWhereAnyoneMayReadTheKeys: .channelIsProtected
        case .unprotected: throw .unprotectedChannel
        }
    }

    /// What two parties in NULL mode share: nothing but the channel.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/unprotectedChannel`` where that is not protected.
    public func nullCredential() throws(KeyMgmtNegotiationError) -> MIKEYCredential {
        .protectedChannel(try nullAlgorithms())
    }
}

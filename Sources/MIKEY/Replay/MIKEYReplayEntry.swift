// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// An authenticated message that is to be remembered, or the last counter of a peer. ``MIKEYReplayMemory/remember(_:)`` takes it.
public struct MIKEYReplayEntry: Hashable, Sendable {
    enum Content: Hashable {
        /// A message with a time. What is older than the window's start may be forgotten for it.
        case message(Digest, at: NTPInstant, windowStart: NTPInstant)
        case counter(UInt32, of: Digest)
    }

    let content: Content

    init(_ content: Content) { self.content = content }

    /// SHA-256, of octets or of a name.
    struct Digest: Hashable {
        static let byteCount = 32

        let octets: [UInt8]

        init(_ bytes: RawSpan) throws(MIKEYReplayError) {
            do throws(CryptoError) { octets = try SHA256.digest(bytes) } catch { throw .engineFailed }
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import Synchronization

/// Which SSRCs belong to which direction of one master key that serves both.
///
/// Under one master key, an SSRC and an index make one keystream, whoever uses them: if both ends sent with the same SSRC
/// it would be used twice (RFC 3711 section 9.1). Asked only when a stream is made, never for a packet of a known one.
final class DirectionRegistry: Sendable {
    enum Direction: Sendable {
        case sent
        case received
    }

    private let owners = Mutex<[SSRC: Direction]>([:])

    /// Whether `ssrc` is free for `direction`, or belongs to it already.
    func isFree(_ ssrc: SSRC, for direction: Direction) -> Bool {
        owners.withLock { $0[ssrc, default: direction] == direction }
    }

    /// Takes `ssrc` for `direction`; `false` if the other one has it.
    func claim(_ ssrc: SSRC, for direction: Direction) -> Bool {
        owners.withLock { owners in
            guard owners[ssrc, default: direction] == direction else { return false }
            owners[ssrc] = direction
            return true
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A 31-bit SRTCP index, counted on past its wrap.
///
/// An index may wrap where the master key has changed since it started (RFC 3711 section 9.2). The wire knows it modulo 2^31;
/// state keeps it unwrapped, starting at 2^31, so that 0 stands for no index and one less can always be formed.
struct RTCPIndex: Hashable, Comparable, Sendable {
    let unwrapped: UInt64

    /// How many indices there are.
    static let modulus: UInt64 = 1 << 31
    /// The index at which a sender starts (RFC 3711 section 3.4).
    static let first = RTCPIndex(unwrapped: modulus)

    init(unwrapped: UInt64) { self.unwrapped = unwrapped }

    /// The index of a stream's first packet.
    init(first wire: UInt32) { unwrapped = Self.modulus + UInt64(wire) }

    /// The index of a packet, where the newest one so far is `newest` and the oldest one under its key `oldest`; `nil` for the
    /// latter where the stream has none under that key.
    ///
    /// The packet names all 31 bits, so that it may be ahead by any number. Only one that is behind by more than half of them
    /// may have wrapped: if the key is new to the stream, or if the wrap does not reach the key's first index.
    init(_ wire: UInt32, newest: RTCPIndex, oldest: UInt64?) {
        let turn = newest.unwrapped & ~(Self.modulus - 1)
        let here = turn + UInt64(wire)
        if here + Self.modulus / 2 < newest.unwrapped, oldest.map({ here < $0 }) ?? true {
            unwrapped = here + Self.modulus
        } else if here > newest.unwrapped + Self.modulus / 2, turn > Self.modulus {
            unwrapped = here - Self.modulus
        } else {
            unwrapped = here
        }
    }

    /// The index as packets carry it.
    var wire: UInt32 { UInt32(truncatingIfNeeded: unwrapped & (Self.modulus - 1)) }

    static func < (left: RTCPIndex, right: RTCPIndex) -> Bool { left.unwrapped < right.unwrapped }
}

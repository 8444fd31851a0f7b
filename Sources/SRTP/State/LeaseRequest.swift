// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP

/// What a sender asks of its store: leases are by SSRC, and apart for SRTP and SRTCP.
package struct LeaseRequest: Hashable, Sendable {
    package let ssrc: SSRC
    package let kind: PacketKind
    /// The first unwrapped index that the stream has not used in this process, as far as it has used any.
    package let next: UInt64
    /// The unwrapped index that is to be used.
    package let wanted: UInt64
    /// Where the lease ends that the sender holds; `nil` where it holds none.
    package let heldEnd: UInt64?
    /// What every master key of the sender was used for on this stream.
    package let keys: [Use]

    /// What one master key was used for on one stream.
    package struct Use: Hashable, Sendable {
        /// The key's number in its sender, and what it is known by to others.
        package let number: UInt32
        package let fingerprint: [UInt8]
        /// The lowest unwrapped index under the key; .max for none.
        package let oldest: UInt64
        /// At most so many packets.
        package let packets: UInt64

        package init(number: UInt32, fingerprint: [UInt8], oldest: UInt64, packets: UInt64) {
            self.number = number
            self.fingerprint = fingerprint
            self.oldest = oldest
            self.packets = packets
        }
    }
}

/// A lease that is durable: the sender may use its indices, under these keys.
package struct LeaseGrant: Hashable, Sendable {
    package let ssrc: SSRC
    package let kind: PacketKind
    /// The first unwrapped index, and how many; none for news of what was used before the process started.
    package let first: UInt64
    package let count: UInt64
    /// The end of the lease that the stream has and that this one continues; `nil` where everything below `first` may have been
    /// used.
    package let continued: UInt64?
    /// Whether the stream was there before this process.
    package let isResumed: Bool
    /// What the keys were used for before; counts are those of earlier processes.
    package let keys: [LeaseRequest.Use]

    package init(
        ssrc: SSRC, kind: PacketKind, first: UInt64, count: UInt64, continued: UInt64?, isResumed: Bool,
        keys: [LeaseRequest.Use]
    ) {
        self.ssrc = ssrc
        self.kind = kind
        self.first = first
        self.count = count
        self.continued = continued
        self.isResumed = isResumed
        self.keys = keys
    }

    /// The end of the lease: the first index that is not of it.
    package var end: UInt64 { first + count }
}

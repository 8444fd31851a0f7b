// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// Ordinary packets of a batch one after the other. What is the same for all of them is looked up once, and they are counted
/// together.
struct OrdinaryRun {
    let keyNumber: UInt32
    let tagByteCount: Int
    /// The slot that the run ends before, at the latest: the key is far from its end until then.
    let end: Int
    /// The packets that were sent or accepted.
    var count = 0

    /// A packet of the run: see ``SRTPContext/Ordinary``.
    struct Packet {
        let layout: RTPLayout
        let slot: Int
        let index: PacketIndex

        /// The counter before the salt.
        var counter: CounterBlock {
            @inline(__always) get { RTPLayout.counter(layout.ssrc, index) }
        }
    }
}

extension SRTPContext {
    /// A run from the slot at `first` on. To be asked where ``isRTPPlain``.
    mutating func beginRun(from first: Int, slotCount: Int) -> OrdinaryRun {
        OrdinaryRun(
            keyNumber: keys[0].id.number, tagByteCount: profile.rtp.tagByteCount,
            end: first + Int(min(UInt64(slotCount - first), keys[0].use.quietRTPPacketsLeft)))
    }

    /// The packet of which `plainByteCount` octets come before the tag, as one of the run; `nil` where it is not ordinary. Changes
    /// nothing.
    @inline(__always)
    mutating func ordinary(_ packet: RawSpan, plainByteCount: Int, in run: OrdinaryRun) -> OrdinaryRun.Packet? {
        guard
            let layout = RTPLayout(
                wellFormed: packet, plainByteCount: plainByteCount, tagByteCount: run.tagByteCount),
            let slot = streams.slot(of: layout.ssrc),
            let index = streams.ordinaryRTPIndex(
                of: layout.sequenceNumber, at: slot, keyNumber: run.keyNumber, below: quietRTPPackets)
        else { return nil }
        return OrdinaryRun.Packet(layout: layout, slot: slot, index: index)
    }

    /// Notes a packet of the run that is sent or accepted. Until ``end(_:)`` the key does not know of it.
    @inline(__always)
    mutating func mark(_ packet: OrdinaryRun.Packet, in run: inout OrdinaryRun) {
        streams.markOrdinaryRTP(packet.index, at: packet.slot)
        run.count += 1
    }

    /// Counts the run's packets under the key.
    mutating func end(_ run: OrdinaryRun) {
        guard run.count > 0 else { return }
        countOrdinary(UInt64(run.count))
    }
}

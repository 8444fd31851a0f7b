// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An error that fits into a ``PacketSlot``.
public protocol PacketTransformFailure: Error {
    /// A small positive number for the kind of error; a batch reports it negated.
    var code: Int { get }

    /// A slot whose range or length does not lie inside the batch's buffer.
    static var invalidSlot: Self { get }
}

/// One direction of packets through a security layer.
///
/// The sending side protects, the receiving side unprotects, ``PlainTransform`` does nothing. A transform has one owner
/// and no lock; code that needs both directions takes two generic parameters, and the two may live on different threads.
///
/// A packet is transformed in place, at the start of a span that may be longer than the packet: what lies behind it is
/// room to grow by up to ``maximumOverhead`` octets. If a call throws, the packet's octets and the transform's state are
/// as before, unless the error says otherwise.
public protocol PacketTransform: ~Copyable {
    /// Why a packet was refused.
    associatedtype Failure: PacketTransformFailure

    /// By how many octets a packet can grow, at most. 0 for a transform that only shrinks packets.
    var maximumOverhead: Int { get }

    /// Transforms the RTP packet in the first `length` octets of `packet`, in place.
    ///
    /// - Returns: The packet's new length.
    @_lifetime(packet: copy packet)
    mutating func transformRTP(_ packet: inout MutableRawSpan, length: Int) throws(Failure) -> Int

    /// Transforms the RTCP packet in the first `length` octets of `packet`, in place.
    ///
    /// - Returns: The packet's new length.
    @_lifetime(packet: copy packet)
    mutating func transformRTCP(_ packet: inout MutableRawSpan, length: Int) throws(Failure) -> Int

    /// Transforms an RTP packet out of place; `packet` is left as it is.
    ///
    /// - Returns: The octets written at the start of `output`. What lies behind them may have been written too.
    @_lifetime(output: copy output)
    mutating func transformRTP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(Failure) -> Int

    /// Transforms an RTCP packet out of place; `packet` is left as it is.
    ///
    /// - Returns: The octets written at the start of `output`. What lies behind them may have been written too.
    @_lifetime(output: copy output)
    mutating func transformRTCP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(Failure) -> Int

    /// Transforms every packet of a batch in place and puts its outcome into its slot.
    ///
    /// The effect is that of the single calls in slot order: a refused slot changes nothing for those behind it.
    @_lifetime(buffer: copy buffer)
    mutating func transformBatch(_ buffer: inout MutableRawSpan, slots: inout MutableSpan<PacketSlot>)
}

extension PacketTransform where Self: ~Copyable {
    /// Calls the single transforms, slot by slot.
    @inlinable
    @_lifetime(buffer: copy buffer)
    public mutating func transformBatch(_ buffer: inout MutableRawSpan, slots: inout MutableSpan<PacketSlot>) {
        for position in slots.indices { transformSlot(&buffer, &slots[position]) }
    }

    /// Transforms the packet of one slot.
    @inlinable
    @_lifetime(buffer: copy buffer)
    package mutating func transformSlot(_ buffer: inout MutableRawSpan, _ slot: inout PacketSlot) {
        guard slot.lies(within: buffer.byteCount) else {
            slot.result = -Failure.invalidSlot.code
            return
        }
        var packet = buffer._mutatingExtracting(slot.offset..<slot.offset + slot.capacity)
        do throws(Failure) {
            slot.result =
                switch slot.kind {
                case .rtp: try transformRTP(&packet, length: slot.length)
                case .rtcp: try transformRTCP(&packet, length: slot.length)
                }
        } catch {
            slot.result = -error.code
        }
    }
}

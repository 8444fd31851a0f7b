// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The RTCP packets of a datagram, framed where they lie: nothing is copied, and the view cannot outlive the octets.
///
/// ```swift
/// var packets = try RTCPCompoundView(datagram.span.bytes).makeIterator()
/// while let packet = packets.next() {
///     if case .goodbye(let goodbye) = try packet.decoded() { remove(goodbye.sources) }
/// }
/// ```
public struct RTCPCompoundView: ~Escapable {
    /// The whole datagram.
    public let bytes: RawSpan
    /// The number of packets, at least one.
    public let packetCount: Int

    /// Frames the packets that fill `bytes`, and makes the checks of RFC 3550 appendix A.2.
    ///
    /// The first packet has a type that `form` allows, all have version 2, their lengths add up to that of the
    /// datagram, and none but the last has padding; with ``RTCPForm/compound`` not even a first packet that is also the
    /// last. Types after the first, and bodies, are not looked at.
    ///
    /// - Throws: ``RTPError`` with what was wrong, in time linear in the number of packets.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan, form: RTCPForm = .compound) throws(RTPError) {
        var offset = 0
        var count = 0
        repeat {
            let packet = try RTCPPacketView(at: offset, of: bytes)
            offset += packet.bytes.byteCount
            count += 1
            if count == 1 { try form.checkFirst(packet.header.packetType) }
            let mayHavePadding = offset == bytes.byteCount && (count > 1 || form == .reducedSize)
            guard mayHavePadding || !packet.header.hasPadding else {
                throw .invalidPadding(count: packet.paddingByteCount, availableBytes: 0)
            }
        } while offset < bytes.byteCount
        self.bytes = bytes
        self.packetCount = count
    }

    /// An iterator before the first packet.
    @_lifetime(copy self)
    public func makeIterator() -> Iterator { Iterator(bytes) }

    /// Gives the packets one by one.
    public struct Iterator: ~Escapable {
        private let bytes: RawSpan
        private var offset = 0

        @_lifetime(copy bytes)
        init(_ bytes: RawSpan) { self.bytes = bytes }

        /// The next packet; `nil` after the last.
        @_lifetime(copy self)
        public mutating func next() -> RTCPPacketView? {
            // Framing was checked when the view was made, so an error here is only the end.
            guard offset < bytes.byteCount, let packet = try? RTCPPacketView(at: offset, of: bytes) else { return nil }
            offset += packet.bytes.byteCount
            return packet
        }
    }
}

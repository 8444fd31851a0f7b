// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The RTCP packets of one datagram as a value, to be built or kept.
///
/// ```swift
/// let cname = try SourceDescription.Item(.cname, "b7ab1f0a")
/// let compound = RTCPCompound([
///     .receiverReport(ReceiverReport(ssrc: own, reports: blocks)),
///     .sourceDescription(SourceDescription([.init(source: own, items: [cname])])),
/// ])
/// try send(compound.encoded())
/// ```
public struct RTCPCompound: Hashable, Sendable {
    /// The packets in wire order.
    public var packets: [RTCPPacket]
    /// The octets of padding behind the last packet: a multiple of four (behind transport-wide feedback any number), the
    /// last one being their count. Empty for none.
    public var padding: [UInt8]

    /// A datagram of these packets.
    public init(_ packets: [RTCPPacket], padding: [UInt8] = []) {
        self.packets = packets
        self.padding = padding
    }

    /// Reads the packets that fill `bytes`.
    ///
    /// - Throws: ``RTPError`` where ``RTCPCompoundView`` throws one, or a packet's body is not what its type asks for.
    ///   To pass over such a packet and keep those beside it, walk over the view instead.
    public init(parsing bytes: RawSpan, form: RTCPForm = .compound) throws(RTPError) {
        let view = try RTCPCompoundView(bytes, form: form)
        packets = []
        packets.reserveCapacity(view.packetCount)
        padding = []
        var iterator = view.makeIterator()
        while let packet = iterator.next() {
            packets.append(try packet.decoded())
            padding = Array(copying: packet.padding)
        }
    }

    /// The octets of the datagram.
    public var encodedByteCount: Int {
        let last = packets.last?.body.byteCount(withPadding: padding.count) ?? padding.count
        return packets.dropLast().reduce(last) { $0 + $1.body.byteCount(withPadding: 0) }
    }

    /// The datagram.
    ///
    /// - Parameter form: What may be sent. A compound packet begins with an SR or RR, and an SDES packet in it has the
    ///   CNAME of that report's source (RFC 3550 section 6.1); reduced-size RTCP (RFC 5506) need not.
    /// - Throws: ``RTPError/missing(_:)`` and ``RTPError/unexpectedPacketType(_:)`` where `form` is not kept;
    ///   ``RTPError/valueOutOfRange(_:value:allowed:)`` for more than 31 reports, chunks or sources;
    ///   ``RTPError/invalidLength(_:bytes:)`` for a body that is not whole words or more than 65,535 of them;
    ///   ``RTPError/invalidPadding(count:availableBytes:)``.
    public func encoded(form: RTCPForm = .compound) throws(RTPError) -> [UInt8] {
        guard let first = packets.first else { throw .missing(form == .compound ? .receiverReport : .rtcpHeader) }
        try form.checkFirst(first.packetType)
        if form == .compound { try checkCNAME(of: first) }
        if let count = padding.last {
            let unit = packets.last?.body.isFilledToWord == true ? 1 : 4
            guard Int(count) == padding.count, padding.count % unit == 0 else {
                throw .invalidPadding(count: Int(count), availableBytes: padding.count)
            }
        }
        var writer = ByteWriter(reserving: encodedByteCount)
        for packet in packets.dropLast() { try packet.body.write(to: &writer, padding: []) }
        try packets.last?.body.write(to: &writer, padding: padding)
        return writer.bytes
    }

    private func checkCNAME(of report: RTCPPacket) throws(RTPError) {
        let reporter: SSRC
        switch report {
        case .senderReport(let packet): reporter = packet.ssrc
        case .receiverReport(let packet): reporter = packet.ssrc
        default: throw .unexpectedPacketType(report.packetType.rawValue)
        }
        let hasCNAME = packets.contains { packet in
            guard case .sourceDescription(let description) = packet else { return false }
            return description.chunks.contains { $0.source == reporter && $0[.cname] != nil }
        }
        guard hasCNAME else { throw .missing(.sourceDescription) }
    }
}

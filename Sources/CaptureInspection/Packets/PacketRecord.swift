// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
package import RTPCaptures
internal import WireBytes

/// One RTP or RTCP packet of a capture with all its fields, for a list of packets.
package struct PacketRecord: Sendable {
    /// What the datagram holds.
    package enum Content: Sendable {
        /// An RTP packet.
        case rtp([ExplainedField])
        /// The header of an RTP packet whose padding cannot be what it says, as where it is encrypted.
        case rtpHeader([ExplainedField])
        /// RTCP packets in wire order, by type.
        case rtcp([(type: String, fields: [ExplainedField])])
        /// SRTCP: what can be read without the key.
        case srtcp([ExplainedField])
    }

    /// Counted from 1.
    package let frame: Int
    /// In nanoseconds since 1970.
    package let time: Int64?
    package let flow: Flow
    package let content: Content
}

/// Walks over a capture a second time, and gives the packets of the streams that were found.
package struct PacketLister: Sendable {
    private let options: InspectionOptions
    private let streams: StreamTable

    /// - Parameter report: What came of the first walk, with the same options.
    package init(_ options: InspectionOptions, after report: InspectionReport) {
        self.options = options
        streams = report.streamTable
    }

    /// The record of a frame; `nil` where it is neither RTP of a stream nor RTCP, or was not asked for.
    package func record(of packet: borrowing CapturedPacket) -> PacketRecord? {
        guard let datagram = try? UDPDatagram(parsing: packet.bytes, linkType: packet.linkType) else { return nil }
        let flow = Flow(datagram)
        guard options.selects(flow) else { return nil }
        var payload = packet.bytes.extracting(datagram.payloadRange)
        if DatagramKind(payload) == .turnChannel, let range = DatagramKind.turnChannelRange(payload) {
            payload = payload.extracting(range)
        }
        let content: PacketRecord.Content? =
            switch DatagramKind(payload) {
            case .rtp: rtp(payload, of: flow)
            case .rtcp: rtcp(payload) ?? rtp(payload, of: flow)
            default: nil
            }
        return content.map {
            PacketRecord(frame: packet.number, time: packet.timestampNanoseconds, flow: flow, content: $0)
        }
    }

    private func rtp(_ payload: RawSpan, of flow: Flow) -> PacketRecord.Content? {
        guard let header = try? RTPHeader(parsing: payload),
            streams.contains(StreamKey(flow: flow, ssrc: header.ssrc))
        else { return nil }
        if let view = try? RTPPacketView(payload) { return .rtp(Explanation.fields(of: view)) }
        return (try? Explanation.headerFields(of: payload)).map { .rtpHeader($0) }
    }

    private func rtcp(_ payload: RawSpan) -> PacketRecord.Content? {
        guard options.ssrcs.isEmpty || RTCPTable.names(options.ssrcs, in: payload) else { return nil }
        switch RTCPReading(payload) {
        case .malformed: return nil
        case .protected(let trailer):
            guard let type = payload.octet(at: 1), let ssrc = payload.bigEndianUInt32(at: 4) else { return nil }
            return .srtcp([
                ExplainedField("type", .text(RTCPPacketType(rawValue: type).description)),
                ExplainedField("ssrc", .ssrc(ssrc)),
                ExplainedField("encrypted", .flag(trailer.isEncrypted)),
                ExplainedField("index", .unsigned(UInt64(trailer.index))),
                ExplainedField("tag_octets", .unsigned(UInt64(trailer.tagByteCount))),
                ExplainedField("mki_octets", .unsigned(UInt64(trailer.mkiByteCount))),
            ])
        case .plain:
            guard let view = try? RTCPCompoundView(payload, form: .reducedSize) else { return nil }
            var packets: [(type: String, fields: [ExplainedField])] = []
            var iterator = view.makeIterator()
            while let packet = iterator.next() {
                packets.append((Explanation.title(of: packet), Explanation.fields(of: packet)))
            }
            return .rtcp(packets)
        }
    }
}

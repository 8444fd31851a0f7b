// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Builds a packet that was read a second time, from nothing but what its value says in public.
///
/// The second packet is written and read again, which must give it back; and its octets must be those of the first one,
/// but for bits that a receiver ignores. What may be read and must not be sent is not built.
enum RTCPBodyProbe {
    /// A packet built of the values of another one.
    struct Built {
        var packet: RTCPPacket
        /// Bits that may differ from the first packet's: offsets from the start of the header. `nil` where the same may be
        /// said in other octets; the values are compared then.
        var ignored: [Int: UInt8]? = [:]
    }

    /// - Parameter octets: The packet without padding.
    static func check(_ packet: RTCPPacket, octets: [UInt8]) throws(ProbeFinding) {
        guard let built = try build(packet, octets: octets) else { return }
        // A packet of any type may be the second one.
        let compound = RTCPCompound([.receiverReport(ReceiverReport(ssrc: 0)), built.packet])
        let datagram = try expect("\(packet) is not written when built again") { () throws(RTPError) in
            try compound.encoded(form: .reducedSize)
        }
        let again = try expect("\(built.packet) is not read, as \(datagram)") { () throws(RTPError) in
            try RTCPCompound(parsing: datagram.raw, form: .reducedSize)
        }
        try require(again == compound, "\(built.packet) becomes \(again.packets)")
        guard let ignored = built.ignored else { return }
        let written = datagram.dropFirst(8)
        try require(
            written.count == octets.count
                && zip(zip(written, octets), 0...).allSatisfy { ($0.0 ^ $0.1) & ~(ignored[$1] ?? 0) == 0 },
            "\(packet) of \(octets) is written as \(Array(written)) when built again")
    }

    private static func build(_ packet: RTCPPacket, octets: [UInt8]) throws(ProbeFinding) -> Built? {
        switch packet {
        case .senderReport(let report): try senderReport(report)
        case .receiverReport(let report):
            Built(
                packet: .receiverReport(
                    ReceiverReport(
                        ssrc: report.ssrc, reports: report.reports.map(block), profileExtension: report.profileExtension
                    )))
        case .sourceDescription(let description): try sourceDescription(description)
        case .goodbye(let goodbye): try self.goodbye(goodbye)
        case .applicationDefined(let packet):
            Built(
                packet: .applicationDefined(
                    ApplicationDefined(
                        subtype: packet.subtype, ssrc: packet.ssrc,
                        name: .init(packet.name.description) ?? .init(rawValue: packet.name.rawValue), data: packet.data
                    )))
        case .interarrivalJitter(let report):
            Built(packet: .interarrivalJitter(InterarrivalJitterReport(report.jitters)))
        case .transportFeedback(let feedback): try transportFeedback(feedback)
        case .congestionControlFeedback(let feedback): try congestionControl(feedback)
        case .payloadFeedback(let feedback): try payloadFeedback(feedback)
        case .extendedReport(let report): try extendedReport(report, octets: octets)
        case .receiverSummary(let summary): try receiverSummary(summary, octets: octets)
        case .portMapping(let mapping): try portMapping(mapping, octets: octets)
        case .synchronizationSettings(let settings): try synchronization(settings)
        case .raw(let packet):
            Built(
                packet: .raw(RawRTCPPacket(packetType: packet.packetType, count: packet.count, body: packet.body)))
        }
    }

    // MARK: Packets of RFC 3550

    private static func senderReport(_ report: SenderReport) throws(ProbeFinding) -> Built {
        try check(report.ntpTimestamp)
        return Built(
            packet: .senderReport(
                SenderReport(
                    ssrc: report.ssrc, ntpTimestamp: NTPTimestamp(rawValue: report.ntpTimestamp.rawValue),
                    rtpTimestamp: report.rtpTimestamp, packetCount: report.packetCount, octetCount: report.octetCount,
                    reports: report.reports.map(block), profileExtension: report.profileExtension)))
    }

    /// The instant of a timestamp, to the nanosecond, and the timestamp of that instant.
    static func check(_ timestamp: NTPTimestamp) throws(ProbeFinding) {
        _ = timestamp.description
        guard let time = timestamp.wallClockTime else {
            return try require(timestamp == .none, "\(timestamp.rawValue) is no instant")
        }
        guard let again = NTPTimestamp(time) else {
            // Rounded up out of the last second.
            return try require(
                time.seconds == NTPTimestamp.representableSeconds.upperBound, "\(time) has no timestamp")
        }
        let copy = try? WallClockTime(seconds: time.seconds, nanoseconds: time.nanoseconds)
        try require(copy == time, "\(time) is not an instant")
        let difference = Int64(bitPattern: again.rawValue &- timestamp.rawValue)
        try require(difference.magnitude <= 3, "\(timestamp.rawValue) becomes \(again.rawValue)")
    }

    private static func block(_ block: ReportBlock) -> ReportBlock {
        ReportBlock(
            source: block.source, fractionLost: block.fractionLost, cumulativeLost: block.cumulativeLost,
            extendedHighestSequenceNumber: block.extendedHighestSequenceNumber, jitter: block.jitter,
            lastSenderReport: block.lastSenderReport, delaySinceLastSenderReport: block.delaySinceLastSenderReport)
    }

    private static func sourceDescription(_ description: SourceDescription) throws(ProbeFinding) -> Built? {
        var chunks: [SourceDescription.Chunk] = []
        for chunk in description.chunks {
            var items: [SourceDescription.Item] = []
            for item in chunk.items {
                // From peers a private item may end before its prefix does.
                guard item.kind != .priv || item.privateExtension != nil else { return nil }
                items.append(
                    try expect("\(item) is not built") { () throws(RTPError) in
                        try SourceDescription.Item(item.kind, octets: item.octets)
                    })
                try checkText(of: item)
            }
            chunks.append(SourceDescription.Chunk(source: chunk.source, items: items))
        }
        try require(chunks == description.chunks, "\(description) becomes \(chunks)")
        return Built(packet: .sourceDescription(SourceDescription(chunks)), ignored: nil)
    }

    /// An item of UTF-8 is also built of its text.
    private static func checkText(of item: SourceDescription.Item) throws(ProbeFinding) {
        let built: SourceDescription.Item
        if let (prefix, value) = item.privateExtension {
            let texts = [prefix, value].map { String(decoding: $0, as: UTF8.self) }
            guard texts[0].utf8.elementsEqual(prefix), texts[1].utf8.elementsEqual(value) else { return }
            built = try expect("\(item) is not built of its texts") { () throws(RTPError) in
                try SourceDescription.Item(privatePrefix: texts[0], value: texts[1])
            }
        } else {
            guard item.text.utf8.elementsEqual(item.octets) else { return }
            built = try expect("\(item) is not built of its text") { () throws(RTPError) in
                try SourceDescription.Item(item.kind, item.text)
            }
        }
        try require(built == item, "\(item) becomes \(built)")
    }

    private static func goodbye(_ goodbye: Goodbye) throws(ProbeFinding) -> Built? {
        // What is not UTF-8 is given as other text.
        guard goodbye.reason.map({ Array($0.utf8) }) == goodbye.reasonOctets else { return nil }
        let built = try expect("\(goodbye) is not built") { () throws(RTPError) in
            try Goodbye(sources: goodbye.sources, reason: goodbye.reason)
        }
        return Built(packet: .goodbye(built), ignored: nil)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What is counted of one sender of RTCP: an SSRC on its way from one address and port to another.
struct RTCPSenderStatistics: Sendable {
    /// What the sender says of one source, the last time that it did.
    struct Reported: Sendable {
        var block: ReportBlock
        var blocks: UInt64 = 0
        var highestFractionLost: UInt8 = 0
        var roundTrips = RoundTrips()
    }

    /// Sources whose reports are kept for one sender.
    private static let reportedLimit = 64

    let key: StreamKey
    private(set) var firstTime: Int64?
    private(set) var lastTime: Int64?
    /// RTCP in the clear.
    private(set) var plainDatagrams: UInt64 = 0
    /// SRTCP.
    private(set) var protectedDatagrams: UInt64 = 0
    private(set) var octets: UInt64 = 0
    /// Packets by type. Of SRTCP only the first packet's type shows.
    private(set) var packets: [(type: RTCPPacketType, count: UInt64)] = []
    /// Packets whose body is not what their type asks for.
    private(set) var malformedPackets: UInt64 = 0
    private(set) var cname: String?
    private(set) var lastSenderReport: SenderReport?
    private(set) var reported: [Reported] = []
    /// The reason of its BYE, empty without one; `nil` where there was no BYE.
    private(set) var goodbye: String?
    private(set) var trailer: SRTCPTrailer?
    /// How often one SRTCP index was the one after that before it.
    private(set) var consecutiveIndices = 0

    init(key: StreamKey) { self.key = key }

    /// Notes a datagram.
    mutating func receive(byteCount: Int, trailer: SRTCPTrailer?, at time: Int64?) {
        if let time {
            firstTime = firstTime ?? time
            lastTime = max(lastTime ?? time, time)
        }
        octets += UInt64(byteCount)
        if let trailer {
            protectedDatagrams += 1
            if let last = self.trailer, last.index + 1 == trailer.index { consecutiveIndices += 1 }
            self.trailer = trailer
        } else {
            plainDatagrams += 1
        }
    }

    mutating func count(_ type: RTCPPacketType) {
        if let position = packets.firstIndex(where: { $0.type == type }) {
            packets[position].count += 1
        } else {
            packets.append((type, 1))
        }
    }

    mutating func countMalformed() { malformedPackets += 1 }

    /// Takes a packet of the sender.
    mutating func receive(_ packet: RTCPPacket, at time: Int64?, _ log: inout SenderReportLog) {
        switch packet {
        case .senderReport(let report):
            lastSenderReport = report
            if let time { log.add(report, at: time) }
            for block in report.reports { receive(block, at: time, log) }
        case .receiverReport(let report):
            for block in report.reports { receive(block, at: time, log) }
        case .sourceDescription(let description):
            if let name = description.chunks.first(where: { $0.source == key.ssrc })?[.cname] { cname = name }
        case .goodbye(let packet) where packet.sources.contains(key.ssrc): goodbye = packet.reason ?? ""
        default: break
        }
    }

    private mutating func receive(_ block: ReportBlock, at time: Int64?, _ log: SenderReportLog) {
        let position: Int
        if let known = reported.firstIndex(where: { $0.block.source == block.source }) {
            position = known
        } else {
            guard reported.count < Self.reportedLimit else { return }
            position = reported.count
            reported.append(Reported(block: block))
        }
        reported[position].block = block
        reported[position].blocks += 1
        reported[position].highestFractionLost = max(reported[position].highestFractionLost, block.fractionLost)
        if let time, let roundTrip = log.roundTripTime(of: block, at: time) {
            reported[position].roundTrips.add(roundTrip)
        }
    }
}

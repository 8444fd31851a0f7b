// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import RTPCaptures

/// What was found in a capture, as values to print. Times are seconds since 1970 by the clock that stamped the frames.
package struct InspectionReport: Sendable {
    /// Frames that were not looked at, for one reason.
    package struct Refused: Encodable, Sendable {
        package let reason: String
        package let frames: UInt64
    }

    package let frames: Int
    /// What the frames start with, in the order found.
    package let linkLayers: [String]
    /// The earliest and the latest time stamp.
    package let firstTime: Double?
    package let lastTime: Double?
    /// The streams, in the order in which they were confirmed.
    package let streams: [StreamReport]
    /// The senders of RTCP, in the order found.
    package let senders: [RTCPReport]
    /// UDP datagrams by what they carry.
    package let datagrams: DatagramCounts
    /// Frames without a UDP datagram that could be read, the most frequent reason first.
    package let refused: [Refused]
    /// Datagrams of other ports than those asked for.
    package let unselectedDatagrams: UInt64
    /// RTCP of senders beyond the number that is followed.
    package let untrackedRTCP: UInt64
    /// Pauses beyond the number that is listed.
    package let unlistedGaps: Int
    /// What was followed, for a second walk over the file.
    let streamTable: StreamTable

    init(
        options: InspectionOptions, streams table: StreamTable, rtcp: RTCPTable, datagrams: DatagramCounts,
        refusals: [UDPDatagram.Refusal: UInt64], linkTypes: [LinkType], frames: Int, unselected: UInt64,
        firstTime: Int64?, lastTime: Int64?, dtlsFlows: Set<Flow>, zrtpFlows: Set<Flow>, gaps: [StreamKey: [StreamGap]],
        unlistedGaps: Int
    ) {
        self.frames = frames
        linkLayers = linkTypes.map(\.description)
        self.firstTime = firstTime.map(CaptureTime.seconds)
        self.lastTime = lastTime.map(CaptureTime.seconds)
        let sources = Dictionary(rtcp.senders.map { ($0.key.ssrc, $0) }) { first, _ in first }
        streams = table.streams.map { stream in
            let flow = stream.key.flow
            let protection = Protection(
                of: stream,
                Protection.Evidence(
                    rtcp: sources[stream.key.ssrc],
                    hasDTLS: dtlsFlows.contains(flow) || dtlsFlows.contains(flow.reversed),
                    hasZRTP: zrtpFlows.contains(flow) || zrtpFlows.contains(flow.reversed)))
            return StreamReport(
                stream, protection, gaps: options.gapThreshold == nil ? nil : gaps[stream.key] ?? [],
                clockRates: options.clockRates)
        }
        let rates = Dictionary(table.streams.map { ($0.key.ssrc, $0.clockRate?.hertz) }) { first, _ in first }
        senders = rtcp.senders.map { sender in
            RTCPReport(sender, senders: sources, clockRates: rates.compactMapValues(\.self))
        }
        // The first packets of a stream were counted before it was one.
        var datagrams = datagrams
        let packets = table.streams.reduce(0) { $0 + $1.packets }
        datagrams[.unconfirmedRTP] = datagrams[.rtp] + datagrams[.unconfirmedRTP] - packets
        datagrams[.rtp] = packets
        self.datagrams = datagrams
        refused = refusals.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
            .map { Refused(reason: $0.key.description, frames: $0.value) }
        unselectedDatagrams = unselected
        untrackedRTCP = rtcp.untracked
        self.unlistedGaps = unlistedGaps
        streamTable = table
    }
}

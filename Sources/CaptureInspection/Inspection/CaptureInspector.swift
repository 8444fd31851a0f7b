// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
package import RTPCaptures
internal import WireBytes

/// Looks at the frames of a capture one by one, and counts what RTP and RTCP there is.
///
/// ```swift
/// var inspector = CaptureInspector()
/// while let packet = try reader.next() { inspector.examine(packet) }
/// let report = inspector.report
/// ```
///
/// Memory does not grow with the capture: what is followed has a limit each, and what is beyond it is counted.
package struct CaptureInspector {
    private static let pairLimit = 4096
    private static let linkTypeLimit = 64
    private static let gapLimit = 20_000

    private let options: InspectionOptions
    private var streams: StreamTable
    private var rtcp: RTCPTable
    private var datagrams = DatagramCounts()
    private var refusals: [UDPDatagram.Refusal: UInt64] = [:]
    private var linkTypes: [LinkType] = []
    private var frames = 0
    private var unselected: UInt64 = 0
    private var firstTime: Int64?
    private var lastTime: Int64?
    private var dtlsFlows: Set<Flow> = []
    private var zrtpFlows: Set<Flow> = []
    private var gaps: [StreamKey: [StreamGap]] = [:]
    private var gapCount = 0

    package init(_ options: InspectionOptions = InspectionOptions()) {
        self.options = options
        streams = StreamTable(options)
        rtcp = RTCPTable(limit: options.streamLimit)
    }

    /// What was found so far.
    package var report: InspectionReport {
        InspectionReport(
            options: options, streams: streams, rtcp: rtcp, datagrams: datagrams, refusals: refusals,
            linkTypes: linkTypes, frames: frames, unselected: unselected, firstTime: firstTime, lastTime: lastTime,
            dtlsFlows: dtlsFlows, zrtpFlows: zrtpFlows, gaps: gaps,
            unlistedGaps: gapCount - gaps.values.reduce(0) { $0 + $1.count })
    }

    /// Takes the next frame.
    package mutating func examine(_ packet: borrowing CapturedPacket) {
        frames += 1
        let time = packet.timestampNanoseconds
        if let time {
            firstTime = min(firstTime ?? time, time)
            lastTime = max(lastTime ?? time, time)
        }
        if packet.linkType != linkTypes.last, !linkTypes.contains(packet.linkType), linkTypes.count < Self.linkTypeLimit
        {
            linkTypes.append(packet.linkType)
        }
        do throws(UDPDatagram.Refusal) {
            let datagram = try UDPDatagram(parsing: packet.bytes, linkType: packet.linkType)
            let flow = Flow(datagram)
            guard options.selects(flow) else {
                unselected += 1
                return
            }
            let payload = packet.bytes.extracting(datagram.payloadRange)
            examine(payload, of: flow, time: time, frame: packet.number)
        } catch {
            refusals[error, default: 0] += 1
        }
    }

    private mutating func examine(_ payload: RawSpan, of flow: Flow, time: Int64?, frame: Int) {
        var content = payload
        var kind = DatagramKind(payload)
        let isInTURNChannel = kind == .turnChannel
        if isInTURNChannel, let range = DatagramKind.turnChannelRange(payload) {
            content = payload.extracting(range)
            kind = DatagramKind(content)
            if kind != .rtp && kind != .rtcp { kind = .turnChannel }
        }
        switch kind {
        case .rtp: kind = examineRTP(content, of: flow, time, frame, isInTURNChannel)
        case .rtcp: kind = examineRTCP(content, of: flow, time, frame, isInTURNChannel)
        case .dtls: if dtlsFlows.count < Self.pairLimit { dtlsFlows.insert(flow) }
        case .zrtp: if zrtpFlows.count < Self.pairLimit { zrtpFlows.insert(flow) }
        default: break
        }
        datagrams[kind] += 1
    }

    private mutating func examineRTP(
        _ payload: RawSpan, of flow: Flow, _ time: Int64?, _ frame: Int, _ isInTURNChannel: Bool
    ) -> DatagramKind {
        guard let packet = RTPArrival(payload, time: time, frame: frame) else { return .other }
        let key = StreamKey(flow: flow, ssrc: packet.header.ssrc)
        guard options.ssrcs.isEmpty || options.ssrcs.contains(key.ssrc) else { return .unselected }
        let (place, gap) = streams.receive(packet, of: key, isNamed: !options.ports.isEmpty)
        if let gap, let threshold = options.gapThreshold, gap.length > threshold { list(gap, of: key) }
        switch place {
        case .stream(let position):
            if isInTURNChannel { streams.markInTURNChannel(position) }
            return .rtp
        case .candidate: return .unconfirmedRTP
        case .untracked: return .untrackedRTP
        }
    }

    private mutating func examineRTCP(
        _ payload: RawSpan, of flow: Flow, _ time: Int64?, _ frame: Int, _ isInTURNChannel: Bool
    ) -> DatagramKind {
        let reading = RTCPReading(payload)
        if case .malformed = reading {
            // Without RFC 5761 a marked packet of payload type 64 to 95 has the same second octet.
            if let ssrc = payload.bigEndianUInt32(at: 8), streams.contains(StreamKey(flow: flow, ssrc: SSRC(ssrc))) {
                return examineRTP(payload, of: flow, time, frame, isInTURNChannel)
            }
            return .malformedRTCP
        }
        guard options.ssrcs.isEmpty || RTCPTable.names(options.ssrcs, in: payload) else { return .unselected }
        if case .protected(let trailer) = reading {
            rtcp.receive(protected: payload, trailer, from: flow, at: time)
            return .srtcp
        }
        rtcp.receive(plain: payload, from: flow, at: time)
        return .rtcp
    }

    private mutating func list(_ gap: StreamGap, of key: StreamKey) {
        gapCount += 1
        if gapCount <= Self.gapLimit { gaps[key, default: []].append(gap) }
    }
}

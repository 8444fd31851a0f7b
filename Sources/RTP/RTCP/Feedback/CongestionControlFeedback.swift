// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// CCFB: which packets of several streams arrived, when, and with which ECN mark (RFC 8888 section 3.1).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                 SSRC of RTCP packet sender                    |
/// |                   SSRC of 1st RTP stream                      |
/// |          begin_seq            |          num_reports          |
/// |R|ECN|  Arrival time offset    | ... (zeros to the word)      ...
/// |                   further streams ...                         |
/// |                 Report Timestamp (32 bits)                    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// An RTPFB packet, FMT 11, but without the SSRC of a media source.
public struct CongestionControlFeedback: Hashable, Sendable {
    /// What is said of one packet.
    @frozen
    public struct Metric: RawRepresentable, Hashable, Sendable {
        /// The 16 bits on the wire.
        public let rawValue: UInt16

        /// The metric of these bits.
        @inlinable
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        /// A packet that has not arrived.
        public static let notReceived = Self(rawValue: 0)

        /// A packet that arrived.
        ///
        /// - Parameters:
        ///   - ecn: Its ECN mark, 0 to 3; further bits are dropped.
        ///   - offset: How long before the report's timestamp it came, in 1/1024 s. More than 8189 becomes
        ///     ``offsetOutOfRange``; `nil` says ``offsetUnavailable``.
        public static func received(ecn: UInt8 = 0, offset: Int?) -> Self {
            let coded: UInt16 =
                switch offset {
                case nil, .some(..<0): offsetUnavailable
                case .some(let offset): offset > 8189 ? offsetOutOfRange : UInt16(truncatingIfNeeded: offset)
                }
            return Self(rawValue: 0x8000 | UInt16(ecn & 3) << 13 | coded)
        }

        /// The offset of a packet that came more than 8189/1024 s before the report.
        public static let offsetOutOfRange: UInt16 = 0x1FFE
        /// The offset of a packet that came after the report's timestamp, or of which it is not known.
        public static let offsetUnavailable: UInt16 = 0x1FFF

        /// R: whether the packet has arrived. If not, the other bits say nothing.
        public var isReceived: Bool { rawValue & 0x8000 != 0 }
        /// The packet's ECN mark, 0 to 3.
        public var ecn: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 13 & 3) }
        /// ATO: how long before the report's timestamp the packet came, in 1/1024 s, or one of the two special values.
        public var arrivalTimeOffset: UInt16 { rawValue & 0x1FFF }
    }

    /// What is said of one stream.
    public struct Stream: Hashable, Sendable {
        /// The stream.
        public var ssrc: SSRC
        /// The number of the packet that the first metric is about; they go on from there, modulo 2^16.
        public var beginSequenceNumber: UInt16
        /// One metric a packet, at most 16,384; none is legal.
        public var metrics: [Metric] {
            didSet { reserved = 0 }
        }
        /// The 16 bits behind an odd number of metrics, which a receiver ignores.
        package private(set) var reserved: UInt16 = 0

        /// A report on these packets.
        public init(ssrc: SSRC, beginSequenceNumber: UInt16, metrics: [Metric]) {
            self.ssrc = ssrc
            self.beginSequenceNumber = beginSequenceNumber
            self.metrics = metrics
        }

        /// The octets on the wire.
        fileprivate var byteCount: Int { 8 + 4 * ((metrics.count + 1) / 2) }
    }

    static let metricCounts = 0...16384

    /// Who feeds back.
    public var sender: SSRC
    /// One report a stream.
    public var streams: [Stream]
    /// RTS: the instant that the offsets count back from, as ``NTPTimestamp/middle32Bits`` of the clock of SRs.
    public var reportTimestamp: UInt32

    /// A packet with these fields.
    public init(sender: SSRC, streams: [Stream], reportTimestamp: UInt32) {
        self.sender = sender
        self.streams = streams
        self.reportTimestamp = reportTimestamp
    }
}

extension CongestionControlFeedback: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard body.byteCount >= 8, let sender = reader.readUInt32() else {
            throw .truncated(.congestionControl, neededBytes: 8, availableBytes: body.byteCount)
        }
        var streams: [Stream] = []
        while reader.remaining > 4 { streams.append(try Stream(reading: &reader)) }
        guard let timestamp = reader.readUInt32() else {
            throw .truncated(.congestionControl, neededBytes: 4, availableBytes: reader.remaining)
        }
        self.init(sender: SSRC(sender), streams: streams, reportTimestamp: timestamp)
    }

    var element: RTPError.Element { .congestionControl }
    var packetType: RTCPPacketType { .transportFeedback }
    var headerCount: Int { Int(TransportFeedback.Format.congestionControl.rawValue) }
    var bodyByteCount: Int { streams.reduce(8) { $0 + $1.byteCount } }

    func checkFields() throws(RTPError) {
        for stream in streams where !Self.metricCounts.contains(stream.metrics.count) {
            throw .valueOutOfRange(.congestionControl, value: stream.metrics.count, allowed: Self.metricCounts)
        }
    }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(sender.rawValue)
        for stream in streams { stream.write(to: &writer) }
        writer.write(reportTimestamp)
    }
}

extension CongestionControlFeedback.Stream {
    /// Reads a report, and leaves the four octets of the timestamp that end the packet.
    fileprivate init(reading reader: inout ByteReader) throws(RTPError) {
        guard let ssrc = reader.readUInt32(), let begin = reader.readUInt16(), let count = reader.readUInt16() else {
            throw .truncated(.congestionControl, neededBytes: 8, availableBytes: reader.remaining)
        }
        guard CongestionControlFeedback.metricCounts.contains(Int(count)) else {
            throw .valueOutOfRange(
                .congestionControl, value: Int(count), allowed: CongestionControlFeedback.metricCounts)
        }
        let byteCount = 4 * ((Int(count) + 1) / 2)
        guard reader.remaining >= byteCount + 4 else {
            throw .truncated(.congestionControl, neededBytes: byteCount + 4, availableBytes: reader.remaining)
        }
        var metrics: [CongestionControlFeedback.Metric] = []
        metrics.reserveCapacity(Int(count))
        while metrics.count < Int(count), let bits = reader.readUInt16() {
            metrics.append(CongestionControlFeedback.Metric(rawValue: bits))
        }
        self.init(ssrc: SSRC(ssrc), beginSequenceNumber: begin, metrics: metrics)
        if count % 2 == 1, let bits = reader.readUInt16() { reserved = bits }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(beginSequenceNumber)
        writer.write(UInt16(truncatingIfNeeded: metrics.count))
        for metric in metrics { writer.write(metric.rawValue) }
        if metrics.count % 2 == 1 { writer.write(reserved) }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// RTPFB: feedback about packets, whatever they carry (RFC 4585 section 6.2).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     SSRC of packet sender                     |
/// |                     SSRC of media source                      |
/// |              feedback control information (FCI)              ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// One format lacks the second SSRC and is a packet of its own here: ``CongestionControlFeedback``.
public struct TransportFeedback: Hashable, Sendable {
    /// What is fed back; on the wire a format (FMT) and its control information.
    @nonexhaustive
    public enum Message: Hashable, Sendable {
        /// FMT 1, packets that did not arrive; at least one entry.
        case genericNACK([GenericNACK])
        /// FMT 3, TMMBR: media senders shall keep these limits; at least one. The media source is 0.
        case bitRateRequest([BitRateLimit])
        /// FMT 4, TMMBN: the limits that a media sender keeps, possibly none. The media source is 0.
        case bitRateNotification([BitRateLimit])
        /// FMT 5, RTCP-SR-REQ: please send a sender report (RFC 6051 section 3.2).
        case senderReportRequest
        /// FMT 8, ECN marks.
        case ecn(ECNFeedback)
        /// FMT 15, transport-wide congestion control.
        case transportWide(TransportWideFeedback)
        /// Any other format, as octets: a multiple of four.
        case other(format: Format, information: [UInt8])
    }

    /// Who feeds back.
    public var sender: SSRC
    /// The source that it is about; 0 where the entries name their own.
    public var mediaSource: SSRC
    /// What is fed back.
    public var message: Message

    /// A packet with these fields.
    public init(sender: SSRC, mediaSource: SSRC, message: Message) {
        self.sender = sender
        self.mediaSource = mediaSource
        self.message = message
    }
}

extension TransportFeedback {
    /// The feedback message types (FMT) of RTPFB, as IANA has registered them; 0 to 31.
    @frozen
    public struct Format: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The number on the wire.
        public let rawValue: UInt8

        /// The format with this number.
        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Generic NACK of RFC 4585.
        public static let genericNACK = Self(rawValue: 1)
        /// TMMBR of RFC 5104.
        public static let bitRateRequest = Self(rawValue: 3)
        /// TMMBN of RFC 5104.
        public static let bitRateNotification = Self(rawValue: 4)
        /// RTCP-SR-REQ of RFC 6051.
        public static let senderReportRequest = Self(rawValue: 5)
        /// RAMS, rapid acquisition of multicast sessions, of RFC 6285; kept as octets.
        public static let rapidAcquisition = Self(rawValue: 6)
        /// ECN feedback of RFC 6679.
        public static let ecn = Self(rawValue: 8)
        /// Congestion control feedback of RFC 8888.
        public static let congestionControl = Self(rawValue: 11)
        /// Transport-wide congestion control, not registered but in wide use.
        public static let transportWide = Self(rawValue: 15)

        /// The registered abbreviation, or the number.
        public var description: String {
            switch self {
            case .genericNACK: "Generic NACK"
            case .bitRateRequest: "TMMBR"
            case .bitRateNotification: "TMMBN"
            case .senderReportRequest: "RTCP-SR-REQ"
            case .rapidAcquisition: "RAMS"
            case .ecn: "RTCP-ECN-FB"
            case .congestionControl: "CCFB"
            case .transportWide: "TWCC"
            default: "FMT \(rawValue)"
            }
        }
    }
}

extension TransportFeedback: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let sender = reader.readUInt32(), let source = reader.readUInt32() else {
            throw .truncated(.transportFeedback, neededBytes: 8, availableBytes: body.byteCount)
        }
        self.init(
            sender: SSRC(sender), mediaSource: SSRC(source),
            message: try Message(
                parsing: reader.readRemaining(), format: Format(rawValue: UInt8(truncatingIfNeeded: count))))
    }

    var element: RTPError.Element { .transportFeedback }
    var packetType: RTCPPacketType { .transportFeedback }
    var headerCount: Int { Int(message.format.rawValue) }
    var bodyByteCount: Int { 8 + message.byteCount }
    var isFilledToWord: Bool { message.format == .transportWide }

    func checkFields() throws(RTPError) {
        switch message {
        case .genericNACK(let entries) where entries.isEmpty: throw .missing(.genericNACK)
        case .bitRateRequest(let entries) where entries.isEmpty: throw .missing(.bitRateLimit)
        default: break
        }
    }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(sender.rawValue)
        writer.write(mediaSource.rawValue)
        message.write(to: &writer)
    }
}

extension TransportFeedback.Message {
    fileprivate init(parsing information: RawSpan, format: TransportFeedback.Format) throws(RTPError) {
        var reader = ByteReader(information)
        switch format {
        case .genericNACK: self = .genericNACK(try reader.readEntries(of: .genericNACK))
        case .bitRateRequest: self = .bitRateRequest(try reader.readEntries(of: .bitRateLimit))
        case .bitRateNotification:
            self = .bitRateNotification(try reader.readEntries(of: .bitRateLimit, atLeast: 0))
        case .senderReportRequest:
            try reader.checkEnd(of: .transportFeedback)
            self = .senderReportRequest
        case .ecn: self = .ecn(try ECNFeedback(parsing: information))
        case .transportWide: self = .transportWide(try TransportWideFeedback(parsing: information))
        default: self = .other(format: format, information: Array(copying: information))
        }
    }

    /// The format on the wire.
    public var format: TransportFeedback.Format {
        switch self {
        case .genericNACK: .genericNACK
        case .bitRateRequest: .bitRateRequest
        case .bitRateNotification: .bitRateNotification
        case .senderReportRequest: .senderReportRequest
        case .ecn: .ecn
        case .transportWide: .transportWide
        case .other(let format, _): format
        }
    }

    fileprivate var byteCount: Int {
        switch self {
        case .genericNACK(let entries): entries.byteCount
        case .bitRateRequest(let entries), .bitRateNotification(let entries): entries.byteCount
        case .senderReportRequest: 0
        case .ecn: ECNFeedback.byteCount
        case .transportWide(let feedback): feedback.byteCount
        case .other(_, let information): information.count
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .genericNACK(let entries): entries.write(to: &writer)
        case .bitRateRequest(let entries), .bitRateNotification(let entries): entries.write(to: &writer)
        case .senderReportRequest: break
        case .ecn(let feedback): feedback.write(to: &writer)
        case .transportWide(let feedback): feedback.write(to: &writer)
        case .other(_, let information): writer.write(bytes: information)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// PSFB: feedback about what packets carry, video for the most part (RFC 4585 section 6.3).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     SSRC of packet sender                     |
/// |                     SSRC of media source                      |
/// |              feedback control information (FCI)              ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct PayloadFeedback: Hashable, Sendable {
    /// What is fed back; on the wire a format (FMT) and its control information.
    @nonexhaustive
    public enum Message: Hashable, Sendable {
        /// FMT 1, PLI: parts of one or more pictures are lost.
        case pictureLoss
        /// FMT 2, SLI; at least one entry.
        case sliceLoss([SliceLoss])
        /// FMT 3, RPSI.
        case referencePictureSelection(ReferencePictureSelection)
        /// FMT 4, FIR; at least one entry. The media source is 0.
        case fullIntraRequest([FullIntraRequest])
        /// FMT 5, TSTR; at least one entry. The media source is 0.
        case tradeOffRequest([TemporalSpatialTradeOff])
        /// FMT 6, TSTN; at least one entry. The media source is 0.
        case tradeOffNotification([TemporalSpatialTradeOff])
        /// FMT 7, VBCM; at least one entry. The media source is 0.
        case videoBackChannel([VideoBackChannel])
        /// FMT 15 with a REMB in it. The media source is 0.
        case receiverEstimatedMaximumBitRate(ReceiverEstimatedMaximumBitRate)
        /// FMT 15, AFB: a message of an application's own (RFC 4585 section 6.4), as octets: a multiple of four.
        case applicationLayer([UInt8])
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

extension PayloadFeedback {
    /// The feedback message types (FMT) of PSFB, as IANA has registered them; 0 to 31.
    @frozen
    public struct Format: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The number on the wire.
        public let rawValue: UInt8

        /// The format with this number.
        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// PLI of RFC 4585.
        public static let pictureLoss = Self(rawValue: 1)
        /// SLI of RFC 4585.
        public static let sliceLoss = Self(rawValue: 2)
        /// RPSI of RFC 4585.
        public static let referencePictureSelection = Self(rawValue: 3)
        /// FIR of RFC 5104.
        public static let fullIntraRequest = Self(rawValue: 4)
        /// TSTR of RFC 5104.
        public static let tradeOffRequest = Self(rawValue: 5)
        /// TSTN of RFC 5104.
        public static let tradeOffNotification = Self(rawValue: 6)
        /// VBCM of RFC 5104.
        public static let videoBackChannel = Self(rawValue: 7)
        /// AFB of RFC 4585, REMB among them.
        public static let applicationLayer = Self(rawValue: 15)

        /// The registered abbreviation, or the number.
        public var description: String {
            switch self {
            case .pictureLoss: "PLI"
            case .sliceLoss: "SLI"
            case .referencePictureSelection: "RPSI"
            case .fullIntraRequest: "FIR"
            case .tradeOffRequest: "TSTR"
            case .tradeOffNotification: "TSTN"
            case .videoBackChannel: "VBCM"
            case .applicationLayer: "AFB"
            default: "FMT \(rawValue)"
            }
        }
    }
}

extension PayloadFeedback: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let sender = reader.readUInt32(), let source = reader.readUInt32() else {
            throw .truncated(.payloadFeedback, neededBytes: 8, availableBytes: body.byteCount)
        }
        self.init(
            sender: SSRC(sender), mediaSource: SSRC(source),
            message: try Message(
                parsing: reader.readRemaining(), format: Format(rawValue: UInt8(truncatingIfNeeded: count))))
    }

    var element: RTPError.Element { .payloadFeedback }
    var packetType: RTCPPacketType { .payloadFeedback }
    var headerCount: Int { Int(message.format.rawValue) }
    var bodyByteCount: Int { 8 + message.byteCount }

    func checkFields() throws(RTPError) {
        switch message {
        case .sliceLoss(let entries) where entries.isEmpty: throw .missing(.sliceLoss)
        case .fullIntraRequest(let entries) where entries.isEmpty: throw .missing(.fullIntraRequest)
        case .tradeOffRequest(let entries) where entries.isEmpty: throw .missing(.tradeOff)
        case .tradeOffNotification(let entries) where entries.isEmpty: throw .missing(.tradeOff)
        case .videoBackChannel(let entries) where entries.isEmpty: throw .missing(.videoBackChannel)
        default: break
        }
    }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(sender.rawValue)
        writer.write(mediaSource.rawValue)
        message.write(to: &writer)
    }
}

extension PayloadFeedback.Message {
    fileprivate init(parsing information: RawSpan, format: PayloadFeedback.Format) throws(RTPError) {
        var reader = ByteReader(information)
        switch format {
        case .pictureLoss:
            try reader.checkEnd(of: .payloadFeedback)
            self = .pictureLoss
        case .sliceLoss: self = .sliceLoss(try reader.readEntries(of: .sliceLoss))
        case .referencePictureSelection:
            self = .referencePictureSelection(try ReferencePictureSelection(parsing: information))
        case .fullIntraRequest: self = .fullIntraRequest(try reader.readEntries(of: .fullIntraRequest))
        case .tradeOffRequest: self = .tradeOffRequest(try reader.readEntries(of: .tradeOff))
        case .tradeOffNotification: self = .tradeOffNotification(try reader.readEntries(of: .tradeOff))
        case .videoBackChannel: self = .videoBackChannel(try VideoBackChannel.readAll(from: &reader))
        case .applicationLayer:
            if let estimate = try ReceiverEstimatedMaximumBitRate(parsing: information) {
                self = .receiverEstimatedMaximumBitRate(estimate)
            } else {
                self = .applicationLayer(Array(copying: information))
            }
        default: self = .other(format: format, information: Array(copying: information))
        }
    }

    /// The format on the wire.
    public var format: PayloadFeedback.Format {
        switch self {
        case .pictureLoss: .pictureLoss
        case .sliceLoss: .sliceLoss
        case .referencePictureSelection: .referencePictureSelection
        case .fullIntraRequest: .fullIntraRequest
        case .tradeOffRequest: .tradeOffRequest
        case .tradeOffNotification: .tradeOffNotification
        case .videoBackChannel: .videoBackChannel
        case .receiverEstimatedMaximumBitRate, .applicationLayer: .applicationLayer
        case .other(let format, _): format
        }
    }

    fileprivate var byteCount: Int {
        switch self {
        case .pictureLoss: 0
        case .sliceLoss(let entries): entries.byteCount
        case .referencePictureSelection(let selection): selection.byteCount
        case .fullIntraRequest(let entries): entries.byteCount
        case .tradeOffRequest(let entries), .tradeOffNotification(let entries): entries.byteCount
        case .videoBackChannel(let entries): entries.reduce(0) { $0 + $1.byteCount }
        case .receiverEstimatedMaximumBitRate(let estimate): estimate.byteCount
        case .applicationLayer(let octets), .other(_, let octets): octets.count
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .pictureLoss: break
        case .sliceLoss(let entries): entries.write(to: &writer)
        case .referencePictureSelection(let selection): selection.write(to: &writer)
        case .fullIntraRequest(let entries): entries.write(to: &writer)
        case .tradeOffRequest(let entries), .tradeOffNotification(let entries): entries.write(to: &writer)
        case .videoBackChannel(let entries): for entry in entries { entry.write(to: &writer) }
        case .receiverEstimatedMaximumBitRate(let estimate): estimate.write(to: &writer)
        case .applicationLayer(let octets), .other(_, let octets): writer.write(bytes: octets)
        }
    }
}

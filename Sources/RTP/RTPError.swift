// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why octets are not the RTP or RTCP they should be, or cannot be made into it.
@nonexhaustive
public enum RTPError: Error, Hashable, Sendable {
    /// The part of a packet that an error is about.
    @nonexhaustive
    public enum Element: String, Hashable, Sendable {
        case rtpHeader = "RTP header"
        case csrcList = "CSRC list"
        case headerExtension = "header extension"
        case extensionElement = "header extension element"
        case padding = "padding"
        case payload = "payload"
        case rtcpHeader = "RTCP header"
        case rtcpBody = "RTCP body"
        case senderReport = "SR"
        case receiverReport = "RR"
        case sourceDescription = "SDES"
        case goodbye = "BYE"
        case app = "APP"
        case compound = "RTCP compound"
        case interarrivalJitter = "IJ"
        case transportFeedback = "RTPFB"
        case genericNACK = "Generic NACK"
        case bitRateLimit = "TMMBR or TMMBN"
        case ecnFeedback = "ECN feedback"
        case transportWide = "TWCC"
        case transportWideChunk = "TWCC packet chunk"
        case transportWideDelta = "TWCC receive deltas"
        case congestionControl = "CCFB"
        case payloadFeedback = "PSFB"
        case sliceLoss = "SLI"
        case referencePicture = "RPSI"
        case fullIntraRequest = "FIR"
        case tradeOff = "TSTR or TSTN"
        case videoBackChannel = "VBCM"
        case estimatedBitRate = "REMB"
        case extendedReport = "XR"
        case extendedReportBlock = "XR block"
        case runLength = "XR run length block"
        case receiptTimes = "XR packet receipt times"
        case referenceTime = "XR receiver reference time"
        case receiverDelay = "XR DLRR"
        case statisticsSummary = "XR statistics summary"
        case voipMetrics = "XR VoIP metrics"
        case receiverSummary = "RSI"
        case summaryBlock = "RSI sub-report block"
        case portMapping = "TOKEN"
        case synchronization = "IDMS settings"
        case wallClockTime = "wall-clock time"
        case payloadFormat = "payload format"
    }

    /// The packet ends before `element` does.
    case truncated(Element, neededBytes: Int, availableBytes: Int)
    /// The version field is not 2.
    case unsupportedVersion(UInt8)
    /// The padding count is 0, or larger than what follows the header, or not a multiple of four in RTCP.
    case invalidPadding(count: Int, availableBytes: Int)
    /// A length field says more or less than the element holds.
    case invalidLength(Element, bytes: Int)
    /// A value does not fit its field.
    case valueOutOfRange(Element, value: Int, allowed: ClosedRange<Int>)
    /// An element that must be there is not.
    case missing(Element)
    /// The packet is of another RTCP type than may stand in its place, or RTCP where RTP was expected.
    case unexpectedPacketType(UInt8)
    /// The session knows no such payload type.
    case unknownPayloadType(UInt8)
    /// The packet has a header extension in a session that has none.
    case unexpectedHeaderExtension
    /// The output has no room.
    case bufferTooSmall(neededBytes: Int, availableBytes: Int)
}

extension RTPError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .truncated(let element, let needed, let available):
            "\(element.rawValue) truncated: \(needed) octets needed, \(available) available"
        case .unsupportedVersion(let version): "version \(version), expected 2"
        case .invalidPadding(let count, let available): "padding of \(count) octets where \(available) are available"
        case .invalidLength(let element, let bytes): "\(element.rawValue) has an impossible length of \(bytes) octets"
        case .valueOutOfRange(let element, let value, let allowed):
            "\(element.rawValue): \(value) is outside \(allowed.lowerBound)...\(allowed.upperBound)"
        case .missing(let element): "\(element.rawValue) missing"
        case .unexpectedPacketType(let type): "unexpected RTCP packet type \(type)"
        case .unknownPayloadType(let type): "unknown payload type \(type)"
        case .unexpectedHeaderExtension: "header extension where none may be"
        case .bufferTooSmall(let needed, let available):
            "\(needed) octets needed, the buffer has \(available)"
        }
    }
}

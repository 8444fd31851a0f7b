// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The type of an RTCP packet, as IANA has registered them. Every number can be represented.
@frozen
public struct RTCPPacketType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt8

    /// The type with this number.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// FIR, the full intra request of RFC 2032; obsolete.
    public static let fullIntraRequest = Self(rawValue: 192)
    /// NACK of RFC 2032; obsolete.
    public static let negativeAcknowledgement = Self(rawValue: 193)
    /// SMPTETC, time codes of RFC 5484.
    public static let smpteTimeCode = Self(rawValue: 194)
    /// IJ, the transmission-offset jitter report of RFC 5450.
    public static let interarrivalJitter = Self(rawValue: 195)
    /// SR, see ``SenderReport``.
    public static let senderReport = Self(rawValue: 200)
    /// RR, see ``ReceiverReport``.
    public static let receiverReport = Self(rawValue: 201)
    /// SDES, see ``SourceDescription``.
    public static let sourceDescription = Self(rawValue: 202)
    /// BYE, see ``Goodbye``.
    public static let goodbye = Self(rawValue: 203)
    /// APP, see ``ApplicationDefined``.
    public static let applicationDefined = Self(rawValue: 204)
    /// RTPFB, transport-layer feedback of RFC 4585.
    public static let transportFeedback = Self(rawValue: 205)
    /// PSFB, payload-specific feedback of RFC 4585.
    public static let payloadFeedback = Self(rawValue: 206)
    /// XR, extended reports of RFC 3611.
    public static let extendedReport = Self(rawValue: 207)
    /// AVB of IEEE 1733.
    public static let audioVideoBridging = Self(rawValue: 208)
    /// RSI, receiver summaries of RFC 5760.
    public static let receiverSummary = Self(rawValue: 209)
    /// TOKEN, port mapping of RFC 6284.
    public static let portMapping = Self(rawValue: 210)
    /// IDMS, inter-destination synchronisation of RFC 7272.
    public static let mediaSynchronization = Self(rawValue: 211)

    /// The numbers that are told from RTP on a shared port (RFC 5761 section 4).
    static let multiplexed: ClosedRange<UInt8> = 192...223
}

extension RTCPPacketType: CustomStringConvertible {
    /// The registered abbreviation, or the number.
    public var description: String {
        switch self {
        case .fullIntraRequest: "FIR"
        case .negativeAcknowledgement: "NACK"
        case .smpteTimeCode: "SMPTETC"
        case .interarrivalJitter: "IJ"
        case .senderReport: "SR"
        case .receiverReport: "RR"
        case .sourceDescription: "SDES"
        case .goodbye: "BYE"
        case .applicationDefined: "APP"
        case .transportFeedback: "RTPFB"
        case .payloadFeedback: "PSFB"
        case .extendedReport: "XR"
        case .audioVideoBridging: "AVB"
        case .receiverSummary: "RSI"
        case .portMapping: "TOKEN"
        case .mediaSynchronization: "IDMS"
        default: "\(rawValue)"
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the packets of a payload type carry: an encoding and its clock.
///
/// The numbers up to 95 are given by a profile, ``staticTypes`` for that of RFC 3551; those from 96 on by signalling.
public struct PayloadFormat: Hashable, Sendable {
    /// The kinds of media that RFC 3551 tells apart.
    @frozen
    public enum Media: Hashable, Sendable {
        /// `A`
        case audio
        /// `V`
        case video
        /// `AV`, a stream of both.
        case audioAndVideo
    }

    /// The encoding's name, as in the RFC.
    public let encodingName: String
    /// What is encoded.
    public let media: Media
    /// The units of the RTP timestamp in a second.
    ///
    /// Not always the sampling rate: that of G722 is 16,000 (RFC 3551 section 4.5.2).
    public let clockRateHz: UInt32
    /// The number of audio channels; `nil` for video, and where the payload itself says it.
    public let channelCount: Int?

    /// A format with these properties.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a clock rate of 0, or fewer channels than one.
    public init(
        encodingName: String, media: Media, clockRateHz: UInt32, channelCount: Int? = nil
    ) throws(RTPError) {
        guard clockRateHz > 0 else {
            throw .valueOutOfRange(.payloadFormat, value: 0, allowed: 1...Int(UInt32.max))
        }
        if let channelCount, channelCount < 1 {
            throw .valueOutOfRange(.payloadFormat, value: channelCount, allowed: 1...Int.max)
        }
        self.init(encodingName, media, clockRateHz, channelCount)
    }

    private init(_ encodingName: String, _ media: Media, _ clockRateHz: UInt32, _ channelCount: Int?) {
        self.encodingName = encodingName
        self.media = media
        self.clockRateHz = clockRateHz
        self.channelCount = channelCount
    }
}

extension PayloadFormat {
    /// The static payload types of RFC 3551 section 6, tables 4 and 5: those that are neither reserved nor unassigned.
    public static let staticTypes: [UInt8: PayloadFormat] = [
        0: audio("PCMU"),
        3: audio("GSM"),
        4: audio("G723"),
        5: audio("DVI4"),
        6: audio("DVI4", 16000),
        7: audio("LPC"),
        8: audio("PCMA"),
        9: audio("G722"),
        10: audio("L16", 44100, 2),
        11: audio("L16", 44100),
        12: audio("QCELP"),
        13: audio("CN"),
        14: audio("MPA", 90000, nil),
        15: audio("G728"),
        16: audio("DVI4", 11025),
        17: audio("DVI4", 22050),
        18: audio("G729"),
        25: video("CelB"),
        26: video("JPEG"),
        28: video("nv"),
        31: video("H261"),
        32: video("MPV"),
        33: PayloadFormat("MP2T", .audioAndVideo, 90000, nil),
        34: video("H263"),
    ]

    private static func audio(_ name: String, _ clockRateHz: UInt32 = 8000, _ channels: Int? = 1) -> PayloadFormat {
        PayloadFormat(name, .audio, clockRateHz, channels)
    }

    private static func video(_ name: String) -> PayloadFormat { PayloadFormat(name, .video, 90000, nil) }
}

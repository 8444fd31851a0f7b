// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The quality of a call, as a receiver measures it (RFC 3611 section 4.7).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     BT=7      |   reserved    |       block length = 8        |
/// |                        SSRC of source                         |
/// |   loss rate   | discard rate  | burst density |  gap density  |
/// |       burst duration          |         gap duration          |
/// |     round trip delay          |       end system delay        |
/// | signal level  |  noise level  |     RERL      |     Gmin      |
/// |   R factor    | ext. R factor |    MOS-LQ     |    MOS-CQ     |
/// |   RX config   |   reserved    |          JB nominal           |
/// |          JB maximum           |          JB abs max           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct VoIPMetrics: Hashable, Sendable {
    /// The value of a level, an R factor or a MOS that is not known.
    public static let unavailable: UInt8 = 127

    /// The source that the block is about.
    public var source: SSRC
    /// The part of the packets lost since the beginning, in 1/256.
    public var lossRate: UInt8 = 0
    /// The part of the packets discarded for coming too early or too late, in 1/256.
    public var discardRate: UInt8 = 0
    /// The part of the packets within bursts that were lost or discarded, in 1/256.
    public var burstDensity: UInt8 = 0
    /// The part of the packets within gaps that were lost or discarded, in 1/256.
    public var gapDensity: UInt8 = 0
    /// The mean duration of bursts in milliseconds.
    public var burstDurationMilliseconds: UInt16 = 0
    /// The mean duration of gaps in milliseconds.
    public var gapDurationMilliseconds: UInt16 = 0
    /// The last round-trip time between the RTP interfaces in milliseconds.
    public var roundTripDelayMilliseconds: UInt16 = 0
    /// The last estimate of the delay inside this end in milliseconds.
    public var endSystemDelayMilliseconds: UInt16 = 0
    /// The level of speech in dBm0; 127 where it is not known.
    public var signalLevel = Int8(bitPattern: unavailable)
    /// The level of noise in silence in dBm0; 127 where it is not known.
    public var noiseLevel = Int8(bitPattern: unavailable)
    /// RERL: what of the echo is taken away, in dB; 127 where it is not known.
    public var residualEchoReturnLoss = unavailable
    /// Gmin: the packets received in a row that end a burst; not 0.
    public var gapThreshold: UInt8 = 16
    /// The quality of the RTP part of the call, 0 to 100; 127 where it is not known.
    public var rFactor = unavailable
    /// The quality of the call beyond this end, 0 to 100; 127 where it is not known.
    public var externalRFactor = unavailable
    /// MOS-LQ: the listening quality times ten, 10 to 50; 127 where it is not known.
    public var listeningQuality = unavailable
    /// MOS-CQ: the conversational quality times ten, 10 to 50; 127 where it is not known.
    public var conversationalQuality = unavailable
    /// RX config: two bits for loss concealment, two for the kind of jitter buffer, four for its rate.
    public var receiverConfiguration: UInt8 = 0
    /// The nominal delay of the jitter buffer in milliseconds.
    public var jitterBufferNominalMilliseconds: UInt16 = 0
    /// The delay of the earliest packet that would not be discarded, in milliseconds.
    public var jitterBufferMaximumMilliseconds: UInt16 = 0
    /// The largest delay that the jitter buffer can come to, in milliseconds.
    public var jitterBufferAbsoluteMaximumMilliseconds: UInt16 = 0
    /// What a receiver ignores.
    private(set) var typeSpecific: UInt8 = 0
    package private(set) var reserved: UInt8 = 0

    /// A block in which nothing is known yet.
    public init(source: SSRC) { self.source = source }

    /// What is done about lost packets, in the upper two bits of ``receiverConfiguration``.
    public enum LossConcealment: UInt8, Hashable, Sendable {
        /// Nothing is said of it.
        case unspecified
        /// Silence is played.
        case disabled
        /// A good interpolation, for many lost packets.
        case enhanced
        /// A simple one, for single lost packets.
        case standard
    }

    /// What is done about lost packets.
    public var lossConcealment: LossConcealment {
        LossConcealment(rawValue: receiverConfiguration >> 6) ?? .unspecified
    }
}

extension VoIPMetrics: ExtendedReportContents {
    init(parsing contents: RawSpan, typeSpecific: UInt8) throws(RTPError) {
        guard contents.byteCount == byteCountOnWire else {
            throw contents.byteCount < byteCountOnWire
                ? .truncated(.voipMetrics, neededBytes: byteCountOnWire, availableBytes: contents.byteCount)
                : .invalidLength(.voipMetrics, bytes: contents.byteCount)
        }
        var reader = ByteReader(contents)
        self.init(source: SSRC(reader.readUInt32() ?? 0))
        self.typeSpecific = typeSpecific
        (lossRate, discardRate) = (reader.octet(), reader.octet())
        (burstDensity, gapDensity) = (reader.octet(), reader.octet())
        (burstDurationMilliseconds, gapDurationMilliseconds) = (reader.pair(), reader.pair())
        (roundTripDelayMilliseconds, endSystemDelayMilliseconds) = (reader.pair(), reader.pair())
        (signalLevel, noiseLevel) = (Int8(bitPattern: reader.octet()), Int8(bitPattern: reader.octet()))
        (residualEchoReturnLoss, gapThreshold) = (reader.octet(), reader.octet())
        (rFactor, externalRFactor) = (reader.octet(), reader.octet())
        (listeningQuality, conversationalQuality) = (reader.octet(), reader.octet())
        (receiverConfiguration, reserved) = (reader.octet(), reader.octet())
        (jitterBufferNominalMilliseconds, jitterBufferMaximumMilliseconds) = (reader.pair(), reader.pair())
        jitterBufferAbsoluteMaximumMilliseconds = reader.pair()
    }

    var byteCount: Int { byteCountOnWire }

    func write(to writer: inout ByteWriter) {
        writer.write(source.rawValue)
        for value in [lossRate, discardRate, burstDensity, gapDensity] { writer.write(value) }
        for value in [
            burstDurationMilliseconds, gapDurationMilliseconds, roundTripDelayMilliseconds, endSystemDelayMilliseconds,
        ] { writer.write(value) }
        for value in [
            UInt8(bitPattern: signalLevel), UInt8(bitPattern: noiseLevel), residualEchoReturnLoss, gapThreshold,
            rFactor, externalRFactor, listeningQuality, conversationalQuality, receiverConfiguration, reserved,
        ] { writer.write(value) }
        for value in [
            jitterBufferNominalMilliseconds, jitterBufferMaximumMilliseconds, jitterBufferAbsoluteMaximumMilliseconds,
        ] { writer.write(value) }
    }
}

/// The octets behind the block's first word.
private let byteCountOnWire = 32

extension ByteReader {
    /// The next octet of a block whose length was compared; what is not there reads as 0.
    fileprivate mutating func octet() -> UInt8 { readUInt8() ?? 0 }

    /// The next two octets of such a block.
    fileprivate mutating func pair() -> UInt16 { readUInt16() ?? 0 }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What is told of one RTP stream. Times are in seconds since 1970, and lengths of time in what their names say.
package struct StreamReport: Encodable, Sendable {
    package struct PayloadType: Encodable, Sendable {
        package let payloadType: UInt8
        /// The name of a static payload type.
        package let encoding: String?
        package let packets: UInt64
    }

    /// The deviation of the packets' spacing from that of their timestamps, at the end of the stream.
    package struct Jitter: Encodable, Sendable {
        /// In units of the media clock, with a fraction.
        package let units: Double
        package let milliseconds: Double
        /// The mean and the largest of the estimates after each packet.
        package let meanMilliseconds: Double
        package let maximumMilliseconds: Double
    }

    package struct Gap: Encodable, Sendable {
        /// When the packet before it came.
        package let start: Double
        package let milliseconds: Double
        /// The frame that ended it.
        package let endFrame: Int
        /// Sequence numbers passed over meanwhile.
        package let skipped: Int

        init(_ gap: StreamGap) {
            start = CaptureTime.seconds(gap.start)
            milliseconds = CaptureTime.seconds(gap.length) * 1000
            endFrame = gap.endFrame
            skipped = gap.skipped
        }
    }

    package let ssrc: String
    package let source: String
    package let destination: String
    package let inTurnChannel: Bool
    package let payloadTypes: [PayloadType]
    /// In Hz; missing where neither payload types nor timestamps tell it.
    package let clockRate: UInt32?
    package let clockRateFrom: ClockRate.Origin?
    package let protection: Protection
    package let firstFrame: Int
    package let firstTime: Double?
    package let lastTime: Double?
    package let durationSeconds: Double?
    /// All packets, with those of ``farOff``.
    package let packets: UInt64
    /// The UDP payloads of the packets.
    package let octets: UInt64
    /// What is behind their headers: payload, padding and tag.
    package let bodyOctets: UInt64
    package let firstSequenceNumber: UInt16
    /// With its cycles, since the last restart.
    package let extendedHighestSequenceNumber: UInt64
    package let expected: UInt64
    package let received: UInt64
    /// Expected less received; negative where duplicates outnumber the losses.
    package let lost: Int64
    package let duplicates: UInt64
    package let reordered: UInt64
    package let deepestReordering: Int
    /// Packets with a number far from all others, which are neither received nor expected.
    package let farOff: UInt64
    package let restarts: UInt64
    package let markers: UInt64
    package let jitter: Jitter?
    /// Bits a second of the octets, from the first packet to the last.
    package let bitRate: Double?
    /// In the busiest second, counted from the first packet; missing for streams that are shorter.
    package let peakBitRate: Double?
    package let longestGap: Gap?
    /// Pauses longer than was asked for; missing where none was asked for.
    package let gaps: [Gap]?
    /// For charts; not part of the JSON.
    package let series: Series?

    private enum CodingKeys: CodingKey {
        case ssrc, source, destination, inTurnChannel, payloadTypes, clockRate, clockRateFrom, protection, firstFrame
        case firstTime, lastTime, durationSeconds, packets, octets, bodyOctets, firstSequenceNumber
        case extendedHighestSequenceNumber, expected, received, lost, duplicates, reordered, deepestReordering, farOff
        case restarts, markers, jitter, bitRate, peakBitRate, longestGap, gaps
    }

    init(_ stream: StreamStatistics, _ protection: Protection, gaps: [StreamGap]?, clockRates: [UInt8: UInt32]) {
        let flow = stream.key.flow
        let count = stream.count
        let lane = stream.clockLane
        ssrc = stream.key.ssrc.description
        source = flow.sourceText
        destination = flow.destinationText
        inTurnChannel = stream.isInTURNChannel
        payloadTypes = stream.payloadTypes.map {
            PayloadType(
                payloadType: $0.payloadType, encoding: PayloadFormat.staticTypes[$0.payloadType]?.encodingName,
                packets: $0.packets)
        }
        clockRate = stream.clockRate?.hertz
        clockRateFrom = stream.clockRate?.origin
        self.protection = protection
        firstFrame = stream.firstFrame
        firstTime = stream.firstTime.map(CaptureTime.seconds)
        lastTime = stream.lastTime.map(CaptureTime.seconds)
        durationSeconds = stream.duration
        packets = stream.packets
        octets = stream.octets
        bodyOctets = stream.bodyOctets
        firstSequenceNumber = stream.firstSequenceNumber
        extendedHighestSequenceNumber = stream.extendedHighestSequenceNumber
        expected = count.expected
        received = count.received
        lost = count.lost
        duplicates = stream.duplicates
        reordered = stream.reordered
        deepestReordering = stream.deepestReordering
        farOff = stream.farOff
        restarts = stream.restarts
        markers = stream.markers
        jitter = lane.map { lane in
            let bank = stream.jitterBank
            return Jitter(
                units: bank.jitter[lane] * bank.rates[lane], milliseconds: bank.jitter[lane] * 1000,
                meanMilliseconds: bank.mean[lane] * 1000, maximumMilliseconds: bank.maximum[lane] * 1000)
        }
        bitRate = stream.duration.flatMap { $0 > 0 ? 8 * Double(stream.octets) / $0 : nil }
        peakBitRate = stream.duration.flatMap { $0 >= 1 ? stream.meter.peakBitRate : nil }
        longestGap = stream.longestGap.map(Gap.init)
        self.gaps = gaps?.map(Gap.init)
        series = stream.series.map { Series($0, lane: lane) }
    }

    /// Of the packets expected, how many were lost; 0 where none was expected.
    package var lostPercent: Double { expected > 0 ? 100 * Double(lost) / Double(expected) : 0 }
}

extension StreamReport {
    /// The stream's course, in equal intervals.
    package struct Series: Sendable {
        /// The length of an interval, in seconds.
        package let interval: Double
        /// When the first one begins.
        package let start: Double
        /// Bits a second.
        package let bitRates: [Double]
        /// Sequence numbers passed over, less those that came late.
        package let lost: [Double]
        /// The largest estimate, in milliseconds; empty where the clock rate is not known.
        package let jitters: [Double]

        init(_ series: TimeSeries, lane: Int?) {
            let seconds = CaptureTime.seconds(series.width)
            interval = seconds
            start = CaptureTime.seconds(series.start)
            bitRates = series.buckets.map { 8 * Double($0.octets) / seconds }
            lost = series.buckets.map { Double($0.lost) }
            jitters = lane.map { lane in series.buckets.map { 1000 * Double($0.jitter[lane]) } } ?? []
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What is told of one sender of RTCP. Times are in seconds since 1970, and lengths of time in what their names say.
package struct RTCPReport: Encodable, Sendable {
    package struct PacketCount: Encodable, Sendable {
        package let type: String
        package let packets: UInt64
    }

    /// The last sender report.
    package struct Sent: Encodable, Sendable {
        package let packetCount: UInt32
        package let octetCount: UInt32
        package let ntpTime: String
        package let rtpTimestamp: UInt32
    }

    /// What it said of a source at last.
    package struct Reception: Encodable, Sendable {
        package let source: String
        package let blocks: UInt64
        /// In 1/256, in the last report and at most.
        package let fractionLost: UInt8
        package let highestFractionLost: UInt8
        package let cumulativeLost: Int32
        package let extendedHighestSequenceNumber: UInt32
        /// In units of the source's media clock.
        package let jitter: UInt32
        /// Where that clock is known.
        package let jitterMilliseconds: Double?
        /// From the point of capture to this sender and back.
        package let roundTrip: RoundTrip?
        /// From the source to this sender and back, where both sides' reports were seen: the sum of both means.
        package let pathRoundTripMilliseconds: Double?
    }

    package struct RoundTrip: Encodable, Sendable {
        package let measurements: Int
        package let minimumMilliseconds: Double
        package let meanMilliseconds: Double
        package let maximumMilliseconds: Double
        package let lastMilliseconds: Double

        init?(_ times: RoundTrips) {
            guard times.count > 0 else { return nil }
            measurements = times.count
            minimumMilliseconds = times.minimum * 1000
            meanMilliseconds = times.mean * 1000
            maximumMilliseconds = times.maximum * 1000
            lastMilliseconds = times.last * 1000
        }
    }

    /// The SRTCP trailer, as it was found without a key.
    package struct Protected: Encodable, Sendable {
        package let datagrams: UInt64
        package let tagOctets: Int
        package let mkiOctets: Int
        package let encrypted: Bool
        package let lastIndex: UInt32
    }

    package let ssrc: String
    package let source: String
    package let destination: String
    package let firstTime: Double?
    package let lastTime: Double?
    /// RTCP in the clear and SRTCP.
    package let datagrams: UInt64
    package let octets: UInt64
    /// Of SRTCP the first in each datagram.
    package let packets: [PacketCount]
    package let malformedPackets: UInt64
    package let cname: String?
    package let sent: Sent?
    package let reception: [Reception]
    /// The reason of the BYE; empty where it had none.
    package let goodbye: String?
    package let protected: Protected?

    init(_ sender: RTCPSenderStatistics, senders: [SSRC: RTCPSenderStatistics], clockRates: [SSRC: UInt32]) {
        ssrc = sender.key.ssrc.description
        source = sender.key.flow.sourceText
        destination = sender.key.flow.destinationText
        firstTime = sender.firstTime.map(CaptureTime.seconds)
        lastTime = sender.lastTime.map(CaptureTime.seconds)
        datagrams = sender.plainDatagrams + sender.protectedDatagrams
        octets = sender.octets
        packets = sender.packets.map { PacketCount(type: $0.type.description, packets: $0.count) }
        malformedPackets = sender.malformedPackets
        cname = sender.cname
        sent = sender.lastSenderReport.map {
            Sent(
                packetCount: $0.packetCount, octetCount: $0.octetCount, ntpTime: $0.ntpTimestamp.description,
                rtpTimestamp: $0.rtpTimestamp)
        }
        reception = sender.reported.map { reported in
            let block = reported.block
            let back = senders[block.source]?.reported.first { $0.block.source == sender.key.ssrc }?.roundTrips
            let path = back.flatMap {
                $0.count > 0 && reported.roundTrips.count > 0 ? ($0.mean + reported.roundTrips.mean) * 1000 : nil
            }
            return Reception(
                source: block.source.description, blocks: reported.blocks, fractionLost: block.fractionLost,
                highestFractionLost: reported.highestFractionLost, cumulativeLost: block.cumulativeLost,
                extendedHighestSequenceNumber: block.extendedHighestSequenceNumber, jitter: block.jitter,
                jitterMilliseconds: clockRates[block.source].map { 1000 * Double(block.jitter) / Double($0) },
                roundTrip: RoundTrip(reported.roundTrips), pathRoundTripMilliseconds: path)
        }
        goodbye = sender.goodbye
        protected = sender.trailer.map {
            Protected(
                datagrams: sender.protectedDatagrams, tagOctets: $0.tagByteCount, mkiOctets: $0.mkiByteCount,
                encrypted: $0.isEncrypted, lastIndex: $0.index)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// SR: what a source has sent, and what it has received of others (RFC 3550 section 6.4.1).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                         SSRC of sender                        |
/// |              NTP timestamp, most significant word             |
/// |             NTP timestamp, least significant word             |
/// |                         RTP timestamp                         |
/// |                     sender's packet count                     |
/// |                      sender's octet count                     |
/// |                   report blocks, 0 to 31 of them              |
/// |                  profile-specific extensions                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct SenderReport: Hashable, Sendable {
    /// Who reports.
    public var ssrc: SSRC
    /// When the report was sent, by the sender's wall clock.
    public var ntpTimestamp: NTPTimestamp
    /// The same instant, in units of the media clock and with the offset of the stream's packets.
    public var rtpTimestamp: UInt32
    /// The packets sent so far, modulo 2^32.
    public var packetCount: UInt32
    /// The octets of payload sent so far, headers and padding excluded, modulo 2^32.
    public var octetCount: UInt32
    /// One block for each source heard since the last report, at most 31.
    public var reports: [ReportBlock]
    /// What the profile adds after the blocks, as octets: a multiple of four.
    public var profileExtension: [UInt8]

    /// A report with these fields.
    public init(
        ssrc: SSRC, ntpTimestamp: NTPTimestamp, rtpTimestamp: UInt32, packetCount: UInt32, octetCount: UInt32,
        reports: [ReportBlock] = [], profileExtension: [UInt8] = []
    ) {
        self.ssrc = ssrc
        self.ntpTimestamp = ntpTimestamp
        self.rtpTimestamp = rtpTimestamp
        self.packetCount = packetCount
        self.octetCount = octetCount
        self.reports = reports
        self.profileExtension = profileExtension
    }
}

extension SenderReport: RTCPBody {
    private static let fixedByteCount = 24

    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let ssrc = reader.readUInt32(), let ntp = reader.readUInt64(), let rtp = reader.readUInt32(),
            let packets = reader.readUInt32(), let octets = reader.readUInt32()
        else {
            throw .truncated(.senderReport, neededBytes: Self.fixedByteCount, availableBytes: body.byteCount)
        }
        self.init(
            ssrc: SSRC(ssrc), ntpTimestamp: NTPTimestamp(rawValue: ntp), rtpTimestamp: rtp, packetCount: packets,
            octetCount: octets, reports: try ReportBlock.read(count, of: .senderReport, from: &reader),
            profileExtension: Array(copying: reader.readRemaining()))
    }

    var element: RTPError.Element { .senderReport }
    var packetType: RTCPPacketType { .senderReport }
    var headerCount: Int { reports.count }
    var bodyByteCount: Int { Self.fixedByteCount + ReportBlock.byteCount * reports.count + profileExtension.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(ntpTimestamp.rawValue)
        writer.write(rtpTimestamp)
        writer.write(packetCount)
        writer.write(octetCount)
        for report in reports { report.write(to: &writer) }
        writer.write(bytes: profileExtension)
    }
}

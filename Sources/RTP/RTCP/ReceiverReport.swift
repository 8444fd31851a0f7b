// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// RR: what someone who sends no media has received of others (RFC 3550 section 6.4.2).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     SSRC of packet sender                     |
/// |                   report blocks, 0 to 31 of them              |
/// |                  profile-specific extensions                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ReceiverReport: Hashable, Sendable {
    /// Who reports.
    public var ssrc: SSRC
    /// One block for each source heard since the last report, at most 31; none is a legal report.
    public var reports: [ReportBlock]
    /// What the profile adds after the blocks, as octets: a multiple of four.
    public var profileExtension: [UInt8]

    /// A report with these fields.
    public init(ssrc: SSRC, reports: [ReportBlock] = [], profileExtension: [UInt8] = []) {
        self.ssrc = ssrc
        self.reports = reports
        self.profileExtension = profileExtension
    }
}

extension ReceiverReport: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let ssrc = reader.readUInt32() else {
            throw .truncated(.receiverReport, neededBytes: 4, availableBytes: body.byteCount)
        }
        self.init(
            ssrc: SSRC(ssrc), reports: try ReportBlock.read(count, of: .receiverReport, from: &reader),
            profileExtension: Array(copying: reader.readRemaining()))
    }

    var element: RTPError.Element { .receiverReport }
    var packetType: RTCPPacketType { .receiverReport }
    var headerCount: Int { reports.count }
    var bodyByteCount: Int { 4 + ReportBlock.byteCount * reports.count + profileExtension.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        for report in reports { report.write(to: &writer) }
        writer.write(bytes: profileExtension)
    }
}

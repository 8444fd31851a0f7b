// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// IJ: the jitter of the sources in the receiver report before it, without what their senders have put in
/// (RFC 5450 section 4).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |            inter-arrival jitter, 0 to 31 of them              |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct InterarrivalJitterReport: Hashable, Sendable {
    /// One jitter, in units of the media clock, for each block of the report before, in its order; at most 31.
    public var jitters: [UInt32]

    /// A report of these.
    public init(_ jitters: [UInt32]) { self.jitters = jitters }
}

extension InterarrivalJitterReport: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard reader.remaining >= 4 * count else {
            throw .truncated(.interarrivalJitter, neededBytes: 4 * count, availableBytes: body.byteCount)
        }
        var jitters: [UInt32] = []
        jitters.reserveCapacity(count)
        while jitters.count < count, let jitter = reader.readUInt32() { jitters.append(jitter) }
        try reader.checkEnd(of: .interarrivalJitter)
        self.init(jitters)
    }

    var element: RTPError.Element { .interarrivalJitter }
    var packetType: RTCPPacketType { .interarrivalJitter }
    var headerCount: Int { jitters.count }
    var bodyByteCount: Int { 4 * jitters.count }

    func writeBody(to writer: inout ByteWriter) {
        for jitter in jitters { writer.write(jitter) }
    }
}

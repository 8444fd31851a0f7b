// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// IDMS settings: when one receiver got and showed a packet, so that others can show it at the same time
/// (RFC 7272 section 7).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                     SSRC of packet sender                     |
/// |                     SSRC of media source                      |
/// |              Media Stream Correlation Identifier              |
/// |          Packet Received NTP timestamp, 64 bits               |
/// |              Packet Received RTP timestamp                    |
/// |          Packet Presented NTP timestamp, 64 bits              |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct SynchronizationSettings: Hashable, Sendable {
    /// Who sets.
    public var sender: SSRC
    /// The source of the packet.
    public var mediaSource: SSRC
    /// The group that it is set for (SyncGroupId); 0 for none, ffffffff is reserved.
    public var groupID: UInt32
    /// When the packet arrived.
    public var received: NTPTimestamp
    /// The packet's timestamp.
    public var rtpTimestamp: UInt32
    /// When its first octet was shown; zero for "not known".
    public var presented: NTPTimestamp
    /// Five bits of the header that a receiver ignores.
    private var reserved = 0

    /// Settings with these fields.
    public init(
        sender: SSRC, mediaSource: SSRC, groupID: UInt32, received: NTPTimestamp, rtpTimestamp: UInt32,
        presented: NTPTimestamp = NTPTimestamp(rawValue: 0)
    ) {
        self.sender = sender
        self.mediaSource = mediaSource
        self.groupID = groupID
        self.received = received
        self.rtpTimestamp = rtpTimestamp
        self.presented = presented
    }
}

extension SynchronizationSettings: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let sender = reader.readUInt32(), let source = reader.readUInt32(), let group = reader.readUInt32(),
            let received = reader.readUInt64(), let timestamp = reader.readUInt32(),
            let presented = reader.readUInt64()
        else { throw .truncated(.synchronization, neededBytes: 32, availableBytes: body.byteCount) }
        try reader.checkEnd(of: .synchronization)
        self.init(
            sender: SSRC(sender), mediaSource: SSRC(source), groupID: group,
            received: NTPTimestamp(rawValue: received), rtpTimestamp: timestamp,
            presented: NTPTimestamp(rawValue: presented))
        reserved = count
    }

    var element: RTPError.Element { .synchronization }
    var packetType: RTCPPacketType { .mediaSynchronization }
    var headerCount: Int { reserved }
    var bodyByteCount: Int { 32 }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(sender.rawValue)
        writer.write(mediaSource.rawValue)
        writer.write(groupID)
        writer.write(received.rawValue)
        writer.write(rtpTimestamp)
        writer.write(presented.rawValue)
    }
}

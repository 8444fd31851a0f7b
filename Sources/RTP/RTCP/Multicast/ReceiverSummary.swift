// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// RSI: what the distributor of a source-specific multicast session tells its receivers about all of them
/// (RFC 5760 section 7.1).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                           SSRC                                |
/// |                       Summarized SSRC                         |
/// |                   NTP timestamp, 64 bits                      |
/// |     SRBT      |    Length     |  SRBT-specific data          ...  block, any number of them
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ReceiverSummary: Hashable, Sendable {
    /// The distributor.
    public var ssrc: SSRC
    /// The media sender that the summary is about.
    public var summarizedSource: SSRC
    /// When the summary was sent.
    public var ntpTimestamp: NTPTimestamp
    /// The blocks in wire order.
    public var blocks: [Block]
    /// Five bits of the header that a receiver ignores.
    private var reserved = 0

    /// A summary of these blocks.
    public init(ssrc: SSRC, summarizedSource: SSRC, ntpTimestamp: NTPTimestamp, blocks: [Block] = []) {
        self.ssrc = ssrc
        self.summarizedSource = summarizedSource
        self.ntpTimestamp = ntpTimestamp
        self.blocks = blocks
    }
}

extension ReceiverSummary: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let ssrc = reader.readUInt32(), let source = reader.readUInt32(), let time = reader.readUInt64() else {
            throw .truncated(.receiverSummary, neededBytes: 16, availableBytes: body.byteCount)
        }
        self.init(ssrc: SSRC(ssrc), summarizedSource: SSRC(source), ntpTimestamp: NTPTimestamp(rawValue: time))
        reserved = count
        while !reader.isAtEnd {
            let available = reader.remaining
            guard let type = reader.readUInt8(), let words = reader.readUInt8() else {
                throw .truncated(.summaryBlock, neededBytes: 4, availableBytes: available)
            }
            // The length counts the word that it stands in.
            guard words > 0 else { throw .invalidLength(.summaryBlock, bytes: 0) }
            guard let contents = reader.readBytes(4 * Int(words) - 2) else {
                throw .truncated(.summaryBlock, neededBytes: 4 * Int(words), availableBytes: available)
            }
            blocks.append(try Block(parsing: contents, type: type))
        }
    }

    var element: RTPError.Element { .receiverSummary }
    var packetType: RTCPPacketType { .receiverSummary }
    var headerCount: Int { reserved }
    var bodyByteCount: Int { blocks.reduce(16) { $0 + 2 + $1.contentByteCount } }

    func checkFields() throws(RTPError) {
        for block in blocks {
            let byteCount = 2 + block.contentByteCount
            guard byteCount % 4 == 0, byteCount <= 4 * 255 else {
                throw .invalidLength(.summaryBlock, bytes: byteCount)
            }
        }
    }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(summarizedSource.rawValue)
        writer.write(ntpTimestamp.rawValue)
        for block in blocks {
            writer.write(block.blockType)
            writer.write(UInt8(truncatingIfNeeded: (2 + block.contentByteCount) / 4))
            block.writeContents(to: &writer)
        }
    }
}

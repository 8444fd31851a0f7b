// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// SDES: who the sources are (RFC 3550 section 6.5).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+   a chunk, 0 to 31 of them
/// |                            SSRC/CSRC                          |
/// |      type     |     length    |  text ...                         items, not aligned
/// |       0       |  0 up to the next word                        |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// The last chunk may end in more nulls than it needs, or, from peers that leave it out, without the one that ends its
/// items. A packet read like that is written like that, until its chunks are changed.
public struct SourceDescription: Hashable, Sendable {
    /// What is said about one source.
    public struct Chunk: Hashable, Sendable {
        /// The source: the sender itself, or, from a mixer, one that contributes.
        public var source: SSRC
        /// The items in wire order.
        public var items: [Item]

        /// A chunk of these items.
        public init(source: SSRC, items: [Item] = []) {
            self.source = source
            self.items = items
        }

        /// The text of the first item of this type.
        public subscript(kind: Item.Kind) -> String? { items.first { $0.kind == kind }?.text }

        /// The octets of source and items, before the nulls.
        fileprivate var contentByteCount: Int { items.reduce(4) { $0 + 2 + $1.octets.count } }
    }

    /// The chunks in wire order, at most 31.
    public var chunks: [Chunk] {
        didSet { surplusNullCount = 0 }
    }
    /// The nulls at the end beyond the fewest that are legal, a multiple of four; -4 where the items have no end.
    package private(set) var surplusNullCount = 0

    /// A packet of these chunks.
    public init(_ chunks: [Chunk]) { self.chunks = chunks }

    /// The fewest nulls behind `byteCount` octets: one, and then up to the next word.
    private static func nullCount(after byteCount: Int) -> Int { 4 - byteCount % 4 }
}

extension SourceDescription: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        var chunks: [Chunk] = []
        chunks.reserveCapacity(count)
        for position in 0..<count {
            chunks.append(try Chunk(reading: &reader, mayLackEnd: position == count - 1))
            // No further than the word: what follows is the next SSRC, which may itself be 0.
            try reader.skipNulls(-reader.offset & 3, of: .sourceDescription)
        }
        try reader.skipNulls(reader.remaining, of: .sourceDescription)
        self.init(chunks)
        surplusNullCount = body.byteCount - bodyByteCount
    }

    var element: RTPError.Element { .sourceDescription }
    var packetType: RTCPPacketType { .sourceDescription }
    var headerCount: Int { chunks.count }

    var bodyByteCount: Int {
        chunks.reduce(surplusNullCount) { $0 + $1.contentByteCount + Self.nullCount(after: $1.contentByteCount) }
    }

    func writeBody(to writer: inout ByteWriter) {
        let end = writer.count + bodyByteCount
        for (position, chunk) in chunks.enumerated() {
            chunk.writeContent(to: &writer)
            if position < chunks.count - 1 { writer.writeZeros(Self.nullCount(after: chunk.contentByteCount)) }
        }
        writer.writeZeros(end - writer.count)
    }
}

extension SourceDescription.Chunk {
    /// Reads source and items, and the null that ends them.
    fileprivate init(reading reader: inout ByteReader, mayLackEnd: Bool) throws(RTPError) {
        guard let source = reader.readUInt32() else {
            throw .truncated(.sourceDescription, neededBytes: 4, availableBytes: reader.remaining)
        }
        self.init(source: SSRC(source))
        while !reader.isAtEnd {
            let available = reader.remaining
            guard let type = reader.readUInt8(), type != 0 else { return }
            guard let length = reader.readUInt8() else {
                throw .truncated(.sourceDescription, neededBytes: 2, availableBytes: available)
            }
            guard let text = reader.readBytes(Int(length)) else {
                throw .truncated(.sourceDescription, neededBytes: 2 + Int(length), availableBytes: available)
            }
            items.append(.init(unchecked: .init(rawValue: type), Array(copying: text)))
        }
        guard mayLackEnd else { throw .truncated(.sourceDescription, neededBytes: 1, availableBytes: 0) }
    }

    fileprivate func writeContent(to writer: inout ByteWriter) {
        writer.write(source.rawValue)
        for item in items {
            writer.write(item.kind.rawValue)
            writer.write(UInt8(truncatingIfNeeded: item.octets.count))
            writer.write(bytes: item.octets)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// BYE: sources have left (RFC 3550 section 6.6).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                  SSRC/CSRC, 0 to 31 of them                   |
/// |     length    |  reason for leaving, then 0 up to the word ... (optional)
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct Goodbye: Hashable, Sendable {
    /// The leaving sources, at most 31.
    public var sources: [SSRC]
    /// The reason as it is on the wire, at most 255 octets of UTF-8; `nil` where none is given.
    public let reasonOctets: [UInt8]?
    /// The nulls behind the reason beyond the next word, as they were read.
    package private(set) var surplusNullCount = 0

    /// A packet for these sources.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a reason of more than 255 octets.
    public init(sources: [SSRC], reason: String? = nil) throws(RTPError) {
        let octets = reason.map { Array($0.utf8) }
        guard octets.map(\.count) ?? 0 <= 255 else {
            throw .valueOutOfRange(.goodbye, value: octets?.count ?? 0, allowed: 0...255)
        }
        self.sources = sources
        self.reasonOctets = octets
    }

    /// Why the sources left, with what is not UTF-8 replaced.
    public var reason: String? { reasonOctets.map { String(decoding: $0, as: UTF8.self) } }

    /// The octets of the reason with its length, up to the word.
    private var reasonByteCount: Int { reasonOctets.map { ($0.count + 4) & ~3 } ?? 0 }
}

extension Goodbye: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        sources = []
        sources.reserveCapacity(count)
        while sources.count < count {
            guard let source = reader.readUInt32() else {
                throw .truncated(.goodbye, neededBytes: 4 * count, availableBytes: body.byteCount)
            }
            sources.append(SSRC(source))
        }
        let available = reader.remaining
        guard let length = reader.readUInt8() else {
            reasonOctets = nil
            return
        }
        guard let text = reader.readBytes(Int(length)) else {
            throw .truncated(.goodbye, neededBytes: 1 + Int(length), availableBytes: available)
        }
        reasonOctets = Array(copying: text)
        try reader.skipNulls(reader.remaining, of: .goodbye)
        surplusNullCount = available - reasonByteCount
    }

    var element: RTPError.Element { .goodbye }
    var packetType: RTCPPacketType { .goodbye }
    var headerCount: Int { sources.count }
    var bodyByteCount: Int { 4 * sources.count + reasonByteCount + surplusNullCount }

    func writeBody(to writer: inout ByteWriter) {
        for source in sources { writer.write(source.rawValue) }
        guard let reasonOctets else { return }
        writer.write(UInt8(truncatingIfNeeded: reasonOctets.count))
        writer.write(bytes: reasonOctets)
        writer.writeZeros(reasonByteCount - 1 - reasonOctets.count + surplusNullCount)
    }
}

extension ByteReader {
    /// Moves on by `count` octets, all of which must be null.
    mutating func skipNulls(_ count: Int, of element: RTPError.Element) throws(RTPError) {
        for position in 0..<count {
            guard let octet = readUInt8() else {
                throw .truncated(element, neededBytes: count, availableBytes: position)
            }
            guard octet == 0 else { throw .valueOutOfRange(element, value: Int(octet), allowed: 0...0) }
        }
    }
}

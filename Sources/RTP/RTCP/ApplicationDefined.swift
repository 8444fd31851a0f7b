// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// APP: an application's own packet, told from others by name and subtype (RFC 3550 section 6.7).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                           SSRC/CSRC                           |
/// |                          name (ASCII)                         |
/// |                   application-dependent data                ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ApplicationDefined: Hashable, Sendable {
    /// Four octets that name the application, ASCII by the RFC; upper and lower case differ.
    public struct Name: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The octets as a big-endian number.
        public let rawValue: UInt32

        /// The name of these octets.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The name of this text; `nil` unless it is four ASCII characters.
        public init?(_ text: String) {
            guard text.utf8.count == 4, text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            rawValue = text.utf8.reduce(0) { $0 << 8 | UInt32($1) }
        }

        /// The text, with what is not UTF-8 replaced.
        public var description: String {
            String(decoding: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }, as: UTF8.self)
        }
    }

    /// Which of the application's packets this is, 0 to 31.
    public var subtype: UInt8
    /// Who sent it.
    public var ssrc: SSRC
    /// The application's name.
    public var name: Name
    /// The application's data: a multiple of four octets.
    public var data: [UInt8]

    /// A packet with these fields.
    public init(subtype: UInt8 = 0, ssrc: SSRC, name: Name, data: [UInt8] = []) {
        self.subtype = subtype
        self.ssrc = ssrc
        self.name = name
        self.data = data
    }
}

extension ApplicationDefined: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let ssrc = reader.readUInt32(), let name = reader.readUInt32() else {
            throw .truncated(.app, neededBytes: 8, availableBytes: body.byteCount)
        }
        self.init(
            subtype: UInt8(truncatingIfNeeded: count), ssrc: SSRC(ssrc), name: Name(rawValue: name),
            data: Array(copying: reader.readRemaining()))
    }

    var element: RTPError.Element { .app }
    var packetType: RTCPPacketType { .applicationDefined }
    var headerCount: Int { Int(subtype) }
    var bodyByteCount: Int { 8 + data.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(name.rawValue)
        writer.write(bytes: data)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// The encrypted envelope key (RFC 3830 section 6.3).
    public struct PKE: Hashable, Sendable {
        /// Whether the envelope key is kept (RFC 3830 table 6.3).
        public struct Cache: RawRepresentable, Hashable, Sendable {
            /// The number on the wire, 0 to 3.
            public let rawValue: UInt8

            /// The indicator with this number; its low two bits count.
            public init(rawValue: UInt8) { self.rawValue = rawValue & 3 }

            /// The envelope key must not be kept.
            public static let none = Cache(rawValue: 0)
            /// The envelope key must be kept.
            public static let keep = Cache(rawValue: 1)
            /// The envelope key must be kept for this crypto session bundle only.
            public static let keepForCSB = Cache(rawValue: 2)
        }

        /// Whether the envelope key is kept.
        public let cache: Cache
        /// The encrypted envelope key.
        public let encryptedKey: [UInt8]

        /// An envelope.
        ///
        /// - Throws: ``MIKEYError`` unless the encrypted key has 1 to 16,383 octets.
        public init(_ cache: Cache, encryptedKey: [UInt8]) throws(MIKEYError) {
            guard (1...0x3FFF).contains(encryptedKey.count) else {
                throw MIKEYError(.malformed(expected: "1 to 16383 octets (RFC 3830 section 6.3)"), in: .pke)
            }
            self.cache = cache
            self.encryptedKey = encryptedKey
        }
    }
}

extension MIKEYPayload.PKE: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        let field = try reader.uint16()
        cache = Cache(rawValue: UInt8(truncatingIfNeeded: field >> 14))
        encryptedKey = try reader.octets(Int(field & 0x3FFF))
    }

    var bodyByteCount: Int { 2 + encryptedKey.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(UInt16(cache.rawValue) << 14 | UInt16(truncatingIfNeeded: encryptedKey.count))
        writer.write(bytes: encryptedKey)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// Key data, and a MAC (RFC 3830 section 6.2).
    ///
    ///      0                   1                   2                   3
    ///     ! Next payload  ! Encr alg      ! Encr data len                 !
    ///     !                        Encr data                              ~
    ///     ! Mac alg       !        MAC                                    ~
    public struct KEMAC: Equatable, Sendable {
        /// What stands in Encr data.
        public enum Content: Equatable, Sendable {
            /// Octets of the encryption algorithm; none in an update without keys, and in DHHMAC.
            case encrypted([UInt8])
            /// The keys themselves, where the encryption algorithm is NULL.
            case clear(MIKEYKeyDataChain)
        }

        /// How the key data are encrypted.
        ///
        /// In DHHMAC there are none, and NULL is 2 (RFC 4650 section 4.2) or 0.
        public let encryption: MIKEYEncryptionAlgorithm
        /// The key data.
        public let content: Content
        /// The number of the MAC algorithm on the wire: in DHHMAC, HMAC-SHA-1 is 0 (RFC 4650 section 4.2) or 1.
        public let macNumber: UInt8
        /// The MAC; zeros where it is still to be computed.
        public let mac: [UInt8]

        /// How the MAC is made.
        public var macAlgorithm: MIKEYMACAlgorithm { MIKEYMACAlgorithm(byteCount: mac.count) ?? .null }

        /// Encrypted key data, with zeros for the MAC.
        ///
        /// - Throws: ``MIKEYError`` where the algorithm is NULL, or the payload would be longer than 65,536 octets.
        public init(
            _ encryption: MIKEYEncryptionAlgorithm, encrypted octets: [UInt8], mac: MIKEYMACAlgorithm
        ) throws(MIKEYError) {
            guard encryption != .null else {
                throw MIKEYError(.malformed(expected: "an encryption algorithm other than NULL"), in: .kemac)
            }
            try self.init(encryption, .encrypted(octets), macNumber: mac.rawValue, mac)
        }

        /// Key data that are not encrypted, with zeros for the MAC. The keys go where the message goes (RFC 3830 section 4.2.3).
        ///
        /// - Throws: ``MIKEYError`` where the payload would be longer than 65,536 octets.
        public init(clear chain: MIKEYKeyDataChain, mac: MIKEYMACAlgorithm) throws(MIKEYError) {
            try self.init(.null, .clear(chain), macNumber: mac.rawValue, mac)
        }

        private init(
            _ encryption: MIKEYEncryptionAlgorithm, _ content: Content, macNumber: UInt8, _ mac: MIKEYMACAlgorithm
        ) throws(MIKEYError) {
            self.init(encryption, content, macNumber, [UInt8](repeating: 0, count: mac.byteCount))
            guard contentByteCount <= 0xFFFF, bodyByteCount < 1 << 16 else {
                throw MIKEYError(.malformed(expected: "at most 65536 octets (RFC 3830 section 6.13)"), in: .kemac)
            }
        }

        private init(
            _ encryption: MIKEYEncryptionAlgorithm, _ content: Content, _ macNumber: UInt8, _ mac: [UInt8]
        ) {
            self.encryption = encryption
            self.content = content
            self.macNumber = macNumber
            self.mac = mac
        }

        /// How the numbers of algorithms in DHHMAC are written.
        public enum DHHMACNumbering: Hashable, Sendable {
            /// NULL encryption is 2, HMAC-SHA-1 is 0 (RFC 4650 section 4.2).
            case rfc4650
            /// NULL encryption is 0, HMAC-SHA-1 is 1 (RFC 3830 section 6.2), as some write it.
            case rfc3830
        }

        /// The payload of DHHMAC, which holds no key data, with zeros for the MAC (RFC 4650 section 4.2).
        ///
        /// - Throws: ``MIKEYError`` for the NULL MAC.
        public static func dhhmac(
            mac: MIKEYMACAlgorithm = .hmacSHA1, numbering: DHHMACNumbering = .rfc4650
        ) throws(MIKEYError) -> KEMAC {
            guard mac != .null else {
                throw MIKEYError(.malformed(expected: "a MAC in DHHMAC (RFC 4650 section 4.2)"), in: .kemac)
            }
            let isOld = numbering == .rfc3830
            return try KEMAC(
                isOld ? .null : .aesKW128, .encrypted([]),
                macNumber: mac == .hmacSHA1 && !isOld ? 0 : mac.rawValue, mac)
        }

        /// The same with another MAC of the same length.
        func with(mac: [UInt8]) -> KEMAC? {
            mac.count == self.mac.count ? KEMAC(encryption, content, macNumber, mac) : nil
        }

        /// Whether there are no key data.
        var isEmpty: Bool {
            switch content {
            case .encrypted(let octets): octets.isEmpty
            case .clear(let chain): chain.payloads.isEmpty
            }
        }

        /// The number of octets of Encr data.
        var contentByteCount: Int {
            switch content {
            case .encrypted(let octets): octets.count
            case .clear(let chain): chain.byteCount
            }
        }
    }
}

extension MIKEYPayload.KEMAC: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        encryption = MIKEYEncryptionAlgorithm(rawValue: try reader.uint8())
        let count = Int(try reader.uint16())
        if encryption == .null && !context.dataType.isDHHMAC {
            var section = try reader.section(count)
            content = .clear(try MIKEYKeyDataChain(parsing: &section, &context))
        } else {
            content = .encrypted(try reader.octets(count))
        }
        macNumber = try reader.uint8()
        guard let algorithm = Self.macAlgorithm(macNumber, in: context.dataType) else {
            throw reader.error(.unknown(.macAlgorithm, macNumber), back: 1)
        }
        mac = try reader.octets(algorithm.byteCount)
    }

    /// In DHHMAC 0 and 1 are both HMAC-SHA-1: one by RFC 4650, the other by RFC 3830, and never NULL.
    private static func macAlgorithm(_ number: UInt8, in dataType: MIKEYDataType) -> MIKEYMACAlgorithm? {
        dataType.isDHHMAC && number < 2 ? .hmacSHA1 : MIKEYMACAlgorithm(rawValue: number)
    }

    /// Whether its number of the MAC algorithm reads as that algorithm in a message of this kind.
    func isReadable(in dataType: MIKEYDataType) -> Bool {
        Self.macAlgorithm(macNumber, in: dataType)?.byteCount == mac.count
    }

    var bodyByteCount: Int { 4 + contentByteCount + mac.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(encryption.rawValue)
        writer.write(UInt16(truncatingIfNeeded: contentByteCount))
        switch content {
        case .encrypted(let octets): writer.write(bytes: octets)
        case .clear(let chain): chain.write(to: &writer)
        }
        writer.write(macNumber)
        writer.write(bytes: mac)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A key inside of KEMAC (RFC 3830 section 6.13).
    ///
    ///      0                   1                   2                   3
    ///     ! Next Payload  ! Type  ! KV    ! Key data len                  !
    ///     !                         Key data                              ~
    ///     ! Salt len (optional)           ! Salt data (optional)          ~
    ///     !                        KV data (optional)                     ~
    public struct KeyData: Equatable, Sendable {
        /// What a key is for.
        @nonexhaustive
        public enum Kind: Hashable, Sendable {
            /// TEK generation key.
            case tgk
            /// Traffic encryption key.
            case tek
            /// Group TGK (RFC 6043 section 6.2.1).
            case gtgk
            /// MIKEY protection key (RFC 6043 section 6.2.1).
            case mpk
            /// Private key of a user (RFC 6267 section 6.1.3).
            case privateKey
        }

        /// What the key is for.
        public let kind: Kind
        /// The key.
        public let key: MIKEYKeyMaterial
        /// The salt, in SRTP the master salt, of a TGK, TEK or GTGK that brings one.
        public let salt: MIKEYKeyMaterial?
        /// When the key is to be used.
        public let validity: MIKEYKeyValidity

        /// A key.
        ///
        /// - Throws: ``MIKEYError`` unless it has 1 to 65,535 octets, and its salt, which only a TGK, TEK or GTGK may
        ///   have, no more than that.
        public init(
            _ kind: Kind, key: MIKEYKeyMaterial, salt: MIKEYKeyMaterial? = nil, validity: MIKEYKeyValidity = .null
        ) throws(MIKEYError) {
            guard (1...0xFFFF).contains(key.count), (salt?.count ?? 0) <= 0xFFFF else {
                throw MIKEYError(.malformed(expected: "1 to 65535 octets (RFC 3830 section 6.13)"), in: .keyData)
            }
            guard salt == nil || kind.saltedNumber != nil else {
                throw MIKEYError(.malformed(expected: "no salt with this type (RFC 3830 table 6.13.a)"), in: .keyData)
            }
            self.kind = kind
            self.key = key
            self.salt = salt
            self.validity = validity
        }

        /// The number of the type on the wire.
        public var typeNumber: UInt8 { salt != nil ? kind.saltedNumber ?? kind.number : kind.number }
    }
}

extension MIKEYPayload.KeyData.Kind {
    fileprivate var number: UInt8 {
        switch self {
        case .tgk: 0
        case .tek: 2
        case .gtgk: 4
        case .mpk: 6
        case .privateKey: 7
        }
    }

    fileprivate var saltedNumber: UInt8? {
        switch self {
        case .tgk, .tek, .gtgk: number + 1
        case .mpk, .privateKey: nil
        }
    }

    fileprivate init?(typeNumber: UInt8) {
        switch typeNumber {
        case 0, 1: self = .tgk
        case 2, 3: self = .tek
        case 4, 5: self = .gtgk
        case 6: self = .mpk
        case 7: self = .privateKey
        default: return nil
        }
    }
}

extension MIKEYPayload.KeyData: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        let types = try reader.uint8()
        guard let kind = Kind(typeNumber: types >> 4) else {
            throw reader.error(.unknown(.keyType, types >> 4), back: 1)
        }
        self.kind = kind
        key = try .key(parsing: &reader, rule: "a key of 1 octet or more (RFC 3830 section 6.13)")
        salt = kind.saltedNumber == types >> 4 ? try reader.keyMaterial(Int(reader.uint16())) : nil
        validity = try MIKEYKeyValidity(parsing: &reader, typeNumber: types & 0x0F)
    }

    var bodyByteCount: Int { 3 + key.count + (salt.map { 2 + $0.count } ?? 0) + validity.byteCount }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(typeNumber << 4 | validity.typeNumber)
        key.write(to: &writer)
        salt?.write(to: &writer)
        validity.write(to: &writer)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A general extension (RFC 3830 section 6.15). One of an unknown type is kept, so that a MAC can be verified.
    public struct GeneralExtension: Hashable, Sendable {
        /// What an extension holds.
        public struct Kind: RawRepresentable, Hashable, Sendable {
            /// The number on the wire.
            public let rawValue: UInt8

            /// The type with this number.
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// Octets of a vendor.
            public static let vendorID = Kind(rawValue: 0)
            /// The key management protocols that SDP offers (RFC 4567 section 4.1.4).
            public static let sdpIDs = Kind(rawValue: 1)
            /// A key of TESLA (RFC 4442).
            public static let teslaKey = Kind(rawValue: 2)
            /// Types and identities of keys (RFC 4563 section 4).
            public static let keyID = Kind(rawValue: 3)
            /// The CSB ID that the responder of RSA-R chose for a group (RFC 4738 section 3.6).
            public static let csbID = Kind(rawValue: 4)
            /// OMA BCAST (RFC 5410 section 3).
            public static let omaBroadcast = Kind(rawValue: 5)
            /// SAKKE-to-self (3GPP TS 33.180 annex E).
            public static let sakkeToSelf = Kind(rawValue: 6)
            /// Key parameters (3GPP TS 33.180 annex E).
            public static let keyParameters = Kind(rawValue: 7)
        }

        /// The type and identity of a key (RFC 4563 section 4).
        public struct KeyID: Hashable, Sendable {
            /// 0 MBMS key domain, 1 MBMS service key, 2 MBMS traffic key (RFC 4563 table 2).
            public let kind: UInt8
            /// The identity, 0 to 255 octets.
            public let octets: [UInt8]

            /// The identity of a key.
            ///
            /// - Throws: ``MIKEYError`` for more than 255 octets.
            public init(_ kind: UInt8, octets: [UInt8]) throws(MIKEYError) {
                guard octets.count <= 255 else {
                    throw MIKEYError(
                        .malformed(expected: "at most 255 octets (RFC 4563 section 4)"), in: .generalExtension)
                }
                self.kind = kind
                self.octets = octets
            }
        }

        /// What it holds.
        public let kind: Kind
        /// The octets.
        public let data: [UInt8]

        /// An extension.
        ///
        /// - Throws: ``MIKEYError`` for more than 65,535 octets, and where they are not what RFC 4563 or RFC 4738 put into
        ///   one of this type.
        public init(_ kind: Kind, data: [UInt8]) throws(MIKEYError) {
            self.kind = kind
            self.data = data
            guard data.count <= 0xFFFF, isWellFormed else {
                throw MIKEYError(.malformed(expected: rule), in: .generalExtension)
            }
        }

        /// The protocols that SDP offers, in their order (RFC 4567 section 4.1.4).
        ///
        /// - Throws: ``MIKEYError`` unless there is one, and each is a name without blanks and semicolons.
        public static func sdpIDs(_ protocols: [String]) throws(MIKEYError) -> GeneralExtension {
            let list = try GeneralExtension(.sdpIDs, data: Array(protocols.joined(separator: ";").utf8))
            guard list.sdpProtocols == protocols else {
                throw MIKEYError(
                    .malformed(expected: "names of protocols (RFC 4567 section 4.1.4)"), in: .generalExtension)
            }
            return list
        }

        /// Identities of keys (RFC 4563 section 4).
        ///
        /// - Throws: ``MIKEYError`` where they do not fit.
        public static func keyIDs(_ keys: [KeyID]) throws(MIKEYError) -> GeneralExtension {
            try GeneralExtension(.keyID, data: keys.flatMap { [$0.kind, UInt8($0.octets.count)] + $0.octets })
        }

        /// The CSB ID of a group (RFC 4738 section 3.6).
        public static func csbID(_ csbID: UInt32) -> GeneralExtension {
            GeneralExtension(unchecked: .csbID, stride(from: 24, through: 0, by: -8).map { UInt8(csbID >> $0 & 0xFF) })
        }

        private init(unchecked kind: Kind, _ data: [UInt8]) {
            self.kind = kind
            self.data = data
        }

        /// The protocols that SDP offers, in their order; `nil` in an extension of another type, and where a name is not one.
        public var sdpProtocols: [String]? {
            guard kind == .sdpIDs else { return nil }
            let names = data.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            guard names.allSatisfy({ !$0.isEmpty && $0.allSatisfy { 0x21...0x7E ~= $0 } }) else { return nil }
            return names.map { String(decoding: $0, as: UTF8.self) }
        }

        /// The identities of keys; `nil` in an extension of another type.
        public var keyIDs: [KeyID]? {
            guard kind == .keyID else { return nil }
            var keys: [KeyID] = []
            var rest = data[...]
            while let type = rest.popFirst() {
                guard let count = rest.popFirst(), rest.count >= Int(count),
                    let key = try? KeyID(type, octets: Array(rest.prefix(Int(count))))
                else { return nil }
                keys.append(key)
                rest = rest.dropFirst(Int(count))
            }
            return keys
        }

        /// The CSB ID of a group; `nil` in an extension of another type.
        public var csbID: UInt32? {
            guard kind == .csbID, data.count == 4 else { return nil }
            return data.reduce(0) { $0 << 8 | UInt32($1) }
        }

        private var isWellFormed: Bool {
            switch kind {
            case .keyID: keyIDs != nil
            case .csbID: csbID != nil
            default: true
            }
        }

        private var rule: String {
            switch kind {
            case .keyID: "types, lengths and identities of keys (RFC 4563 section 4)"
            case .csbID: "a CSB ID of 4 octets (RFC 4738 section 3.6)"
            default: "at most 65535 octets (RFC 3830 section 6.15)"
            }
        }
    }
}

extension MIKEYPayload.GeneralExtension: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        kind = Kind(rawValue: try reader.uint8())
        let start = reader.offset
        data = try LongField.read(&reader)
        guard isWellFormed else { throw reader.error(.malformed(expected: rule), back: reader.offset - start) }
    }

    var bodyByteCount: Int { 3 + data.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(kind.rawValue)
        LongField.write(data, to: &writer)
    }
}

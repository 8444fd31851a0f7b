// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// An elliptic curve Diffie-Hellman value inside of IBAKE (RFC 6267 section 6.1.4).
    public struct ECPoint: Hashable, Sendable {
        /// A curve, by the last of its names in RFC 6267 table 5.
        @nonexhaustive
        public enum Curve: UInt8, CaseIterable, Hashable, Sendable {
            case secp192r1 = 1
            case sect163r2 = 2
            case sect163k1 = 3
            case sect163r1 = 4
            case secp224r1 = 5
            case sect233r1 = 6
            case sect233k1 = 7
            case secp256r1 = 8
            case sect283r1 = 9
            case sect283k1 = 10
            case secp384r1 = 11
            case sect409r1 = 12
            case sect409k1 = 13
            case secp521r1 = 14
            case sect571r1 = 15
            case sect571k1 = 16

            /// The length of a coordinate in octets.
            var coordinateByteCount: Int {
                switch self {
                case .sect163r2, .sect163k1, .sect163r1: 21
                case .secp192r1: 24
                case .secp224r1: 28
                case .sect233r1, .sect233k1: 30
                case .secp256r1: 32
                case .sect283r1, .sect283k1: 36
                case .secp384r1: 48
                case .sect409r1, .sect409k1: 52
                case .secp521r1: 66
                case .sect571r1, .sect571k1: 72
                }
            }
        }

        /// The curve.
        public let curve: Curve
        /// The point in octet string representation, compressed or not.
        public let point: [UInt8]
        /// What fills the field up to a 32-bit boundary: zeros where we write it.
        let padding: [UInt8]
        /// Auth alg, which is ignored.
        let authenticationAlgorithm: UInt8
        /// TGK len, which is ignored.
        let tgkLength: UInt16
        /// The four bits before KV.
        let reserved: UInt8
        /// When the key is to be used.
        public let validity: MIKEYKeyValidity

        /// A point.
        ///
        /// - Throws: ``MIKEYError`` unless `point` begins with 2, 3 or 4 and has the length that goes with it.
        public init(
            curve: Curve, point: [UInt8], validity: MIKEYKeyValidity = .null
        ) throws(MIKEYError) {
            guard let first = point.first, Self.pointByteCount(first, curve) == point.count else {
                throw MIKEYError(.malformed(expected: Self.pointRule), in: .eccpt)
            }
            self.curve = curve
            self.point = point
            padding = [UInt8](repeating: 0, count: Self.paddingByteCount(point.count))
            authenticationAlgorithm = 0
            tgkLength = 0
            reserved = 0
            self.validity = validity
        }

        private static let pointRule = "a point on the curve in octet string representation (RFC 6267 section 6.1.4)"

        /// The length of a point that begins with `first`.
        private static func pointByteCount(_ first: UInt8, _ curve: Curve) -> Int? {
            switch first {
            case 2, 3: 1 + curve.coordinateByteCount
            case 4: 1 + 2 * curve.coordinateByteCount
            default: nil
            }
        }

        /// What is missing to a 32-bit boundary, counted from the payload's first octet.
        private static func paddingByteCount(_ count: Int) -> Int { (4 - (2 + count) % 4) % 4 }
    }
}

extension MIKEYPayload.ECPoint: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        curve = try reader.number(of: .curve)
        let first = try reader.uint8()
        guard let count = Self.pointByteCount(first, curve) else {
            throw reader.error(.malformed(expected: Self.pointRule), back: 1)
        }
        point = [first] + (try reader.octets(count - 1))
        padding = try reader.octets(Self.paddingByteCount(count))
        authenticationAlgorithm = try reader.uint8()
        tgkLength = try reader.uint16()
        let types = try reader.uint8()
        reserved = types >> 4
        validity = try MIKEYKeyValidity(parsing: &reader, typeNumber: types & 0x0F)
    }

    var bodyByteCount: Int { 1 + point.count + padding.count + 4 + validity.byteCount }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(curve.rawValue)
        writer.write(bytes: point)
        writer.write(bytes: padding)
        writer.write(authenticationAlgorithm)
        writer.write(tgkLength)
        writer.write(reserved << 4 | validity.typeNumber)
        validity.write(to: &writer)
    }
}

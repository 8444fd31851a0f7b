// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A verification message (RFC 3830 section 6.9).
    public struct Verification: Hashable, Sendable {
        /// How the MAC is made.
        public let algorithm: MIKEYMACAlgorithm
        /// The MAC; zeros where it is still to be computed.
        public let data: [UInt8]

        /// A verification message with zeros for the MAC.
        public init(_ algorithm: MIKEYMACAlgorithm) {
            self.algorithm = algorithm
            data = [UInt8](repeating: 0, count: algorithm.byteCount)
        }

        /// A verification message.
        ///
        /// - Throws: ``MIKEYError`` unless `data` has the length of its algorithm.
        public init(_ algorithm: MIKEYMACAlgorithm, data: [UInt8]) throws(MIKEYError) {
            guard data.count == algorithm.byteCount else {
                throw MIKEYError(.malformed(expected: "\(algorithm.byteCount) octets (RFC 3830 table 6.2.b)"), in: .v)
            }
            self.algorithm = algorithm
            self.data = data
        }
    }
}

extension MIKEYPayload.Verification: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        algorithm = try reader.number(of: .macAlgorithm)
        data = try reader.octets(algorithm.byteCount)
    }

    var bodyByteCount: Int { 1 + data.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(algorithm.rawValue)
        writer.write(bytes: data)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The common header of a message (RFC 3830 section 6.1).
///
///      0                   1                   2                   3
///     !  version      !  data type    ! next payload  !V! PRF func    !
///     !                         CSB ID                                !
///     ! #CS           ! CS ID map type! CS ID map info                ~
public struct MIKEYHeader: Hashable, Sendable {
    /// The kind of message.
    public let dataType: MIKEYDataType
    /// The flag V: whether the initiator expects an answer.
    public let expectsResponse: Bool
    /// The function that keys are derived with.
    public let prf: MIKEYPRF
    /// The crypto session bundle.
    public let csbID: UInt32
    /// Its crypto sessions.
    public let cryptoSessions: MIKEYCryptoSessions

    /// A header.
    public init(
        _ dataType: MIKEYDataType, expectsResponse: Bool = false, prf: MIKEYPRF = .mikey1, csbID: UInt32,
        cryptoSessions: MIKEYCryptoSessions
    ) {
        self.dataType = dataType
        self.expectsResponse = expectsResponse
        self.prf = prf
        self.csbID = csbID
        self.cryptoSessions = cryptoSessions
    }
}

extension MIKEYHeader {
    private static let version: UInt8 = 1

    /// Reads a header, and what kind the payload behind it has.
    static func parse(
        _ reader: inout FieldReader
    ) throws(MIKEYError) -> (header: MIKEYHeader, first: MIKEYPayloadType) {
        let version = try reader.uint8()
        guard version == Self.version else { throw reader.error(.unsupportedVersion(version), back: 1) }
        let number = try reader.uint8()
        guard let dataType = MIKEYDataType(rawValue: number) else {
            throw reader.error(.unknownDataType(number), back: 1)
        }
        do throws(MIKEYError) {
            let first = MIKEYPayloadType(rawValue: try reader.uint8())
            let flagAndPRF = try reader.uint8()
            let csbID = try reader.uint32()
            let header = MIKEYHeader(
                dataType, expectsResponse: flagAndPRF & 0x80 != 0, prf: MIKEYPRF(rawValue: flagAndPRF), csbID: csbID,
                cryptoSessions: try MIKEYCryptoSessions(parsing: &reader))
            return (header, first)
        } catch {
            throw error.of(dataType)
        }
    }

    var byteCount: Int { 8 + cryptoSessions.byteCount }

    func write(first: MIKEYPayloadType, to writer: inout ByteWriter) {
        writer.write(Self.version)
        writer.write(dataType.rawValue)
        writer.write(first.rawValue)
        writer.write((expectsResponse ? 0x80 : 0) | prf.rawValue)
        writer.write(csbID)
        cryptoSessions.write(to: &writer)
    }
}

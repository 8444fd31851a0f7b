// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// VBCM: a message of ITU-T H.271 to a media sender's encoder (RFC 5104 section 4.3.4).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                              SSRC                             |
/// | Seq nr.       |0| Payload Type| Length                        |
/// |                    VBCM Octet String....      |    Padding    |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct VideoBackChannel: Hashable, Sendable {
    /// The media sender that is addressed.
    public var ssrc: SSRC
    /// Counts the messages to that sender, modulo 2^8; a repetition keeps its number.
    public var sequenceNumber: UInt8
    /// The payload type that the message is about, 0 to 127.
    public var payloadType: UInt8 { typeOctet & 0x7F }
    /// The message, at most 65,535 octets.
    public let octets: [UInt8]
    /// The payload type below a bit that a receiver ignores.
    package let typeOctet: UInt8
    /// The bits up to the word, as they were read.
    package let padding: [UInt8]

    /// A message with these fields.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a payload type over 127 or more than 65,535 octets.
    public init(ssrc: SSRC, sequenceNumber: UInt8, payloadType: UInt8, octets: [UInt8]) throws(RTPError) {
        guard payloadType <= 127 else {
            throw .valueOutOfRange(.videoBackChannel, value: Int(payloadType), allowed: 0...127)
        }
        guard octets.count <= 65535 else {
            throw .valueOutOfRange(.videoBackChannel, value: octets.count, allowed: 0...65535)
        }
        self.ssrc = ssrc
        self.sequenceNumber = sequenceNumber
        self.typeOctet = payloadType
        self.octets = octets
        self.padding = [UInt8](repeating: 0, count: -octets.count & 3)
    }
}

extension VideoBackChannel {
    /// Reads messages up to the end, at least one.
    static func readAll(from reader: inout ByteReader) throws(RTPError) -> [VideoBackChannel] {
        guard !reader.isAtEnd else { throw .missing(.videoBackChannel) }
        var messages: [VideoBackChannel] = []
        while !reader.isAtEnd { messages.append(try VideoBackChannel(reading: &reader)) }
        return messages
    }

    private init(reading reader: inout ByteReader) throws(RTPError) {
        let available = reader.remaining
        guard let ssrc = reader.readUInt32(), let number = reader.readUInt8(), let type = reader.readUInt8(),
            let length = reader.readUInt16()
        else { throw .truncated(.videoBackChannel, neededBytes: 8, availableBytes: available) }
        let paddingByteCount = -Int(length) & 3
        guard reader.remaining >= Int(length) + paddingByteCount, let octets = reader.readBytes(Int(length)),
            let padding = reader.readBytes(paddingByteCount)
        else {
            throw .truncated(
                .videoBackChannel, neededBytes: 8 + Int(length) + paddingByteCount, availableBytes: available)
        }
        self.ssrc = SSRC(ssrc)
        sequenceNumber = number
        typeOctet = type
        self.octets = Array(copying: octets)
        self.padding = Array(copying: padding)
    }

    var byteCount: Int { 8 + octets.count + padding.count }

    func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(sequenceNumber)
        writer.write(typeOctet)
        writer.write(UInt16(truncatingIfNeeded: octets.count))
        writer.write(bytes: octets)
        writer.write(bytes: padding)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// TOKEN: how a client of a multicast session proves where it wants unicast sent (RFC 6284 section 4).
public struct PortMapping: Hashable, Sendable {
    /// What is said; on the wire a sub-message type (SMT) and its fields.
    @nonexhaustive
    public enum Message: Hashable, Sendable {
        /// SMT 1: a client asks for a token.
        case request(nonce: UInt64)
        /// SMT 2: the server gives one.
        case response(Response)
        /// SMT 3: the client shows it.
        case verification(nonce: UInt64, token: Token, absoluteExpiration: NTPTimestamp)
        /// SMT 4: the server has not accepted it.
        case failure(Failure)
        /// Any other type, as octets: a multiple of four.
        case other(type: UInt8, body: [UInt8])
    }

    /// The server's answer.
    public struct Response: Hashable, Sendable {
        /// The client that is answered.
        public var client: SSRC
        /// The nonce of its request.
        public var nonce: UInt64
        /// The token.
        public var token: Token
        /// When the token ends, by the server's clock.
        public var absoluteExpiration: NTPTimestamp
        /// The seconds from the making of the token to its end; 0 where none was granted.
        public var relativeExpirationSeconds: UInt32
        /// The types of RTCP packets that need the token, at most 255.
        public let packetTypes: [RTCPPacketType]
        package fileprivate(set) var padding: [UInt8]

        /// An answer with these fields.
        ///
        /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for more than 255 packet types.
        public init(
            client: SSRC, nonce: UInt64, token: Token, absoluteExpiration: NTPTimestamp,
            relativeExpirationSeconds: UInt32, packetTypes: [RTCPPacketType]
        ) throws(RTPError) {
            guard packetTypes.count <= 255 else {
                throw .valueOutOfRange(.portMapping, value: packetTypes.count, allowed: 0...255)
            }
            self.client = client
            self.nonce = nonce
            self.token = token
            self.absoluteExpiration = absoluteExpiration
            self.relativeExpirationSeconds = relativeExpirationSeconds
            self.packetTypes = packetTypes
            self.padding = [UInt8](repeating: 0, count: -(1 + packetTypes.count) & 3)
        }
    }

    /// A token: octets that only the server understands.
    public struct Token: Hashable, Sendable {
        /// The octets, at most 65,535.
        public let octets: [UInt8]
        /// The bits up to the word, as they were read.
        package let padding: [UInt8]

        /// A token of these octets.
        ///
        /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for more than 65,535 of them.
        public init(_ octets: [UInt8]) throws(RTPError) {
            guard octets.count <= 65535 else {
                throw .valueOutOfRange(.portMapping, value: octets.count, allowed: 0...65535)
            }
            self.octets = octets
            self.padding = [UInt8](repeating: 0, count: -(2 + octets.count) & 3)
        }
    }

    /// Why a message of a client was not accepted.
    public struct Failure: Hashable, Sendable {
        /// The client.
        public var client: SSRC
        /// The type of the packet that was refused.
        public var packetType: RTCPPacketType
        /// Its FMT, 0 to 31; 0 where it has none.
        public var format: UInt8 { UInt8(truncatingIfNeeded: formatBits >> 19) }
        /// The nonce of the verification; 0 where there was none.
        public var nonce: UInt64
        /// The format, above 19 bits that a receiver ignores.
        package let formatBits: UInt32

        /// A failure with these fields.
        ///
        /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a format over 31.
        public init(client: SSRC, packetType: RTCPPacketType, format: UInt8, nonce: UInt64) throws(RTPError) {
            guard format <= 31 else { throw .valueOutOfRange(.portMapping, value: Int(format), allowed: 0...31) }
            self.client = client
            self.packetType = packetType
            self.formatBits = UInt32(format) << 19
            self.nonce = nonce
        }
    }

    /// Who sends the message.
    public var sender: SSRC
    /// The message.
    public var message: Message

    /// A packet of this message.
    public init(sender: SSRC, message: Message) {
        self.sender = sender
        self.message = message
    }
}

extension PortMapping: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let sender = reader.readUInt32() else {
            throw .truncated(.portMapping, neededBytes: 4, availableBytes: body.byteCount)
        }
        self.sender = SSRC(sender)
        guard let message = try Message(reading: &reader, type: count) else {
            throw .invalidLength(.portMapping, bytes: body.byteCount)
        }
        self.message = message
        try reader.checkEnd(of: .portMapping)
    }

    var element: RTPError.Element { .portMapping }
    var packetType: RTCPPacketType { .portMapping }

    var headerCount: Int {
        switch message {
        case .request: 1
        case .response: 2
        case .verification: 3
        case .failure: 4
        case .other(let type, _): Int(type)
        }
    }

    var bodyByteCount: Int {
        switch message {
        case .request: 12
        case .response(let response):
            29 + response.token.byteCount + response.packetTypes.count + response.padding.count
        case .verification(_, let token, _): 20 + token.byteCount
        case .failure: 20
        case .other(_, let body): 4 + body.count
        }
    }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(sender.rawValue)
        switch message {
        case .request(let nonce): writer.write(nonce)
        case .response(let response):
            writer.write(response.client.rawValue)
            writer.write(response.nonce)
            response.token.write(to: &writer)
            writer.write(response.absoluteExpiration.rawValue)
            writer.write(response.relativeExpirationSeconds)
            writer.write(UInt8(truncatingIfNeeded: response.packetTypes.count))
            for type in response.packetTypes { writer.write(type.rawValue) }
            writer.write(bytes: response.padding)
        case .verification(let nonce, let token, let expiration):
            writer.write(nonce)
            token.write(to: &writer)
            writer.write(expiration.rawValue)
        case .failure(let failure):
            writer.write(failure.client.rawValue)
            writer.write(failure.packetType.rawValue)
            writer.writeUInt24(failure.formatBits)
            writer.write(failure.nonce)
        case .other(_, let body): writer.write(bytes: body)
        }
    }
}

extension PortMapping.Message {
    /// Reads the fields of a sub-message type; `nil` where the packet ends before they do.
    fileprivate init?(reading reader: inout ByteReader, type: Int) throws(RTPError) {
        switch type {
        case 1:
            guard let nonce = reader.readUInt64() else { return nil }
            self = .request(nonce: nonce)
        case 2:
            guard let response = PortMapping.Response(reading: &reader) else { return nil }
            self = .response(response)
        case 3:
            guard let nonce = reader.readUInt64(), let token = PortMapping.Token(reading: &reader),
                let expiration = reader.readUInt64()
            else { return nil }
            self = .verification(
                nonce: nonce, token: token, absoluteExpiration: NTPTimestamp(rawValue: expiration))
        case 4:
            guard let failure = PortMapping.Failure(reading: &reader) else { return nil }
            self = .failure(failure)
        default:
            self = .other(type: UInt8(truncatingIfNeeded: type), body: Array(copying: reader.readRemaining()))
        }
    }
}

extension PortMapping.Response {
    fileprivate init?(reading reader: inout ByteReader) {
        guard let client = reader.readUInt32(), let nonce = reader.readUInt64(),
            let token = PortMapping.Token(reading: &reader), let absolute = reader.readUInt64(),
            let relative = reader.readUInt32(), let count = reader.readUInt8(),
            let types = reader.readBytes(Int(count)), let padding = reader.readBytes(-(1 + Int(count)) & 3)
        else { return nil }
        self.client = SSRC(client)
        self.nonce = nonce
        self.token = token
        absoluteExpiration = NTPTimestamp(rawValue: absolute)
        relativeExpirationSeconds = relative
        packetTypes = Array(copying: types).map(RTCPPacketType.init)
        self.padding = Array(copying: padding)
    }
}

extension PortMapping.Token {
    fileprivate init?(reading reader: inout ByteReader) {
        guard let count = reader.readUInt16(), let octets = reader.readBytes(Int(count)),
            let padding = reader.readBytes(-(2 + Int(count)) & 3)
        else { return nil }
        self.octets = Array(copying: octets)
        self.padding = Array(copying: padding)
    }

    fileprivate var byteCount: Int { 2 + octets.count + padding.count }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(UInt16(truncatingIfNeeded: octets.count))
        writer.write(bytes: octets)
        writer.write(bytes: padding)
    }
}

extension PortMapping.Failure {
    fileprivate init?(reading reader: inout ByteReader) {
        guard let client = reader.readUInt32(), let type = reader.readUInt8(), let bits = reader.readUInt24(),
            let nonce = reader.readUInt64()
        else { return nil }
        self.client = SSRC(client)
        packetType = RTCPPacketType(rawValue: type)
        formatBits = bits
        self.nonce = nonce
    }
}

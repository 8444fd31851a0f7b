// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP
internal import WireBytes

/// What crypto sessions a message is about: the CS ID map (RFC 3830 section 6.1).
public struct MIKEYCryptoSessions: Hashable, Sendable {
    /// An SRTP stream of the SRTP-ID map (RFC 3830 section 6.1.1). Its CS ID is its place in the map, counted from 1.
    public struct Stream: Hashable, Sendable {
        /// The number of its security policy.
        public let policyNumber: UInt8
        /// Its SSRC; 0 where the responder is to fill it in.
        public let ssrc: SSRC
        /// Its rollover counter; 0 before the first packet.
        public let rolloverCounter: UInt32

        /// A stream.
        public init(policyNumber: UInt8 = 0, ssrc: SSRC, rolloverCounter: UInt32 = 0) {
            self.policyNumber = policyNumber
            self.ssrc = ssrc
            self.rolloverCounter = rolloverCounter
        }
    }

    /// A crypto session of the GENERIC-ID map (RFC 6043 section 6.1.1).
    public struct Session: Hashable, Sendable {
        /// What the protocol says of the session.
        public enum SessionData: Hashable, Sendable {
            /// Nothing.
            case none
            /// An SSRC, in which 0 has no special meaning, and perhaps where the stream stands.
            case srtp(SSRC, position: Position?)
            /// Octets of another protocol.
            case other([UInt8])
        }

        /// Where an SRTP stream stands.
        public struct Position: Hashable, Sendable {
            /// The rollover counter.
            public let rolloverCounter: UInt32
            /// The sequence number.
            public let sequenceNumber: UInt16

            /// A position.
            public init(rolloverCounter: UInt32, sequenceNumber: UInt16) {
                self.rolloverCounter = rolloverCounter
                self.sequenceNumber = sequenceNumber
            }
        }

        /// The CS ID.
        public let id: UInt8
        /// The protocol.
        public let securityProtocol: MIKEYSecurityProtocol
        /// The flag S, where the protocol gives it a meaning of its own; SRTP says by it whether there is a position.
        public let sFlag: Bool
        /// The numbers of its security policies, at most 127: several are alternatives.
        public let policyNumbers: [UInt8]
        /// What the protocol says of the session.
        public let data: SessionData
        /// The SPI or MKI of its first key, 0 to 255 octets; none where it is not known yet.
        public let spi: [UInt8]

        /// An SRTP session.
        ///
        /// - Throws: ``MIKEYError`` for more than 127 policies or an SPI of more than 255 octets.
        public init(
            id: UInt8, ssrc: SSRC?, position: Position? = nil, policyNumbers: [UInt8] = [], spi: [UInt8] = []
        ) throws(MIKEYError) {
            let data = ssrc.map { SessionData.srtp($0, position: position) } ?? .none
            try self.init(
                id: id, .srtp, sFlag: ssrc != nil && position != nil, policyNumbers: policyNumbers, data, spi: spi)
        }

        /// A session of another protocol.
        ///
        /// - Throws: ``MIKEYError`` for more than 127 policies, an SPI of more than 255 octets, or data of more than 65,535.
        public init(
            id: UInt8, securityProtocol: MIKEYSecurityProtocol, sFlag: Bool = false, policyNumbers: [UInt8] = [],
            data: [UInt8], spi: [UInt8] = []
        ) throws(MIKEYError) {
            guard securityProtocol != .srtp else {
                throw MIKEYError(.malformed(expected: "a protocol other than SRTP"))
            }
            try self.init(
                id: id, securityProtocol, sFlag: sFlag, policyNumbers: policyNumbers,
                data.isEmpty ? .none : .other(data), spi: spi)
        }

        private init(
            id: UInt8, _ securityProtocol: MIKEYSecurityProtocol, sFlag: Bool, policyNumbers: [UInt8],
            _ data: SessionData, spi: [UInt8]
        ) throws(MIKEYError) {
            self.id = id
            self.securityProtocol = securityProtocol
            self.sFlag = sFlag
            self.policyNumbers = policyNumbers
            self.data = data
            self.spi = spi
            guard policyNumbers.count <= 127, spi.count <= 255, dataByteCount <= 0xFFFF else {
                throw MIKEYError(.malformed(expected: "at most 127 policies and an SPI of 255 octets"))
            }
        }
    }

    /// The form of the map.
    public enum Map: Hashable, Sendable {
        /// SRTP-ID: streams of SRTP, at most 255.
        case srtpID([Stream])
        /// The empty map: what the sessions are is told elsewhere (RFC 4563 section 5). Their number.
        case empty(count: UInt8)
        /// GENERIC-ID: sessions with what each needs, at most 255, each with a CS ID of its own.
        case genericID([Session])
    }

    /// The map.
    public let map: Map

    /// A map.
    ///
    /// - Throws: ``MIKEYError`` for more than 255 sessions, and for two with the same CS ID.
    public init(_ map: Map) throws(MIKEYError) {
        self.map = map
        guard count <= 255 else { throw MIKEYError(.malformed(expected: "at most 255 crypto sessions")) }
        guard hasDistinctIDs else { throw MIKEYError(.malformed(expected: Self.distinctRule)) }
    }

    /// The number of the map's type: 0 SRTP-ID, 1 empty, 2 GENERIC-ID.
    public var mapType: UInt8 {
        switch map {
        case .srtpID: 0
        case .empty: 1
        case .genericID: 2
        }
    }

    /// The number of crypto sessions, #CS.
    public var count: Int {
        switch map {
        case .srtpID(let streams): streams.count
        case .empty(let count): Int(count)
        case .genericID(let sessions): sessions.count
        }
    }

    /// The CS IDs, in the order of the map; none for the empty one.
    public var ids: [UInt8] {
        switch map {
        case .srtpID(let streams): streams.indices.map { UInt8(truncatingIfNeeded: $0 + 1) }
        case .empty: []
        case .genericID(let sessions): sessions.map(\.id)
        }
    }

    /// Calls `body` with each number of a policy that a session names.
    func forEachPolicyNumber(_ body: (UInt8) throws(MIKEYError) -> Void) throws(MIKEYError) {
        switch map {
        case .srtpID(let streams): for stream in streams { try body(stream.policyNumber) }
        case .empty: break
        case .genericID(let sessions):
            for session in sessions { for number in session.policyNumbers { try body(number) } }
        }
    }

    private var hasDistinctIDs: Bool {
        guard case .genericID(let sessions) = map else { return true }
        var ids = OctetSet()
        return sessions.allSatisfy { ids.insert($0.id) }
    }

    private static let distinctRule = "a CS ID of its own for each session (RFC 6043 section 6.1.1)"
}

extension MIKEYCryptoSessions {
    init(parsing reader: inout FieldReader) throws(MIKEYError) {
        let count = try reader.uint8()
        switch try reader.uint8() {
        case 0: map = .srtpID(try Self.streams(&reader, count: Int(count)))
        case 1: map = .empty(count: count)
        case 2:
            var sessions: [Session] = []
            for _ in 0..<count { sessions.append(try Session(parsing: &reader)) }
            map = .genericID(sessions)
        case let number: throw reader.error(.unknown(.mapType, number), back: 1)
        }
        guard hasDistinctIDs else { throw reader.error(.malformed(expected: Self.distinctRule)) }
    }

    private static func streams(_ reader: inout FieldReader, count: Int) throws(MIKEYError) -> [Stream] {
        var section = try reader.section(9 * count)
        var streams: [Stream] = []
        streams.reserveCapacity(count)
        while !section.isAtEnd {
            streams.append(
                Stream(
                    policyNumber: try section.uint8(), ssrc: SSRC(try section.uint32()),
                    rolloverCounter: try section.uint32()))
        }
        return streams
    }

    var byteCount: Int {
        switch map {
        case .srtpID(let streams): 2 + 9 * streams.count
        case .empty: 2
        case .genericID(let sessions): 2 + sessions.reduce(0) { $0 + $1.byteCount }
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.write(UInt8(truncatingIfNeeded: count))
        writer.write(mapType)
        switch map {
        case .srtpID(let streams):
            for stream in streams {
                writer.write(stream.policyNumber)
                writer.write(stream.ssrc.rawValue)
                writer.write(stream.rolloverCounter)
            }
        case .empty: break
        case .genericID(let sessions): for session in sessions { session.write(to: &writer) }
        }
    }
}

extension MIKEYCryptoSessions.Session {
    fileprivate init(parsing reader: inout FieldReader) throws(MIKEYError) {
        id = try reader.uint8()
        securityProtocol = MIKEYSecurityProtocol(rawValue: try reader.uint8())
        let flagAndCount = try reader.uint8()
        sFlag = flagAndCount & 0x80 != 0
        policyNumbers = try reader.octets(Int(flagAndCount & 0x7F))
        let count = Int(try reader.uint16())
        switch (count, securityProtocol == .srtp, sFlag) {
        case (0, _, _): data = .none
        case (_, false, _): data = .other(try reader.octets(count))
        case (4, true, false): data = .srtp(SSRC(try reader.uint32()), position: nil)
        case (10, true, true):
            let ssrc = SSRC(try reader.uint32())
            data = .srtp(
                ssrc, position: Position(rolloverCounter: try reader.uint32(), sequenceNumber: try reader.uint16()))
        default:
            let rule = "4 octets of Session Data for SRTP, or 10 with the flag S (RFC 6043 section 6.1.1)"
            throw reader.error(.malformed(expected: rule), back: 2)
        }
        spi = try ShortField.read(&reader)
    }

    fileprivate var byteCount: Int { 6 + policyNumbers.count + dataByteCount + spi.count }

    private var dataByteCount: Int {
        switch data {
        case .none: 0
        case .srtp(_, let position): position == nil ? 4 : 10
        case .other(let octets): octets.count
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(id)
        writer.write(securityProtocol.rawValue)
        writer.write((sFlag ? 0x80 : 0) | UInt8(truncatingIfNeeded: policyNumbers.count))
        writer.write(bytes: policyNumbers)
        writer.write(UInt16(truncatingIfNeeded: dataByteCount))
        switch data {
        case .none: break
        case .srtp(let ssrc, let position):
            writer.write(ssrc.rawValue)
            if let position {
                writer.write(position.rolloverCounter)
                writer.write(position.sequenceNumber)
            }
        case .other(let octets): writer.write(bytes: octets)
        }
        ShortField.write(spi, to: &writer)
    }
}

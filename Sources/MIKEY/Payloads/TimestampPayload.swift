// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A point of time, or a counter (RFC 3830 section 6.6, RFC 6043 section 6.3).
public enum MIKEYTimestamp: Hashable, Sendable {
    /// Seconds since 1900 in UTC in 32.32 fixed point.
    case ntpUTC(UInt64)
    /// The same in another time zone.
    case ntp(UInt64)
    /// A counter.
    case counter(UInt32)
    /// Whole seconds since 1900 in UTC (RFC 6043).
    case ntpUTC32(UInt32)

    /// The number of the type on the wire.
    public var typeNumber: UInt8 {
        switch self {
        case .ntpUTC: 0
        case .ntp: 1
        case .counter: 2
        case .ntpUTC32: 3
        }
    }

    /// The 64 bits that keys and initialization vectors are made of: a counter with zeros before it (RFC 3830 section 6.6),
    /// whole seconds with zeros behind them (RFC 6043 section 6.3).
    public var value64: UInt64 {
        switch self {
        case .ntpUTC(let value), .ntp(let value): value
        case .counter(let value): UInt64(value)
        case .ntpUTC32(let value): UInt64(value) << 32
        }
    }

    /// The octets of the TS value, as they are on the wire.
    public var octets: [UInt8] {
        var writer = ByteWriter(reserving: valueByteCount)
        writeValue(to: &writer)
        return writer.bytes
    }
}

extension MIKEYTimestamp {
    init(parsing reader: inout FieldReader) throws(MIKEYError) {
        switch try reader.uint8() {
        case 0: self = .ntpUTC(try reader.uint64())
        case 1: self = .ntp(try reader.uint64())
        case 2: self = .counter(try reader.uint32())
        case 3: self = .ntpUTC32(try reader.uint32())
        case let number: throw reader.error(.unknown(.timestampType, number), back: 1)
        }
    }

    /// Whether it is after `other`, times in the order that they have within half an era. Times and counters have none.
    func isNewer(than other: MIKEYTimestamp) -> Bool {
        switch (self, other) {
        case (.counter(let value), .counter(let earlier)): value > earlier
        case (.counter, _), (_, .counter): false
        default: Int64(bitPattern: value64 &- other.value64) > 0
        }
    }

    /// The length of type and value.
    var byteCount: Int { 1 + valueByteCount }

    func write(to writer: inout ByteWriter) {
        writer.write(typeNumber)
        writeValue(to: &writer)
    }

    private var valueByteCount: Int {
        switch self {
        case .ntpUTC, .ntp: 8
        case .counter, .ntpUTC32: 4
        }
    }

    private func writeValue(to writer: inout ByteWriter) {
        switch self {
        case .ntpUTC(let value), .ntp(let value): writer.write(value)
        case .counter(let value), .ntpUTC32(let value): writer.write(value)
        }
    }
}

extension MIKEYPayload {
    /// The time of a message (RFC 3830 section 6.6).
    public struct Timestamp: Hashable, Sendable {
        /// The time.
        public let value: MIKEYTimestamp

        /// A timestamp.
        public init(_ value: MIKEYTimestamp) { self.value = value }
    }

    /// A time with its role (RFC 6043 section 6.4).
    public struct TimestampWithRole: Hashable, Sendable {
        /// What a time means (RFC 6043 table 6.9).
        public struct Role: RawRepresentable, Hashable, Sendable {
            /// The number on the wire.
            public let rawValue: UInt8

            /// The role with this number.
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// Time of issue, TRi.
            public static let issue = Role(rawValue: 1)
            /// Start of the validity period, TRs.
            public static let start = Role(rawValue: 2)
            /// End of the validity period, TRe.
            public static let end = Role(rawValue: 3)
            /// Rekeying interval, TRr.
            public static let rekeying = Role(rawValue: 4)
        }

        /// What the time means.
        public let role: Role
        /// The time.
        public let value: MIKEYTimestamp

        /// A timestamp with its role.
        public init(_ role: Role, _ value: MIKEYTimestamp) {
            self.role = role
            self.value = value
        }
    }
}

extension MIKEYPayload.Timestamp: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        value = try MIKEYTimestamp(parsing: &reader)
    }

    var bodyByteCount: Int { value.byteCount }

    func writeBody(to writer: inout ByteWriter) { value.write(to: &writer) }
}

extension MIKEYPayload.TimestampWithRole: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        role = Role(rawValue: try reader.uint8())
        value = try MIKEYTimestamp(parsing: &reader)
    }

    var bodyByteCount: Int { 1 + value.byteCount }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(role.rawValue)
        value.write(to: &writer)
    }
}

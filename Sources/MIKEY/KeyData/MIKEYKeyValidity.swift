// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// When a key is to be used (RFC 3830 section 6.14).
public struct MIKEYKeyValidity: Hashable, Sendable {
    /// What a key validity says.
    public enum Content: Hashable, Sendable {
        /// Nothing: the key is good from the first packet seen until it is replaced.
        case null
        /// The key has this SPI; in SRTP that is its MKI.
        case spi([UInt8])
        /// The key is good from the first index to the second one, both big-endian; six octets each in SRTP.
        case interval(from: [UInt8], to: [UInt8])
    }

    /// What it says.
    public let content: Content

    init(unchecked content: Content) { self.content = content }

    /// No rule.
    public static let null = MIKEYKeyValidity(unchecked: .null)

    /// The key has this SPI or MKI.
    ///
    /// - Throws: ``MIKEYError`` unless it has 1 to 255 octets.
    public static func spi(_ spi: [UInt8]) throws(MIKEYError) -> MIKEYKeyValidity {
        guard (1...255).contains(spi.count) else {
            throw MIKEYError(.malformed(expected: "an SPI of 1 to 255 octets (RFC 3830 section 6.14)"))
        }
        return MIKEYKeyValidity(unchecked: .spi(spi))
    }

    /// The key is good from one index of SRTP to another, both of 48 bits.
    ///
    /// - Throws: ``MIKEYError`` where the first is above the second or does not fit.
    public static func interval(from first: UInt64, to last: UInt64) throws(MIKEYError) -> MIKEYKeyValidity {
        guard first <= last, last < 1 << 48 else { throw MIKEYError(.malformed(expected: intervalRule)) }
        let octets = { (index: UInt64) in stride(from: 40, through: 0, by: -8).map { UInt8(index >> $0 & 0xFF) } }
        return MIKEYKeyValidity(unchecked: .interval(from: octets(first), to: octets(last)))
    }

    /// The SPI, or MKI, if there is one.
    public var spi: [UInt8]? {
        guard case .spi(let spi) = content else { return nil }
        return spi
    }

    /// The number of the type: 0 NULL, 1 SPI, 2 interval (RFC 3830 table 6.13.b).
    public var typeNumber: UInt8 {
        switch content {
        case .null: 0
        case .spi: 1
        case .interval: 2
        }
    }

    private static let intervalRule = "an interval that ends where it begins or later (RFC 3830 section 6.14)"
}

extension MIKEYKeyValidity {
    init(parsing reader: inout FieldReader, typeNumber: UInt8) throws(MIKEYError) {
        switch typeNumber {
        case 0: content = .null
        case 1: content = .spi(try ShortField.read(&reader))
        case 2:
            let first = try ShortField.read(&reader)
            let last = try ShortField.read(&reader)
            guard !Self.isAbove(first, last) else { throw reader.error(.malformed(expected: Self.intervalRule)) }
            content = .interval(from: first, to: last)
        default: throw reader.error(.unknown(.keyValidity, typeNumber))
        }
    }

    var byteCount: Int {
        switch content {
        case .null: 0
        case .spi(let spi): 1 + spi.count
        case .interval(let first, let last): 2 + first.count + last.count
        }
    }

    func write(to writer: inout ByteWriter) {
        switch content {
        case .null: break
        case .spi(let spi): ShortField.write(spi, to: &writer)
        case .interval(let first, let last):
            ShortField.write(first, to: &writer)
            ShortField.write(last, to: &writer)
        }
    }

    /// Whether the first big-endian number is above the second one.
    private static func isAbove(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        let first = first.drop { $0 == 0 }
        let second = second.drop { $0 == 0 }
        return first.count == second.count ? second.lexicographicallyPrecedes(first) : first.count > second.count
    }
}

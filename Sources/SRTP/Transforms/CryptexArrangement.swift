// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Brings the parts of a packet into the order in which Cryptex encrypts them, and back (RFC 9335 section 6.2).
///
/// ```
/// on the wire:  | fixed header | CSRCs | extension's first word | extension data | payload |
/// arranged:     | fixed header | extension's first word | CSRCs | extension data | payload |
///               |<---------- in the clear ------------->|<---------- encrypted ----------->|
/// ```
enum CryptexArrangement {
    /// Where the encrypted portion begins, once arranged.
    static let cipherStart = RTPHeader.minimumByteCount + Cryptex.blockHeaderByteCount

    /// Puts the extension's first word before the CSRCs.
    @_lifetime(packet: copy packet)
    static func arrange(_ packet: inout MutableRawSpan, csrcCount: Int) {
        packet.rotate(RTPHeader.minimumByteCount..<cipherStart + 4 * csrcCount, by: 4 * csrcCount)
    }

    /// Puts it back behind them.
    @_lifetime(packet: copy packet)
    static func restore(_ packet: inout MutableRawSpan, csrcCount: Int) {
        packet.rotate(RTPHeader.minimumByteCount..<cipherStart + 4 * csrcCount, by: Cryptex.blockHeaderByteCount)
    }

    /// Adds an empty extension behind the CSRCs of a packet that has none: what follows moves up by four octets.
    @_lifetime(packet: copy packet)
    static func addBlock(to packet: inout MutableRawSpan, csrcCount: Int, length: Int) {
        let place = RTPHeader.minimumByteCount + 4 * csrcCount
        packet.move(place..<length, to: place + Cryptex.blockHeaderByteCount)
        packet.storeBigEndian(UInt32(Cryptex.oneByteProfile) << 16, at: place)
        packet.setExtensionBit(true)
    }

    /// Takes an empty extension away again.
    @_lifetime(packet: copy packet)
    static func removeBlock(from packet: inout MutableRawSpan, csrcCount: Int, length: Int) {
        let place = RTPHeader.minimumByteCount + 4 * csrcCount
        packet.move(place + Cryptex.blockHeaderByteCount..<length, to: place)
        packet.setExtensionBit(false)
    }

    /// Writes the number in the extension's first word.
    @_lifetime(packet: copy packet)
    static func setProfile(_ profile: UInt16, in packet: inout MutableRawSpan, csrcCount: Int) {
        packet.storeBigEndian(profile, at: RTPHeader.minimumByteCount + 4 * csrcCount)
    }
}

extension MutableRawSpan {
    /// Moves octets to another place, which may overlap theirs.
    ///
    /// - Precondition: both places lie inside.
    @_lifetime(self: copy self)
    mutating func move(_ range: Range<Int>, to place: Int) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= byteCount && place >= 0 && place + range.count <= byteCount,
            "octets outside the packet")
        unsafe withUnsafeMutableBytes { octets in
            guard let base = octets.baseAddress else { return }
            unsafe (base + place).copyMemory(from: base + range.lowerBound, byteCount: range.count)
        }
    }

    /// Moves the octets of a range to the left by `count`, and those that fall out to its end. At most 68 octets.
    @_lifetime(self: copy self)
    mutating func rotate(_ range: Range<Int>, by count: Int) {
        guard count > 0, count < range.count else { return }
        var rotated = InlineArray<68, UInt8>(repeating: 0)
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount && range.count <= 68, "outside the packet")
        for place in 0..<range.count {
            rotated[place] = bytes.octet(at: range.lowerBound + (place + count) % range.count) ?? 0
        }
        unsafe store(rotated.span.bytes, count: range.count, at: range.lowerBound)
    }

    /// Sets or clears the X bit of the RTP header.
    @_lifetime(self: copy self)
    mutating func setExtensionBit(_ isSet: Bool) {
        guard let flags = bytes.bigEndianUInt16(at: 0) else { return }
        storeBigEndian(isSet ? flags | 0x1000 : flags & ~0x1000, at: 0)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Encrypts and decrypts the chosen elements of a header extension: exclusive-or with keystream where the mask says so
/// (RFC 6904 section 3).
struct HeaderExtensionMask: Sendable {
    /// The longest extension that is looked at, in octets: no datagram is longer.
    static let maximumByteCount = 1 << 16

    private let identifiers: InlineArray<4, UInt64>
    private let style: HeaderExtensionEncryption.Style
    private var keystream: [UInt8]

    init(_ options: HeaderExtensionEncryption) {
        var identifiers = InlineArray<4, UInt64>(repeating: 0)
        for identifier in options.identifiers { identifiers[Int(identifier >> 6)] |= 1 << UInt64(identifier & 63) }
        self.identifiers = identifiers
        style = options.style
        keystream = Array(repeating: 0, count: Self.maximumByteCount)
    }

    private func contains(_ identifier: UInt8) -> Bool {
        identifiers[Int(identifier >> 6)] >> UInt64(identifier & 63) & 1 == 1
    }

    /// Whether the extension has an element to encrypt. Changes nothing.
    ///
    /// An extension of another kind than RFC 8285's has none.
    func applies(to header: RTPHeader, in packet: RawSpan) throws(SRTPError) -> Bool {
        guard var elements = HeaderExtensionCursor(header) else { return false }
        guard header.extensionByteCount <= Self.maximumByteCount else {
            throw .packetTooLong(payloadBytes: header.extensionByteCount, limitBytes: Self.maximumByteCount)
        }
        var isFound = false
        do throws(RTPError) {
            // To the end, so that all of it is known to be well-formed.
            while let element = try elements.next(in: packet) { if contains(element.id) { isFound = true } }
        } catch {
            throw .malformedHeaderExtension(header.ssrc)
        }
        return isFound
    }

    /// Exclusive-ors keystream into the chosen elements; `false` if `make`, which fills in keystream from its start, could not.
    @_lifetime(packet: copy packet)
    mutating func apply(
        to header: RTPHeader, in packet: inout MutableRawSpan, keystream make: (inout MutableRawSpan) -> Bool
    ) -> Bool {
        guard var elements = HeaderExtensionCursor(header) else { return true }
        let count = min(header.extensionByteCount, keystream.count)
        var stream = keystream.mutableSpan
        var octets = unsafe stream.mutableBytes
        var used = octets._mutatingExtracting(first: count)
        used.clear(upTo: count)
        guard make(&used) else { return false }
        let start = header.extensionRange.lowerBound
        let headerByteCount = elements.form == .oneByte ? 1 : 2
        // How far the keystream is, where padding uses none of it.
        var consumed = 0
        while let element = try? elements.next(in: packet.bytes) {
            consumed += headerByteCount
            let position = style == .rfc6904 ? element.range.lowerBound - start : consumed
            if contains(element.id) { packet.exclusiveOr(used.bytes, from: position, at: element.range) }
            consumed += element.range.count
        }
        used.clear(upTo: count)
        return true
    }
}

extension MutableRawSpan {
    /// Exclusive-ors octets of `source` from `position` on into those at `range`.
    ///
    /// - Precondition: both have as many.
    @_lifetime(self: copy self)
    mutating func exclusiveOr(_ source: RawSpan, from position: Int, at range: Range<Int>) {
        precondition(
            position >= 0 && range.lowerBound >= 0 && range.upperBound <= byteCount
                && position + range.count <= source.byteCount, "octets outside the packet")
        unsafe withUnsafeMutableBytes { octets in
            unsafe source.withUnsafeBytes { source in
                for place in range { unsafe octets[place] ^= unsafe source[position + place - range.lowerBound] }
            }
        }
    }
}

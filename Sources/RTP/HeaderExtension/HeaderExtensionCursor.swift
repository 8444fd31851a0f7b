// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// One RFC 8285 element of a header extension.
@frozen
public struct HeaderExtensionElement: Hashable, Sendable {
    /// The local identifier: 1 to 14 in the one-byte form, 1 to 255 in the two-byte form.
    public let id: UInt8
    /// Where the element's data lies in the packet.
    public let range: Range<Int>
}

/// Walks over the RFC 8285 elements of a packet's header extension, without copying or allocating.
///
/// ```swift
/// if var elements = HeaderExtensionCursor(packet.header) {
///     while let element = try elements.next(in: packet.bytes) {
///         handle(element.id, packet.bytes.extracting(element.range))
///     }
/// }
/// ```
///
/// ```
///  one-byte                  two-byte
///  0                         0                   1
///  0 1 2 3 4 5 6 7           0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
/// +-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  ID   | len-1 |  data   |       ID      |      len      |  data
/// +-+-+-+-+-+-+-+-+         +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// The cursor holds numbers only, so that data may be changed in place between two steps.
public struct HeaderExtensionCursor: Hashable, Sendable {
    /// How the elements are framed.
    public let form: HeaderExtensionForm
    private var offset: Int
    private var end: Int

    /// A cursor before the first element; `nil` for a packet without extension, and for a profile that is not RFC
    /// 8285's.
    public init?(_ header: RTPHeader) {
        guard header.hasExtension, let form = HeaderExtensionForm(profile: header.extensionProfile) else { return nil }
        self.init(form: form, range: header.extensionRange)
    }

    /// A cursor before the first element of the extension data that lies at `range` of a packet.
    public init(form: HeaderExtensionForm, range: Range<Int>) {
        self.form = form
        self.offset = range.lowerBound
        self.end = range.upperBound
    }

    /// The next element; `nil` at the end.
    ///
    /// Octets of zero between elements are passed over. Identifier 15 in the one-byte form, and there identifier 0 with
    /// a length, end the extension where they stand (RFC 8285 sections 4.1.2 and 4.2); in the two-byte form an octet of
    /// zero in place of an identifier is one octet of padding, whatever follows.
    ///
    /// - Parameter packet: The octets of the packet whose header the cursor was made of.
    /// - Throws: ``RTPError/truncated(_:neededBytes:availableBytes:)`` where an element does not end inside the
    ///   extension. The cursor is then at its end; the elements before are good.
    public mutating func next(in packet: RawSpan) throws(RTPError) -> HeaderExtensionElement? {
        while offset < end {
            guard let first = packet.octet(at: offset) else { throw truncated(from: offset, needed: 1, in: packet) }
            guard first != 0 else {
                offset += 1
                continue
            }
            switch form {
            case .oneByte:
                let id = first >> 4
                guard id != 0, id != 15 else {
                    end = offset
                    return nil
                }
                return try take(id, headerByteCount: 1, dataByteCount: Int(first & 0x0F) + 1, in: packet)
            case .twoByte:
                guard offset + 1 < end, let length = packet.octet(at: offset + 1) else {
                    throw truncated(from: offset, needed: 2, in: packet)
                }
                return try take(first, headerByteCount: 2, dataByteCount: Int(length), in: packet)
            }
        }
        return nil
    }

    private mutating func take(
        _ id: UInt8, headerByteCount: Int, dataByteCount: Int, in packet: RawSpan
    ) throws(RTPError) -> HeaderExtensionElement {
        let start = offset + headerByteCount
        guard start + dataByteCount <= min(end, packet.byteCount) else {
            throw truncated(from: offset, needed: headerByteCount + dataByteCount, in: packet)
        }
        offset = start + dataByteCount
        return HeaderExtensionElement(id: id, range: start..<offset)
    }

    /// Ends the walk, and says by how much the element is too long.
    private mutating func truncated(from start: Int, needed: Int, in packet: RawSpan) -> RTPError {
        let available = max(0, min(end, packet.byteCount) - start)
        offset = end
        return .truncated(.extensionElement, neededBytes: needed, availableBytes: available)
    }
}

extension RTPPacketView {
    /// The data of the first RFC 8285 element with this identifier; `nil` where there is none.
    ///
    /// - Throws: ``RTPError/truncated(_:neededBytes:availableBytes:)`` where an element up to the one asked for does
    /// not
    ///   end inside the extension.
    @_lifetime(copy self)
    public func extensionElement(id: UInt8) throws(RTPError) -> RawSpan? {
        guard var elements = HeaderExtensionCursor(header) else { return nil }
        while let element = try elements.next(in: bytes) {
            if element.id == id { return bytes.extracting(element.range) }
        }
        return nil
    }
}

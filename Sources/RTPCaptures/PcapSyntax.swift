// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The pcap format: a file header, then a 16-octet header before each frame (draft-ietf-opsawg-pcap).
struct PcapSyntax {
    static let fileHeaderByteCount = 24
    static let recordHeaderByteCount = 16
    static let microsecondMagic: UInt32 = 0xA1B2_C3D4
    static let nanosecondMagic: UInt32 = 0xA1B2_3C4D

    let timestampResolution: TimestampResolution
    private let order: ByteOrder
    private let linkType: LinkType

    /// Reads the file header; `nil`, and nothing read, where the window starts with another magic.
    init?(reading input: inout InputBuffer) throws(CaptureError) {
        switch input.bytes.bigEndianUInt32(at: 0) {
        case Self.microsecondMagic: (order, timestampResolution) = (.big, .microseconds)
        case Self.nanosecondMagic: (order, timestampResolution) = (.big, .nanoseconds)
        case Self.microsecondMagic.byteSwapped: (order, timestampResolution) = (.little, .microseconds)
        case Self.nanosecondMagic.byteSwapped: (order, timestampResolution) = (.little, .nanoseconds)
        default: return nil
        }
        let needed = Self.fileHeaderByteCount
        let count = try input.fill(needed)
        guard count == needed else {
            throw .truncated(.fileHeader, offset: 0, neededBytes: needed, availableBytes: count)
        }
        let major = input.bytes.number16(at: 4, order)
        guard major == 2 else { throw .unexpected(.majorVersion, value: UInt32(major), expected: "2", offset: 0) }
        // The upper bits tell the length of the frame check sequence.
        linkType = LinkType(rawValue: input.bytes.number32(at: 20, order) & 0x03FF_FFFF)
        _ = try input.skip(needed)
    }

    /// Brings the next record into the window; `nil` at the end of the file.
    func readRecord(_ input: inout InputBuffer) throws(CaptureError) -> CaptureRecord? {
        let headerByteCount = Self.recordHeaderByteCount
        var count = try input.fill(headerByteCount)
        if count == 0 { return nil }
        guard count == headerByteCount else {
            throw .truncated(
                .packetRecord, offset: input.offset, neededBytes: headerByteCount, availableBytes: count)
        }
        let captured = input.bytes.number32(at: 8, order)
        let needed = headerByteCount + Int(captured)
        guard needed <= CaptureReader.maximumRecordByteCount else {
            let limit = CaptureReader.maximumRecordByteCount - headerByteCount
            throw .unexpected(.capturedLength, value: captured, expected: "at most \(limit)", offset: input.offset)
        }
        count = try input.fill(needed)
        guard count == needed else {
            throw .truncated(.packetRecord, offset: input.offset, neededBytes: needed, availableBytes: count)
        }
        let fraction = Int64(input.bytes.number32(at: 4, order))
        return CaptureRecord(
            byteCount: needed, frame: headerByteCount..<needed, linkType: linkType,
            timestampNanoseconds: Int64(input.bytes.number32(at: 0, order)) * 1_000_000_000
                + fraction * (timestampResolution == .microseconds ? 1000 : 1),
            originalByteCount: Int(input.bytes.number32(at: 12, order)))
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The pcapng format: blocks that tell their length before and behind their body (draft-ietf-opsawg-pcapng).
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                          Block Type                           |
/// |                      Block Total Length                       |
/// |                Block Body, padded to 32 bits                  |
/// |                      Block Total Length                       |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// A section header block starts anew: it sets the byte order, and the interfaces before it are gone.
struct PcapngSyntax {
    /// The same in both byte orders.
    static let sectionHeaderBlock: UInt32 = 0x0A0D_0D0A
    static let interfaceDescriptionBlock: UInt32 = 1
    static let obsoletePacketBlock: UInt32 = 2
    static let simplePacketBlock: UInt32 = 3
    static let enhancedPacketBlock: UInt32 = 6
    /// More are refused, so that a file of nothing but interfaces does not fill the memory.
    static let maximumInterfaceCount = 1 << 16

    private var order = ByteOrder.big
    private var interfaces: [CaptureInterface] = []

    /// Brings the next block with a frame into the window; `nil` at the end of the file.
    mutating func readRecord(_ input: inout InputBuffer) throws(CaptureError) -> CaptureRecord? {
        while let (type, byteCount) = try readBlockHeader(&input) {
            switch type {
            case Self.interfaceDescriptionBlock:
                try fill(&input, byteCount)
                guard interfaces.count < Self.maximumInterfaceCount else {
                    throw .unexpected(
                        .interfaceCount, value: UInt32(interfaces.count), expected: "fewer", offset: input.offset)
                }
                interfaces.append(
                    try CaptureInterface(
                        parsing: input.bytes.extracting(8..<byteCount - 4), order, offset: input.offset))
                _ = try input.skip(byteCount)
            case Self.enhancedPacketBlock, Self.obsoletePacketBlock, Self.simplePacketBlock:
                try fill(&input, byteCount)
                let block = input.bytes.extracting(0..<byteCount)
                return type == Self.simplePacketBlock
                    ? try simplePacket(block, offset: input.offset)
                    : try packet(block, isObsolete: type == Self.obsoletePacketBlock, offset: input.offset)
            default:
                try skipBlock(&input, byteCount)
            }
        }
        return nil
    }

    /// Reads type and length of the block at the start of the window, and for a new section its byte order.
    private mutating func readBlockHeader(
        _ input: inout InputBuffer
    ) throws(CaptureError) -> (type: UInt32, byteCount: Int)? {
        var count = try input.fill(8)
        if count == 0 { return nil }
        guard count == 8 else { throw Self.truncated(input.offset, 12, count) }
        let isSection = input.bytes.number32(at: 0, .big) == Self.sectionHeaderBlock
        if isSection {
            count = try input.fill(16)
            guard count == 16 else { throw Self.truncated(input.offset, 28, count) }
            order = try Self.byteOrder(ofMagic: input.bytes.number32(at: 8, .big), offset: input.offset)
            interfaces.removeAll()
        }
        let type = input.bytes.number32(at: 0, order)
        let length = input.bytes.number32(at: 4, order)
        let minimum = Self.minimumByteCount(ofBlock: type)
        guard length >= minimum, length.isMultiple(of: 4) else {
            throw .unexpected(
                .blockLength, value: length, expected: "a multiple of 4, at least \(minimum)", offset: input.offset)
        }
        if isSection {
            let major = input.bytes.number16(at: 12, order)
            guard major == 1 else {
                throw .unexpected(.majorVersion, value: UInt32(major), expected: "1", offset: input.offset)
            }
        }
        return (type, Int(length))
    }

    /// Brings a block that is looked into wholly into the window.
    private func fill(_ input: inout InputBuffer, _ byteCount: Int) throws(CaptureError) {
        guard byteCount <= CaptureReader.maximumRecordByteCount else {
            throw .unexpected(
                .blockLength, value: UInt32(byteCount), expected: "at most \(CaptureReader.maximumRecordByteCount)",
                offset: input.offset)
        }
        let count = try input.fill(byteCount)
        guard count == byteCount else { throw Self.truncated(input.offset, byteCount, count) }
        try checkTrailingLength(input.bytes.number32(at: byteCount - 4, order), byteCount, offset: input.offset)
    }

    /// Moves past a block of any length.
    private func skipBlock(_ input: inout InputBuffer, _ byteCount: Int) throws(CaptureError) {
        let offset = input.offset
        let count = try input.skip(byteCount - 4)
        let rest = try input.fill(4)
        guard count + rest == byteCount else { throw Self.truncated(offset, byteCount, count + rest) }
        try checkTrailingLength(input.bytes.number32(at: 0, order), byteCount, offset: offset)
        _ = try input.skip(4)
    }

    private func checkTrailingLength(_ length: UInt32, _ byteCount: Int, offset: Int) throws(CaptureError) {
        guard Int(length) == byteCount else {
            throw .unexpected(.trailingBlockLength, value: length, expected: "\(byteCount) as before", offset: offset)
        }
    }

    /// An enhanced packet block, or the obsolete one, which splits the first word into interface and drop count.
    private func packet(_ block: RawSpan, isObsolete: Bool, offset: Int) throws(CaptureError) -> CaptureRecord {
        let identifier = isObsolete ? UInt32(block.number16(at: 8, order)) : block.number32(at: 8, order)
        let interface = try interface(identifier, offset: offset)
        let high = UInt64(block.number32(at: 12, order))
        let low = UInt64(block.number32(at: 16, order))
        return CaptureRecord(
            byteCount: block.byteCount,
            frame: try frame(of: block.number32(at: 20, order), in: block, from: 28, offset: offset),
            linkType: interface.linkType, timestampNanoseconds: interface.nanoseconds(ofTicks: high << 32 | low),
            originalByteCount: Int(block.number32(at: 24, order)))
    }

    /// A simple packet block: interface 0, no time stamp, and as much of the frame as the interface captures.
    private func simplePacket(_ block: RawSpan, offset: Int) throws(CaptureError) -> CaptureRecord {
        let interface = try interface(0, offset: offset)
        let original = block.number32(at: 8, order)
        let limit = interface.snapshotByteCount
        let captured = limit == 0 ? original : min(original, limit)
        return CaptureRecord(
            byteCount: block.byteCount, frame: try frame(of: captured, in: block, from: 12, offset: offset),
            linkType: interface.linkType, timestampNanoseconds: nil, originalByteCount: Int(original))
    }

    private func interface(_ identifier: UInt32, offset: Int) throws(CaptureError) -> CaptureInterface {
        guard identifier < interfaces.count else {
            let expected = interfaces.isEmpty ? "an interface description first" : "at most \(interfaces.count - 1)"
            throw .unexpected(.interface, value: identifier, expected: expected, offset: offset)
        }
        return interfaces[Int(identifier)]
    }

    private func frame(
        of captured: UInt32, in block: RawSpan, from start: Int, offset: Int
    ) throws(CaptureError) -> Range<Int> {
        let available = block.byteCount - 4 - start
        guard captured <= available else {
            throw .unexpected(.capturedLength, value: captured, expected: "at most \(available)", offset: offset)
        }
        return start..<start + Int(captured)
    }

    private static func minimumByteCount(ofBlock type: UInt32) -> Int {
        switch type {
        case sectionHeaderBlock: 28
        case interfaceDescriptionBlock: 20
        case obsoletePacketBlock, enhancedPacketBlock: 32
        case simplePacketBlock: 16
        default: 12
        }
    }

    private static func byteOrder(ofMagic magic: UInt32, offset: Int) throws(CaptureError) -> ByteOrder {
        switch magic {
        case 0x1A2B_3C4D: .big
        case 0x4D3C_2B1A: .little
        default:
            throw .unexpected(
                .byteOrderMagic, value: magic, expected: "0x1a2b3c4d in either byte order", offset: offset)
        }
    }

    private static func truncated(_ offset: Int, _ needed: Int, _ available: Int) -> CaptureError {
        .truncated(.block, offset: offset, neededBytes: needed, availableBytes: available)
    }
}

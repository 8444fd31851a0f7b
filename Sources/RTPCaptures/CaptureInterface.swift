// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What a pcapng interface description says about the frames of its interface.
struct CaptureInterface {
    private static let endOption: UInt16 = 0
    private static let timestampResolutionOption: UInt16 = 9
    private static let timestampOffsetOption: UInt16 = 14

    let linkType: LinkType
    /// The most octets captured of a frame; 0 for no limit.
    let snapshotByteCount: UInt32
    /// The option if_tsresol: ticks are 10^-n seconds, or 2^-n where the first bit is set.
    private var resolution: UInt8 = 6
    /// The option if_tsoffset: what to add to every time stamp.
    private var offsetSeconds: Int64 = 0

    /// Reads the body of an interface description block.
    ///
    /// - Parameter offset: Where the block lies in the file, for the error.
    init(parsing body: RawSpan, _ order: ByteOrder, offset: Int) throws(CaptureError) {
        linkType = LinkType(rawValue: UInt32(body.number16(at: 0, order)))
        snapshotByteCount = body.number32(at: 4, order)
        var options = body.extracting(droppingFirst: 8)
        while options.byteCount >= 4 {
            let code = options.number16(at: 0, order)
            let length = Int(options.number16(at: 2, order))
            if code == Self.endOption { break }
            guard length <= options.byteCount - 4 else {
                throw .unexpected(
                    .optionLength, value: UInt32(length), expected: "at most \(options.byteCount - 4)", offset: offset)
            }
            switch (code, length) {
            case (Self.timestampResolutionOption, 1...): resolution = options.octet(at: 4) ?? resolution
            case (Self.timestampOffsetOption, 8...): offsetSeconds = Int64(bitPattern: options.number64(at: 4, order))
            default: break
            }
            options = options.extracting(droppingFirst: 4 + (length + 3) & ~3)
        }
    }

    /// The time since 1970 that `ticks` stand for, rounded down; the nearest `Int64` where there is none.
    func nanoseconds(ofTicks ticks: UInt64) -> Int64 {
        // 2^64 * 10^9 is below 2^94.
        let scaled = UInt128(ticks) * 1_000_000_000
        let exponent = Int(resolution & 0x7F)
        let nanoseconds: UInt128
        if resolution == 6 {
            nanoseconds = UInt128(ticks) * 1000
        } else if resolution == 9 {
            nanoseconds = UInt128(ticks)
        } else if resolution & 0x80 != 0 {
            nanoseconds = scaled >> exponent
        } else {
            // 10^29 is above 2^94.
            nanoseconds = exponent < 29 ? scaled / (0..<exponent).reduce(UInt128(1)) { power, _ in power * 10 } : 0
        }
        return Int64(clamping: Int128(nanoseconds) + Int128(offsetSeconds) * 1_000_000_000)
    }
}

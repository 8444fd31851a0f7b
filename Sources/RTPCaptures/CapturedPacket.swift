// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The smallest step of the time stamps in a capture file.
@frozen
public enum TimestampResolution: Hashable, Sendable {
    case microseconds
    case nanoseconds
}

/// One frame of a capture, lent by the reader until it reads on.
public struct CapturedPacket: ~Escapable {
    /// The frame's octets, as many as were captured, from the link layer's header on.
    public let bytes: RawSpan
    /// What the frame starts with.
    public let linkType: LinkType
    /// The time of capture, in nanoseconds since 1970-01-01 00:00 UTC.
    ///
    /// `nil` in a pcapng simple packet block, which has none. Beyond the year 2262 it stays at the largest number.
    public let timestampNanoseconds: Int64?
    /// The octets that the frame had on the wire; more than ``bytes`` has where the capture cut it off.
    public let originalByteCount: Int
    /// The frame's number, counted from 1 as Wireshark does.
    public let number: Int
    /// Where the frame's record or block starts in the file, in octets.
    public let fileOffset: Int

    @_lifetime(copy bytes)
    init(bytes: RawSpan, record: CaptureRecord, number: Int, fileOffset: Int) {
        self.bytes = bytes
        linkType = record.linkType
        timestampNanoseconds = record.timestampNanoseconds
        originalByteCount = record.originalByteCount
        self.number = number
        self.fileOffset = fileOffset
    }
}

/// What a record or block says about the frame inside it.
struct CaptureRecord {
    /// The whole record or block.
    var byteCount: Int
    /// The frame, counted from the start of the record or block.
    var frame: Range<Int>
    var linkType: LinkType
    var timestampNanoseconds: Int64?
    var originalByteCount: Int
}

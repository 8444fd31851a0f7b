// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Writes a pcap file, which appears under its name only when ``finish()`` succeeds.
///
/// Where it is dropped before, nothing is left behind and a file that was to be replaced stays as it was.
package struct CaptureWriter: ~Copyable {
    private static let flushByteCount = 1 << 18
    /// The limit that tcpdump and Wireshark use.
    private static let snapshotByteCount: UInt32 = 262_144

    private var output: OutputFile
    private var buffer: [UInt8] = []
    private var failure: CaptureError?
    private let timestampResolution: TimestampResolution
    /// The file's one link type; `nil` until it is known.
    package private(set) var linkType: LinkType?
    /// The packets written so far.
    package private(set) var packetCount = 0
    /// Where the file is until it has its name; `nil` for pipes and devices. Whoever ends the process removes it.
    package var temporaryPath: String? { output.temporaryPath }

    /// Makes a file for `path`; `-` is the standard output.
    ///
    /// - Parameters:
    ///   - linkType: What all frames start with; by default what the first one does, and Ethernet without any.
    ///   - replacingExisting: Whether a file at `path` may be replaced.
    /// - Throws: ``CaptureError/alreadyExists(path:)`` or ``CaptureError/system(_:path:code:)``.
    package init(
        path: String, timestampResolution: TimestampResolution, linkType: LinkType? = nil,
        replacingExisting: Bool = false
    ) throws(CaptureError) {
        output = try OutputFile(path: path, replacingExisting: replacingExisting)
        self.timestampResolution = timestampResolution
        buffer.reserveCapacity(2 * Self.flushByteCount)
        if let linkType { writeHeader(linkType) }
    }

    /// Appends a frame as it was read.
    package mutating func write(_ packet: borrowing CapturedPacket) throws(CaptureError) {
        try write(
            packet.bytes, linkType: packet.linkType, timestampNanoseconds: packet.timestampNanoseconds,
            originalByteCount: packet.originalByteCount)
    }

    /// Appends `frame`, which takes the place of `packet`.
    package mutating func write(_ frame: RawSpan, insteadOf packet: borrowing CapturedPacket) throws(CaptureError) {
        try write(frame, linkType: packet.linkType, timestampNanoseconds: packet.timestampNanoseconds)
    }

    /// Appends a frame.
    ///
    /// - Parameters:
    ///   - timestampNanoseconds: The time since 1970; 0 where there is none. The format ends in 2106, and later times
    ///     become its last second.
    ///   - originalByteCount: The octets on the wire, by default all of `frame`.
    /// - Throws: ``CaptureError/mixedLinkTypes(_:_:)`` or ``CaptureError/system(_:path:code:)``.
    package mutating func write(
        _ frame: RawSpan, linkType: LinkType, timestampNanoseconds: Int64?, originalByteCount: Int? = nil
    ) throws(CaptureError) {
        if self.linkType == nil { writeHeader(linkType) }
        if let first = self.linkType, first != linkType { throw .mixedLinkTypes(first, linkType) }
        let nanoseconds = max(timestampNanoseconds ?? 0, 0)
        let fraction = UInt32(nanoseconds % 1_000_000_000)
        append(UInt32(clamping: nanoseconds / 1_000_000_000))
        append(timestampResolution == .nanoseconds ? fraction : fraction / 1000)
        append(UInt32(clamping: frame.byteCount))
        append(UInt32(clamping: max(originalByteCount ?? 0, frame.byteCount)))
        unsafe frame.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        packetCount += 1
        if buffer.count >= Self.flushByteCount { try flush() }
    }

    /// Writes what is left and gives the file its name.
    ///
    /// - Throws: ``CaptureError/system(_:path:code:)``, or ``CaptureError/alreadyExists(path:)`` where a file appeared
    ///   meanwhile; then nothing is left behind. What an earlier call threw for a failed write is thrown again.
    package consuming func finish() throws(CaptureError) {
        if linkType == nil { writeHeader(.ethernet) }
        try flush()
        try output.publish()
    }

    private mutating func writeHeader(_ linkType: LinkType) {
        self.linkType = linkType
        append(timestampResolution == .nanoseconds ? PcapSyntax.nanosecondMagic : PcapSyntax.microsecondMagic)
        // Version 2.4.
        append(4 << 16 | 2)
        append(0)
        append(0)
        append(Self.snapshotByteCount)
        append(linkType.rawValue)
    }

    /// Little-endian, as nearly all captures are.
    private mutating func append(_ value: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) { buffer.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private mutating func flush() throws(CaptureError) {
        if let failure { throw failure }
        do throws(CaptureError) {
            try output.write(unsafe buffer.span.bytes)
            buffer.removeAll(keepingCapacity: true)
        } catch {
            failure = error
            throw error
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Reads the frames of a pcap or pcapng file, one after the other, in constant memory.
///
/// ```swift
/// var reader = try CaptureReader(path: "call.pcapng")
/// while let packet = try reader.next() {
///     let datagram = try UDPDatagram(parsing: packet.bytes, linkType: packet.linkType)
///     handle(packet.bytes.extracting(datagram.payloadRange), at: packet.timestampNanoseconds)
/// }
/// ```
///
/// Read are pcap with time stamps in microseconds and nanoseconds, and pcapng with any number of sections and
/// interfaces, each in both byte orders. A frame is not copied and nothing is allocated for it.
public struct CaptureReader: ~Copyable {
    /// The most octets that a packet record, or a pcapng block with a packet or an interface, may have.
    public static let maximumRecordByteCount = 1 << 24

    /// What kind of file it is.
    @frozen
    public enum Format: Hashable, Sendable {
        case pcap
        case pcapng
    }

    private var input: InputBuffer
    /// What the file header says; `nil` for pcapng.
    private let pcap: PcapSyntax?
    private var pcapng = PcapngSyntax()
    private var packetCount = 0
    /// The octets of the frame that is lent out, with its record.
    private var lentByteCount = 0
    private var failure: CaptureError?

    /// Opens the capture at `path` and reads what tells its format; `-` is the standard input.
    ///
    /// - Throws: ``CaptureError`` where the file cannot be opened or is not a capture.
    public init(path: String) throws(CaptureError) {
        try self.init(path: path, bufferByteCount: 1 << 20)
    }

    /// Opens the capture with a buffer of this size at first; it grows to the longest record.
    package init(path: String, bufferByteCount: Int) throws(CaptureError) {
        var input = try InputBuffer(path: path, byteCount: bufferByteCount)
        let count = try input.fill(4)
        let pcap = try PcapSyntax(reading: &input)
        guard pcap != nil || input.bytes.bigEndianUInt32(at: 0) == PcapngSyntax.sectionHeaderBlock else {
            throw .notACapture(firstOctets: [UInt8](copying: input.bytes.extracting(0..<count)))
        }
        self.input = input
        self.pcap = pcap
    }

    /// What kind of file it is.
    public var format: Format { pcap == nil ? .pcapng : .pcap }

    /// The resolution in which a copy of the file keeps all time stamps; nanoseconds for pcapng, which may mix them.
    public var timestampResolution: TimestampResolution { pcap?.timestampResolution ?? .nanoseconds }

    /// How far the file was read, in octets.
    public var fileOffset: Int { input.offset }

    /// The octets of the whole file; `nil` for a pipe.
    public var fileByteCount: Int? { input.fileByteCount }

    /// The next frame; `nil` at the end of the file.
    ///
    /// - Throws: ``CaptureError``: where the file ends inside a record, where a record is not what it should be, or where
    ///   reading fails. The frames before it were whole. Every later call throws the same.
    @_lifetime(&self)
    public mutating func next() throws(CaptureError) -> CapturedPacket? {
        guard let record = try readRecord() else { return nil }
        return CapturedPacket(
            bytes: input.bytes.extracting(record.frame), record: record, number: packetCount, fileOffset: input.offset)
    }

    private mutating func readRecord() throws(CaptureError) -> CaptureRecord? {
        if let failure { throw failure }
        do throws(CaptureError) {
            _ = try input.skip(lentByteCount)
            lentByteCount = 0
            let record = pcap == nil ? try pcapng.readRecord(&input) : try pcap?.readRecord(&input)
            guard let record else { return nil }
            lentByteCount = record.byteCount
            packetCount += 1
            return record
        } catch {
            failure = error
            throw error
        }
    }
}

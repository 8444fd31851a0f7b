// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// XR: what the reports of RFC 3550 have no room for, in blocks (RFC 3611 section 2).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                              SSRC                             |
/// |      BT       | type-specific |  block length in words, -1    | block, any
/// |             type-specific block contents                     ...number of them
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ExtendedReport: Hashable, Sendable {
    /// Who reports.
    public var ssrc: SSRC
    /// The blocks in wire order.
    public var blocks: [Block]
    /// Five bits of the header that a receiver ignores.
    private var reserved = 0

    /// A report of these blocks.
    public init(ssrc: SSRC, blocks: [Block] = []) {
        self.ssrc = ssrc
        self.blocks = blocks
    }
}

extension ExtendedReport {
    /// A block of an extended report.
    @nonexhaustive
    public enum Block: Hashable, Sendable {
        /// BT 1: which packets were received.
        case lossRunLengths(RunLengthReport)
        /// BT 2: which packets came once only.
        case duplicateRunLengths(RunLengthReport)
        /// BT 3: when packets were received.
        case packetReceiptTimes(PacketReceiptTimes)
        /// BT 4: the clock of a receiver.
        case receiverReferenceTime(ReceiverReferenceTime)
        /// BT 5: the answers to such clocks.
        case delaySinceLastReceiverReport(DelaySinceLastReceiverReport)
        /// BT 6: counts and spreads. One that a receiver must ignore is an ``other(_:)``.
        case statisticsSummary(StatisticsSummary)
        /// BT 7: the quality of a call.
        case voipMetrics(VoIPMetrics)
        /// Any other type, as octets.
        case other(RawBlock)

        /// BT: the number of the block's type.
        public var blockType: UInt8 {
            switch self {
            case .lossRunLengths: 1
            case .duplicateRunLengths: 2
            case .packetReceiptTimes: 3
            case .receiverReferenceTime: 4
            case .delaySinceLastReceiverReport: 5
            case .statisticsSummary: 6
            case .voipMetrics: 7
            case .other(let block): block.blockType
            }
        }
    }

    /// A block whose type has no structure here.
    public struct RawBlock: Hashable, Sendable {
        /// BT: the number of the block's type.
        public var blockType: UInt8
        /// The octet after it.
        public var typeSpecific: UInt8
        /// What follows the block's first word: a multiple of four octets.
        public var contents: [UInt8]

        /// A block of these octets.
        public init(blockType: UInt8, typeSpecific: UInt8, contents: [UInt8]) {
            self.blockType = blockType
            self.typeSpecific = typeSpecific
            self.contents = contents
        }
    }
}

/// What the types of blocks have in common when they are written.
protocol ExtendedReportContents {
    /// The octet after the block type.
    var typeSpecific: UInt8 { get }
    /// The octets behind the block's first word.
    var byteCount: Int { get }
    func write(to writer: inout ByteWriter)
}

extension ExtendedReport.RawBlock: ExtendedReportContents {
    var byteCount: Int { contents.count }
    func write(to writer: inout ByteWriter) { writer.write(bytes: contents) }
}

extension ExtendedReport: RTCPBody {
    init(parsing body: RawSpan, count: Int) throws(RTPError) {
        var reader = ByteReader(body)
        guard let ssrc = reader.readUInt32() else {
            throw .truncated(.extendedReport, neededBytes: 4, availableBytes: body.byteCount)
        }
        self.init(ssrc: SSRC(ssrc))
        reserved = count
        while !reader.isAtEnd { blocks.append(try Block(reading: &reader)) }
    }

    var element: RTPError.Element { .extendedReport }
    var packetType: RTCPPacketType { .extendedReport }
    var headerCount: Int { reserved }
    var bodyByteCount: Int { blocks.reduce(4) { $0 + 4 + $1.contents.byteCount } }

    func checkFields() throws(RTPError) {
        for block in blocks {
            let byteCount = block.contents.byteCount
            guard byteCount % 4 == 0, byteCount / 4 <= 0xFFFF else {
                throw .invalidLength(.extendedReportBlock, bytes: byteCount)
            }
        }
    }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        for block in blocks {
            writer.write(block.blockType)
            writer.write(block.contents.typeSpecific)
            writer.write(UInt16(truncatingIfNeeded: block.contents.byteCount / 4))
            block.contents.write(to: &writer)
        }
    }
}

extension ExtendedReport.Block {
    fileprivate init(reading reader: inout ByteReader) throws(RTPError) {
        let available = reader.remaining
        guard let type = reader.readUInt8(), let specific = reader.readUInt8(), let words = reader.readUInt16() else {
            throw .truncated(.extendedReportBlock, neededBytes: 4, availableBytes: available)
        }
        guard let contents = reader.readBytes(4 * Int(words)) else {
            throw .truncated(.extendedReportBlock, neededBytes: 4 + 4 * Int(words), availableBytes: available)
        }
        switch type {
        case 1: self = .lossRunLengths(try RunLengthReport(parsing: contents, typeSpecific: specific))
        case 2: self = .duplicateRunLengths(try RunLengthReport(parsing: contents, typeSpecific: specific))
        case 3: self = .packetReceiptTimes(try PacketReceiptTimes(parsing: contents, typeSpecific: specific))
        case 4: self = .receiverReferenceTime(try ReceiverReferenceTime(parsing: contents, typeSpecific: specific))
        case 5:
            self = .delaySinceLastReceiverReport(
                try DelaySinceLastReceiverReport(parsing: contents, typeSpecific: specific))
        case 7: self = .voipMetrics(try VoIPMetrics(parsing: contents, typeSpecific: specific))
        default:
            if type == 6, let summary = try StatisticsSummary(parsing: contents, typeSpecific: specific) {
                self = .statisticsSummary(summary)
            } else {
                self = .other(.init(blockType: type, typeSpecific: specific, contents: Array(copying: contents)))
            }
        }
    }

    /// The octet after the block type.
    package var typeSpecific: UInt8 { contents.typeSpecific }

    /// The block length as it is on the wire: words behind the block's first one.
    package var lengthInWords: Int { contents.byteCount / 4 }

    fileprivate var contents: any ExtendedReportContents {
        switch self {
        case .lossRunLengths(let block), .duplicateRunLengths(let block): block
        case .packetReceiptTimes(let block): block
        case .receiverReferenceTime(let block): block
        case .delaySinceLastReceiverReport(let block): block
        case .statisticsSummary(let block): block
        case .voipMetrics(let block): block
        case .other(let block): block
        }
    }
}

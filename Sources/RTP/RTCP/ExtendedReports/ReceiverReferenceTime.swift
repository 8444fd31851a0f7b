// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The clock of someone who sends no media, so that others can answer (RFC 3611 section 4.4).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     BT=4      |   reserved    |       block length = 2        |
/// |              NTP timestamp, most significant word             |
/// |             NTP timestamp, least significant word             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ReceiverReferenceTime: Hashable, Sendable {
    /// When the block was sent; zero without a clock.
    public var ntpTimestamp: NTPTimestamp
    /// What a receiver ignores.
    private(set) var typeSpecific: UInt8 = 0

    /// A block of this time.
    public init(ntpTimestamp: NTPTimestamp) { self.ntpTimestamp = ntpTimestamp }
}

extension ReceiverReferenceTime: ExtendedReportContents {
    init(parsing contents: RawSpan, typeSpecific: UInt8) throws(RTPError) {
        var reader = ByteReader(contents)
        guard let time = reader.readUInt64() else {
            throw .truncated(.referenceTime, neededBytes: 8, availableBytes: contents.byteCount)
        }
        try reader.checkEnd(of: .referenceTime)
        self.init(ntpTimestamp: NTPTimestamp(rawValue: time))
        self.typeSpecific = typeSpecific
    }

    var byteCount: Int { 8 }

    func write(to writer: inout ByteWriter) { writer.write(ntpTimestamp.rawValue) }
}

/// DLRR: the answers to the reference times that were received, so that their senders can tell the round-trip time
/// (RFC 3611 section 4.5).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     BT=5      |   reserved    |         block length          |
/// |                 SSRC_1 (SSRC of first receiver)               | sub-block,
/// |                         last RR (LRR)                         | any number
/// |                   delay since last RR (DLRR)                  | of them
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct DelaySinceLastReceiverReport: Hashable, Sendable {
    /// The answer to one receiver.
    public struct SubBlock: Hashable, Sendable {
        /// The receiver that is answered.
        public var ssrc: SSRC
        /// LRR: ``NTPTimestamp/middle32Bits`` of its last reference time; 0 before the first.
        public var lastReceiverReport: UInt32
        /// DLRR: the time since it came, in 1/65536 seconds; 0 before the first.
        public var delaySinceLastReceiverReport: UInt32

        /// An answer with these fields.
        public init(ssrc: SSRC, lastReceiverReport: UInt32 = 0, delaySinceLastReceiverReport: UInt32 = 0) {
            self.ssrc = ssrc
            self.lastReceiverReport = lastReceiverReport
            self.delaySinceLastReceiverReport = delaySinceLastReceiverReport
        }

        /// The round-trip time, in 1/65536 seconds, of the receiver that got this answer at `arrival`.
        ///
        /// By the clock that stamped the reference time. 0 where the clocks' errors make it negative, `nil` where no
        /// reference time had been heard.
        public func roundTripTime(at arrival: NTPTimestamp) -> UInt32? {
            guard lastReceiverReport != 0 else { return nil }
            let elapsed = Int32(
                bitPattern: arrival.middle32Bits &- lastReceiverReport &- delaySinceLastReceiverReport)
            return UInt32(max(0, elapsed))
        }
    }

    /// The answers.
    public var subBlocks: [SubBlock]
    /// What a receiver ignores.
    private(set) var typeSpecific: UInt8 = 0

    /// A block of these answers.
    public init(_ subBlocks: [SubBlock]) { self.subBlocks = subBlocks }
}

extension DelaySinceLastReceiverReport: ExtendedReportContents {
    init(parsing contents: RawSpan, typeSpecific: UInt8) throws(RTPError) {
        var reader = ByteReader(contents)
        self.init(try reader.readEntries(of: .receiverDelay, atLeast: 0))
        self.typeSpecific = typeSpecific
    }

    var byteCount: Int { subBlocks.byteCount }

    func write(to writer: inout ByteWriter) { subBlocks.write(to: &writer) }
}

extension DelaySinceLastReceiverReport.SubBlock: WireEntry {
    static let byteCount = 12

    init?(reading reader: inout ByteReader) {
        guard let ssrc = reader.readUInt32(), let last = reader.readUInt32(), let delay = reader.readUInt32() else {
            return nil
        }
        self.init(ssrc: SSRC(ssrc), lastReceiverReport: last, delaySinceLastReceiverReport: delay)
    }

    func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(lastReceiverReport)
        writer.write(delaySinceLastReceiverReport)
    }
}

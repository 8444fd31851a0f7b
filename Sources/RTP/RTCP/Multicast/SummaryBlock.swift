// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension ReceiverSummary {
    /// A sub-report block of a receiver summary (RFC 5760 sections 7.1.2 to 7.1.12).
    @nonexhaustive
    public enum Block: Hashable, Sendable {
        /// SRBT 0 to 2: where receivers shall send their reports.
        case feedbackTarget(FeedbackTarget)
        /// SRBT 4: the fraction lost, in 1/256.
        case loss(SummaryDistribution)
        /// SRBT 5: the jitter, in units of the media clock.
        case jitter(SummaryDistribution)
        /// SRBT 6: the round-trip time, in 1/65536 seconds.
        case roundTripTime(SummaryDistribution)
        /// SRBT 7: the fraction lost since the beginning, in 1/256.
        case cumulativeLoss(SummaryDistribution)
        /// SRBT 8: SSRCs that more than one member has.
        case collisions(Collisions)
        /// SRBT 10: medians and the largest loss.
        case statistics(Statistics)
        /// SRBT 11: the bandwidth that each member may use for RTCP.
        case bandwidth(Bandwidth)
        /// SRBT 12: the size of the group and of its packets.
        case groupSize(receiverCount: UInt32, averagePacketByteCount: UInt16)
        /// Any other type, as octets: two of the block's first word, then whole words.
        case other(type: UInt8, contents: [UInt8])
    }

    /// Where receivers shall send their reports.
    public struct FeedbackTarget: Hashable, Sendable {
        /// The kind of address.
        public enum Kind: UInt8, Hashable, Sendable {
            /// Four octets.
            case ipv4
            /// Sixteen octets.
            case ipv6
            /// A DNS name in UTF-8.
            case dnsName
        }

        /// The kind of address.
        public let kind: Kind
        /// The port.
        public let port: UInt16
        /// The address as it is on the wire; of a name, without the nulls behind it.
        public let address: [UInt8]
        /// The nulls behind a name.
        package let padding: Int

        /// A target with these fields.
        ///
        /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for port 0, and ``RTPError/invalidLength(_:bytes:)``
        ///   for an address of another length than its kind has, or a name of no octet, over 1,016 octets or ending in
        ///   a null.
        public init(_ kind: Kind, address: [UInt8], port: UInt16) throws(RTPError) {
            let isRight =
                switch kind {
                case .ipv4: address.count == 4
                case .ipv6: address.count == 16
                case .dnsName: (1...1016).contains(address.count) && address.last != 0
                }
            guard isRight else { throw .invalidLength(.summaryBlock, bytes: address.count) }
            guard port != 0 else { throw .valueOutOfRange(.summaryBlock, value: 0, allowed: 1...65535) }
            self.kind = kind
            self.port = port
            self.address = address
            self.padding = -address.count & 3
        }
    }

    /// SSRCs that more than one member has.
    public struct Collisions: Hashable, Sendable {
        /// The SSRCs, at most 254.
        public let sources: [SSRC]
        package let reserved: UInt16

        /// A block of these SSRCs.
        ///
        /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for more than 254 of them.
        public init(_ sources: [SSRC]) throws(RTPError) {
            guard sources.count <= 254 else {
                throw .valueOutOfRange(.summaryBlock, value: sources.count, allowed: 0...254)
            }
            self.sources = sources
            self.reserved = 0
        }
    }

    /// Medians and the largest loss of the group; `nil` for what is not given.
    public struct Statistics: Hashable, Sendable {
        /// MFL: the median of the fraction lost, in 1/256; 255 cannot be told from "not given".
        public var medianFractionLost: UInt8?
        /// HCNL: the highest cumulative number of packets lost, 24 bits; what is larger becomes the largest.
        public var highestCumulativeLost: UInt32?
        /// The median of the jitter, in units of the media clock.
        public var medianJitter: UInt32?
        package fileprivate(set) var reserved: UInt16 = 0

        /// A block with these fields.
        public init(medianFractionLost: UInt8?, highestCumulativeLost: UInt32?, medianJitter: UInt32?) {
            self.medianFractionLost = medianFractionLost
            self.highestCumulativeLost = highestCumulativeLost
            self.medianJitter = medianJitter
        }
    }

    /// The bandwidth that each member may use for RTCP.
    public struct Bandwidth: Hashable, Sendable {
        /// S: it holds for media senders.
        public var appliesToSenders: Bool
        /// R: it holds for receivers.
        public var appliesToReceivers: Bool
        /// The bandwidth in 1/65536 kbit/s.
        public var kilobitsPerSecondTimes65536: UInt32
        package fileprivate(set) var reserved: UInt16 = 0

        /// A block with these fields.
        public init(appliesToSenders: Bool, appliesToReceivers: Bool, kilobitsPerSecondTimes65536: UInt32) {
            self.appliesToSenders = appliesToSenders
            self.appliesToReceivers = appliesToReceivers
            self.kilobitsPerSecondTimes65536 = kilobitsPerSecondTimes65536
        }
    }
}

extension ReceiverSummary.Block {
    /// SRBT: the number of the block's type.
    public var blockType: UInt8 {
        switch self {
        case .feedbackTarget(let target): target.kind.rawValue
        case .loss: 4
        case .jitter: 5
        case .roundTripTime: 6
        case .cumulativeLoss: 7
        case .collisions: 8
        case .statistics: 10
        case .bandwidth: 11
        case .groupSize: 12
        case .other(let type, _): type
        }
    }

    /// Reads a block of `contents`: what follows type and length.
    init(parsing contents: RawSpan, type: UInt8) throws(RTPError) {
        var reader = ByteReader(contents)
        switch type {
        case 4: self = .loss(try SummaryDistribution(parsing: contents))
        case 5: self = .jitter(try SummaryDistribution(parsing: contents))
        case 6: self = .roundTripTime(try SummaryDistribution(parsing: contents))
        case 7: self = .cumulativeLoss(try SummaryDistribution(parsing: contents))
        case 8: self = .collisions(ReceiverSummary.Collisions(reading: &reader))
        case 0, 1, 2, 10, 11, 12:
            guard let block = Self(reading: &reader, type: type) else {
                throw .invalidLength(.summaryBlock, bytes: 2 + contents.byteCount)
            }
            guard reader.isAtEnd else { throw .invalidLength(.summaryBlock, bytes: 2 + contents.byteCount) }
            self = block
        default: self = .other(type: type, contents: Array(copying: contents))
        }
    }

    private init?(reading reader: inout ByteReader, type: UInt8) {
        switch type {
        case 10:
            guard let reserved = reader.readUInt16(), let fraction = reader.readUInt8(),
                let lost = reader.readUInt24(), let jitter = reader.readUInt32()
            else { return nil }
            var statistics = ReceiverSummary.Statistics(
                medianFractionLost: fraction == .max ? nil : fraction,
                highestCumulativeLost: lost == 0xFF_FFFF ? nil : lost, medianJitter: jitter == .max ? nil : jitter)
            statistics.reserved = reserved
            self = .statistics(statistics)
        case 11:
            guard let flags = reader.readUInt16(), let value = reader.readUInt32() else { return nil }
            var bandwidth = ReceiverSummary.Bandwidth(
                appliesToSenders: flags & 0x8000 != 0, appliesToReceivers: flags & 0x4000 != 0,
                kilobitsPerSecondTimes65536: value)
            bandwidth.reserved = flags & 0x3FFF
            self = .bandwidth(bandwidth)
        case 12:
            guard let size = reader.readUInt16(), let count = reader.readUInt32() else { return nil }
            self = .groupSize(receiverCount: count, averagePacketByteCount: size)
        default:
            guard let kind = ReceiverSummary.FeedbackTarget.Kind(rawValue: type),
                let target = ReceiverSummary.FeedbackTarget(reading: &reader, kind: kind)
            else { return nil }
            self = .feedbackTarget(target)
        }
    }

    /// The octets behind type and length.
    package var contentByteCount: Int {
        switch self {
        case .feedbackTarget(let target): 2 + target.address.count + target.padding
        case .loss(let block), .jitter(let block), .roundTripTime(let block), .cumulativeLoss(let block):
            block.byteCount
        case .collisions(let collisions): 2 + 4 * collisions.sources.count
        case .statistics: 10
        case .bandwidth, .groupSize: 6
        case .other(_, let contents): contents.count
        }
    }

    func writeContents(to writer: inout ByteWriter) {
        switch self {
        case .feedbackTarget(let target):
            writer.write(target.port)
            writer.write(bytes: target.address)
            writer.writeZeros(target.padding)
        case .loss(let block), .jitter(let block), .roundTripTime(let block), .cumulativeLoss(let block):
            block.write(to: &writer)
        case .collisions(let collisions):
            writer.write(collisions.reserved)
            for source in collisions.sources { writer.write(source.rawValue) }
        case .statistics(let statistics):
            writer.write(statistics.reserved)
            writer.write(statistics.medianFractionLost ?? .max)
            writer.writeUInt24(min(statistics.highestCumulativeLost ?? .max, 0xFF_FFFF))
            writer.write(statistics.medianJitter ?? .max)
        case .bandwidth(let bandwidth):
            writer.write(
                (bandwidth.appliesToSenders ? 0x8000 : 0) | (bandwidth.appliesToReceivers ? 0x4000 : 0)
                    | bandwidth.reserved)
            writer.write(bandwidth.kilobitsPerSecondTimes65536)
        case .groupSize(let count, let size):
            writer.write(size)
            writer.write(count)
        case .other(_, let contents): writer.write(bytes: contents)
        }
    }
}

extension ReceiverSummary.FeedbackTarget {
    fileprivate init?(reading reader: inout ByteReader, kind: Kind) {
        guard let port = reader.readUInt16() else { return nil }
        var octets = Array(copying: reader.readRemaining())
        let byteCount = octets.count
        switch kind {
        case .ipv4: guard byteCount == 4 else { return nil }
        case .ipv6: guard byteCount == 16 else { return nil }
        case .dnsName: while octets.last == 0 { octets.removeLast() }
        }
        self.kind = kind
        self.port = port
        address = octets
        padding = byteCount - octets.count
    }
}

extension ReceiverSummary.Collisions {
    /// Reads the block, which is whole words by its length.
    fileprivate init(reading reader: inout ByteReader) {
        reserved = reader.readUInt16() ?? 0
        var sources: [SSRC] = []
        while let source = reader.readUInt32() { sources.append(SSRC(source)) }
        self.sources = sources
    }
}

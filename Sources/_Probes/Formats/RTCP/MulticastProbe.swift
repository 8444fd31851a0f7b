// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

extension RTCPBodyProbe {
    // MARK: RSI

    static func receiverSummary(_ summary: ReceiverSummary, octets: [UInt8]) throws(ProbeFinding) -> Built {
        try check(summary.ntpTimestamp)
        // The header's five bits.
        var ignored: [Int: UInt8]? = [0: 0x1F]
        var offset = 20
        var blocks: [ReceiverSummary.Block] = []
        for block in summary.blocks {
            try require(octets[offset] == block.blockType, "type \(octets[offset]) is read as \(block)")
            switch block {
            case .feedbackTarget(let target):
                let built = try feedbackTarget(target)
                blocks.append(.feedbackTarget(built ?? target))
                // More nulls than a name needs.
                if 4 * Int(octets[offset + 1]) != 4 + (target.address.count + 3) & ~3 { ignored = nil }
            case .loss(let distribution): blocks.append(.loss(try self.distribution(distribution)))
            case .jitter(let distribution): blocks.append(.jitter(try self.distribution(distribution)))
            case .roundTripTime(let distribution): blocks.append(.roundTripTime(try self.distribution(distribution)))
            case .cumulativeLoss(let distribution): blocks.append(.cumulativeLoss(try self.distribution(distribution)))
            case .collisions(let collisions):
                let built = try expect("\(collisions) are not built") { () throws(RTPError) in
                    try ReceiverSummary.Collisions(collisions.sources)
                }
                blocks.append(.collisions(built))
                for octet in 2...3 { ignored?[offset + octet] = 0xFF }
            case .statistics(let statistics):
                let built = ReceiverSummary.Statistics(
                    medianFractionLost: statistics.medianFractionLost,
                    highestCumulativeLost: statistics.highestCumulativeLost, medianJitter: statistics.medianJitter)
                blocks.append(.statistics(built))
                for octet in 2...3 { ignored?[offset + octet] = 0xFF }
            case .bandwidth(let bandwidth):
                let built = ReceiverSummary.Bandwidth(
                    appliesToSenders: bandwidth.appliesToSenders, appliesToReceivers: bandwidth.appliesToReceivers,
                    kilobitsPerSecondTimes65536: bandwidth.kilobitsPerSecondTimes65536)
                blocks.append(.bandwidth(built))
                ignored?[offset + 2] = 0x3F
                ignored?[offset + 3] = 0xFF
            case .groupSize(let count, let size):
                blocks.append(.groupSize(receiverCount: count, averagePacketByteCount: size))
            case .other(let type, let contents): blocks.append(.other(type: type, contents: contents))
            }
            offset += 4 * Int(octets[offset + 1])
        }
        try require(offset == octets.count, "blocks of \(offset) octets in \(octets.count)")
        let built = ReceiverSummary(
            ssrc: summary.ssrc, summarizedSource: summary.summarizedSource, ntpTimestamp: summary.ntpTimestamp,
            blocks: blocks)
        return Built(packet: .receiverSummary(built), ignored: ignored)
    }

    /// `nil` for a target that must not be sent: port 0, a name of no octet.
    private static func feedbackTarget(
        _ target: ReceiverSummary.FeedbackTarget
    ) throws(ProbeFinding) -> ReceiverSummary.FeedbackTarget? {
        guard target.port != 0, !target.address.isEmpty else { return nil }
        return try expect("\(target) is not built") { () throws(RTPError) in
            try ReceiverSummary.FeedbackTarget(target.kind, address: target.address, port: target.port)
        }
    }

    /// The distribution built of its buckets, or the same one where it must not be sent.
    private static func distribution(
        _ distribution: SummaryDistribution
    ) throws(ProbeFinding) -> SummaryDistribution {
        let width = distribution.bucketBitCount
        try require(
            width * Int(distribution.bucketCount) <= 8 * distribution.octets.count, "buckets of \(width) bits")
        guard let buckets = distribution.buckets else {
            try require(width > 64, "no buckets of \(width) bits")
            return distribution
        }
        try require(buckets.count == Int(distribution.bucketCount), "\(buckets.count) buckets")
        guard !buckets.isEmpty, width > 0, width % 2 == 0, width * buckets.count == 8 * distribution.octets.count,
            distribution.minimum < distribution.maximum
        else { return distribution }
        return try expect("\(distribution) is not built") { () throws(RTPError) in
            try SummaryDistribution(
                minimum: distribution.minimum, maximum: distribution.maximum,
                multiplicativeFactor: distribution.multiplicativeFactor, bucketBitCount: width, buckets: buckets)
        }
    }

    // MARK: TOKEN

    static func portMapping(_ mapping: PortMapping, octets: [UInt8]) throws(ProbeFinding) -> Built {
        var ignored: [Int: UInt8] = [:]
        let message: PortMapping.Message
        switch mapping.message {
        case .request(let nonce): message = .request(nonce: nonce)
        case .response(let response):
            try check(response.absoluteExpiration)
            let token = try self.token(response.token)
            message = .response(
                try expect("\(response) is not built") { () throws(RTPError) in
                    try PortMapping.Response(
                        client: response.client, nonce: response.nonce, token: token,
                        absoluteExpiration: response.absoluteExpiration,
                        relativeExpirationSeconds: response.relativeExpirationSeconds,
                        packetTypes: response.packetTypes)
                })
            // The length of the token, and the token, are at 20.
            let tokenEnd = 22 + response.token.octets.count
            let typesEnd = (tokenEnd + 3) & ~3 + 13 + response.packetTypes.count
            for octet in tokenEnd..<(tokenEnd + 3) & ~3 { ignored[octet] = 0xFF }
            for octet in typesEnd..<(typesEnd + 3) & ~3 { ignored[octet] = 0xFF }
        case .verification(let nonce, let token, let expiration):
            message = .verification(nonce: nonce, token: try self.token(token), absoluteExpiration: expiration)
            let tokenEnd = 18 + token.octets.count
            for octet in tokenEnd..<(tokenEnd + 3) & ~3 { ignored[octet] = 0xFF }
        case .failure(let failure):
            message = .failure(
                try expect("\(failure) is not built") { () throws(RTPError) in
                    try PortMapping.Failure(
                        client: failure.client, packetType: failure.packetType, format: failure.format,
                        nonce: failure.nonce)
                })
            // 19 bits behind packet type and format.
            for (octet, bits) in [(13, 0x07), (14, 0xFF), (15, 0xFF)] { ignored[octet] = UInt8(bits) }
        case .other(let type, let body): message = .other(type: type, body: body)
        }
        return Built(packet: .portMapping(PortMapping(sender: mapping.sender, message: message)), ignored: ignored)
    }

    private static func token(_ token: PortMapping.Token) throws(ProbeFinding) -> PortMapping.Token {
        try expect("\(token) is not built") { () throws(RTPError) in try PortMapping.Token(token.octets) }
    }

    // MARK: IDMS

    static func synchronization(_ settings: SynchronizationSettings) throws(ProbeFinding) -> Built {
        for time in [settings.received, settings.presented] { try check(time) }
        let built = SynchronizationSettings(
            sender: settings.sender, mediaSource: settings.mediaSource, groupID: settings.groupID,
            received: settings.received, rtpTimestamp: settings.rtpTimestamp, presented: settings.presented)
        return Built(packet: .synchronizationSettings(built), ignored: [0: 0x1F])
    }
}

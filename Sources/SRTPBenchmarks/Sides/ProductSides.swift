// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

/// The key that every side uses: what it is does not matter to the time.
enum BenchmarkKey {
    static func octets(_ suite: SRTPSuite) -> [UInt8] {
        (0..<suite.masterKeyByteCount + suite.masterSaltByteCount).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    }

    static func make(_ suite: SRTPSuite) throws(SRTPError) -> SRTPMasterKey {
        try SRTPMasterKey(suite: suite, keyAndSalt: octets(suite).span)
    }
}

extension SRTPConfiguration {
    /// The defaults, with room for as many streams.
    static func admitting(_ streamCount: Int) -> SRTPConfiguration {
        var configuration = SRTPConfiguration()
        configuration.streamLimit = max(configuration.streamLimit, streamCount)
        return configuration
    }
}

/// The product's sender, a packet a call.
struct ProductSender: Side, ~Copyable {
    private var sender: SRTPSender

    init(_ job: Job, streamCount: Int = 1, keyOptions: SRTPKeyOptions = SRTPKeyOptions()) throws {
        var made = try SRTPSender(
            masterKey: BenchmarkKey.make(job.suite), options: keyOptions, configuration: .admitting(streamCount))
        // Where libsrtp starts.
        if job.work.kind == .rtcp, streamCount == 1 {
            try made.setNextRTCPIndex(1, of: SSRC(rawValue: StreamOrder.firstSSRC))
        }
        sender = made
    }

    mutating func run(_ block: borrowing PacketBlock, _ job: Job) -> Int { protect(block, job) }

    mutating func protect(_ block: borrowing PacketBlock, _ job: Job) -> Int {
        let length = job.plainByteCount
        let expected = job.protectedByteCount
        var done = 0
        switch job.work.kind {
        case .rtp:
            for position in 0..<block.count {
                var packet = block.packet(position).mutableBytes
                if let protected = try? sender.protectRTP(&packet, length: length), protected == expected { done += 1 }
            }
        case .rtcp:
            for position in 0..<block.count {
                var packet = block.packet(position).mutableBytes
                if let protected = try? sender.protectRTCP(&packet, length: length), protected == expected { done += 1 }
            }
        }
        return done
    }
}

/// The product's receiver, a packet a call.
struct ProductReceiver: Side, ~Copyable {
    private var receiver: SRTPReceiver

    init(_ job: Job, streamCount: Int = 1) throws {
        receiver = try SRTPReceiver(
            masterKey: BenchmarkKey.make(job.suite), configuration: .admitting(streamCount))
    }

    mutating func run(_ block: borrowing PacketBlock, _ job: Job) -> Int {
        let length = job.protectedByteCount
        let expected = job.plainByteCount
        var done = 0
        switch job.work.kind {
        case .rtp:
            for position in 0..<block.count {
                var packet = block.packet(position).mutableBytes
                if let plain = try? receiver.unprotectRTP(&packet, length: length), plain == expected { done += 1 }
            }
        case .rtcp:
            for position in 0..<block.count {
                var packet = block.packet(position).mutableBytes
                if let plain = try? receiver.unprotectRTCP(&packet, length: length), plain == expected { done += 1 }
            }
        }
        return done
    }
}

/// The product, a packet a call, in the job's direction.
func productContestant(_ name: String, _ job: Job, streamCount: Int = 1) throws -> any Contestant {
    switch job.work.direction {
    case .protect: Holding(name, try ProductSender(job, streamCount: streamCount))
    case .unprotect: Holding(name, try ProductReceiver(job, streamCount: streamCount))
    }
}

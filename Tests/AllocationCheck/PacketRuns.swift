// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import RTP
import SRTP

/// A hundred thousand packets through every call, with the allocations that they took.
struct PacketRuns {
    static let packets = 100_000
    static let warmUp = 1000
    static let suites = SRTPSuite.all.filter(\.isUsable)

    /// A suite and what is switched on with it.
    struct Setup {
        var name: String
        var suite: SRTPSuite
        var options = SRTPKeyOptions()
        var configuration = SRTPConfiguration()
        /// A second key without an identifier, so that the receiver has two to try.
        var hasSecondKey = false

        init(_ suite: SRTPSuite, _ option: String? = nil) {
            self.suite = suite
            name = option.map { "\(suite.name) with \($0)" } ?? suite.name
        }

        func makeSender() throws -> SRTPSender {
            try SRTPSender(masterKey: publishedKey(suite), options: options, configuration: configuration)
        }

        func makeReceiver() throws -> SRTPReceiver {
            var receiver = try SRTPReceiver(
                masterKey: publishedKey(suite), options: options, configuration: configuration)
            if hasSecondKey { try receiver.addKey(.random(for: suite), options: options) }
            // Packets without authentication are taken of announced streams only.
            for ssrc: UInt32 in 0...1 { try receiver.setRolloverCounter(0, of: SSRC(0x0809_0A00 | ssrc)) }
            return receiver
        }
    }

    /// Every suite, and every option with one that has a MAC and with one that has none.
    static var setups: [Setup] {
        var setups = suites.map { Setup($0) }
        for name in ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"] {
            guard let suite = SRTPSuite.named(name) else { continue }
            func add(_ option: String, _ change: (inout Setup) -> Void) {
                var setup = Setup(suite, option)
                change(&setup)
                setups.append(setup)
            }
            add("an MKI") { $0.options.mki = [1, 2, 3, 4] }
            add("a lifetime") { $0.options.lifetime = SRTPKeyLifetime(rtpPackets: 1 << 40, rtcpPackets: 1 << 40) }
            add("<From, To>") { $0.options.validIndices = 0...1 << 40 }
            add("key derivation rate 2^24") { $0.options.derivationRate = 1 << 24 }
            add("Cryptex") { $0.configuration.cryptex = .required }
            add("RFC 6904") { $0.configuration.headerEncryption = HeaderExtensionEncryption([1, 2]) }
            add("RFC 6904 as libsrtp has it") {
                $0.configuration.headerEncryption = HeaderExtensionEncryption([1, 2], style: .libsrtp)
            }
            add("identical repeats allowed") { $0.configuration.repeatedPackets = .allowedWhenIdentical }
            add("a search for the rollover counter") { $0.configuration.rolloverCounterSearch = 8 }
            add("a wide window") { $0.configuration.replayWindow = 1024 }
            add("two keys to try") { $0.hasSecondKey = true }
            add("a carried rollover counter, mode 3") {
                $0.configuration.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticated, rate: 7)
            }
            if !suite.cipher.isAuthenticated {
                add("a carried rollover counter, mode 1") {
                    $0.configuration.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticatedBetween, rate: 7)
                }
                add("a carried rollover counter, mode 2") {
                    $0.configuration.carriedRolloverCounter = CarriedRolloverCounter(.authenticated, rate: 7)
                }
                add("no authentication") { $0.configuration.leavesRTPUnauthenticated = true }
                add("no encryption") { $0.configuration.encryptsRTP = false }
            }
        }
        return setups
    }

    struct Run {
        let name: String
        let allocations: UInt64
    }

    private static let batch = 32
    /// What one packet and its trailer take of the arena.
    private static let stride = 256
    private static let payload = 160

    /// An allocation for each packet, to see that the counter sees.
    static func control() -> UInt64 {
        allocation_counter_start()
        for _ in 0..<packets {
            let block = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 1)
            block.storeBytes(of: 1, as: UInt8.self)
            block.deallocate()
        }
        return allocation_counter_stop()
    }

    /// RTP and RTCP, both directions, one at a time and in batches; then in place and out of place.
    static func all(_ setup: Setup) throws -> [Run] {
        var runs: [Run] = []
        for kind in [PacketKind.rtp, .rtcp] {
            for isBatched in [false, true] {
                var sender = try setup.makeSender()
                var receiver = try setup.makeReceiver()
                var arena = makeArena(kind)
                let name = "\(kind == .rtp ? "RTP" : "RTCP"), \(isBatched ? "batches of \(batch)" : "single calls")"
                let sent = measure(&sender, &arena, isBatched: isBatched)
                let received = measure(&receiver, &arena, isBatched: isBatched)
                guard arena.slots.allSatisfy(\.isAccepted) else { throw Refused(run: name) }
                runs += [
                    Run(name: "protect \(name)", allocations: sent),
                    Run(name: "unprotect \(name)", allocations: received),
                ]
            }
        }
        return runs
    }

    struct Refused: Error {
        let run: String
    }

    /// Every packet of the runs, made beforehand: in place, with room behind it.
    private struct Arena {
        var octets: [UInt8]
        var slots: [PacketSlot]
    }

    private static func makeArena(_ kind: PacketKind) -> Arena {
        let count = packets + warmUp
        var octets = [UInt8](repeating: 0x55, count: count * stride)
        var slots: [PacketSlot] = []
        let length = (kind == .rtp ? 12 : 8) + payload
        for number in 0..<count {
            let start = number * stride
            octets[start] = kind == .rtp ? 0x91 : 0x80
            octets[start + 1] = kind == .rtp ? 0 : 200
            octets[start + 2] = kind == .rtp ? UInt8(truncatingIfNeeded: number >> 8) : 0
            octets[start + 3] = kind == .rtp ? UInt8(truncatingIfNeeded: number) : UInt8(length / 4 - 1)
            // Two streams in turn.
            let ssrc: [UInt8] = [8, 9, 10, 0]
            for position in ssrc.indices { octets[start + (kind == .rtp ? 8 : 4) + position] = ssrc[position] }
            octets[start + (kind == .rtp ? 11 : 7)] = UInt8(number / 2 % 2)
            // A CSRC and an extension of two elements, with padding between them.
            if kind == .rtp {
                let block: [UInt8] = [0xBE, 0xDE, 0, 2, 0x10, 0xAA, 0, 0x21, 0xBB, 0xCC, 0, 0]
                for position in block.indices { octets[start + 16 + position] = block[position] }
            }
            slots.append(PacketSlot(offset: start, length: length, capacity: stride, kind: kind))
        }
        return Arena(octets: octets, slots: slots)
    }

    /// Transforms every packet; the allocations behind the warm-up. What a packet became is the next run's packet.
    private static func measure<Transform: PacketTransform & ~Copyable>(
        _ transform: inout Transform, _ arena: inout Arena, isBatched: Bool
    ) -> UInt64 {
        var slots = arena.slots
        var allocations: UInt64 = 0
        do {
            var octets = arena.octets.mutableSpan
            var bytes = octets.mutableBytes
            var lent = slots.mutableSpan
            run(&transform, &bytes, &lent, 0..<warmUp, isBatched: isBatched)
            allocation_counter_start()
            run(&transform, &bytes, &lent, warmUp..<warmUp + packets, isBatched: isBatched)
            allocations = allocation_counter_stop()
        }
        for position in slots.indices where slots[position].isAccepted {
            slots[position].length = slots[position].result
        }
        arena.slots = slots
        return allocations
    }

    private static func run<Transform: PacketTransform & ~Copyable>(
        _ transform: inout Transform, _ bytes: inout MutableRawSpan, _ slots: inout MutableSpan<PacketSlot>,
        _ range: Range<Int>, isBatched: Bool
    ) {
        if isBatched {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(start + batch, range.upperBound)
                var part = slots._mutatingExtracting(start..<end)
                transform.transformBatch(&bytes, slots: &part)
                start = end
            }
            return
        }
        for position in range {
            let slot = slots[position]
            var packet = bytes._mutatingExtracting(slot.offset..<slot.offset + slot.capacity)
            do throws(Transform.Failure) {
                slots[position].result =
                    switch slot.kind {
                    case .rtp: try transform.transformRTP(&packet, length: slot.length)
                    case .rtcp: try transform.transformRTCP(&packet, length: slot.length)
                    }
            } catch {
                slots[position].result = -error.code
            }
        }
    }
}

/// The published master key for a suite of its lengths, out of memory that is never freed.
func publishedKey(_ suite: SRTPSuite = .aesCM128_HMACSHA1_80) throws -> SRTPMasterKey {
    let octets = UnsafeBufferPointer(start: published_master_key_and_salt(), count: 30)
    let count = suite.masterKeyByteCount + suite.masterSaltByteCount
    guard count != 30 else { return try SRTPMasterKey(suite: suite, keyAndSalt: Span(_unsafeElements: octets)) }
    // Other lengths: octets that nobody looks for in freed memory.
    let others = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    return try SRTPMasterKey(suite: suite, keyAndSalt: others.span)
}

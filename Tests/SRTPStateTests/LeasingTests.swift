// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP
@testable import SRTPState

@Suite("Senders with leased indices")
struct LeasingTests {
    @Test("without a lease a packet is refused and its index is not used; with one it goes")
    func firstPacket() throws {
        let life = try Life(MemoryStore())
        let fresh = life.sender.nextUsableIndex(of: 1)
        #expect(fresh == nil)
        #expect(life.rtp(100) == .failure(.leaseExhausted(1)))
        #expect(life.rtcp() == .failure(.leaseExhausted(1)))
        #expect(life.rtp(100) == .failure(.leaseExhausted(1)))
        try life.settle()
        #expect(throws: Never.self) { try life.rtp(100).get() }
        #expect(throws: Never.self) { try life.rtcp().get() }
        #expect(life.rtp(100) == .failure(.indexReused(1, index: 100)))
        #expect(life.rtp(99) == .failure(.belowLease(1, resumesAt: 100)))
        #expect(life.sender.statistics[.leaseExhausted] == 3)
    }

    @Test("what is sent is what a sender without leases sends")
    func sameOctets() throws {
        let life = try Life(MemoryStore())
        try life.start(first: 7)
        var plain = try SRTPSender(masterKey: Life.key(0))
        for number in 7..<200 {
            let packet = SamplePackets.rtp(sequence: UInt16(number), ssrc: 1, payload: [1, 2, 3])
            #expect(try life.rtp(number).get() == plain.protectRTP(packet))
        }
        #expect(try life.rtcp().get() == plain.protectRTCP(SamplePackets.rtcp(ssrc: 1)))
    }

    @Test("a lease is renewed before half of it is used, and not for every packet")
    func renewal() throws {
        let store = MemoryStore()
        let life = try Life(store)
        try life.start()
        var asked = 0
        var number = 0
        while number < 100_000 {
            _ = try life.rtp(number).get()
            number += 1
            guard life.sender.hasLeaseRequests else { continue }
            asked += 1
            #expect(asked > 1 || number == 1, "the first packet is noted at once")
            // The store is slow: the answer comes just before half of the lease is used.
            if asked > 1 {
                for _ in 0..<1000 {
                    _ = try life.rtp(number).get()
                    number += 1
                }
            }
            try life.settle()
        }
        #expect(asked < 100)
        #expect(store.writes == asked + 1)
    }

    @Test("protecting goes on to the end of the lease and stops there, whatever the store does")
    func slowStore() throws {
        let life = try Life(MemoryStore())
        try life.start()
        for number in 0..<4096 { #expect(throws: Never.self) { try life.rtp(number).get() } }
        for number in 4096..<4100 { #expect(life.rtp(number) == .failure(.leaseExhausted(1))) }
        try life.settle()
        for number in 4096..<4100 { #expect(throws: Never.self) { try life.rtp(number).get() } }
    }

    @Test("after a crash a stream goes on behind the lease, also over a wrap, and never under a used index")
    func crashes() throws {
        var generator = SeededGenerator(seed: 31)
        let store = MemoryStore()
        let receiver = try ReceivingEnd()
        var sent: Set<[UInt64]> = []
        var last = 65_000
        for _ in 0..<60 {
            let life = try Life(store)
            for ssrc: UInt32 in [1, 2] { try life.start(ssrc, first: 65_000) }
            let next = life.next()
            #expect(next >= last && next - last < 1 << 15)
            if next > 65_000 {
                #expect(life.rtp(next - 1) == .failure(.belowLease(1, resumesAt: UInt64(next))))
                #expect(life.rtp(next - 200) == .failure(.belowLease(1, resumesAt: UInt64(next))))
            }
            let count = Int.random(in: 1...6000, using: &generator)
            for number in next..<next + count {
                for ssrc: UInt32 in [1, 2] {
                    let wire = try life.rtp(number, ssrc: ssrc, payload: generator.octets(4)).get()
                    #expect(sent.insert([UInt64(ssrc), UInt64(number)]).inserted)
                    try receiver.rtp(wire)
                }
                if number % 50 == 0 { try receiver.rtcp(life.rtcp().get()) }
                if life.sender.hasLeaseRequests { try life.settle() }
            }
            last = next + count
        }
        #expect(last > 3 * 65_536)
    }

    @Test("a start that sends nothing leases nothing")
    func idleStarts() throws {
        let store = MemoryStore()
        let first = try Life(store)
        try first.start()
        for number in 0..<10 { _ = first.rtp(number) }
        let writes = store.writes
        for _ in 0..<1000 {
            let idle = try Life(store)
            #expect(idle.next() == 4096)
        }
        #expect(store.writes == writes)
    }

    @Test("processes that lease and crash before their first packet skip less than 2^15: receivers follow")
    func barrenStarts() throws {
        let store = MemoryStore()
        let receiver = try ReceivingEnd()
        let first = try Life(store)
        try first.start(first: 60_000)
        for number in 60_000..<60_010 { try receiver.rtp(first.rtp(number).get()) }
        var starts = 0
        while starts < 1000 {
            let barren = try Life(store)
            guard (try? barren.start()) != nil else { break }
            starts += 1
        }
        #expect((60..<1000).contains(starts))
        // Nothing is leased any more; what was leased last is lost, and still a receiver would follow.
        let refused = try Life(store)
        #expect(throws: IndexLeaseError.tooManyRestarts(1)) { try refused.start() }
        #expect(refused.next() - 60_009 < 1 << 15)
        let other = try SRTPSender(masterKey: Life.key(0))
        try receiver.rtp(Self.protect(other, index: refused.next()))
    }

    private static func protect(_ sender: consuming SRTPSender, index: Int) throws -> [UInt8] {
        try sender.setRolloverCounter(UInt32(index >> 16), of: 1)
        return try sender.protectRTP(SamplePackets.rtp(sequence: UInt16(index & 0xFFFF), ssrc: 1))
    }

    @Test("a sender that ends in order gives back what it has not used")
    func release() throws {
        let store = MemoryStore()
        for life in 0..<50 {
            let process = try Life(store)
            try process.start()
            #expect(process.next() == life * 10)
            for number in life * 10..<life * 10 + 10 { _ = try process.rtp(number).get() }
            let reports = try process.rtcp().get()
            #expect(reports.count > 0)
            try process.leaser.release(process.sender.replaced())
        }
        let last = try Life(store)
        #expect(last.next() == 500 && last.sender.nextRTCPIndex(of: 1) == 0)
        try last.start()
        #expect(last.sender.nextRTCPIndex(of: 1) == 50)
    }

    @Test("sequence numbers are rewritten where the caller begins anew, and a refused packet is left as it was")
    func rewriting() throws {
        let store = MemoryStore()
        let receiver = try ReceivingEnd()
        for life in 0..<5 {
            let process = try Life(store) { $0.indexLeasing = .rewritingSequenceNumbers }
            let start = process.next()
            if life == 0 { try process.start(first: 40_000) }
            for number in [40_000, 40_001, 40_003, 40_002, 40_500] {
                var result = process.rtp(number)
                if result == .failure(.leaseExhausted(1)) {
                    try process.settle()
                    result = process.rtp(number)
                }
                let wire = try result.get()
                try receiver.rtp(wire)
                let written = UInt16(wire[2]) << 8 | UInt16(wire[3])
                let expected = life == 0 ? number : start + number - 40_000
                #expect(written == UInt16(truncatingIfNeeded: expected))
            }
            #expect(
                process.sender.sequenceNumberOffset(of: 1)
                    == (life == 0 ? 0 : UInt16(truncatingIfNeeded: start - 40_000)))
            #expect(process.rtp(40_500) == .failure(.indexReused(1, index: UInt64(process.next() - 1))))
            var packet = SamplePackets.rtp(sequence: 40_001, ssrc: 1)
            let before = packet
            do {
                var span = packet.mutableSpan
                var bytes = span.mutableBytes
                let sent = try? process.sender.protectRTP(&bytes, length: before.count - 4)
                #expect(sent == nil)
            }
            #expect(packet == before)
        }
    }

    @Test("leases are for every key: one that is added gets them before it is used")
    func rekeying() throws {
        let store = MemoryStore()
        let life = try Life(store)
        try life.start()
        for number in 0..<10 { _ = try life.rtp(number).get() }
        try life.settle()
        let second = try life.sender.addKey(Life.key(100))
        #expect(throws: Never.self) { try life.rtp(10).get() }
        let isAsking = life.sender.hasLeaseRequests
        #expect(isAsking)
        try life.sender.activateKey(second)
        #expect(life.rtp(11) == .failure(.leaseExhausted(1)), "not leased under the new key yet")
        try life.settle()
        #expect(throws: Never.self) { try life.rtp(11).get() }
        #expect(store.leases(underKey: try #require(try life.leaser.name(of: second, in: life.sender))).count == 1)

        // A process that has the new key only goes on behind what was sent under it.
        let after = try Life(store, key: 100)
        #expect(after.next() > 4096)
        #expect(after.rtp(12) == .failure(.belowLease(1, resumesAt: UInt64(after.next()))))
    }

    @Test("packets of earlier processes count towards the key's lifetime")
    func lifetime() throws {
        let store = MemoryStore()
        for life in 0..<4 {
            var options = SRTPKeyOptions()
            options.lifetime = SRTPKeyLifetime(rtpPackets: 10_000)
            var configuration = SRTPConfiguration()
            configuration.indexLeasing = .refusingUsedIndices
            var sender = try SRTPSender(masterKey: Life.key(0), options: options, configuration: configuration)
            let leaser = IndexLeaser(store: store)
            try leaser.resume(&sender)
            let isOpen = life < 3
            #expect(sender.snapshot.isKeyExhausted == !isOpen)
            guard isOpen else { continue }
            try sender.requestLeases(for: 1, firstSequenceNumber: 0)
            try leaser.serveAndWait(&sender)
        }
    }

    @Test("two senders that share a store, a key and an SSRC never share an index")
    func twins() throws {
        var generator = SeededGenerator(seed: 8)
        let store = MemoryStore()
        let twins = [try Life(store), try Life(store)]
        var sent: Set<Int> = []
        for _ in 0..<4000 {
            let twin = twins[Int.random(in: 0...1, using: &generator)]
            let index = twin.next() + Int.random(in: 0...3, using: &generator)
            if case .success = twin.rtp(index) { #expect(sent.insert(index).inserted, "index \(index) twice") }
            if Int.random(in: 0..<10, using: &generator) == 0 { try? twin.settle() }
        }
        #expect(sent.count > 1000)
    }

    @Test("a leaser that serves the wrong sender gives it nothing that is not its own")
    func sharedLeaser() throws {
        var generator = SeededGenerator(seed: 12)
        for secondKey: UInt8 in [0, 100] {
            let store = MemoryStore()
            let lives = [try Life(store), try Life(store, key: secondKey)]
            var sent: Set<[Int]> = []
            for _ in 0..<2000 {
                let place = Int.random(in: 0...1, using: &generator)
                let life = lives[place]
                let index = life.next()
                if case .success = life.rtp(index) {
                    #expect(sent.insert([index, secondKey == 0 ? 0 : place]).inserted, "index \(index) twice")
                }
                if Int.random(in: 0..<10, using: &generator) == 0 { try? lives[0].leaser.serveAndWait(&life.sender) }
                if Int.random(in: 0..<50, using: &generator) == 0 {
                    // What one has asked for comes to the other.
                    let requests = life.sender.takeLeaseRequests()
                    lives[0].leaser.answer(requests)
                }
            }
            #expect(sent.count > 500)
        }
    }

    @Test("a store that fails is reported, the sender goes on with what it has and asks again")
    func failingStore() throws {
        let store = MemoryStore()
        let life = try Life(store)
        try life.start()
        store.fail(.storeFailed("no room"))
        #expect(throws: Never.self) { try life.rtp(0).get() }
        #expect(throws: IndexLeaseError.storeFailed("no room")) { try life.settle() }
        for number in 1..<4096 { #expect(throws: Never.self) { try life.rtp(number).get() } }
        #expect(life.rtp(4096) == .failure(.leaseExhausted(1)))
        #expect(throws: IndexLeaseError.storeFailed("no room")) { try life.settle() }
        store.fail(nil)
        #expect(life.rtp(4096) == .failure(.leaseExhausted(1)))
        try life.settle()
        #expect(throws: Never.self) { try life.rtp(4096).get() }
    }

    @Test("a rollover counter that is set ahead is leased there, and a removed stream keeps its lease")
    func jumps() throws {
        let life = try Life(MemoryStore())
        try life.start(first: 10)
        _ = try life.rtp(10).get()
        try life.sender.setRolloverCounter(500, of: 1)
        #expect(life.rtp(11) == .failure(.leaseExhausted(1)))
        try life.settle()
        #expect(throws: Never.self) { try life.rtp(11).get() }
        #expect(life.next() == 500 << 16 + 12)
        try life.sender.removeStream(1)
        #expect(life.rtp(11) == .failure(.indexReused(1, index: 500 << 16 + 11)))
        #expect(throws: Never.self) { try life.rtp(12).get() }
    }

    @Test("a stream started before any lease at sequence number 0 takes index 0")
    func indexZero() throws {
        let life = try Life(MemoryStore())
        try life.start(first: 0)
        #expect(try life.rtp(0).get() == SRTPSender.plain(0))
        let later = try Life(MemoryStore(), resumes: false)
        #expect(later.rtp(0) == .failure(.leaseExhausted(1)))
        try later.settle()
        #expect(try later.rtp(0).get() == SRTPSender.plain(0))
    }
}

/// A receiver that demands every packet to be accepted.
final class ReceivingEnd {
    private var receiver: SRTPReceiver

    init() throws { receiver = try SRTPReceiver(masterKey: Life.key(0)) }

    func rtp(_ wire: [UInt8]) throws { _ = try receiver.unprotectRTP(wire) }
    func rtcp(_ wire: [UInt8]) throws { _ = try receiver.unprotectRTCP(wire) }
}

extension SRTPSender {
    /// Hands the sender over, and leaves an empty one.
    fileprivate mutating func replaced() throws -> SRTPSender {
        var other = try SRTPSender(masterKey: Life.key(200))
        swap(&self, &other)
        return other
    }

    /// What a sender without leases makes of a first packet.
    fileprivate static func plain(_ number: UInt16) throws -> [UInt8] {
        var sender = try SRTPSender(masterKey: Life.key(0))
        return try sender.protectRTP(SamplePackets.rtp(sequence: number, ssrc: 1, payload: [1, 2, 3]))
    }
}

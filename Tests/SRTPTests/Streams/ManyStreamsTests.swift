// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Many streams")
struct ManyStreamsTests {
    @Test("what a packet touches of a stream is one cache line, wherever the stream lies")
    func lines() {
        #expect(MemoryLayout<RTPLine>.stride == 64)
        #expect(MemoryLayout<RTCPLine>.stride == 64)
        var slab = StreamSlab<RTPLine>(limit: 5000)
        var crossing = 0
        for number in 0..<5000 {
            slab.append(RTPLine(ssrc: SSRC(UInt32(number))))
            if unsafe UInt(bitPattern: slab.address(of: number)) % 64 != 0 { crossing += 1 }
        }
        #expect(crossing == 0)
    }

    @Test(
        "streams stay what they are while there come more, up to the limit and beyond",
        arguments: [1, 3, 1024, 1025, 4000])
    func growth(_ limit: Int) {
        var slab = StreamSlab<RTPLine>(limit: limit)
        for number in 0..<4000 {
            var line = RTPLine(ssrc: SSRC(UInt32(number)))
            line.oldest = UInt64(number)
            slab.append(line)
        }
        let kept = (0..<4000).filter { slab[$0].ssrc.rawValue == UInt32($0) && slab[$0].oldest == UInt64($0) }
        #expect(kept.count == 4000)
    }

    @Test("wide windows stay what they are while there come more")
    func wideWindows() throws {
        let count = 300
        let link = try Link {
            $0.replayWindow = 4096
            $0.rtcpReplayWindow = 4096
            $0.streamLimit = count
            $0.repeatedPackets = .allowedWhenIdentical
        }
        var wires: [[UInt8]] = []
        for number in 0..<UInt32(count) {
            for sequence: UInt16 in [1, 2000, 4000] {
                let packet = SamplePackets.rtp(sequence: sequence, ssrc: number)
                let wire = try link.sending.rtp(packet).get()
                #expect(link.receiving.rtp(wire) == .success(packet))
                wires.append(wire)
            }
        }
        for wire in wires { #expect(link.receiving.refuses(wire)) }
        for number in 0..<UInt32(count) {
            #expect(
                link.sending.rtp(SamplePackets.rtp(sequence: 2000, ssrc: number))
                    == .success(wires[Int(number) * 3 + 1]))
            guard case .failure = link.sending.rtp(SamplePackets.rtp(sequence: 2000, ssrc: number, payload: [1])) else {
                Issue.record("\(number): another packet under an index that was used")
                continue
            }
        }
    }

    // MARK: Eviction

    private static func table(of count: Int) throws -> StreamTable {
        var configuration = SRTPConfiguration()
        configuration.streamLimit = count
        return try StreamTable(configuration)
    }

    @Test("where packets came from all of many streams, few are looked at before one makes room")
    func boundedSearch() throws {
        let count = 10_000
        var table = try Self.table(of: count)
        for number in 0..<UInt32(count) { _ = table.insert(SSRC(number)) }
        let evicted = table.evict(lastKey: 1)
        #expect(evicted == 128)
        let lookedAt = (0..<count).filter { !table[$0].rtpLine.isRecent }
        #expect(lookedAt == Array(0..<128))
        // The next search goes on behind the stream that made room.
        let taken = table.insert(77_777)
        #expect(taken == 128)
        let next = table.evict(lastKey: 1)
        #expect(next == 257)
    }

    @Test("a stream from which nothing came goes before those from which something did")
    func idleFirst() throws {
        var table = try Self.table(of: 200)
        for number in 0..<UInt32(200) { _ = table.insert(SSRC(number)) }
        _ = table.evict(lastKey: 1)
        for slot in 0..<128 where slot != 50 {
            if slot % 2 == 0 {
                table.markRTP(PacketIndex(unwrapped: 1 << 48), at: slot)
            } else {
                table.markRTCP(.first, at: slot)
            }
        }
        let evicted = table.evict(lastKey: 1)
        #expect(evicted == 50)
    }

    @Test("slots of streams that are gone are used again, the last one first")
    func vacantSlots() throws {
        var table = try Self.table(of: 100)
        for number in 0..<UInt32(50) { _ = table.insert(SSRC(number)) }
        for slot in [3, 40, 7] { table.remove(slot, lastKey: 1) }
        #expect(table.ssrcs.map(\.rawValue) == (0..<50).filter { ![3, 40, 7].contains($0) })
        var slots: [Int] = []
        for number: UInt32 in [100, 40, 101, 102] { slots.append(table.insert(SSRC(number))) }
        #expect(slots == [7, 40, 3, 50])
        let found = table.slot(of: 40)
        #expect(found == 40)
        #expect(table.formerSnapshot.map(\.ssrc) == [3, 7])
    }

    @Test("streams that are gone are forgotten with the newest key that they may have used, and not before")
    func forgotten() throws {
        var table = try Self.table(of: 1000)
        for number in 0..<UInt32(1000) { _ = table.insert(SSRC(number)) }
        for slot in 0..<1000 { table.remove(slot, lastKey: UInt32(1 + slot % 3)) }
        #expect(table.formerSnapshot.count == 1000)
        table.forgetFormer(before: 1)
        #expect(table.formerSnapshot.count == 1000)
        table.forgetFormer(before: 3)
        #expect(table.formerSnapshot.map(\.ssrc.rawValue) == (0..<1000).filter { $0 % 3 == 2 })
        for number in 0..<UInt32(1000) { _ = table.insert(SSRC(number)) }
        #expect(table.formerSnapshot.isEmpty)
        table.remove(5, lastKey: 3)
        table.forgetFormer(before: 4)
        #expect(table.formerSnapshot.isEmpty)
    }
}

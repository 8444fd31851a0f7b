// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import Testing

@testable import SRTP
@testable import SRTPState

@Suite("What a lease holds")
struct LeasePlanTests {
    static let first: UInt64 = 1 << 48 + 1000
    private let name = [UInt8](repeating: 7, count: 32)

    private func request(
        next: UInt64, wanted: UInt64? = nil, heldEnd: UInt64? = nil, kind: PacketKind = .rtp
    ) -> LeaseRequest {
        LeaseRequest(
            ssrc: 1, kind: kind, next: next, wanted: wanted ?? next, heldEnd: heldEnd,
            keys: [LeaseRequest.Use(number: 1, fingerprint: [1], oldest: .max, packets: 0)])
    }

    private func plan(_ request: LeaseRequest, _ stored: IndexLease?) throws -> LeasePlan {
        try LeasePlan(request, names: [name], stored: stored.map { [$0.stream: $0] } ?? [:])
    }

    @Test("a stream that goes on gets 4,096 indices from where it is")
    func renewal() throws {
        var row = try plan(request(next: Self.first), nil).rows[0]
        #expect(row.first == Self.first && row.count == 4096 && row.noted == Self.first)
        for _ in 0..<100 {
            let next = row.first + 1024
            let renewed = try plan(request(next: next, heldEnd: row.end), row)
            #expect(renewed.grant.continued == row.end && renewed.grant.first == next && renewed.grant.count == 4096)
            #expect(renewed.rows[0].noted == next && renewed.rows[0].oldest == Self.first)
            row = renewed.rows[0]
        }
    }

    @Test("processes that end before they say anything skip less than 2^15 in all, however many they are")
    func barrenLives() throws {
        var row = try plan(request(next: Self.first), nil).rows[0]
        var lives = 0
        while let next = try? plan(request(next: row.end), row) {
            #expect(next.grant.continued == nil && next.grant.first == row.end)
            #expect(next.rows[0].noted == Self.first, "nobody has said that it got further")
            row = next.rows[0]
            lives += 1
            // The first packet behind all of them still has the index that receivers estimate.
            #expect(row.end - Self.first < 1 << 15)
        }
        #expect(lives > 60)
        #expect(throws: IndexLeaseError.tooManyRestarts(1)) { try plan(request(next: row.end), row) }
        // One that says so has the whole length again.
        let alive = try plan(request(next: row.end, heldEnd: row.end), row)
        #expect(alive.grant.continued == row.end && alive.grant.count == 4096)
    }

    @Test("a stream of which nothing is out yet stays in front of the wrap, over many starts")
    func firstPacket() throws {
        let wrap: UInt64 = 1 << 48 + 1 << 16
        var row = try plan(request(next: wrap - 536), nil).rows[0]
        for _ in 0..<30 {
            #expect(row.end < wrap)
            row = try plan(request(next: row.end), row).rows[0]
        }
        let heard = try plan(request(next: row.first + 1, heldEnd: row.end), row)
        #expect(heard.grant.count == 4096)
    }

    @Test("a sender that comes without a lease, or with another one's, goes on behind everything leased")
    func foreignLease() throws {
        let row = try plan(request(next: Self.first), nil).rows[0]
        for heldEnd in [nil, row.end - 1, row.end + 1] {
            let other = try plan(request(next: Self.first + 5, heldEnd: heldEnd), row)
            #expect(other.grant.continued == nil && other.grant.first == row.end && other.grant.isResumed)
        }
    }

    @Test(
        "a jump of the caller's own is followed, within reach and beyond", arguments: [100, 20_000, 1 << 15, 1 << 40])
    func jump(_ distance: UInt64) throws {
        let row = try plan(request(next: Self.first), nil).rows[0]
        let wanted = Self.first + 10 + distance
        let jumped = try plan(request(next: Self.first + 10, wanted: wanted, heldEnd: row.end), row)
        #expect(jumped.grant.first == wanted && jumped.grant.count > 0 && jumped.grant.continued == row.end)
        #expect(jumped.rows[0].end - jumped.rows[0].noted < 1 << 15)
    }

    @Test("a sender that has sent nothing has not passed what was skipped, whether it goes on or ends")
    func nothingSent() throws {
        var row = try plan(request(next: Self.first), nil).rows[0]
        row = try plan(request(next: row.end), row).rows[0]
        let idle = request(next: row.first, wanted: row.end + 10, heldEnd: row.end)
        #expect(try plan(idle, row).rows[0].noted == Self.first)
        let released = try #require(LeasePlan.release(idle, names: [name], stored: [row.stream: row]))
        #expect(released[0].noted == Self.first && released[0].end == row.first)
        let sent = request(next: row.first + 1, heldEnd: row.end)
        let passed = try #require(LeasePlan.release(sent, names: [name], stored: [row.stream: row]))
        #expect(passed[0].noted == row.first + 1 && passed[0].end == row.first + 1)
        #expect(LeasePlan.release(sent, names: [name], stored: [:]) == nil)
    }

    @Test("impossible numbers of a store are an error")
    func impossible() throws {
        let row = try plan(request(next: Self.first), nil).rows[0]
        for field: WritableKeyPath<IndexLease, UInt64> in [\.first, \.count, \.noted, \.oldest, \.packets] {
            var other = row
            other[keyPath: field] = .max
            #expect(throws: IndexLeaseError.self) { try plan(request(next: Self.first), other) }
        }
    }

    @Test("SRTCP leases are short and as many as there are indices")
    func rtcp() throws {
        var row = try plan(request(next: 1 << 31, kind: .rtcp), nil).rows[0]
        for _ in 0..<1000 { row = try plan(request(next: 1 << 31, kind: .rtcp), row).rows[0] }
        #expect(row.count == 1024 && row.end == 1 << 31 + 1001 * 1024)
    }
}

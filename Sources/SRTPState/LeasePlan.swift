// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// What is written for a request, and what the sender gets. Plain arithmetic.
///
/// A crash loses what was leased and not used, and the stream goes on behind it. Receivers follow as long as that is less than 2^15
/// sequence numbers from the last packet that they got (RFC 3711 section 3.3.1). So a lease is never longer than a seventh of
/// what is left of ``maximumSkip``, counted from the last index that a sender has said to have passed: eight crashes in a row
/// before a first packet skip no more than two thirds of it, and leases get shorter and never add up to the whole.
struct LeasePlan {
    /// The indices between the last one that was said to be used and the end of a lease, at most. The rest up to 2^15 is for
    /// packets that the network loses.
    static let maximumSkip: UInt64 = 1 << 15 - 1 << 10
    /// SRTCP packets say their index: nobody loses track, and the interval between them is long.
    static let rtcpCount: UInt64 = 1024

    static let smallestRTPIndex: UInt64 = 1 << 48 - 1 << 16
    static let smallestRTCPIndex: UInt64 = 1 << 31

    let rows: [IndexLease]
    let grant: LeaseGrant

    /// The lease that answers `request`.
    ///
    /// - Parameters:
    ///   - names: Of the request's keys, in their order.
    ///   - stored: The leases there are.
    init(
        _ request: LeaseRequest, names: [[UInt8]], stored: [IndexLease.Stream: IndexLease]
    ) throws(IndexLeaseError) {
        let streams = names.map { IndexLease.Stream(key: $0, ssrc: request.ssrc, kind: request.kind) }
        let known = streams.compactMap { stored[$0] }
        guard known.allSatisfy(\.isPossible) else { throw .storeFailed("a lease with impossible numbers") }
        let newest = known.max { $0.end < $1.end }
        let continues = newest != nil && newest?.end == request.heldEnd
        let first = continues ? request.wanted : max(request.wanted, newest?.end ?? 0)
        var noted = newest?.noted ?? first
        if let newest, continues, request.next > newest.first { noted = request.next }
        if first - noted >= Self.maximumSkip, first > newest?.end ?? 0 {
            // The caller has jumped by itself, and told its receivers.
            noted = first
        }
        let isUnheard = noted == newest?.oldest ?? first
        let count = try Self.count(from: first, skip: first - noted, isUnheard: isUnheard, request)
        rows = Self.rows(request, streams, stored, first: first, count: count, noted: noted, continues: continues)
        grant = LeaseGrant(
            ssrc: request.ssrc, kind: request.kind, first: first, count: count,
            continued: continues ? request.heldEnd : nil, isResumed: newest != nil,
            keys: Self.earlier(request, streams, stored, continues: continues))
    }

    private static func count(
        from first: UInt64, skip: UInt64, isUnheard: Bool, _ request: LeaseRequest
    ) throws(IndexLeaseError) -> UInt64 {
        guard request.kind == .rtp else { return rtcpCount }
        guard skip < maximumSkip else { throw .tooManyRestarts(request.ssrc) }
        var rest = maximumSkip - skip
        // Receivers that have no packet yet take the first one for one of the first rollover counter: until a packet is out, what
        // is leased stays in front of the wrap.
        if isUnheard { rest = min(rest, 1 << 16 - first & 0xFFFF) }
        return min(IndexLease.maximumCount, max(1, rest / 7))
    }

    private static func rows(
        _ request: LeaseRequest, _ streams: [IndexLease.Stream], _ stored: [IndexLease.Stream: IndexLease],
        first: UInt64, count: UInt64, noted: UInt64, continues: Bool
    ) -> [IndexLease] {
        zip(streams, request.keys).map { stream, use in
            let old = stored[stream]
            let packets = continues ? use.packets : max(use.packets, old?.packets ?? 0)
            return IndexLease(
                stream: stream, first: first, count: count, noted: noted,
                oldest: min(use.oldest, old?.oldest ?? .max, first), packets: min(packets, 1 << 60) + count)
        }
    }

    /// What the keys were used for by earlier processes.
    private static func earlier(
        _ request: LeaseRequest, _ streams: [IndexLease.Stream], _ stored: [IndexLease.Stream: IndexLease],
        continues: Bool
    ) -> [LeaseRequest.Use] {
        zip(streams, request.keys).map { stream, use in
            let old = continues ? nil : stored[stream]
            return LeaseRequest.Use(
                number: use.number, fingerprint: use.fingerprint, oldest: old?.oldest ?? .max,
                packets: old?.packets ?? 0)
        }
    }

    /// What a sender that starts is told of a stream: where it goes on, without a lease.
    static func resumption(_ rows: [(key: LeaseRequest.Use, lease: IndexLease)]) -> LeaseGrant? {
        guard let newest = rows.map(\.lease).max(by: { $0.end < $1.end }) else { return nil }
        return LeaseGrant(
            ssrc: newest.stream.ssrc, kind: newest.stream.kind, first: newest.end, count: 0, continued: nil,
            isResumed: true,
            keys: rows.map { key, lease in
                LeaseRequest.Use(
                    number: key.number, fingerprint: key.fingerprint, oldest: lease.oldest, packets: lease.packets)
            })
    }

    /// What is written when a sender ends: nothing is skipped. `nil` where somebody else has leased since.
    static func release(
        _ request: LeaseRequest, names: [[UInt8]], stored: [IndexLease.Stream: IndexLease]
    ) -> [IndexLease]? {
        let streams = names.map { IndexLease.Stream(key: $0, ssrc: request.ssrc, kind: request.kind) }
        let known = streams.compactMap { stored[$0] }
        guard known.allSatisfy(\.isPossible), let newest = known.max(by: { $0.end < $1.end }),
            newest.end == request.heldEnd, request.next <= newest.end
        else { return nil }
        // One that has sent nothing has not passed what processes before it have skipped.
        let noted = request.next > newest.first ? request.next : newest.noted
        return rows(request, streams, stored, first: request.next, count: 0, noted: noted, continues: true)
    }
}

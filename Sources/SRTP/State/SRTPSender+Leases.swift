// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import RTP
internal import WireBytes

extension SRTPConfiguration {
    /// Whether a sender uses only indices that a store has leased to it, so that it can be started again after a crash under the
    /// same master keys.
    ///
    /// A sender with leases needs an `IndexLeaser` (module `SRTPState`), which writes leases durably before their first index is
    /// used. Protecting never waits for it: without a lease a packet is refused with ``SRTPError/leaseExhausted(_:)``, and its
    /// index is not used.
    public enum IndexLeasing: Hashable, Sendable {
        /// Any index may be used: the sender must be the only one that its master keys ever have.
        case off
        /// Leased indices only. A sequence number whose index may have been used before a restart is refused with
        /// ``SRTPError/belowLease(_:resumesAt:)``; ``SRTPSender/nextUsableIndex(of:)`` says where to go on.
        case refusingUsedIndices
        /// Leased indices only. After a restart, sequence numbers are rewritten so that the stream goes on: the same number is
        /// added to all of one SSRC, ``SRTPSender/sequenceNumberOffset(of:)``. Reports and requests that come back speak of the
        /// rewritten numbers.
        case rewritingSequenceNumbers
    }
}

extension SRTPSender {
    // MARK: For those who send

    /// The first SRTP index (2^16 * ROC + SEQ) of `ssrc` that nothing was sent under, now or before a restart, and that lies
    /// behind everything sent; `nil` for an SSRC that nothing is known of.
    ///
    /// The sequence number to go on with is the index modulo 2^16.
    public mutating func nextUsableIndex(of ssrc: SSRC) -> UInt64? {
        if let slot = context.streams.slot(of: ssrc), context.streams[slot].rtp.newest > 0 {
            return PacketIndex(unwrapped: context.streams[slot].rtp.newest + 1).wire
        }
        guard let start = leases?[LeaseBook.Name(ssrc: ssrc, kind: .rtp)]?.start, start > 0 else { return nil }
        return PacketIndex(unwrapped: start).wire
    }

    /// What is added to the sequence numbers of `ssrc`, modulo 2^16; 0 unless
    /// ``SRTPConfiguration/IndexLeasing/rewritingSequenceNumbers`` is on and the process was restarted.
    public func sequenceNumberOffset(of ssrc: SSRC) -> UInt16 { leases?.offset(of: ssrc) ?? 0 }

    /// Asks for leases for `ssrc`, SRTP and SRTCP, before the first packet, which would have to be refused.
    ///
    /// - Parameter sequenceNumber: Of the first packet. After a restart, a stream goes on at ``nextUsableIndex(of:)`` instead.
    /// - Throws: ``SRTPError/tooManyStreams(_:limit:)``.
    public mutating func requestLeases(for ssrc: SSRC, firstSequenceNumber sequenceNumber: UInt16) throws(SRTPError) {
        guard leases != nil else { return }
        let slot = if let known = context.streams.slot(of: ssrc) { known } else { try admit(ssrc) }
        let stream = context.streams[slot]
        let next = stream.rtp.newest > 0 ? stream.rtp.newest + 1 : stream.rtpIndex(of: sequenceNumber).unwrapped
        leases?.ask(for: next, LeaseBook.Name(ssrc: ssrc, kind: .rtp))
        leases?.ask(for: stream.nextRTCP.unwrapped, LeaseBook.Name(ssrc: ssrc, kind: .rtcp))
    }

    // MARK: For the store

    /// Whether there are requests to be fetched.
    package var hasLeaseRequests: Bool { leases?.hasPending ?? false }

    /// Every request since the last call.
    package mutating func takeLeaseRequests() -> [LeaseRequest] {
        let names = leases?.takePending() ?? []
        return requests(names)
    }

    private mutating func requests(_ names: [LeaseBook.Name]) -> [LeaseRequest] {
        var requests: [LeaseRequest] = []
        for name in names { if let request = request(name) { requests.append(request) } }
        return requests
    }

    /// What is held now, for a store that takes back what was not used.
    package consuming func giveUpLeases() -> [LeaseRequest] {
        requests(leases?.namesWithLease ?? [])
    }

    /// The names of the master keys, with their numbers.
    package var leaseKeys: [LeaseRequest.Use] {
        var keys: [LeaseRequest.Use] = []
        for position in 0..<context.keys.count {
            keys.append(
                LeaseRequest.Use(
                    number: context.keys[position].id.number, fingerprint: context.keys[position].fingerprint,
                    oldest: .max, packets: 0))
        }
        return keys
    }

    /// Takes a lease that is durable. One that another sender has asked for is left alone, and lost.
    package mutating func grant(_ grant: LeaseGrant) {
        let name = LeaseBook.Name(ssrc: grant.ssrc, kind: grant.kind)
        for use in grant.keys {
            // A key that was removed since needs no lease.
            guard let position = context.keys.position(ofNumber: use.number) else { continue }
            guard context.keys[position].fingerprint == use.fingerprint else { return }
        }
        let known = leases?[name]?.earlier ?? [:]
        guard leases?.grant(grant) == true else { return }
        for use in grant.keys where known[use.number] == nil && use.packets > 0 {
            guard let position = context.keys.position(ofNumber: use.number) else { continue }
            context.keys[position].use.countEarlier(use, grant.kind)
        }
        guard let slot = context.streams.slot(of: grant.ssrc) else { return }
        if grant.continued == nil { resume(slot, grant.kind) }
        context.streams[slot].setLeaseNotice(0, grant.kind)
    }

    /// Notes that the store had no lease.
    package mutating func refuse(_ request: LeaseRequest) {
        leases?.refuse(LeaseBook.Name(ssrc: request.ssrc, kind: request.kind))
        if let slot = context.streams.slot(of: request.ssrc) { context.streams[slot].setLeaseNotice(0, request.kind) }
    }

    private mutating func request(_ name: LeaseBook.Name) -> LeaseRequest? {
        guard let entry = leases?[name] else { return nil }
        let stream = context.streams.slot(of: name.ssrc).map { context.streams[$0] } ?? StreamState(ssrc: name.ssrc)
        let next = stream.nextIndex(name.kind) ?? entry.wanted ?? 0
        var keys: [LeaseRequest.Use] = []
        for position in 0..<context.keys.count {
            let number = context.keys[position].id.number
            let use = stream.keyNumber == number ? stream.use : context.keys[position].use.returning
            let isFirst = stream.keyNumber == 0
            keys.append(
                LeaseRequest.Use(
                    number: number, fingerprint: context.keys[position].fingerprint,
                    oldest: name.kind == .rtp
                        ? use.oldestRTP : isFirst ? RTCPIndex.first.unwrapped : use.oldestRTCP,
                    // Late packets may follow, as many as the window has places.
                    packets: name.kind == .rtp
                        ? use.rtpPackets + UInt64(context.configuration.replayWindow) : use.rtcpPackets))
        }
        return LeaseRequest(
            ssrc: name.ssrc, kind: name.kind, next: next, wanted: max(entry.wanted ?? 0, next),
            heldEnd: entry.end > entry.start ? entry.end : nil, keys: keys)
    }

    // MARK: Steps

    /// Where a stream of a sender with leases starts: looked at with every packet, until there is a lease.
    mutating func startLeases(_ slot: Int) {
        guard leases != nil else { return }
        for kind in [PacketKind.rtp, .rtcp] {
            resume(slot, kind)
            context.streams[slot].setLeaseNotice(0, kind)
        }
    }

    /// Goes on behind what may have been used before.
    private mutating func resume(_ slot: Int, _ kind: PacketKind) {
        guard let entry = leases?[LeaseBook.Name(ssrc: context.streams[slot].ssrc, kind: kind)], entry.start > 0 else {
            return
        }
        let number = context.keys.active.map { context.keys[$0].id.number } ?? 0
        context.streams.resume(slot, kind, at: entry.start, entry.earlier[number], keyNumber: number)
    }

    /// Throws where the packet's index is not leased, and asks for a lease in time.
    @inline(never)
    mutating func checkLease(_ index: UInt64, _ kind: PacketKind, _ slot: Int, key: Int) throws(SRTPError) {
        let ssrc = context.streams[slot].ssrc
        let name = LeaseBook.Name(ssrc: ssrc, kind: kind)
        var isComplete = true
        for position in 0..<context.keys.count where leases?.covers(context.keys[position].id.number, name) != true {
            isComplete = false
        }
        let notice = leases?.notice(from: index, name, isComplete: isComplete)
        guard let notice, leases?.covers(context.keys[key].id.number, name) == true else {
            throw .leaseExhausted(ssrc)
        }
        context.streams[slot].setLeaseNotice(notice, kind)
    }

    /// Looks at every stream's leases again, since there is another key.
    mutating func reviewLeases() {
        guard leases != nil else { return }
        for slot in context.streams.slots {
            context.streams[slot].setLeaseNotice(0, .rtp)
            context.streams[slot].setLeaseNotice(0, .rtcp)
        }
    }

    /// Whether an index may have been used before a restart.
    func isBelowLease(_ index: PacketIndex, _ ssrc: SSRC) -> Bool {
        index.unwrapped < leases?[LeaseBook.Name(ssrc: ssrc, kind: .rtp)]?.start ?? 0
    }

    /// Why an index cannot be used: it was, it may have been before a restart, or nobody knows.
    @inline(never)
    func refusal(of index: PacketIndex, _ verdict: RingWindow.Verdict, _ ssrc: SSRC) -> SRTPError {
        if isBelowLease(index, ssrc), let start = leases?[LeaseBook.Name(ssrc: ssrc, kind: .rtp)]?.start {
            return .belowLease(ssrc, resumesAt: PacketIndex(unwrapped: start).wire)
        }
        return verdict == .seen ? .indexReused(ssrc, index: index.wire) : .indexTooOld(ssrc, index: index.wire)
    }
}

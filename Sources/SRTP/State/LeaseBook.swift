// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// The leases of a sender's streams, and what was asked for.
struct LeaseBook: Sendable {
    /// Whose lease it is.
    struct Name: Hashable, Sendable {
        let ssrc: SSRC
        let kind: PacketKind
    }

    struct Entry: Sendable {
        /// Nothing below may be used: it may have been, before this process.
        var start: UInt64 = 0
        /// The first index that may not be used; 0 where there is no lease.
        var end: UInt64 = 0
        /// From this index on a further lease is asked for.
        var renewal: UInt64 = 0
        /// The numbers of the master keys that the lease is for.
        var keys: [UInt32] = []
        /// The index that was asked for, until there is an answer.
        var wanted: UInt64?
        /// Whether the stream was there before this process.
        var isResumed = false
        /// What earlier processes have used, by the number of the master key. Counted once.
        var earlier: [UInt32: LeaseRequest.Use] = [:]
    }

    /// Whether sequence numbers are rewritten.
    let rewrites: Bool
    private var entries: [Name: Entry] = [:]
    /// What is to be asked for and was not fetched yet.
    private var pending: [Name] = []
    /// What is added to the caller's sequence numbers.
    private var offsets: [SSRC: UInt16] = [:]

    init?(_ leasing: SRTPConfiguration.IndexLeasing) {
        guard leasing != .off else { return nil }
        rewrites = leasing == .rewritingSequenceNumbers
    }

    subscript(name: Name) -> Entry? { entries[name] }

    /// The streams that have a lease.
    var namesWithLease: [Name] { entries.filter { $0.value.end > $0.value.start }.map(\.key) }

    var hasPending: Bool { !pending.isEmpty }

    /// What is to be asked for, once.
    mutating func takePending() -> [Name] {
        defer { pending.removeAll(keepingCapacity: true) }
        return pending
    }

    /// Asks for a lease that reaches beyond `index`, unless that was done.
    mutating func ask(for index: UInt64, _ name: Name) {
        if let wanted = entries[name]?.wanted {
            entries[name]?.wanted = max(wanted, index)
            return
        }
        entries[name, default: Entry()].wanted = index
        pending.append(name)
    }

    /// Whether the lease of a stream is for the master key with this number.
    func covers(_ key: UInt32, _ name: Name) -> Bool { entries[name]?.keys.contains(key) ?? false }

    /// From which index on the stream is to be looked at again, where it may use `index`; `nil` where it may not. Asks for a lease
    /// in time, also where the one there is is not for every key.
    mutating func notice(from index: UInt64, _ name: Name, isComplete: Bool) -> UInt64? {
        guard let entry = entries[name], index < entry.end else {
            ask(for: index, name)
            return nil
        }
        if index >= entry.renewal || !isComplete { ask(for: index, name) }
        guard isComplete else { return 0 }
        return index < entry.renewal ? min(entry.renewal, entry.end) : entry.end
    }

    /// Takes a lease. `false` for one that continues another lease than the stream's: what lies between is somebody else's.
    mutating func grant(_ grant: LeaseGrant) -> Bool {
        let name = Name(ssrc: grant.ssrc, kind: grant.kind)
        var entry = entries[name] ?? Entry()
        guard grant.continued == nil || grant.continued == entry.end else { return false }
        entry.wanted = nil
        if grant.continued == nil {
            entry.start = grant.first
            entry.isResumed = grant.isResumed
        }
        entry.end = grant.end
        // A process that was started says at once that it has sent; later on, a quarter of a lease is used before it is renewed.
        entry.renewal = grant.continued == nil ? grant.first : grant.first + grant.count / 4
        entry.keys = grant.count > 0 ? grant.keys.map(\.number) : []
        for use in grant.keys where entry.earlier[use.number] == nil { entry.earlier[use.number] = use }
        entries[name] = entry
        return true
    }

    /// Notes that a request was not granted, so that it can be made again.
    mutating func refuse(_ name: Name) { entries[name]?.wanted = nil }

    // MARK: Sequence numbers

    /// What is added to sequence number `number` of a stream: so much that the first one lies at the start of the lease.
    func offset(of ssrc: SSRC, first number: UInt16) -> UInt16 {
        if let offset = offsets[ssrc] { return offset }
        guard let entry = entries[Name(ssrc: ssrc, kind: .rtp)], entry.isResumed else { return 0 }
        return UInt16(truncatingIfNeeded: entry.start) &- number
    }

    /// What is added to the sequence numbers of a stream that has sent.
    func offset(of ssrc: SSRC) -> UInt16 { offsets[ssrc] ?? 0 }

    /// Notes that a packet was sent with this offset, and all that follow will be.
    mutating func fix(_ offset: UInt16, of ssrc: SSRC) {
        if offsets[ssrc] == nil { offsets[ssrc] = offset }
    }
}

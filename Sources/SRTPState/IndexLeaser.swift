// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
public import SRTP
internal import Synchronization

/// Stands between one sender and the store of its leases: carries what the sender asks for to the store, on a thread of its own, and
/// what was granted back.
///
/// ```swift
/// let store = try FileIndexLeaseStore(path: "/var/lib/app/leases", ifMissing: .create)
/// let leaser = IndexLeaser(store: store)
/// var configuration = SRTPConfiguration()
/// configuration.indexLeasing = .refusingUsedIndices
/// var sender = try SRTPSender(masterKey: key, configuration: configuration)
/// try leaser.resume(&sender)                   // before the first packet
/// // ... and then, as often as packets are sent, or every few milliseconds:
/// try leaser.serve(&sender)
/// ```
///
/// Several senders may share a store, each with a leaser of its own: what one leaser brings is for the sender that has asked.
public final class IndexLeaser: Sendable {
    private struct Box {
        var granted: [LeaseGrant] = []
        var refused: [LeaseRequest] = []
        var failure: IndexLeaseError?
    }

    private let store: any IndexLeaseStore
    private let queue = DispatchQueue(label: "swift-srtp index leases")
    private let box = Mutex(Box())
    /// Whether there is something in the box.
    private let hasAnswers = Atomic(false)

    /// A leaser that goes to `store`.
    public init(store: some IndexLeaseStore) { self.store = store }

    // MARK: At the start

    /// Tells a sender what earlier processes may have used under its master keys. Reads the store; leases nothing.
    ///
    /// Afterwards `SRTPSender.nextUsableIndex(of:)` says where each stream goes on. To be called again after further keys were
    /// added that an earlier process had.
    ///
    /// - Throws: What the store throws. Without this call nothing is sent under a used index either, but a stream's first packet is
    ///   refused later, and what its sequence number means is not known.
    public func resume(_ sender: inout SRTPSender) throws(IndexLeaseError) {
        let nameKey = try store.nameKey
        var streams: [IndexLease.Stream: [(LeaseRequest.Use, IndexLease)]] = [:]
        for key in sender.leaseKeys {
            let name = try LeaseName.name(of: key.fingerprint, nameKey: nameKey)
            for lease in try store.leases(underKey: name) {
                guard lease.isPossible else { throw .storeFailed("a lease with impossible numbers") }
                let stream = IndexLease.Stream(key: [], ssrc: lease.stream.ssrc, kind: lease.stream.kind)
                streams[stream, default: []].append((key, lease))
            }
        }
        for rows in streams.values {
            if let grant = LeasePlan.resumption(rows.map { (key: $0.0, lease: $0.1) }) { sender.grant(grant) }
        }
    }

    /// The name that a master key of `sender` has in the store; `nil` where the sender has no such key.
    public func name(of key: SRTPKeyID, in sender: borrowing SRTPSender) throws(IndexLeaseError) -> [UInt8]? {
        guard let known = sender.leaseKeys.first(where: { $0.number == key.number }) else { return nil }
        return try LeaseName.name(of: known.fingerprint, nameKey: store.nameKey)
    }

    // MARK: While packets flow

    /// Gives the sender what has become durable, and takes what it asks for to the store. Never waits.
    ///
    /// To be called by the sender's owner between packets, at least once in a quarter of the time in which a stream sends 4,096
    /// packets; costs next to nothing where there is nothing to do.
    ///
    /// - Throws: The failure that the thread has met since the last call. The sender goes on with the leases that it has, and asks
    ///   again with the next packet that needs one.
    public func serve(_ sender: inout SRTPSender) throws(IndexLeaseError) {
        if sender.hasLeaseRequests {
            let requests = sender.takeLeaseRequests()
            queue.async { self.answer(requests) }
        }
        try deliver(to: &sender)
    }

    /// As ``serve(_:)``, and waits for the store: for the start of a sender, behind
    /// `SRTPSender.requestLeases(for:firstSequenceNumber:)`.
    ///
    /// - Throws: The failure that was met.
    public func serveAndWait(_ sender: inout SRTPSender) throws(IndexLeaseError) {
        let requests = sender.takeLeaseRequests()
        queue.sync { self.answer(requests) }
        try deliver(to: &sender)
    }

    private func deliver(to sender: inout SRTPSender) throws(IndexLeaseError) {
        guard hasAnswers.exchange(false, ordering: .acquiringAndReleasing) else { return }
        let answers = box.withLock { box in
            defer { box = Box() }
            return box
        }
        for grant in answers.granted { sender.grant(grant) }
        for request in answers.refused { sender.refuse(request) }
        if let failure = answers.failure { throw failure }
    }

    /// On the queue.
    func answer(_ requests: [LeaseRequest]) {
        var granted: [LeaseGrant] = []
        var refused: [LeaseRequest] = []
        var failure: IndexLeaseError?
        do throws(IndexLeaseError) {
            let named = try named(requests)
            try store.update(named.flatMap(\.streams)) { stored throws(IndexLeaseError) in
                granted = []
                refused = []
                var rows: [IndexLease] = []
                for (request, names, _) in named {
                    do throws(IndexLeaseError) {
                        let plan = try LeasePlan(request, names: names, stored: stored)
                        rows += plan.rows
                        granted.append(plan.grant)
                    } catch {
                        failure = error
                        refused.append(request)
                    }
                }
                return rows
            }
        } catch {
            failure = error
            granted = []
            refused = requests
        }
        box.withLock { box in
            box.granted += granted
            box.refused += refused
            box.failure = failure ?? box.failure
        }
        if !requests.isEmpty { hasAnswers.store(true, ordering: .releasing) }
    }

    private typealias Named = (request: LeaseRequest, names: [[UInt8]], streams: [IndexLease.Stream])

    private func named(_ requests: [LeaseRequest]) throws(IndexLeaseError) -> [Named] {
        let nameKey = try store.nameKey
        var all: [Named] = []
        for request in requests {
            var names: [[UInt8]] = []
            for key in request.keys { names.append(try LeaseName.name(of: key.fingerprint, nameKey: nameKey)) }
            all.append(
                (
                    request, names,
                    names.map { IndexLease.Stream(key: $0, ssrc: request.ssrc, kind: request.kind) }
                ))
        }
        return all
    }

    // MARK: At the end

    /// Ends a sender and gives back what it has not used, so that its streams go on without a gap. Waits for the store.
    ///
    /// - Throws: What the store throws. The sender is gone then, too, and its leases are skipped as after a crash.
    public func release(_ sender: consuming SRTPSender) throws(IndexLeaseError) {
        queue.sync {}
        var sender = sender
        // What became durable meanwhile is the sender's, too; that something failed before changes nothing.
        try? deliver(to: &sender)
        let named = try named(sender.giveUpLeases())
        try store.update(named.flatMap(\.streams)) { stored throws(IndexLeaseError) in
            named.flatMap { LeasePlan.release($0.request, names: $0.names, stored: stored) ?? [] }
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where leases outlive a process. ``FileIndexLeaseStore`` is the one that is built in; another one may be a database that several
/// machines share.
///
/// What a store says must be true after a crash of the machine: a store that forgets a lease, or goes back to an older state, lets
/// indices be used twice.
public protocol IndexLeaseStore: Sendable {
    /// 32 octets of the store's own, random when it was made: master keys are named by HMAC-SHA256 under it, so that the same key
    /// has another name in another store.
    var nameKey: [UInt8] { get throws(IndexLeaseError) }

    /// The leases under the master key of this name.
    func leases(underKey name: [UInt8]) throws(IndexLeaseError) -> [IndexLease]

    /// Writes leases in place of those that the same streams have, as one step that happens wholly or not at all.
    ///
    /// - Parameters:
    ///   - streams: Whose leases.
    ///   - change: Is given the leases there are, and says what to write. Nobody else changes them meanwhile.
    /// Returns when they are durable.
    func update(
        _ streams: [IndexLease.Stream],
        _ change: ([IndexLease.Stream: IndexLease]) throws(IndexLeaseError) -> [IndexLease]
    ) throws(IndexLeaseError)
}

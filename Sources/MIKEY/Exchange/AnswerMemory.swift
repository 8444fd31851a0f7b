// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// The answers to messages that were taken, so that the same octets get the same answer when their carrier repeats them, and have
/// no other effect. The oldest go first.
struct AnswerMemory: Sendable {
    private struct Entry: Sendable {
        let bundle: BundleName?
        let answer: MIKEYMessage?
    }

    private let capacity: Int
    private var entries: [[UInt8]: Entry] = [:]
    /// The digests in the order in which they came, in a ring.
    private var order: [[UInt8]] = []
    private var oldest = 0

    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// What octets are remembered by.
    static func digest(_ octets: [UInt8]) throws(MIKEYExchangeError) -> [UInt8] {
        let bytes = unsafe octets.span.bytes
        do throws(CryptoError) { return try SHA256.digest(bytes) } catch { throw .engineFailed }
    }

    /// The answer to a message that was taken, which may be none; `nil` for a message that is not remembered.
    func answer(to digest: [UInt8]) -> MIKEYMessage?? { entries[digest].map(\.answer) }

    mutating func remember(_ answer: MIKEYMessage?, to digest: [UInt8], of bundle: BundleName?) {
        guard entries.updateValue(Entry(bundle: bundle, answer: answer), forKey: digest) == nil else { return }
        guard order.count >= capacity else {
            order.append(digest)
            return
        }
        entries[order[oldest]] = nil
        order[oldest] = digest
        oldest = (oldest + 1) % capacity
    }

    /// Forgets the answers of a bundle. That its messages were taken stays known.
    mutating func forgetAnswers(of bundle: BundleName) {
        entries = entries.mapValues { $0.bundle == bundle ? Entry(bundle: nil, answer: nil) : $0 }
    }
}

/// What a responder knows a bundle by: CSB IDs are unique for each pair of parties only (RFC 3830 section 6.1).
struct BundleName: Hashable, Sendable {
    let csbID: UInt32
    let initiator: MIKEYIdentity?
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// The keys that the messages of a bundle had, and the crypto sessions that they served: packets may have been protected under them.
///
/// Bounded: where there were more keys, every key counts as one of them.
struct KeyHistory: Sendable {
    private static let capacity = 256
    /// A TEK may hold its salt behind the key, which has this length at least.
    private static let comparedByteCount = 16

    /// The CS IDs, by digests of the keys.
    private var sessions: [[UInt8]: OctetSet] = [:]
    private var isComplete = true

    /// Adds the keys of a message with these crypto sessions. A TEK serves all that there may be, and so does each key of a message
    /// that lists none.
    mutating func add(keyData: [MIKEYPayload.KeyData], of listed: MIKEYCryptoSessions) {
        let entries = listed.entries
        var ids = OctetSet()
        for entry in entries { _ = ids.insert(entry.id) }
        add(keyData: keyData, serving: entries.isEmpty ? .all : ids)
    }

    /// Adds keys that have served these crypto sessions.
    mutating func add(keyData: [MIKEYPayload.KeyData], serving ids: OctetSet) {
        for key in keyData {
            guard let digest = Self.digest(of: key), sessions[digest] != nil || sessions.count < Self.capacity else {
                isComplete = false
                return
            }
            sessions[digest, default: OctetSet()].formUnion(key.kind == .tek ? .all : ids)
        }
    }

    /// Whether the key may have served this crypto session.
    func contains(_ key: MIKEYPayload.KeyData, of csID: UInt8) -> Bool {
        guard isComplete else { return true }
        guard !sessions.isEmpty else { return false }
        guard let digest = Self.digest(of: key) else { return true }
        return sessions[digest]?.contains(csID) ?? false
    }

    private static func digest(of key: MIKEYPayload.KeyData) -> [UInt8]? {
        key.key.withBytes { bytes in
            try? SHA256.digest(bytes.extracting(first: min(comparedByteCount, bytes.byteCount)))
        }
    }
}

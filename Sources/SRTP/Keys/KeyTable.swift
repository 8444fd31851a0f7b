// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// The master keys of a context, at most 256, each with its session keys.
struct KeyTable: ~Copyable, Sendable {
    private var entries = Slab<KeyEntry>()
    private var nextNumber: UInt32 = 1
    /// Keys that were here and may not come back (RFC 3711 section 9.2).
    private var past: Set<[UInt8]> = []
    /// Keys of restored state that the owner has not given again yet.
    private var awaited: [SRTPStateSnapshot.Key] = []
    /// The number of the one that was active.
    private var awaitedActive: UInt32?
    /// The position of the key that a sender protects under: the newest one, or the one that was activated.
    private(set) var active: Int?
    /// Whether there is one key for everything: no choice, one derivation.
    private(set) var isSimple = false
    let mkiByteCount: Int

    static let capacity = 256

    init(mkiByteCount: Int) { self.mkiByteCount = mkiByteCount }

    var count: Int { entries.count }

    /// The number of the newest key that was ever here.
    var newestNumber: UInt32 { nextNumber - 1 }

    subscript(position: Int) -> KeyEntry {
        @inline(__always) _read { yield entries[addressed: position] }
        @inline(__always) _modify { yield &entries[addressed: position] }
    }

    /// What every key was used for, oldest first.
    var statuses: [SRTPKeyStatus] {
        var statuses: [SRTPKeyStatus] = []
        for position in 0..<entries.count { statuses.append(SRTPKeyStatus(entries[position])) }
        return statuses.sorted { $0.id < $1.id }
    }

    // MARK: Coming and going

    /// Takes a key. A key that is here already, with the same options, stays as it is and is named again.
    mutating func add(
        _ masterKey: borrowing SRTPMasterKey, _ options: SRTPKeyOptions, profile: borrowing PacketProfile
    ) throws(SRTPError) -> SRTPKeyID {
        try options.validate()
        guard masterKey.suite == profile.rtpSuite else {
            throw .incompatibleSuites(rtp: profile.rtpSuite.name, rtcp: masterKey.suite.name)
        }
        guard options.mki.count == mkiByteCount else {
            throw .invalidMKI(byteCount: options.mki.count, expectedByteCount: mkiByteCount)
        }
        var entry: KeyEntry
        do throws(CryptoError) {
            entry = try KeyEntry(masterKey, options, id: SRTPKeyID(number: nextNumber), profile: profile)
        } catch {
            throw .engineFailed
        }
        for position in 0..<entries.count where entries[position].fingerprint == entry.fingerprint {
            guard entries[position].options == options, entries[position].use.grace == nil else { throw .keyReused }
            return entries[position].id
        }
        guard !past.contains(entry.fingerprint) else { throw .keyReused }
        for position in 0..<entries.count where mkiByteCount > 0 && entries[position].mki == options.mki {
            throw .invalidMKI(byteCount: mkiByteCount, expectedByteCount: nil)
        }
        guard entries.count < Self.capacity, nextNumber < .max else { throw .tooManyKeys(limit: Self.capacity) }
        if let place = awaited.firstIndex(where: { $0.fingerprint == entry.fingerprint }) {
            entry.resume(awaited.remove(at: place))
        } else {
            nextNumber += 1
        }
        let id = entry.id
        entries.append(entry)
        if id.number == awaitedActive {
            awaitedActive = nil
            active = entries.count - 1
        } else if active == nil {
            active = entries.count - 1
        }
        noteChange()
        return id
    }

    /// Wipes a key. Its like does not come back.
    mutating func remove(_ position: Int) {
        let activeID = active.map { entries[$0].id }
        let removed = entries.remove(position)
        past.insert(removed.fingerprint)
        active = activeID.flatMap { self.position(of: $0) }
        noteChange()
    }

    /// Makes a key the one to protect under.
    mutating func activate(_ position: Int) {
        active = position
        awaitedActive = nil
        noteChange()
    }

    // MARK: Saved state

    /// Expects the keys that were saved, of a table that has none yet.
    mutating func restore(_ saved: SRTPStateSnapshot) {
        nextNumber = saved.nextKeyNumber
        past = Set(saved.pastKeys)
        awaited = saved.keys
        awaitedActive = saved.activeKey
    }

    /// The number of the oldest key that is here or awaited.
    var oldestNumber: UInt32 {
        var oldest = awaited.map(\.number).min() ?? .max
        for position in 0..<entries.count { oldest = min(oldest, entries[position].id.number) }
        return oldest
    }

    /// Every key that is here or awaited, oldest first.
    var snapshot: [SRTPStateSnapshot.Key] {
        var known = awaited
        for position in 0..<entries.count {
            known.append(
                SRTPStateSnapshot.Key(
                    number: entries[position].id.number, fingerprint: entries[position].fingerprint,
                    use: entries[position].use))
        }
        return known.sorted { $0.number < $1.number }
    }

    /// The names of the keys that may not come back.
    var pastSnapshot: [[UInt8]] { past.sorted { $0.lexicographicallyPrecedes($1) } }

    /// The number that the next new key gets, and that of the active key.
    var numbers: (next: UInt32, active: UInt32?) {
        (nextNumber, awaitedActive ?? active.map { entries[$0].id.number })
    }

    private mutating func noteChange() {
        isSimple = entries.count == 1 && active == 0 && entries[0].rateShift == nil && entries[0].validIndices == nil
    }

    /// Whether session keys and positions stay as they are while packets are sent or accepted: no key has a derivation rate, and
    /// none has its grace to live.
    var isSteady: Bool {
        for position in 0..<entries.count
        where entries[addressed: position].rateShift != nil || entries[addressed: position].use.grace != nil {
            return false
        }
        return true
    }

    // MARK: Finding

    /// Where a key is.
    func position(of id: SRTPKeyID) -> Int? { position { $0.id == id } }

    /// Where the key with this number is.
    func position(ofNumber number: UInt32) -> Int? { position { $0.id.number == number } }

    /// Where the key with the identifier in `octets` is.
    func position(ofMKI octets: RawSpan) -> Int? {
        position { entry in
            guard entry.mki.count == octets.byteCount else { return false }
            for place in entry.mki.indices where octets.octet(at: place) != entry.mki[place] { return false }
            return true
        }
    }

    private func position(where isWanted: (borrowing KeyEntry) -> Bool) -> Int? {
        for position in 0..<entries.count where isWanted(entries[position]) { return position }
        return nil
    }

    /// The key that a packet with this SRTP index is protected under, or one of a stream that has no such index yet (`nil`).
    ///
    /// A range says it: that of the active key first, then the newest one. Where none does, it is the active key, if that has no
    /// range.
    @inline(__always)
    func sendingPosition(at index: UInt64?) -> Int? { isSimple ? 0 : ruledPosition(at: index) }

    private func ruledPosition(at index: UInt64?) -> Int? {
        guard let index else { return active }
        if let active, entries[active].validIndices?.contains(index) == true { return active }
        if let ranged = newest(where: { $0.validIndices?.contains(index) == true }) { return ranged }
        return active.flatMap { entries[$0].validIndices == nil ? $0 : nil }
    }

    /// The next key to try for a packet without an identifier, after the one with the number `last`: newest first.
    func receivingPosition(below last: UInt32) -> Int? { newest { $0.id.number < last && !$0.use.isExhausted } }

    /// The same for an SRTP packet: only keys for its index.
    func receivingPosition(at index: UInt64, below last: UInt32) -> Int? {
        newest { $0.id.number < last && $0.isValid(at: index) && !$0.use.isExhausted }
    }

    /// The one key that an SRTP packet without an identifier can be protected under; `nil` where there are several, or none.
    @inline(__always)
    mutating func onlyPosition(at index: UInt64) -> Int? { isSimple ? 0 : searchedOnlyPosition(at: index) }

    private func searchedOnlyPosition(at index: UInt64) -> Int? {
        var found: Int?
        for position in 0..<entries.count where entries[addressed: position].isValid(at: index) {
            guard found == nil else { return nil }
            found = position
        }
        return found
    }

    /// Why no key was found to try for a packet.
    func refusal(of ssrc: SSRC) -> SRTPError {
        for position in 0..<entries.count where !entries[position].use.isExhausted { return .noKey(ssrc) }
        return entries.count > 0 ? .keyExhausted(ssrc) : .noKey(ssrc)
    }

    private func newest(where isWanted: (borrowing KeyEntry) -> Bool) -> Int? {
        var found: Int?
        for position in 0..<entries.count where isWanted(entries[position]) {
            if let known = found, entries[known].id > entries[position].id { continue }
            found = position
        }
        return found
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SRTPSender {
    /// Takes a further master key. Packets go on under the one in use, until ``activateKey(_:)``, or until the new one's
    /// range of indices begins: a key with a range goes before one without.
    ///
    /// A key that is here already, with the same options, is named again and nothing changes. With
    /// ``SRTPConfiguration/indexLeasing``, leases for the new key are asked for with the next packets: activate it when they
    /// have come, or packets are refused until then.
    ///
    /// - Throws: ``SRTPError/invalidMKI(byteCount:expectedByteCount:)`` unless its MKI is as long as those of the other keys and
    ///   not one of theirs; ``SRTPError/keyReused`` for a key that was here before (RFC 3711 section 9.2); and errors that name
    ///   the option out of range.
    @discardableResult
    public mutating func addKey(
        _ masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions()
    ) throws(SRTPError) -> SRTPKeyID {
        let id = try context.addKey(masterKey, options)
        reviewLeases()
        return id
    }

    /// Protects what follows under this key. Rollover counters, SRTCP indices and the memory of what was sent stay.
    ///
    /// - Throws: ``SRTPError/unknownKey(_:)``.
    public mutating func activateKey(_ id: SRTPKeyID) throws(SRTPError) { try context.activateKey(id) }

    /// Wipes a key. It does not come back. Where it was the active one, packets are refused until another one is activated, except for
    /// those that the range of another key names.
    ///
    /// - Throws: ``SRTPError/unknownKey(_:)``.
    public mutating func removeKey(_ id: SRTPKeyID) throws(SRTPError) { try context.removeKey(id) }

    /// Protects what follows under a new key, and wipes the others: a re-keying.
    ///
    /// - Throws: As ``addKey(_:options:)``; the old keys are then still there.
    @discardableResult
    public mutating func replaceKey(
        with masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions()
    ) throws(SRTPError) -> SRTPKeyID {
        let id = try addKey(masterKey, options: options)
        try context.activateKey(id)
        try context.removeOthers(than: id)
        return id
    }

    /// Every key there is, oldest first.
    public var keys: [SRTPKeyStatus] { context.keys.statuses }

    /// The key that packets are protected under where no range of indices says otherwise; `nil` when there is none.
    public var activeKey: SRTPKeyID? { context.keys.active.map { context.keys[$0].id } }
}

extension SRTPReceiver {
    /// Takes a further master key.
    ///
    /// With MKIs, each packet says which key it is under. Without, a key's range of indices says it, or the keys are tried, newest
    /// first. A key that is here already, with the same options, is named again and nothing changes.
    ///
    /// - Throws: As ``SRTPSender/addKey(_:options:)``.
    @discardableResult
    public mutating func addKey(
        _ masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions()
    ) throws(SRTPError) -> SRTPKeyID {
        try context.addKey(masterKey, options)
    }

    /// Every key there is, oldest first, those that were replaced and are still honoured among them.
    public var keys: [SRTPKeyStatus] { context.keys.statuses }

    /// Wipes a key. It does not come back.
    ///
    /// - Throws: ``SRTPError/unknownKey(_:)``.
    public mutating func removeKey(_ id: SRTPKeyID) throws(SRTPError) { try context.removeKey(id) }

    /// Takes the key that follows the others: a re-keying. Rollover counters and replay windows stay.
    ///
    /// The old keys are honoured until ``SRTPConfiguration/keyGrace`` packets have been accepted under the new one, for packets
    /// that were on their way, and then wiped.
    ///
    /// - Throws: As ``addKey(_:options:)``; the old keys are then as before.
    @discardableResult
    public mutating func replaceKey(
        with masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions()
    ) throws(SRTPError) -> SRTPKeyID {
        let id = try context.addKey(masterKey, options)
        context.retireOthers(than: [id])
        return id
    }

    /// Gives the other keys their grace, as ``replaceKey(with:options:)`` does where there is one new key.
    package mutating func retireKeys(otherThan kept: [SRTPKeyID]) { context.retireOthers(than: kept) }
}

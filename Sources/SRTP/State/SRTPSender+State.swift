// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SRTPSender {
    /// The state, for another process to go on from: rollover counters, SRTCP indices, what was sent. No keys.
    ///
    /// The sender is gone afterwards, since two of them would use the same indices. For a sender that must survive a crash, this
    /// is not enough: see ``SRTPConfiguration/indexLeasing``.
    ///
    /// - Parameter key: 32 octets to seal the state with (AES-256-GCM), where others could alter it: an altered state lets
    ///   indices be used twice. Without a key, a digest finds accidents only.
    /// - Throws: ``SRTPError/invalidStateKey(byteCount:)``, and ``SRTPError/engineFailed``. The sender is gone then, too.
    public consuming func saveState(sealedWith key: Span<UInt8>? = nil) throws(SRTPError) -> [UInt8] {
        try context.savedState(sealedWith: key)
    }

    /// A sender that goes on where another one had come to.
    ///
    /// - Important: One state makes one sender. If any sender was made from it before, or if the one that it is of has sent
    ///   anything since, indices are used twice and payloads are readable to whoever has recorded both packets. Nobody
    ///   here can know; erase the state before the first packet.
    ///
    /// Further keys that the other one had are given by ``addKey(_:options:)`` and known again; the one that was active is so
    /// again. Packets that were sent before cannot be repeated.
    ///
    /// - Parameters:
    ///   - masterKey: One of the keys that the other sender had.
    ///   - options: Those that the key had.
    ///   - state: From ``saveState(sealedWith:)``.
    ///   - key: The key that the state is sealed with; `nil` for one that is not sealed.
    /// - Throws: ``SRTPError/malformedState`` for octets that are not a sender's state, or of other keys, and what
    ///   ``init(masterKey:options:configuration:)`` throws.
    public init(
        masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions(),
        configuration: SRTPConfiguration = SRTPConfiguration(),
        restoringAssumingNoOtherCopyWasUsed state: [UInt8], sealedWith key: Span<UInt8>? = nil
    ) throws(SRTPError) {
        let saved = try SRTPContext.readState(
            state, StateEnvelope.Kind(direction: .sent, isPair: false), sealedWith: key)
        try self.init(
            borrowing: masterKey, options: options, configuration: configuration, registry: nil, restoring: saved)
    }
}

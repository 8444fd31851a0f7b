// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SRTPReceiver {
    /// The state: what was accepted of every stream, and what every key was used for. No keys.
    ///
    /// It can be saved at any time. What arrives afterwards would be accepted once more by a receiver that is made from it.
    ///
    /// - Parameter key: 32 octets to seal the state with (AES-256-GCM), where others could alter it: an altered state lets
    ///   packets pass a second time. Without a key, a digest finds accidents only.
    /// - Throws: ``SRTPError/invalidStateKey(byteCount:)``, and ``SRTPError/engineFailed``.
    public borrowing func saveState(sealedWith key: Span<UInt8>? = nil) throws(SRTPError) -> [UInt8] {
        try context.savedState(sealedWith: key)
    }

    /// A receiver that goes on where another one had come to.
    ///
    /// Further keys that the other one had are given by ``addKey(_:options:)`` and known again. Windows may have another width:
    /// what the saved one does not know counts as accepted.
    ///
    /// - Parameters:
    ///   - masterKey: One of the keys that the other receiver had.
    ///   - options: Those that the key had.
    ///   - state: From ``saveState(sealedWith:)``.
    ///   - key: The key that the state is sealed with; `nil` for one that is not sealed.
    /// - Throws: ``SRTPError/malformedState`` for octets that are not a receiver's state, or of other keys, and what
    ///   ``init(masterKey:options:configuration:)`` throws.
    public init(
        masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions(),
        configuration: SRTPConfiguration = SRTPConfiguration(), restoring state: [UInt8],
        sealedWith key: Span<UInt8>? = nil
    ) throws(SRTPError) {
        let saved = try SRTPContext.readState(
            state, StateEnvelope.Kind(direction: .received, isPair: false), sealedWith: key)
        try self.init(
            borrowing: masterKey, options: options, configuration: configuration, registry: nil, restoring: saved)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SRTPPair {
    /// A sender and a receiver under one master key that go on where those of another pair had come to. Both states are needed: an
    /// SSRC that is known to one of them alone would be open to the other direction.
    ///
    /// - Important: As for
    ///   ``SRTPSender/init(masterKey:options:configuration:restoringAssumingNoOtherCopyWasUsed:sealedWith:)``.
    ///
    /// - Parameters:
    ///   - masterKey: One of the keys that the pair had.
    ///   - options: Those that the key had.
    ///   - senderState: From the sender's ``SRTPSender/saveState(sealedWith:)``.
    ///   - receiverState: From the receiver's ``SRTPReceiver/saveState(sealedWith:)``, as new as the sender's.
    ///   - key: The key that both are sealed with; `nil` where they are not sealed.
    /// - Throws: ``SRTPError/malformedState`` unless both are states of a pair, ``SRTPError/directionConflict(_:)`` unless they
    ///   go together, and what ``init(sharing:options:configuration:)`` throws.
    public init(
        sharing masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions(),
        configuration: SRTPConfiguration = SRTPConfiguration(),
        restoringAssumingNoOtherCopyWasUsed senderState: [UInt8], receiver receiverState: [UInt8],
        sealedWith key: Span<UInt8>? = nil
    ) throws(SRTPError) {
        let registry = DirectionRegistry()
        let sent = try SRTPContext.readState(
            senderState, StateEnvelope.Kind(direction: .sent, isPair: true), sealedWith: key)
        let received = try SRTPContext.readState(
            receiverState, StateEnvelope.Kind(direction: .received, isPair: true), sealedWith: key)
        let sender = try SRTPSender(
            borrowing: masterKey, options: options, configuration: configuration, registry: registry, restoring: sent)
        let receiver = try SRTPReceiver(
            borrowing: masterKey, options: options, configuration: configuration, registry: registry,
            restoring: received)
        self.sender = sender
        self.receiver = receiver
    }
}

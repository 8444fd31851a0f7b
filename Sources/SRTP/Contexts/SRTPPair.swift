// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A sender and a receiver that share one master key for both directions, as some peers want it.
///
/// Two keys, one for each direction, are better: with one key, both ends would use the same keystream if they chose the
/// same SSRC. The two contexts of a pair know of each other's SSRCs: the sender refuses to send on one from which a packet
/// was accepted, and the receiver refuses packets from one on which the sender has sent.
public struct SRTPPair: ~Copyable, Sendable {
    /// The sending side.
    public var sender: SRTPSender
    /// The receiving side.
    public var receiver: SRTPReceiver

    /// A sender and a receiver under `masterKey`.
    ///
    /// - Throws: ``SRTPError/suiteNotBuilt(_:)``, or an error that names the setting which is out of range.
    public init(
        sharing masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions(),
        configuration: SRTPConfiguration = SRTPConfiguration()
    ) throws(SRTPError) {
        let registry = DirectionRegistry()
        let sender = try SRTPSender(
            borrowing: masterKey, options: options, configuration: configuration, registry: registry)
        let receiver = try SRTPReceiver(
            borrowing: masterKey, options: options, configuration: configuration, registry: registry)
        self.sender = sender
        self.receiver = receiver
    }

    /// Hands the two sides over to their owners, which may live on different threads.
    public consuming func split<R: ~Copyable, E: Error>(
        _ body: (consuming SRTPSender, consuming SRTPReceiver) throws(E) -> R
    ) throws(E) -> R {
        try body(sender, receiver)
    }
}

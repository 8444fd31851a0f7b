// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SRTP

extension NegotiatedCrypto {
    /// A sender with everything that was agreed on: all keys with their MKIs and lifetimes, the key derivation rate, the window,
    /// what is encrypted and authenticated. It protects under the first key.
    ///
    /// - Parameter configure: Changes what was not agreed on.
    /// - Throws: ``SRTPError``, where a key has another length than the suite takes, or an option is out of range.
    public func makeSender(
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws(SRTPError) -> SRTPSender {
        var configuration = senderConfiguration
        configure(&configuration)
        var sender = try SRTPSender(
            masterKey: sending.keys[0].masterKey(for: suite), options: sending.options(of: sending.keys[0]),
            configuration: configuration)
        for key in sending.keys.dropFirst() {
            try sender.addKey(key.masterKey(for: suite), options: sending.options(of: key))
        }
        return sender
    }

    /// A receiver, likewise.
    public func makeReceiver(
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws(SRTPError) -> SRTPReceiver {
        var configuration = receiverConfiguration
        configure(&configuration)
        var receiver = try SRTPReceiver(
            masterKey: receiving.keys[0].masterKey(for: suite), options: receiving.options(of: receiving.keys[0]),
            configuration: configuration)
        for key in receiving.keys.dropFirst() {
            try receiver.addKey(key.masterKey(for: suite), options: receiving.options(of: key))
        }
        return receiver
    }
}

extension NegotiatedCrypto.Direction {
    /// How a key is used.
    public func options(of key: InlineKey) -> SRTPKeyOptions {
        var options = SRTPKeyOptions()
        options.mki = key.mki?.octets ?? []
        options.derivationRate = keyDerivationRate
        if let limit = key.lifetime?.packetLimit {
            options.lifetime = SRTPKeyLifetime(rtpPackets: limit, rtcpPackets: limit)
        }
        return options
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import TestSupport

/// A sender and a receiver that start under the same key, `sampleKey(suite)`.
final class Link {
    let sending: Sending
    let receiving: Receiving

    init(
        _ suite: SRTPSuite = .aesCM128_HMACSHA1_80, options: SRTPKeyOptions = SRTPKeyOptions(),
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws {
        sending = try Sending(suite, options: options, configure)
        receiving = try Receiving(suite, options: options, configure)
    }

    /// Sends an RTP packet and receives it.
    @discardableResult
    func rtp(_ packet: [UInt8]) throws -> [UInt8] { try receiving.rtp(try sending.rtp(packet).get()).get() }

    /// Sends an RTCP packet and receives it.
    @discardableResult
    func rtcp(_ packet: [UInt8]) throws -> [UInt8] { try receiving.rtcp(try sending.rtcp(packet).get()).get() }

    /// Gives both ends the key that counts up from `first`.
    @discardableResult
    func addKey(first: UInt8, options: SRTPKeyOptions = SRTPKeyOptions()) throws -> SRTPKeyID {
        try receiving.addKey(first: first, options: options)
        return try sending.addKey(first: first, options: options)
    }

    /// Makes the key that counts up from `first` follow the others, at both ends.
    func replaceKey(first: UInt8, options: SRTPKeyOptions = SRTPKeyOptions()) throws {
        try receiving.replaceKey(first: first, options: options)
        try sending.replaceKey(first: first, options: options)
    }
}

extension Receiving {
    /// Takes the key that counts up from `first`.
    @discardableResult
    func addKey(first: UInt8, options: SRTPKeyOptions = SRTPKeyOptions()) throws -> SRTPKeyID {
        try context.addKey(sampleKey(context.suite, first: first), options: options)
    }

    /// Lets the key that counts up from `first` follow the others.
    @discardableResult
    func replaceKey(first: UInt8, options: SRTPKeyOptions = SRTPKeyOptions()) throws -> SRTPKeyID {
        try context.replaceKey(with: sampleKey(context.suite, first: first), options: options)
    }

    /// What the keys were used for.
    var keys: [SRTPKeyStatus] { context.keys }

    /// The key of the last packet.
    var latestKey: SRTPKeyID? { context.latestKey }

    /// Whether a packet is refused and everything known stays as it is.
    func refuses(_ wire: [UInt8], isRTCP: Bool = false, with expected: SRTPError? = nil) -> Bool {
        let before = state
        guard case .failure(let error) = isRTCP ? rtcp(wire) : rtp(wire) else { return false }
        return state == before && (expected == nil || error == expected)
    }

    /// The events since the last call.
    func events() -> [SRTPEvent] {
        var events: [SRTPEvent] = []
        while let event = context.nextEvent() { events.append(event) }
        return events
    }
}

extension Sending {
    /// Takes the key that counts up from `first`.
    @discardableResult
    func addKey(first: UInt8, options: SRTPKeyOptions = SRTPKeyOptions()) throws -> SRTPKeyID {
        try context.addKey(sampleKey(context.suite, first: first), options: options)
    }

    /// Lets the key that counts up from `first` follow the others.
    @discardableResult
    func replaceKey(first: UInt8, options: SRTPKeyOptions = SRTPKeyOptions()) throws -> SRTPKeyID {
        try context.replaceKey(with: sampleKey(context.suite, first: first), options: options)
    }

    /// What the keys were used for.
    var keys: [SRTPKeyStatus] { context.keys }

    /// The key that packets are protected under.
    var activeKey: SRTPKeyID? { context.activeKey }

    /// Whether a packet is refused and everything known stays as it is.
    func refuses(_ packet: [UInt8], isRTCP: Bool = false, with expected: SRTPError? = nil) -> Bool {
        let before = state
        guard case .failure(let error) = isRTCP ? rtcp(packet) : rtp(packet) else { return false }
        return state == before && (expected == nil || error == expected)
    }

    /// The events since the last call.
    func events() -> [SRTPEvent] {
        var events: [SRTPEvent] = []
        while let event = context.nextEvent() { events.append(event) }
        return events
    }
}

extension SRTPKeyOptions {
    /// Options with what is given, and defaults else.
    init(
        mki: [UInt8] = [], rate: UInt32 = 0, indices: ClosedRange<UInt64>? = nil,
        lifetime: SRTPKeyLifetime = SRTPKeyLifetime()
    ) {
        self.init()
        self.mki = mki
        derivationRate = rate
        validIndices = indices
        self.lifetime = lifetime
    }
}

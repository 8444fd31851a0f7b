// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP
public import SRTP

extension NegotiatedMIKEY {
    /// A sender with everything that was agreed on: keys with their MKIs and ranges, key derivation rate, rollover counters, what is
    /// encrypted and authenticated. It protects under the first key.
    ///
    /// One agreement is good for one sender: a second one would use the indices of the first again. Where an update leaves the keys
    /// as they were, the sender that has them goes on; keep it where an update leaves out its stream, which a later one may bring back.
    ///
    /// - Parameters:
    ///   - number: Which of ``sending``, where there are several with keys of their own.
    ///   - configure: Changes what was not agreed on.
    /// - Throws: ``KeyMgmtNegotiationError/sharedKey`` where the other direction has the same key: see ``makePair(of:as:ssrc:_:)``;
    ///   ``KeyMgmtNegotiationError/keysInUse(csID:)`` where the keys are those of before;
    ///   ``KeyMgmtNegotiationError/srtp(_:)`` for an option out of range.
    public func makeSender(
        of number: Int = 0, _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws(KeyMgmtNegotiationError) -> SRTPSender {
        guard !sharesKeys else { throw .sharedKey }
        let stream = try sending.newStream(number)
        let master = try stream.keys[0].masterKey(for: stream.policy.suite)
        var sender: SRTPSender
        do throws(SRTPError) {
            sender = try SRTPSender(
                masterKey: master, options: stream.keys[0].options,
                configuration: stream.configuration(configure))
        } catch {
            throw .srtp(error)
        }
        try stream.addKeys(stream.keys.dropFirst(), to: &sender)
        try setCounters(of: &sender, like: stream)
        return sender
    }

    /// A receiver, likewise.
    ///
    /// - Parameters:
    ///   - number: Which of ``receiving``, where there are several with keys of their own.
    ///   - ssrc: The SSRC of the stream, where the caller knows it and the message has none or another one: live555 makes one up.
    public func makeReceiver(
        of number: Int = 0, ssrc: SSRC? = nil, _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws(KeyMgmtNegotiationError) -> SRTPReceiver {
        guard !sharesKeys else { throw .sharedKey }
        let stream = try receiving.newStream(number)
        let master = try stream.keys[0].masterKey(for: stream.policy.suite)
        var receiver: SRTPReceiver
        do throws(SRTPError) {
            receiver = try SRTPReceiver(
                masterKey: master, options: stream.keys[0].options,
                configuration: stream.configuration(configure))
        } catch {
            throw .srtp(error)
        }
        try stream.addKeys(stream.keys.dropFirst(), to: &receiver)
        try setCounters(of: &receiver, like: stream, ssrc: ssrc)
        return receiver
    }

    /// A sender and a receiver that share the keys of both directions, and know each other's SSRCs.
    ///
    /// The rollover counters are those of the initiator's streams: they go to the side that has these.
    ///
    /// - Parameters:
    ///   - number: Which of ``receiving``, where there are several with keys of their own.
    ///   - role: Which side of the exchange this party is.
    public func makePair(
        of number: Int = 0, as role: Role, ssrc: SSRC? = nil,
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws(KeyMgmtNegotiationError) -> SRTPPair {
        let stream = try receiving.newStream(number)
        let master = try stream.keys[0].masterKey(for: stream.policy.suite)
        var pair: SRTPPair
        do throws(SRTPError) {
            pair = try SRTPPair(
                sharing: master, options: stream.keys[0].options, configuration: stream.configuration(configure))
        } catch {
            throw .srtp(error)
        }
        try stream.addKeys(stream.keys.dropFirst(), to: &pair.sender)
        try stream.addKeys(stream.keys.dropFirst(), to: &pair.receiver)
        switch role {
        case .initiator: try setCounters(of: &pair.sender, like: stream)
        case .responder: try setCounters(of: &pair.receiver, like: stream, ssrc: ssrc)
        }
        return pair
    }

    // MARK: Re-keying

    /// Gives a sender the new keys: packets go on under the first of them, with the rollover counters that they have (RFC 3830
    /// section 4.5). Nothing changes where there are no new keys. Old keys that are among the new ones stay.
    ///
    /// A stream with another SSRC than before begins at 0; ``Stream/rolloverCounter`` tells where it does not.
    ///
    /// - Parameters:
    ///   - previous: What the sender was made of.
    ///   - allowsNewBundle: Whether keys of another bundle are taken, as some peers write their updates.
    ///   - number: Which of ``sending``; ``KeyMgmtNegotiationError/noStream(number:)`` is thrown where there is none of that number, now
    ///     or before.
    /// - Throws: ``KeyMgmtNegotiationError/otherBundle``, ``KeyMgmtNegotiationError/notAcceptable(_:)`` where the policy is
    ///   another one, which needs a new context, and ``KeyMgmtNegotiationError/srtp(_:)``. Packets are then protected as before.
    public func replaceKeys(
        of sender: inout SRTPSender, number: Int = 0, previous: NegotiatedMIKEY, allowsNewBundle: Bool = false
    ) throws(KeyMgmtNegotiationError) {
        let stream = try sending.stream(number)
        try check(stream, follows: previous.sending.stream(number), previous, allowsNewBundle)
        guard hasNewKeys else { return }
        let kept = try stream.addKeys(stream.keys[...], to: &sender)
        do throws(SRTPError) {
            try sender.activateKey(kept[0])
            for key in sender.keys where !kept.contains(key.id) { try sender.removeKey(key.id) }
        } catch {
            throw .srtp(error)
        }
    }

    /// Gives a receiver the new keys; the old ones are honoured for packets on their way. See
    /// ``replaceKeys(of:number:previous:allowsNewBundle:)``.
    public func replaceKeys(
        of receiver: inout SRTPReceiver, number: Int = 0, previous: NegotiatedMIKEY, allowsNewBundle: Bool = false
    ) throws(KeyMgmtNegotiationError) {
        let stream = try receiving.stream(number)
        try check(stream, follows: previous.receiving.stream(number), previous, allowsNewBundle)
        guard hasNewKeys else { return }
        receiver.retireKeys(otherThan: try stream.addKeys(stream.keys[...], to: &receiver))
    }

    private func check(
        _ stream: Stream, follows earlier: Stream, _ previous: NegotiatedMIKEY, _ allowsNewBundle: Bool
    ) throws(KeyMgmtNegotiationError) {
        guard csbID == previous.csbID && isUpdate || allowsNewBundle else { throw .otherBundle }
        guard stream.policy == earlier.policy else { throw .notAcceptable(stream.policy) }
    }

    // MARK: Rollover counters

    private func setCounters(of sender: inout SRTPSender, like stream: Stream) throws(KeyMgmtNegotiationError) {
        for other in sending where other.isAlike(stream) && other.rolloverCounter != 0 {
            guard let ssrc = other.ssrc else { continue }
            do throws(SRTPError) {
                try sender.setRolloverCounter(other.rolloverCounter, of: ssrc)
            } catch {
                throw .srtp(error)
            }
        }
    }

    private func setCounters(
        of receiver: inout SRTPReceiver, like stream: Stream, ssrc: SSRC?
    ) throws(KeyMgmtNegotiationError) {
        for other in receiving where other.isAlike(stream) && other.rolloverCounter != 0 {
            guard let ssrc = other.id == stream.id ? ssrc ?? other.ssrc : other.ssrc else { continue }
            do throws(SRTPError) {
                try receiver.setRolloverCounter(other.rolloverCounter, of: ssrc)
            } catch {
                throw .srtp(error)
            }
        }
    }
}

extension [NegotiatedMIKEY.Stream] {
    /// An update of the peer may list fewer than there were.
    fileprivate func stream(_ number: Int) throws(KeyMgmtNegotiationError) -> NegotiatedMIKEY.Stream {
        guard indices.contains(number) else { throw .noStream(number: number) }
        return self[number]
    }

    /// One whose keys no context has.
    fileprivate func newStream(_ number: Int) throws(KeyMgmtNegotiationError) -> NegotiatedMIKEY.Stream {
        let stream = try stream(number)
        guard !stream.keys.contains(where: \.isReused) else { throw .keysInUse(csID: stream.id) }
        return stream
    }
}

extension NegotiatedMIKEY.Stream {
    fileprivate func configuration(_ configure: (inout SRTPConfiguration) -> Void) -> SRTPConfiguration {
        var configuration = SRTPConfiguration()
        policy.apply(to: &configuration)
        configure(&configuration)
        return configuration
    }

    @discardableResult
    fileprivate func addKeys(
        _ keys: ArraySlice<NegotiatedMIKEY.Key>, to sender: inout SRTPSender
    ) throws(KeyMgmtNegotiationError) -> [SRTPKeyID] {
        var ids: [SRTPKeyID] = []
        for key in keys {
            let master = try key.masterKey(for: policy.suite)
            do throws(SRTPError) {
                ids.append(try sender.addKey(master, options: key.options))
            } catch {
                throw .srtp(error)
            }
        }
        return ids
    }

    @discardableResult
    fileprivate func addKeys(
        _ keys: ArraySlice<NegotiatedMIKEY.Key>, to receiver: inout SRTPReceiver
    ) throws(KeyMgmtNegotiationError) -> [SRTPKeyID] {
        var ids: [SRTPKeyID] = []
        for key in keys {
            let master = try key.masterKey(for: policy.suite)
            do throws(SRTPError) {
                ids.append(try receiver.addKey(master, options: key.options))
            } catch {
                throw .srtp(error)
            }
        }
        return ids
    }
}

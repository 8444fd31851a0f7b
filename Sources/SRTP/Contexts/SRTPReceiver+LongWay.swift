// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

// Packets with options: MKI, key derivation rate, several keys, carried rollover counters, counters to be found, encrypted header
// extensions, Cryptex, f8, double encryption, no authentication.
extension SRTPReceiver {
    @_lifetime(packet: copy packet)
    mutating func unprotectRTPTheLongWay(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        let trial = try findRTP(BufferChecks.packet(in: packet, length: length))
        let ssrc = trial.work.frame.header.ssrc
        let plainByteCount = try Self.check(
            trial.work.open(
                &packet, with: &context.keys[trial.key].rtp[trial.session], mask: &context.mask, context.profile),
            of: ssrc)
        guard let slot = slot(of: ssrc, known: trial.slot) else {
            let isDouble = context.profile.rtpSuite.cipher == .doubleAESGCM
            guard
                !isDouble,
                trial.work.close(
                    &packet, with: &context.keys[trial.key].rtp[trial.session], mask: &context.mask,
                    context.profile)
            else {
                packet.clear(upTo: plainByteCount)
                throw .engineFailed
            }
            throw .directionConflict(ssrc)
        }
        accept(trial, at: slot)
        return plainByteCount
    }

    @_lifetime(output: copy output)
    mutating func unprotectRTPTheLongWay(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        let trial = try findRTP(packet)
        let ssrc = trial.work.frame.header.ssrc
        try BufferChecks.checkRoom(trial.work.frame.bodyByteCount, in: output.byteCount)
        let plainByteCount = try Self.check(
            trial.work.open(
                packet, into: &output, with: &context.keys[trial.key].rtp[trial.session], mask: &context.mask,
                context.profile), of: ssrc)
        guard let slot = slot(of: ssrc, known: trial.slot) else {
            output.clear(upTo: trial.work.frame.bodyByteCount)
            throw .directionConflict(ssrc)
        }
        accept(trial, at: slot)
        return plainByteCount
    }

    /// Throws where a packet was not opened.
    private static func check(_ opened: RTPWork.Opened, of ssrc: SSRC) throws(SRTPError) -> Int {
        switch opened {
        case .opened(let length): return length
        case .tagDiffers: throw .authenticationFailed(ssrc)
        case .innerDiffers: throw .innerAuthenticationFailed(ssrc)
        case .failed: throw .engineFailed
        }
    }

    /// Notes a packet that has authenticated.
    private mutating func accept(_ trial: Trial, at slot: Int) {
        if context.keys[trial.key].rateShift != nil { context.keys[trial.key].rtp.noteUse(of: trial.session) }
        if trial.isLearned {
            context.events.append(
                .rolloverCounterLearned(trial.work.frame.header.ssrc, trial.work.index.rolloverCounter))
        }
        guard trial.work.frame.isAuthenticated else {
            // Nobody vouches for it: it moves the window, and counts for no key.
            context.streams.markRTP(trial.work.index, at: slot)
            context.statistics.rtpPackets &+= 1
            return
        }
        acceptRTP(trial.work.index, at: slot, key: trial.key)
    }

    // MARK: Which index, which key

    /// An index and a key that a packet may have.
    struct Trial {
        let work: RTPWork
        let slot: Int?
        let key: Int
        let session: Int
        /// Whether the packet sets the stream's rollover counter, which was not known.
        let isLearned: Bool
    }

    /// Takes an SRTP packet apart and finds its index and key. Changes nothing.
    ///
    /// Where there is one index and one key that it can be, they are not tried. Where there are several, the first ones under which
    /// the packet authenticates.
    mutating func findRTP(_ packet: RawSpan) throws(SRTPError) -> Trial {
        let frame = try RTPFrame(protected: packet, context.profile)
        let ssrc = frame.header.ssrc
        var isMasked = false
        var fault: SRTPError?
        do throws(SRTPError) { isMasked = try context.isMasked(frame, in: packet) } catch { fault = error }
        let slot = context.streams.slot(of: ssrc)
        let onlyKey = try onlyKey(in: packet, frame.mki, of: ssrc)
        if slot == nil { try context.checkAdmission(of: ssrc) }
        let indices = try indices(of: frame, in: packet, slot)
        var refusal = context.keys.refusal(of: ssrc)
        for step in 0..<indices.count {
            let index = indices[step]
            let work = RTPWork(frame: frame, index: index, isMasked: isMasked, length: frame.bodyByteCount)
            var last = UInt32.max
            while let key = onlyKey ?? context.keys.receivingPosition(at: index.wire, below: last) {
                last = context.keys[key].id.number
                do throws(SRTPError) {
                    let session = try check(index, of: ssrc, slot, key)
                    let trial = Trial(
                        work: work, slot: slot, key: key, session: session, isLearned: indices.isLearned)
                    if onlyKey != nil, indices.count == 1, fault == nil { return trial }
                    switch work.verify(
                        packet, with: &context.keys[key].rtp[session], scratch: &scratch, context.profile.rtp)
                    {
                    case .opened:
                        // What is wrong with the extension is said of authentic packets only.
                        if let fault { throw fault }
                        return trial
                    case .tagDiffers: refusal = .authenticationFailed(ssrc)
                    case .failed: throw .engineFailed
                    }
                } catch {
                    guard error != .engineFailed, error != fault, onlyKey == nil || indices.count > 1 else {
                        throw error
                    }
                    if refusal != .authenticationFailed(ssrc) { refusal = error }
                }
                if onlyKey != nil { break }
            }
        }
        throw refusal
    }

    /// Throws where an index may not be accepted under a key; else says where its session keys are.
    private mutating func check(
        _ index: PacketIndex, of ssrc: SSRC, _ slot: Int?, _ key: Int
    ) throws(SRTPError) -> Int {
        guard context.keys[key].isValid(at: index.wire) else { throw .noKey(ssrc) }
        guard context.streams.rtpVerdict(on: index, ssrc, at: slot) == .fresh else {
            throw .replayed(ssrc, index: index.wire)
        }
        guard !context.exhaustsIndices(index, ssrc, at: slot, key: key) else {
            throw .indexExhausted(ssrc)
        }
        return try context.keys[key].rtpSession(at: index, context.profile)
    }

    /// The indices that a packet can have: `count` of them, one rollover counter apart.
    private struct Indices {
        let first: PacketIndex
        var count = 1
        var isLearned = false

        subscript(step: Int) -> PacketIndex { PacketIndex(unwrapped: first.unwrapped + UInt64(step) << 16) }
    }

    private mutating func indices(of frame: RTPFrame, in packet: RawSpan, _ slot: Int?) throws(SRTPError) -> Indices {
        let ssrc = frame.header.ssrc
        let number = frame.header.sequenceNumber
        let estimate = context.streams.rtpIndex(of: number, ssrc, at: slot)
        let search = context.configuration.rolloverCounterSearch
        if frame.carriedCounter.isEmpty, frame.isAuthenticated, search == 0 { return Indices(first: estimate) }
        let stream = slot.map { context.streams[$0] } ?? context.streams.newcomer(ssrc)
        let isNew = stream.rolloverCounter == nil
        let isOpen = isNew || stream.isSearched
        if let carried = packet.bigEndianUInt32(at: frame.carriedCounter.lowerBound), !frame.carriedCounter.isEmpty {
            // The estimate, where it agrees, is right also where the counter goes from ffffffff to 0: a packet from before the wrap
            // is late, not 2^48 ahead.
            let index =
                estimate.rolloverCounter == carried
                ? estimate : stream.rtpIndex(of: number, rolloverCounter: carried)
            if frame.isAuthenticated { return Indices(first: index, isLearned: isNew || index != estimate) }
            // Nobody vouches for this counter: it is believed where there is none yet, and ignored where the stream has one
            // (RFC 4771 section 3).
            if isOpen, slot != nil { return Indices(first: index, isLearned: true) }
            return try unauthenticated(estimate, of: ssrc, slot)
        }
        guard frame.isAuthenticated else { return try unauthenticated(estimate, of: ssrc, slot) }
        return isOpen ? Indices(first: estimate, count: 1 + search, isLearned: true) : Indices(first: estimate)
    }

    /// The index of a packet that carries no MAC: only of a stream that the receiver was told of, less than 2^15 ahead, and not of
    /// the counter before 0, of which there can be none.
    private func unauthenticated(_ index: PacketIndex, of ssrc: SSRC, _ slot: Int?) throws(SRTPError) -> Indices {
        guard let slot, context.streams[slot].rolloverCounter != nil, index.unwrapped >= PacketIndex.modulus else {
            throw .unauthenticated(ssrc)
        }
        let newest = context.streams[slot].rtp.newest
        guard newest == 0 || index.unwrapped < newest + (1 << 15) || context.streams[slot].pendingRolloverCounter != nil
        else { throw .unauthenticated(ssrc) }
        return Indices(first: index)
    }

    // MARK: Looking without opening

    /// Checks that an SRTP packet is authentic and not a replay, without opening it or noting it: for relays that pass packets on
    /// as they are. The packet can be unprotected, or checked, afterwards.
    ///
    /// - Throws: SRTPError, as ``unprotectRTP(_:length:)`` would. Only the count of refusals moves.
    public mutating func authenticateRTP(_ packet: RawSpan) throws(SRTPError) {
        do throws(SRTPError) {
            let trial = try findRTP(packet)
            try Self.check(
                trial.work.verify(
                    packet, with: &context.keys[trial.key].rtp[trial.session], scratch: &scratch,
                    context.profile.rtp), of: trial.work.frame.header.ssrc)
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// The same for an SRTCP packet.
    public mutating func authenticateRTCP(_ packet: RawSpan) throws(SRTPError) {
        do throws(SRTPError) {
            let candidate = try examineRTCP(packet)
            switch context.keys[candidate.key].rtcp[candidate.session].packet.verify(candidate.job, in: packet) {
            case .tagMatches: break
            case .tagDiffers: throw .authenticationFailed(candidate.ssrc)
            case .failed: throw .engineFailed
            }
            guard candidate.isEncrypted || !context.profile.encryptsRTCP else {
                throw .encryptionRequired(candidate.ssrc)
            }
        } catch {
            context.statistics.count(error)
            throw error
        }
    }
}

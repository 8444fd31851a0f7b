// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// Three receivers that take the same packets in different ways, and must agree.
struct ReceiverTrio: ~Copyable {
    /// What became of a packet.
    enum Outcome: Equatable {
        case accepted([UInt8])
        case refused(SRTPRefusal)
    }

    /// A packet that the third receiver has still to take.
    private struct Waiting {
        var wire: [UInt8]
        var kind: PacketKind
        var outcome: Outcome
    }

    private static let batchSize = 4
    /// What a packet may be refused for; the others are faults of the call or the engine.
    private static let legalRefusals: Set<SRTPRefusal> = [
        .malformed, .packetTooLong, .authenticationFailed, .replayed, .encryptionRequired, .indexExhausted,
        .keyExhausted, .tooManyStreams, .unknownMKI, .cryptexRequired, .malformedHeaderExtension,
        .innerAuthenticationFailed,
    ]

    private var inPlace: SRTPReceiver
    private var outOfPlace: SRTPReceiver
    private var batched: SRTPReceiver
    private var waiting: [Waiting] = []
    /// What all three should know: a snapshot costs more than a packet, so the last one is kept.
    private var state: SRTPStateSnapshot

    init(_ settings: ProgramSettings) throws(ProbeFinding) {
        let inPlace = try settings.makeReceiver()
        let outOfPlace = try settings.makeReceiver()
        let batched = try settings.makeReceiver()
        state = inPlace.snapshot
        self.inPlace = inPlace
        self.outOfPlace = outOfPlace
        self.batched = batched
    }

    /// Delivers a packet to all three.
    mutating func deliver(_ wire: [UInt8], _ kind: PacketKind) throws(ProbeFinding) -> Outcome {
        let before = state
        let outcome = try deliverInPlace(wire, kind)
        state = inPlace.snapshot
        if case .refused(let refusal) = outcome {
            try require(Self.legalRefusals.contains(refusal), "refused as \(refusal.name)")
            try require(state == before, "refused as \(refusal.name), and the state is another one")
        }
        let other = try deliverOutOfPlace(wire, kind, room: wire.count)
        try require(other == outcome, "in place: \(outcome), out of place: \(other)")
        waiting.append(Waiting(wire: wire, kind: kind, outcome: outcome))
        if waiting.count >= Self.batchSize { try flush() }
        return outcome
    }

    /// An output that is one octet too small refuses a packet that is fine, and leaves it acceptable.
    mutating func expectNoRoom(for wire: [UInt8], _ kind: PacketKind, plain: [UInt8]) throws(ProbeFinding) {
        let outcome = try deliverOutOfPlace(wire, kind, room: plain.count - 1)
        try require(outcome == .refused(.bufferTooSmall), "an output that is too small: \(outcome)")
        try require(outOfPlace.snapshot == state, "no room, and the state is another one")
    }

    /// Sets a rollover counter; whether that was accepted.
    mutating func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) throws(ProbeFinding) -> Bool {
        try flush()
        let before = state
        let results = [
            Self.set(counter, of: ssrc, in: &inPlace), Self.set(counter, of: ssrc, in: &outOfPlace),
            Self.set(counter, of: ssrc, in: &batched),
        ]
        try require(results[0] == results[1] && results[0] == results[2], "three receivers disagree: \(results)")
        state = inPlace.snapshot
        try require(results[0] || state == before, "a refused counter changes the state")
        return results[0]
    }

    private static func set(_ counter: UInt32, of ssrc: SSRC, in receiver: inout SRTPReceiver) -> Bool {
        (try? receiver.setRolloverCounter(counter, of: ssrc)) != nil
    }

    // MARK: Ways

    /// What a relay's check says, which must be what becomes of the packet.
    private mutating func authenticate(_ wire: [UInt8], _ kind: PacketKind) -> SRTPError? {
        do throws(SRTPError) {
            switch kind {
            case .rtp: try inPlace.authenticateRTP(wire.raw)
            case .rtcp: try inPlace.authenticateRTCP(wire.raw)
            }
        } catch {
            return error
        }
        return nil
    }

    private mutating func deliverInPlace(_ wire: [UInt8], _ kind: PacketKind) throws(ProbeFinding) -> Outcome {
        let relayed = authenticate(wire, kind)
        let (result, octets) = withExactCopy(of: wire) { packet -> Result<Int, SRTPError> in
            do throws(SRTPError) {
                let count = packet.byteCount
                return .success(
                    kind == .rtp
                        ? try inPlace.unprotectRTP(&packet, length: count)
                        : try inPlace.unprotectRTCP(&packet, length: count))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let count):
            try require(relayed == nil, "accepted, and a relay says \(relayed.map { $0.description } ?? "")")
            return .accepted(Array(octets[..<count]))
        case .failure(let error):
            if case .innerAuthenticationFailed = error {
            } else {
                try require(relayed == error, "\(error), and a relay says another thing")
            }
            try require(octets == wire, "\(error), and the octets are others")
            return .refused(try Self.refusal(error))
        }
    }

    private mutating func deliverOutOfPlace(
        _ wire: [UInt8], _ kind: PacketKind, room: Int
    ) throws(ProbeFinding) -> Outcome {
        let (result, octets) = withExactCopy(of: [], room: room) { output -> Result<Int, SRTPError> in
            do throws(SRTPError) {
                return .success(
                    kind == .rtp
                        ? try outOfPlace.unprotectRTP(wire.raw, into: &output)
                        : try outOfPlace.unprotectRTCP(wire.raw, into: &output))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let count): return .accepted(Array(octets[..<count]))
        case .failure(let error):
            try require(octets.allSatisfy { $0 == 0xA5 || $0 == 0 }, "\(error), and something was written")
            return .refused(try Self.refusal(error))
        }
    }

    /// Delivers what is waiting to the third receiver, as one batch.
    mutating func flush() throws(ProbeFinding) {
        guard !waiting.isEmpty else { return }
        var slots: [PacketSlot] = []
        for packet in waiting {
            let offset = slots.reduce(0) { $0 + $1.capacity }
            slots.append(
                PacketSlot(offset: offset, length: packet.wire.count, capacity: packet.wire.count, kind: packet.kind))
        }
        let (_, octets) = withExactCopy(of: waiting.flatMap(\.wire)) { buffer in
            var span = slots.mutableSpan
            batched.transformBatch(&buffer, slots: &span)
        }
        for (slot, packet) in zip(slots, waiting) {
            let left = Array(octets[slot.offset..<slot.offset + slot.capacity])
            switch packet.outcome {
            case .accepted(let plain):
                try require(
                    slot.result == plain.count && left.starts(with: plain), "in a batch \(slot.result), alone accepted")
            case .refused(let refusal):
                try require(
                    slot.result == -refusal.rawValue && left == packet.wire,
                    "in a batch \(slot.result), alone \(refusal.name)")
            }
        }
        waiting = []
        try require(batched.snapshot == state, "the state after batches is another one")
        try require(outOfPlace.snapshot == state, "the state depends on the way of the call")
    }

    private static func refusal(_ error: SRTPError) throws(ProbeFinding) -> SRTPRefusal {
        _ = error.description
        guard let refusal = error.refusal else { throw ProbeFinding("a packet meets \(error)") }
        return refusal
    }
}

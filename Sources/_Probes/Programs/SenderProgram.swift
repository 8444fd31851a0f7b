// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP
internal import WireBytes

/// Lets the octets of an input drive two senders, one in place and one out of place: packets of any order and content,
/// with rollover counters and SRTCP indices set in between.
///
/// No (SSRC, kind, index) may be used for two different packets, and what is sent must be what a fresh sender sends
/// at the index that ``ContextModel`` expects.
struct SenderProgram: ~Copyable {
    /// What a keystream is used for once.
    private struct Use: Hashable {
        var ssrc: SSRC
        var kind: PacketKind
        /// Modulo 2^48.
        var index: Int
    }

    private enum Outcome: Equatable {
        case sent([UInt8])
        case refused(SRTPRefusal)
    }

    private var maker: PacketMaker
    private let settings: ProgramSettings
    private var model: ContextModel
    private var inPlace: SRTPSender
    private var outOfPlace: SRTPSender
    /// What both senders know; a snapshot costs more than a packet, so the last one is kept.
    private var state: SRTPStateSnapshot
    private var used: [Use: [UInt8]] = [:]

    private init(_ script: inout Script) throws(ProbeFinding) {
        let settings = ProgramSettings(&script)
        let inPlace = try settings.makeSender()
        let outOfPlace = try settings.makeSender()
        self.settings = settings
        maker = PacketMaker(settings)
        model = ContextModel(settings)
        state = inPlace.snapshot
        self.inPlace = inPlace
        self.outOfPlace = outOfPlace
    }

    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        var script = Script(octets)
        var program = try SenderProgram(&script)
        for _ in 0..<ProgramSettings.maximumOperationCount where !script.isAtEnd { try program.step(&script) }
    }

    // MARK: Operations

    private mutating func step(_ script: inout Script) throws(ProbeFinding) {
        let operation = script.octet()
        let ssrc = ProgramSettings.ssrcs[Int(operation >> 3 & 3)]
        // Few different contents, so that the identical packet is sent again now and then.
        let variant = operation >> 6
        switch operation & 7 {
        case 0, 1, 2:
            let stream = model.stream(ssrc)
            let base = stream.rtp.count > 0 ? stream.rtp.newest : stream.rtpIndex(of: script.number16())
            let index = script.index(near: base)
            let plain = try script.rtpPacket(ssrc, at: index, variant: variant)
            try sendRTP(plain, ssrc, hasRoom: operation & 32 == 0)
        case 3: try sendRTCP(try script.rtcpPacket(ssrc, variant: variant), ssrc, hasRoom: operation & 32 == 0)
        case 4: try setRolloverCounter(&script, ssrc)
        case 5: try setNextRTCPIndex(&script, ssrc)
        case 6: try sendAgain(&script)
        default: try sendForeign(script.octets(Int(script.octet())), operation & 32 == 0 ? .rtp : .rtcp)
        }
    }

    /// The packet of an index that is used already, or another one with its sequence number.
    private mutating func sendAgain(_ script: inout Script) throws(ProbeFinding) {
        let uses = used.filter { $0.key.kind == .rtp }.sorted {
            ($0.key.ssrc.rawValue, $0.key.index) < ($1.key.ssrc.rawValue, $1.key.index)
        }
        guard !uses.isEmpty else { return }
        let use = uses[Int(script.octet()) % uses.count]
        var plain = use.value
        let place = Int(script.number16())
        if place < plain.count, place != 0, !(2..<4).contains(place), !(8..<12).contains(place) { plain[place] ^= 1 }
        try sendForeign(plain, .rtp)
    }

    /// Any octets: sent if they are a packet.
    private mutating func sendForeign(_ octets: [UInt8], _ kind: PacketKind) throws(ProbeFinding) {
        switch kind {
        case .rtp:
            guard let header = try? RTPHeader(parsing: octets.raw) else { return try expectMalformed(octets, kind) }
            try sendRTP(octets, header.ssrc, hasRoom: true)
        case .rtcp:
            guard octets.count >= 8, octets[0] >> 6 == 2, let ssrc = octets.raw.bigEndianUInt32(at: 4) else {
                return try expectMalformed(octets, kind)
            }
            try sendRTCP(octets, SSRC(ssrc), hasRoom: true)
        }
    }

    private mutating func expectMalformed(_ octets: [UInt8], _ kind: PacketKind) throws(ProbeFinding) {
        let outcome = try send(octets, kind, growth: 0)
        try require(outcome == .refused(.malformed), "no packet, and \(outcome)")
    }

    private mutating func setRolloverCounter(_ script: inout Script, _ ssrc: SSRC) throws(ProbeFinding) {
        let counter = script.rolloverCounter(near: UInt32(truncatingIfNeeded: model.stream(ssrc).rtp.newest >> 16))
        let before = state
        let mustWork = model.setRolloverCounter(counter, of: ssrc)
        let works = (try? inPlace.setRolloverCounter(counter, of: ssrc)) != nil
        let worksToo = (try? outOfPlace.setRolloverCounter(counter, of: ssrc)) != nil
        try require(
            works == mustWork && worksToo == mustWork,
            "the counter of \(ssrc) set to \(counter): \(works), not \(mustWork)")
        state = inPlace.snapshot
        try require(works || state == before, "a refused counter changes the state")
    }

    private mutating func setNextRTCPIndex(_ script: inout Script, _ ssrc: SSRC) throws(ProbeFinding) {
        let next = UInt32(model.stream(ssrc).nextRTCPIndex)
        let index: UInt32
        switch script.octet() {
        case 0..<64: index = next
        case 64..<96: index = next &+ 1
        case 96..<128: index = next &- 1
        case 128..<160: index = 0x7FFF_FFFF
        case 160..<176: index = 0x8000_0000
        default: index = script.number32() >> 1
        }
        let before = state
        let mustWork = model.setNextRTCPIndex(index, of: ssrc)
        let works = (try? inPlace.setNextRTCPIndex(index, of: ssrc)) != nil
        let worksToo = (try? outOfPlace.setNextRTCPIndex(index, of: ssrc)) != nil
        try require(
            works == mustWork && worksToo == mustWork, "the index of \(ssrc) set to \(index): \(works), not \(mustWork)"
        )
        state = inPlace.snapshot
        try require(works || state == before, "a refused index changes the state")
    }

    // MARK: Packets

    private mutating func sendRTP(_ plain: [UInt8], _ ssrc: SSRC, hasRoom: Bool) throws(ProbeFinding) {
        guard let header = try? RTPHeader(parsing: plain.raw) else { return }
        let index = model.stream(ssrc).rtpIndex(of: header.sequenceNumber)
        // What a receiver gives: with and without an empty extension, CSRCs make one packet under Cryptex.
        let content = settings.options.delivered(plain)
        let use = Use(ssrc: ssrc, kind: .rtp, index: index & 0xFFFF_FFFF_FFFF)
        var expected = model.refusalOfRTP(ssrc, at: index, isSender: true)
        var isRepeat = false
        if expected == .indexReused, settings.configuration.repeatedPackets == .allowedWhenIdentical,
            used[use] == content
        {
            expected = nil
            isRepeat = true
        }
        if !hasRoom { expected = .bufferTooSmall }
        if let refusal = settings.options.refusal(of: header, in: plain) { expected = refusal }
        switch try send(plain, .rtp, growth: settings.options.growth(of: header) - (hasRoom ? 0 : 1)) {
        case .refused(let refusal):
            try require(
                refusal == expected, "RTP at \(index): \(refusal), expected \(expected.map { $0.name } ?? "it sent")")
        case .sent(let wire):
            try noteUse(use, content, isRepeat: isRepeat)
            try require(expected == nil, "RTP at \(index) is sent, expected \(expected?.name ?? "")")
            let genuine = try maker.rtp(plain, at: UInt32(truncatingIfNeeded: index >> 16))
            try require(wire == genuine, "RTP at \(index) is sent under another index")
            if !isRepeat { model.markRTP(ssrc, at: index) }
        }
    }

    private mutating func sendRTCP(_ plain: [UInt8], _ ssrc: SSRC, hasRoom: Bool) throws(ProbeFinding) {
        let next = model.stream(ssrc).nextRTCPIndex
        let expected = hasRoom ? model.refusalOfNextRTCP(ssrc) : .bufferTooSmall
        switch try send(plain, .rtcp, growth: inPlace.rtcpOverhead - (hasRoom ? 0 : 1)) {
        case .refused(let refusal):
            try require(
                refusal == expected, "RTCP at \(next): \(refusal), expected \(expected.map { $0.name } ?? "it sent")")
        case .sent(let wire):
            guard let word = wire.raw.bigEndianUInt32(at: plain.count + settings.octetsBeforeRTCPIndex) else {
                throw ProbeFinding("no index in \(wire)")
            }
            let index = word & 0x7FFF_FFFF
            try noteUse(Use(ssrc: ssrc, kind: .rtcp, index: Int(index)), plain, isRepeat: false)
            try require(expected == nil, "RTCP at \(index) is sent, expected \(expected?.name ?? "")")
            try require(Int(index) == next, "RTCP is sent at \(index), expected \(next)")
            let genuine = try maker.rtcp(plain, at: index, isEncrypted: model.requiresRTCPEncryption)
            try require(wire == genuine, "RTCP at \(index) is not what a fresh sender sends")
            model.markRTCP(ssrc, at: index)
        }
    }

    /// The one thing that must never be: a keystream that is used twice.
    private mutating func noteUse(_ use: Use, _ plain: [UInt8], isRepeat: Bool) throws(ProbeFinding) {
        if let before = used.updateValue(plain, forKey: use) {
            try require(isRepeat && before == plain, "\(use) is used twice")
        }
    }

    /// Sends with both senders, in a buffer that has room for this growth; what becomes of it must be the same.
    private mutating func send(_ plain: [UInt8], _ kind: PacketKind, growth room: Int) throws(ProbeFinding) -> Outcome {
        let before = state
        try require(kind == .rtcp || room <= inPlace.rtpOverhead, "a packet grows by \(room), more than was said")
        let first = withExactCopy(of: plain, room: room) { packet -> Result<Int, SRTPError> in
            do throws(SRTPError) {
                return .success(
                    kind == .rtp
                        ? try inPlace.protectRTP(&packet, length: plain.count)
                        : try inPlace.protectRTCP(&packet, length: plain.count))
            } catch {
                return .failure(error)
            }
        }
        let second = withExactCopy(of: [], room: plain.count + room) { output -> Result<Int, SRTPError> in
            do throws(SRTPError) {
                return .success(
                    kind == .rtp
                        ? try outOfPlace.protectRTP(plain.raw, into: &output)
                        : try outOfPlace.protectRTCP(plain.raw, into: &output))
            } catch {
                return .failure(error)
            }
        }
        try require(first.result == second.result, "in place \(first.result), out of place \(second.result)")
        state = inPlace.snapshot
        try require(outOfPlace.snapshot == state, "the state depends on the way of the call")
        switch first.result {
        case .success(let count):
            try require(count == first.octets.count && first.octets == second.octets, "two ways, two packets")
            return .sent(first.octets)
        case .failure(let error):
            _ = error.description
            guard let refusal = error.refusal else { throw ProbeFinding("a packet meets \(error)") }
            try require(state == before, "\(error), and the state is another one")
            try require(first.octets.starts(with: plain), "\(error), and the octets are others")
            try require(
                second.octets.allSatisfy { $0 == 0xA5 || $0 == 0 }, "\(error), and something was written")
            return .refused(refusal)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP
internal import WireBytes

/// Lets the octets of an input drive receivers: packets made with the same key are delivered in any order, repeated,
/// altered and cut, among rollover counters that are set and octets that are no packets.
///
/// Three receivers take the same packets in place, out of place and in batches, and must agree; ``ContextModel`` says
/// which packets must be accepted.
struct ReceiverProgram: ~Copyable {
    /// A packet that was made, and where it belongs.
    private struct Made {
        var kind: PacketKind
        var ssrc: SSRC
        /// Of RTP, past 2^48 and below 0; of RTCP, as it is sent.
        var index: Int
        var plain: [UInt8]
        var wire: [UInt8]
        var isEncrypted = true
    }

    private var maker: PacketMaker
    private var model: ContextModel
    private var receivers: ReceiverTrio
    private var made: [Made] = []
    private let settings: ProgramSettings
    private let mainKind: PacketKind

    private init(_ script: inout Script, mostly kind: PacketKind) throws(ProbeFinding) {
        let settings = ProgramSettings(&script)
        maker = PacketMaker(settings)
        model = ContextModel(settings)
        receivers = try ReceiverTrio(settings)
        self.settings = settings
        mainKind = kind
    }

    static func run(_ octets: RawSpan, mostly kind: PacketKind) throws(ProbeFinding) {
        var script = Script(octets)
        var program = try ReceiverProgram(&script, mostly: kind)
        for _ in 0..<ProgramSettings.maximumOperationCount where !script.isAtEnd { try program.step(&script) }
        try program.receivers.flush()
    }

    // MARK: Operations

    private mutating func step(_ script: inout Script) throws(ProbeFinding) {
        let operation = script.octet()
        let ssrc = ProgramSettings.ssrcs[Int(operation >> 3 & 3)]
        switch operation & 7 {
        case 0, 1, 2: try make(&script, ssrc, mainKind, isDelivered: operation & 32 == 0)
        case 3: try make(&script, ssrc, mainKind == .rtp ? .rtcp : .rtp, isDelivered: operation & 32 == 0)
        case 4:
            guard !made.isEmpty else { return }
            try deliver(made[Int(script.octet()) % made.count])
        case 5: try deliverAltered(&script)
        case 6: try setRolloverCounter(&script, ssrc)
        default:
            let octets = script.octets(Int(script.octet()))
            try deliverForeign(octets, operation & 32 == 0 ? mainKind : .rtcp)
        }
    }

    private mutating func make(
        _ script: inout Script, _ ssrc: SSRC, _ kind: PacketKind, isDelivered: Bool
    ) throws(ProbeFinding) {
        let stream = model.stream(ssrc)
        let variant = script.octet()
        let packet: Made
        switch kind {
        case .rtp:
            let base = stream.rtp.count > 0 ? stream.rtp.newest : stream.rtpIndex(of: UInt16(variant) << 8)
            let index = script.index(near: base)
            let plain = try script.rtpPacket(ssrc, at: index, variant: variant)
            let wire = try maker.rtp(plain, at: UInt32(truncatingIfNeeded: index >> 16))
            packet = Made(
                kind: .rtp, ssrc: ssrc, index: index, plain: settings.options.delivered(plain), wire: wire)
        case .rtcp:
            let index = script.index(near: stream.rtcp.count > 0 ? stream.rtcp.newest : Int(script.number32() >> 1))
            let wireIndex = UInt32(index & 0x7FFF_FFFF)
            let plain = try script.rtcpPacket(ssrc, variant: variant)
            let isEncrypted = variant & 3 != 0
            let wire = try maker.rtcp(plain, at: wireIndex, isEncrypted: isEncrypted)
            packet = Made(
                kind: .rtcp, ssrc: ssrc, index: Int(wireIndex), plain: plain, wire: wire, isEncrypted: isEncrypted)
        }
        made.append(packet)
        if isDelivered { try deliver(packet) }
    }

    private mutating func setRolloverCounter(_ script: inout Script, _ ssrc: SSRC) throws(ProbeFinding) {
        let counter = script.rolloverCounter(near: UInt32(truncatingIfNeeded: model.stream(ssrc).rtp.newest >> 16))
        let mustWork = model.setRolloverCounter(counter, of: ssrc)
        let works = try receivers.setRolloverCounter(counter, of: ssrc)
        try require(works == mustWork, "the counter of \(ssrc) set to \(counter): \(works), expected \(mustWork)")
    }

    // MARK: Deliveries

    /// A packet as it was made: the model says exactly what becomes of it.
    private mutating func deliver(_ packet: Made) throws(ProbeFinding) {
        let expected = expectedRefusal(of: packet)
        if expected == nil, made.count % 4 == 1 {
            try receivers.expectNoRoom(for: packet.wire, packet.kind, plain: packet.plain)
        }
        let outcome = try receivers.deliver(packet.wire, packet.kind)
        switch outcome {
        case .refused(let refusal):
            try require(
                refusal == expected,
                "a packet at \(packet.index): \(refusal), expected \(expected.map { $0.name } ?? "it")")
        case .accepted(let plain):
            if expected != nil, try wasForged(plain, packet.wire, packet.kind) { return }
            try require(expected == nil, "a packet at \(packet.index) is accepted, expected \(expected?.name ?? "")")
            try require(plain == packet.plain, "a packet at \(packet.index) becomes another one")
            note(packet.kind, packet.ssrc, at: packet.index, packet.wire)
        }
    }

    private func expectedRefusal(of packet: Made) -> SRTPRefusal? {
        switch packet.kind {
        case .rtp:
            let estimate = index(of: UInt16(truncatingIfNeeded: packet.index), packet.ssrc, packet.wire)
            if let refusal = model.refusalOfRTP(packet.ssrc, at: estimate, isSender: false) { return refusal }
            let isSameCounter =
                UInt32(truncatingIfNeeded: estimate >> 16) == UInt32(truncatingIfNeeded: packet.index >> 16)
            return isSameCounter ? nil : .authenticationFailed
        case .rtcp:
            if let refusal = model.refusalOfRTCP(packet.ssrc, at: UInt32(packet.index)) { return refusal }
            return packet.isEncrypted || !model.requiresRTCPEncryption ? nil : .encryptionRequired
        }
    }

    /// A packet with some octets changed, cut off or added.
    private mutating func deliverAltered(_ script: inout Script) throws(ProbeFinding) {
        guard !made.isEmpty else { return }
        let packet = made[Int(script.octet()) % made.count]
        var wire = packet.wire
        let way = script.octet()
        let place = Int(script.number16()) % wire.count
        switch way & 7 {
        case 0...2: wire[place] ^= 1 << (way >> 5)
        case 3: wire[place] = script.octet()
        case 4: wire.removeLast(wire.count - place)
        case 5: wire += script.octets(1 + Int(way >> 3))
        case 6: wire.remove(at: place)
        default:
            // The tag or trailer of another one.
            let other = made[Int(script.octet()) % made.count].wire
            wire = wire.dropLast(10) + other.suffix(10)
        }
        guard wire != packet.wire else { return try deliver(packet) }
        try deliverForeign(wire, packet.kind)
    }

    /// Octets that nobody has protected: only if they are what a sender would have made may they be accepted.
    private mutating func deliverForeign(_ wire: [UInt8], _ kind: PacketKind) throws(ProbeFinding) {
        switch try receivers.deliver(wire, kind) {
        case .refused: break
        case .accepted(let plain):
            try require(try wasForged(plain, wire, kind), "a packet that nobody made is accepted: \(wire)")
        }
    }

    /// Whether an accepted packet is one that a sender would have made, as one in 2^32 is with a tag of four octets. If
    /// it is, it is noted.
    private mutating func wasForged(
        _ plain: [UInt8], _ wire: [UInt8], _ kind: PacketKind
    ) throws(ProbeFinding) -> Bool {
        switch kind {
        case .rtp:
            guard let number = plain.raw.bigEndianUInt32(at: 8), let sequence = plain.raw.bigEndianUInt16(at: 2) else {
                return false
            }
            let index = index(of: sequence, SSRC(number), wire)
            guard model.refusalOfRTP(SSRC(number), at: index, isSender: false) == nil,
                try maker.rtp(plain, at: UInt32(truncatingIfNeeded: index >> 16)) == wire
            else { return false }
            note(.rtp, SSRC(number), at: index, wire)
        case .rtcp:
            guard let number = plain.raw.bigEndianUInt32(at: 4),
                let word = wire.raw.bigEndianUInt32(at: plain.count + settings.octetsBeforeRTCPIndex)
            else { return false }
            let isEncrypted = word >> 31 == 1
            guard isEncrypted || !model.requiresRTCPEncryption,
                model.refusalOfRTCP(SSRC(number), at: word & 0x7FFF_FFFF) == nil,
                try maker.rtcp(plain, at: word & 0x7FFF_FFFF, isEncrypted: isEncrypted) == wire
            else { return false }
            note(.rtcp, SSRC(number), at: Int(word & 0x7FFF_FFFF), wire)
        }
        return true
    }

    /// The index that the receiver must give a packet, as it counts: past 2^48 and below 0.
    private func index(of sequenceNumber: UInt16, _ ssrc: SSRC, _ wire: [UInt8]) -> Int {
        guard let counter = settings.options.carriedCounter(in: wire) else {
            return model.stream(ssrc).rtpIndex(of: sequenceNumber)
        }
        return model.stream(ssrc).rtpIndex(of: sequenceNumber, carried: counter)
    }

    private mutating func note(_ kind: PacketKind, _ ssrc: SSRC, at place: Int, _ wire: [UInt8]) {
        switch kind {
        case .rtp: model.markRTP(ssrc, at: index(of: UInt16(truncatingIfNeeded: place), ssrc, wire))
        case .rtcp: model.markRTCP(ssrc, at: UInt32(place))
        }
    }
}

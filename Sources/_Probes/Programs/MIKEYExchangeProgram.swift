// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import MIKEY
internal import RTP
internal import Synchronization
internal import WireBytes

/// Lets the octets of an input drive a pre-shared key exchange: offers and updates, and their messages delivered in any order,
/// repeated, altered, altered and authenticated anew as only a peer could, and octets that are no messages.
///
/// What is altered establishes nothing, and both parties have the same keys for one CSB ID and T.
struct MIKEYExchangeProgram {
    private struct Name: Hashable {
        let csbID: UInt32
        let timestamp: MIKEYTimestamp
    }

    private struct Letter {
        let octets: [UInt8]
        /// Whether it is for the initiator.
        let isAnswer: Bool
    }

    private static let key: [UInt8] = Array(1...20)
    private static let operationLimit = 64

    private let configuration: MIKEYInitiatorConfiguration
    private let store: ProbeReplayStore
    private var initiator: MIKEYInitiator
    private var responder: MIKEYResponder
    private var letters: [Letter] = []
    private var known: [Name: [MIKEYAgreement.Session]] = [:]
    private let drawn = ProbeCounter()
    private var seconds: Int64 = 1_772_366_400

    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        var script = Script(octets)
        var program = try MIKEYExchangeProgram(&script)
        for _ in 0..<operationLimit where !script.isAtEnd { try program.step(&script) }
    }

    private init(_ script: inout Script) throws(ProbeFinding) {
        let isChannel = script.octet() & 1 == 1
        let credential: MIKEYCredential =
            isChannel
            ? .protectedChannel(.channelIsProtected)
            : .preSharedKey(MIKEYKeyMaterial(copying: Self.key.span))
        var configuration = MIKEYInitiatorConfiguration(credential: credential)
        let flags = script.octet()
        configuration.wantsVerification = flags & 1 == 1
        configuration.prf = flags & 2 == 2 ? .hmacSHA256 : .mikey1
        if !isChannel {
            configuration.encryption = script.choice([.aesCM128, .aesCM256, .aesKW128])
            configuration.mac = flags & 4 == 4 ? .hmacSHA256 : .hmacSHA1
        }
        if flags & 8 == 8 { configuration.identity = try? .uri("sip:a@example.org") }
        if flags & 16 == 16 { configuration.mode = .lenient }
        store = ProbeReplayStore()
        var responder = MIKEYResponderConfiguration(
            credential: credential, replay: .guarded(MIKEYReplayGuard(store: store)))
        responder.mode = configuration.mode
        responder.limits.bundles = 3
        responder.limits.answers = 4
        let refuses = flags & 32 == 32
        responder.decide = { agreement in
            refuses && agreement.isUpdate ? .refuse(.unspecified) : .accept(ssrcs: [1: SSRC(1001), 2: SSRC(1002)])
        }
        self.configuration = configuration
        self.responder = MIKEYResponder(responder)
        initiator = try Self.begin(configuration, drawn)
    }

    private static func begin(
        _ configuration: MIKEYInitiatorConfiguration, _ drawn: ProbeCounter
    ) throws(ProbeFinding) -> MIKEYInitiator {
        let random = MIKEYRandom { (bytes: inout MutableRawSpan) throws(DerivationError) in
            for position in 0..<bytes.byteCount {
                bytes.storeBytes(of: drawn.next(), toByteOffset: position, as: UInt8.self)
            }
        }
        return try expect("no initiator") { () throws(MIKEYExchangeError) in
            try MIKEYInitiator(configuration, random: random)
        }
    }

    private var now: WallClockTime? { try? WallClockTime(seconds: seconds) }

    // MARK: Operations

    private mutating func step(_ script: inout Script) throws(ProbeFinding) {
        let operation = script.octet()
        switch operation & 7 {
        case 0: try offer(&script)
        case 1, 2: if let letter = draw(&script) { try deliver(letter.octets, letter.isAnswer, isGenuine: true) }
        case 3: try alter(&script)
        case 4: try forge(&script)
        case 5: try deliver(script.octets(Int(script.octet())), operation & 8 == 8, isGenuine: false)
        case 6:
            switch operation >> 3 & 3 {
            case 0: initiator.abandon()
            case 1: if isDelivered { initiator.confirmDelivery() }
            case 2: responder.end(csbID: initiator.csbID, initiator: configuration.identity)
            default: initiator = try Self.begin(configuration, drawn)
            }
        default:
            seconds += Int64(operation >> 3)
            try post(initiator.repeated(), isAnswer: false)
        }
    }

    /// Whether the responder has what the initiator has, so that a carrier can say so.
    private var isDelivered: Bool {
        guard let agreement = initiator.agreement else { return false }
        let theirs = responder.agreement(csbID: initiator.csbID, initiator: configuration.identity)
        return theirs?.timestamp == agreement.timestamp
    }

    private func draw(_ script: inout Script) -> Letter? {
        letters.isEmpty ? nil : letters[Int(script.octet()) % letters.count]
    }

    private mutating func offer(_ script: inout Script) throws(ProbeFinding) {
        guard let now else { return }
        let flags = script.octet()
        // Without an answer nobody is told what the responder chooses.
        let open: UInt32 = configuration.wantsVerification && flags & 1 == 1 ? 0 : 5
        let streams = (0..<UInt32(flags >> 1 & 3)).map { number in
            MIKEYCryptoSessions.Stream(
                ssrc: SSRC(number == 0 ? open : number), rolloverCounter: UInt32(script.octet()))
        }
        guard let sessions = try? MIKEYCryptoSessions(.srtpID(streams)) else { return }
        let key = MIKEYKeyRequest.tgk(byteCount: 20 + 4 * Int(flags >> 3 & 3))
        let offer = MIKEYOffer(
            cryptoSessions: sessions, keys: flags & 32 == 32 ? .unchanged : .fresh([key]))
        if let actions = try? initiator.offer(offer, now: now) { try post(actions, isAnswer: false) }
    }

    /// Delivers a message with an octet changed.
    private mutating func alter(_ script: inout Script) throws(ProbeFinding) {
        guard let letter = draw(&script), !letter.octets.isEmpty else { return }
        var octets = letter.octets
        let change = script.octet()
        octets[Int(script.number16()) % octets.count] ^= change
        try deliver(octets, letter.isAnswer, isGenuine: change == 0)
    }

    /// Delivers a message of the initiator with octets changed and a right MAC, to parties that are thrown away.
    private func forge(_ script: inout Script) throws(ProbeFinding) {
        guard let letter = draw(&script), let now, !letter.isAnswer else { return }
        guard let message = try? MIKEYMessage(parsing: letter.octets, mode: .lenient),
            let place = message.layout.authenticator, let rand = message.random
        else { return }
        var octets = letter.octets
        for _ in 0...Int(script.octet() & 3) {
            octets[8 + Int(script.number16()) % max(place.lowerBound - 8, 1)] = script.octet()
        }
        let protection = MessageProtection(
            key: MIKEYKeyMaterial(copying: Self.key.span), prf: message.header.prf,
            context: .bundle(csbID: message.header.csbID, rand: rand), nullAlgorithms: .channelIsProtected)
        if let algorithm = message.kemac?.macAlgorithm,
            let mac = try? protection.mac(of: Array(octets[..<place.lowerBound]).raw, with: algorithm)
        {
            octets.replaceSubrange(place, with: mac)
        }
        var other = MIKEYResponder(
            MIKEYResponderConfiguration(
                credential: configuration.credential, replay: .guarded(MIKEYReplayGuard(store: ProbeReplayStore()))))
        for action in other.receive(octets, now: now) {
            guard case .send(let reply) = action else { continue }
            var copy = initiator
            _ = copy.receive(reply.encoded, now: now)
        }
    }

    private mutating func deliver(_ octets: [UInt8], _ isAnswer: Bool, isGenuine: Bool) throws(ProbeFinding) {
        guard let now else { return }
        let actions = isAnswer ? initiator.receive(octets, now: now) : responder.receive(octets, now: now)
        if !isGenuine, case .preSharedKey = configuration.credential {
            for action in actions {
                if case .established = action { throw ProbeFinding("what nobody sent establishes keys") }
                if case .reported(_, _, isAuthenticated: true) = action {
                    throw ProbeFinding("a forged error is right")
                }
            }
        }
        // What is altered on a channel without MACs is whatever it says.
        guard isGenuine || configuration.mac != .null else { return }
        try post(actions, isAnswer: !isAnswer)
    }

    // MARK: What must hold

    private mutating func post(_ actions: [MIKEYAction], isAnswer: Bool) throws(ProbeFinding) {
        for action in actions {
            switch action {
            case .send(let message):
                if letters.count < 16 { letters.append(Letter(octets: message.encoded, isAnswer: isAnswer)) }
                let again = try? MIKEYMessage(parsing: message.encoded, mode: configuration.mode)
                try require(again != nil, "a message of ours is not read")
            case .established(let agreement): try note(agreement)
            case .refused(let number, let reason): _ = "\(number) \(reason)"
            default: break
            }
        }
    }

    private mutating func note(_ agreement: MIKEYAgreement) throws(ProbeFinding) {
        guard configuration.mac != .null else { return }
        let name = Name(csbID: agreement.csbID, timestamp: agreement.timestamp)
        guard let others = known.updateValue(agreement.sessions, forKey: name) else { return }
        try require(others.count == agreement.sessions.count, "other sessions for one CSB and T")
        for (session, other) in zip(agreement.sessions, others) {
            try require(
                session.id == other.id && session.ssrc == other.ssrc && session.keys == other.keys,
                "other keys for one CSB and T")
        }
    }
}

/// Draws octets that a program draws again when it runs again.
private final class ProbeCounter: Sendable {
    private let drawn = Mutex(UInt64(0))

    func next() -> UInt8 {
        drawn.withLock { drawn in
            drawn = drawn &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: drawn >> 56)
        }
    }
}

/// Remembers for one program, as a durable store would.
private final class ProbeReplayStore: MIKEYReplayStore {
    private let kept = Mutex(MIKEYReplayMemory(capacity: 8))

    var remembersSince: WallClockTime? { nil }

    func memory() -> MIKEYReplayMemory { kept.withLock { $0 } }

    func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        try kept.withLock { (kept: inout sending MIKEYReplayMemory) throws(MIKEYReplayError) in
            try kept.remember(entry)
        }
    }
}

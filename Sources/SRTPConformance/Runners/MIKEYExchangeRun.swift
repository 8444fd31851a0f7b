// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import MIKEY
internal import RTP
internal import Synchronization
internal import WireBytes

/// Goes through the messages of a `mikey-exchange` row, with both parties.
///
/// Where the row says what its messages were made of, our initiator makes each again, octet by octet, and so does our responder
/// with its answers. Otherwise our parties only take them.
struct MIKEYExchangeRun {
    private let fields: RowFields
    private let credential: MIKEYCredential
    private let now: WallClockTime
    private let steps: [MIKEYExchangeStep]
    private var responder: MIKEYResponder
    private var initiator: MIKEYInitiator?
    /// What the responder decides on the next message.
    private let decision: DecisionBox
    /// The step of the next message of the initiator.
    private var position = 0

    static func run(_ fields: RowFields) throws(RowFault) {
        var run = try MIKEYExchangeRun(fields)
        try run.run()
    }

    private init(_ fields: RowFields) throws(RowFault) {
        self.fields = fields
        let psk = try fields.octets("psk", count: 1...0xFFFF)
        let isProtected = fields.has("channel_protected") ? try fields.flag("channel_protected") : false
        credential = .preSharedKey(
            MIKEYKeyMaterial(copying: psk.span), nullAlgorithms: isProtected ? .channelIsProtected : nil)
        now = try Self.time(fields)
        var steps: [MIKEYExchangeStep] = []
        for step in fields.has("steps") ? try fields.objects("steps") : [] { steps.append(try MIKEYExchangeStep(step)) }
        self.steps = steps
        let parties = try MIKEYExchangeParties(fields)
        let decision = DecisionBox()
        self.decision = decision
        var configuration = MIKEYResponderConfiguration(
            credential: credential, replay: .guarded(MIKEYReplayGuard(store: RowReplayStore())))
        configuration.identity = parties.responder
        configuration.sendsIdentity = parties.responderIsInAnswer
        configuration.peer = parties.initiator
        configuration.decide = { _ in decision.value }
        responder = MIKEYResponder(configuration)
        if !steps.isEmpty { initiator = try makeInitiator(parties) }
    }

    /// An initiator that draws and counts what the row says.
    private func makeInitiator(_ parties: MIKEYExchangeParties) throws(RowFault) -> MIKEYInitiator {
        var configuration = MIKEYInitiatorConfiguration(
            credential: credential, timestamps: MIKEYTimestampSource(scripted: steps.map(\.timestamp)))
        let name = try fields.text("prf", oneOf: MIKEYKeyDerivationRow.functions.keys.sorted())
        configuration.prf = MIKEYKeyDerivationRow.functions[name] ?? .mikey1
        configuration.identity = parties.initiator
        configuration.peer = parties.responder
        configuration.sendsPeer = !parties.responderIsInAnswer
        let rand = try fields.octets("rand", count: 16...255)
        configuration.randByteCount = rand.count
        if let first = steps.first {
            configuration.wantsVerification = first.wantsVerification
            configuration.encryption = first.encryption
            configuration.mac = first.mac
        }
        let drawn = try fields.octets("csb_id", count: 4...4) + rand + steps.flatMap(\.drawn)
        do throws(MIKEYExchangeError) {
            return try MIKEYInitiator(configuration, random: .scripted(drawn))
        } catch {
            throw fields.fault("steps", expected: "an initiator", got: "\(error)")
        }
    }

    private static func time(_ fields: RowFields) throws(RowFault) -> WallClockTime {
        let text = try fields.text("now")
        guard let date = try? Date(text, strategy: .iso8601),
            let time = try? WallClockTime(seconds: Int64(date.timeIntervalSince1970))
        else { throw fields.fault("now", expected: "an RFC 3339 time", got: JSONValue.quoted(text)) }
        return time
    }

    // MARK: The messages

    private mutating func run() throws(RowFault) {
        let messages = try readMessages()
        let isAccepted = try fields.flag("accepted")
        for number in messages.indices {
            let name = "messages[\(number)]"
            let isLast = number == messages.count - 1
            let octets = messages[number]
            let outcome: Outcome
            if Self.isAnswer(octets) {
                outcome = takeAnswer(octets)
            } else if steps.isEmpty {
                outcome = adopt(octets)
            } else {
                outcome = try make(octets, answeredBy: isLast ? nil : messages[number + 1], name)
            }
            guard outcome.isAccepted == (isAccepted || !isLast) else {
                throw fields.fault(
                    name, expected: isAccepted || !isLast ? "acceptance" : "a refusal", got: outcome.text)
            }
        }
        if isAccepted { try compareKeys() }
    }

    /// What became of a message.
    private struct Outcome {
        let isAccepted: Bool
        let text: String

        init(_ actions: [MIKEYAction]) {
            var isAccepted = false
            var text = "no action"
            for action in actions {
                switch action {
                case .established: isAccepted = true
                case .reported(_, _, let isAuthenticated):
                    isAccepted = isAuthenticated
                    text = "an error message that is not authentic"
                case .refused(_, let reason): text = "\(reason)"
                default: break
                }
            }
            self.isAccepted = isAccepted
            self.text = isAccepted ? "acceptance" : text
        }

        /// Refused, as the row says.
        init(refusedAsTold text: String) {
            isAccepted = true
            self.text = text
        }

        init(refused text: String) {
            isAccepted = false
            self.text = text
        }
    }

    private func readMessages() throws(RowFault) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for (number, value) in try fields.list("messages").enumerated() {
            guard case .text(let text) = value, let octets = Data(base64Encoded: text) else {
                throw fields.fault("messages[\(number)]", expected: "base64", got: "another text")
            }
            messages.append(Array(octets))
        }
        return messages
    }

    /// Whether it is for the initiator: the data type is the second octet (RFC 3830 section 6.1).
    private static func isAnswer(_ octets: [UInt8]) -> Bool { octets.count > 1 && [1, 6].contains(octets[1]) }

    private mutating func takeAnswer(_ octets: [UInt8]) -> Outcome {
        guard var party = initiator else { return Outcome(refused: "an answer to nothing") }
        defer { initiator = party }
        return Outcome(party.receive(octets, now: now))
    }

    /// A message of the initiator of which nothing is known but its octets.
    private mutating func adopt(_ octets: [UInt8]) -> Outcome {
        let outcome = Outcome(responder.receive(octets, now: now))
        guard outcome.isAccepted else { return outcome }
        do throws(MIKEYExchangeError) {
            if initiator == nil {
                initiator = try MIKEYInitiator(MIKEYInitiatorConfiguration(credential: credential), sent: octets)
            } else {
                try initiator?.sent(octets)
            }
        } catch {
            return Outcome(refused: "\(error)")
        }
        return outcome
    }

    /// A message of the initiator that is made again, and its answer.
    private mutating func make(
        _ octets: [UInt8], answeredBy next: [UInt8]?, _ name: String
    ) throws(RowFault) -> Outcome {
        guard position < steps.count else {
            throw fields.fault("steps", expected: "one for each message of the initiator", got: "\(steps.count)")
        }
        let step = steps[position]
        position += 1
        guard var party = initiator else { return Outcome(refused: "no initiator") }
        defer { initiator = party }
        let sent: [MIKEYAction]
        do throws(MIKEYExchangeError) {
            sent = try party.offer(step.offer, now: now)
        } catch {
            throw fields.fault(name, expected: "an offer", got: "\(error)")
        }
        try RowFault.compareSecret(name, expected: octets, got: Self.message(sent))
        decision.value = step.decision
        let actions = responder.receive(octets, now: now)
        // Our responder reports one error at a time.
        if let next, Self.isAnswer(next), step.errorCount < 2 {
            try RowFault.compareSecret("\(name), its answer", expected: next, got: Self.message(actions))
        }
        let outcome = Outcome(actions)
        if outcome.isAccepted, !step.wantsVerification { party.confirmDelivery() }
        return step.errorCount > 0 && !outcome.isAccepted ? Outcome(refusedAsTold: outcome.text) : outcome
    }

    private static func message(_ actions: [MIKEYAction]) -> [UInt8] {
        for action in actions { if case .send(let message) = action { return message.encoded } }
        return []
    }
}

// MARK: Keys

extension MIKEYExchangeRun {
    /// Compares what both parties have with the row.
    private func compareKeys() throws(RowFault) {
        guard try !fields.objects("teks").isEmpty else { return }
        for agreement in [initiator?.agreement, responderAgreement] {
            guard let agreement else { throw fields.fault("teks", expected: "an agreement", got: "none") }
            try compare(agreement)
        }
    }

    private var responderAgreement: MIKEYAgreement? {
        guard let agreement = initiator?.agreement else { return nil }
        return responder.agreement(csbID: agreement.csbID, initiator: agreement.initiator)
    }

    private func compare(_ agreement: MIKEYAgreement) throws(RowFault) {
        let found = agreement.sessions.flatMap { session in session.keys.map { (session.id, $0) } }
        let expected = try fields.objects("teks")
        guard expected.count == found.count else {
            throw fields.fault("teks", expected: "\(expected.count) keys", got: "\(found.count)")
        }
        for (row, (id, key)) in zip(expected, found) {
            let expectedID = try row.integer("cs", in: 0...255)
            guard Int64(id) == expectedID else { throw row.fault("cs", expected: "\(expectedID)", got: "\(id)") }
            try RowFault.compareSecret("key", expected: row.octets("key"), got: Self.octets(key.key))
            try RowFault.compareSecret("salt", expected: row.octets("salt"), got: Self.octets(key.salt))
            let mki = row.has("mki") ? try row.octets("mki") : []
            try RowFault.compare("mki", expected: mki, got: key.validity.spi ?? [])
        }
        let sent = agreement.keyData.map { Self.octets($0.key) }
        if fields.has("tgk") {
            try RowFault.compareSecret("tgk", expected: fields.octets("tgk"), got: sent.first ?? [])
        }
        if fields.has("tek") {
            for (expected, got) in zip(try fields.octetList("tek"), sent) {
                try RowFault.compareSecret("tek", expected: expected, got: got)
            }
        }
    }

    private static func octets(_ material: MIKEYKeyMaterial) -> [UInt8] {
        material.withBytes { [UInt8](copying: $0) }
    }
}

/// Who the two are.
private struct MIKEYExchangeParties {
    let initiator: MIKEYIdentity?
    let responder: MIKEYIdentity?
    /// Whether the responder tells who it is, and not the initiator who it should be.
    let responderIsInAnswer: Bool

    init(_ fields: RowFields) throws(RowFault) {
        responderIsInAnswer = fields.has("responder_in_answer")
        initiator = try Self.identity(fields, "initiator")
        responder = try Self.identity(fields, responderIsInAnswer ? "responder_in_answer" : "responder")
    }

    private static func identity(_ fields: RowFields, _ name: String) throws(RowFault) -> MIKEYIdentity? {
        guard fields.has(name) else { return nil }
        let identity = try fields.object(name)
        let kind: MIKEYIdentity.Kind = try identity.text("type", oneOf: ["NAI", "URI"]) == "NAI" ? .nai : .uri
        return try? MIKEYIdentity(kind, octets: Array(try identity.text("text").utf8))
    }
}

/// What a closure of the responder reads and the run writes.
private final class DecisionBox: Sendable {
    private let mutex = Mutex(MIKEYDecision.accept())

    var value: MIKEYDecision {
        get { mutex.withLock { $0 } }
        set { mutex.withLock { $0 = newValue } }
    }
}

/// Remembers for one row, as a durable store would.
private final class RowReplayStore: MIKEYReplayStore {
    private let kept = Mutex(MIKEYReplayMemory())

    var remembersSince: WallClockTime? { nil }

    func memory() -> MIKEYReplayMemory { kept.withLock { $0 } }

    func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        try kept.withLock { (kept: inout sending MIKEYReplayMemory) throws(MIKEYReplayError) in
            try kept.remember(entry)
        }
    }
}

extension MIKEYRandom {
    /// A source that gives these octets, and zeros behind them.
    fileprivate static func scripted(_ octets: [UInt8]) -> MIKEYRandom {
        let rest = Mutex(octets[...])
        return MIKEYRandom { (bytes: inout MutableRawSpan) throws(DerivationError) in
            let taken = rest.withLock { rest in
                defer { rest = rest.dropFirst(bytes.byteCount) }
                return Array(rest.prefix(bytes.byteCount))
            }
            for (position, octet) in taken.enumerated() {
                bytes.storeBytes(of: octet, toByteOffset: position, as: UInt8.self)
            }
        }
    }
}

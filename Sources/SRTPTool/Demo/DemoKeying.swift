// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import SDP
import SRTP

/// The keys of a run: agreed on before its first packet, and replaced while packets flow.
///
/// Descriptions go from one party to the other as text. Each party receives under the new keys before the other one sends under
/// them, and nobody sends under them before both have them (RFC 4567 section 4.1.2):
///
///     speaker                                           listener
///        |            offer of new keys                    |
///        | ----------------------------------------------> |  receives under either
///        |                  answer                         |
///        | <---------------------------------------------- |
///        |  receives under either, sends under the new     |
///        |      acknowledgement, as of SIP                 |
///        | ----------------------------------------------> |  sends under the new
struct DemoKeying: ~Copyable {
    /// An offer and its answer.
    struct Exchange {
        /// What each side has of it, one for each medium.
        let speaker: [NegotiatedMIKEY]
        let listener: [NegotiatedMIKEY]
        /// The lengths of the two messages of MIKEY.
        let offerByteCount: Int
        let answerByteCount: Int

        /// The identifier of its keys, by which packets name them.
        var mki: [UInt8] { speaker.first?.sending.first?.keys.first?.options.mki ?? [] }
    }

    /// When the messages of the change come, as numbers of the packets that they come before.
    let schedule: DemoSchedule
    /// What was agreed on, one time after the other.
    private(set) var exchanges: [Exchange] = []
    private var offerer: DemoOfferer
    private var answerer: DemoAnswerer
    /// Of the change: the messages, and what the listener has of it.
    private var change: (offer: String, answer: String, listener: [NegotiatedMIKEY])?

    /// Agrees on the first keys.
    init(
        _ offerer: consuming DemoOfferer, _ answerer: consuming DemoAnswerer, _ schedule: DemoSchedule
    ) throws {
        self.offerer = offerer
        self.answerer = answerer
        self.schedule = schedule
        let offer = try self.offerer.offer()
        let (answer, listener) = try self.answerer.answer(offer)
        try finish(offer, answer, listener)
    }

    /// Does what is due before a packet of the recording is sent.
    mutating func advance(to number: Int, _ speaker: DemoParty, _ listener: DemoParty) async throws {
        if number == schedule.offer {
            let offer = try offerer.offerNewKeys(rolloverCounters: try await speaker.rolloverCounters())
            let (answer, keys) = try answerer.answer(offer)
            try await listener.replaceReceivingKeys(with: keys, previous: exchanges[0].listener)
            change = (offer, answer, keys)
        }
        if number == schedule.answer, let change {
            try finish(change.offer, change.answer, change.listener)
            try await speaker.replaceReceivingKeys(with: exchanges[1].speaker, previous: exchanges[0].speaker)
            try await speaker.replaceSendingKeys(with: exchanges[1].speaker, previous: exchanges[0].speaker)
        }
        if number == schedule.acknowledgement {
            try await listener.replaceSendingKeys(with: exchanges[1].listener, previous: exchanges[0].listener)
        }
    }

    private mutating func finish(_ offer: String, _ answer: String, _ listener: [NegotiatedMIKEY]) throws {
        exchanges.append(
            Exchange(
                speaker: try offerer.accept(answer), listener: listener,
                offerByteCount: try Self.messageByteCount(offer),
                answerByteCount: try Self.messageByteCount(answer)))
    }

    private static func messageByteCount(_ text: String) throws -> Int {
        try KeyMgmtLines(of: SessionDescription(parsing: text)).mikey()?.data.byteCount ?? 0
    }
}

/// When the messages of the change of keys come, as numbers of packets, counted from 0: each comes before its packet is sent.
struct DemoSchedule: Equatable {
    let offer: Int
    let answer: Int
    let acknowledgement: Int

    /// In the middle, with packets between the messages where there are enough.
    init(packetCount: Int) {
        answer = packetCount / 2
        let travel = min(20, packetCount / 8)
        offer = answer - travel
        acknowledgement = answer + travel
    }
}

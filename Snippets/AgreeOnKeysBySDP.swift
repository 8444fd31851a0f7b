// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Two parties agree on keys by a=crypto in an offer and its answer.
// snippet.show
import KeyManagement
import SDP
import SRTP

func description(_ address: String, _ crypto: [CryptoAttribute]) throws -> [UInt8] {
    var media = MediaDescription(Media(type: "audio", port: 5004, transport: .rtpSAVP, formats: ["0"]))
    for attribute in crypto { media.append(attribute.attribute()) }
    var description = SessionDescription(
        origin: Origin(sessionID: "1", sessionVersion: "1", address: address),
        connection: ConnectionData(address: address))
    description.media = [media]
    return try description.encoded()
}

// The offerer: a key of its own for each suite, the preferred one first.
let offer = try CryptoOffer(suites: [.aesCM128_HMACSHA1_80, .aesCM128_HMACSHA1_32])
let offered = try description("192.0.2.1", offer.attributes)

// The answerer takes the first that it can use, and answers with a key of its own.
let answer = try CryptoAnswer(to: SessionDescription(parsing: offered).media[0])
let answered = try description("192.0.2.2", [answer.attribute])

// Both know both keys now.
let agreed = try offer.accept(answer: SessionDescription(parsing: answered).media[0])
var sender = try agreed.makeSender()
var receiver = try answer.negotiated.makeReceiver()

let packet: [UInt8] = [0x80, 0, 0, 1, 0, 0, 0, 0, 0x11, 0x22, 0x33, 0x44] + Array("payload".utf8)
print(try receiver.unprotectRTP(sender.protectRTP(packet)) == packet, agreed.suite)

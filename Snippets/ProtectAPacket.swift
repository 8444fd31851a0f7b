// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Protects one RTP packet, unprotects it at the other end, and refuses it the second time.
// snippet.show
import RTP
import SRTP

// In place of this: what your signalling agreed on, 16 octets of master key and 14 of master salt.
let agreed = [UInt8](1...30)
let suite = SRTPSuite.aesCM128_HMACSHA1_80
var sender = try SRTPSender(masterKey: SRTPMasterKey(suite: suite, keyAndSalt: agreed.span))
var receiver = try SRTPReceiver(masterKey: SRTPMasterKey(suite: suite, keyAndSalt: agreed.span))

let speech = [UInt8](repeating: 0xFF, count: 160)
let packet = try RTPPacketBuilder(payloadType: 0, sequenceNumber: 1, timestamp: 160, ssrc: 0x1122_3344)
    .encoded(payload: speech.span.bytes)

let wire = try sender.protectRTP(packet)  // into the socket
let plain = try receiver.unprotectRTP(wire)  // out of the socket, at the other end
print(plain == packet, wire.count - packet.count, "octets of tag")

do {
    _ = try receiver.unprotectRTP(wire)
} catch {
    print("refused:", error)  // SSRC 11223344: index 1 was accepted before or is too old
}

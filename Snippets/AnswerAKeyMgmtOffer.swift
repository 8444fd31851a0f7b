// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A party with a pre-shared key answers a session description with a=key-mgmt, and has a sender and a receiver.
import Foundation
import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP

let folder = FileManager.default.temporaryDirectory.appending(path: "answer-\(UUID().uuidString)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }
let now = try WallClockTime(seconds: Int64(Date().timeIntervalSince1970))
let shared = MIKEYCredential.preSharedKey(MIKEYKeyMaterial(copying: Array("sixteen octets!!".utf8).span))

// What arrives: here an offer of our own making.
var offered = SessionDescription(
    origin: Origin(sessionID: "1", sessionVersion: "1", address: "192.0.2.1"),
    connection: ConnectionData(address: "192.0.2.1"))
offered.media = [MediaDescription(Media(type: "audio", port: 5004, transport: .rtpSAVP, formats: ["0"]))]
var offerer = try KeyMgmtOfferer(MIKEYPreset.rfc3830.initiator(shared))
_ = try offerer.offer(in: &offered, [MIKEYMediaOffer(ssrc: 0x1122_3344)], now: now)
let text = try offered.encoded()

// snippet.show
// What remembers messages, so that none is taken twice. A MemoryMIKEYReplayStore would refuse all that could be older than it.
let store = try FileMIKEYReplayStore(path: folder.appending(path: "replay").path, ifMissing: .create())
var answerer = KeyMgmtAnswerer(
    MIKEYResponderConfiguration(credential: shared, replay: .guarded(MIKEYReplayGuard(store: store))))

// All lines of the offer must hold; else this throws, with MIKEY's error message for the peer where there is one.
let offer = try SessionDescription(parsing: text)
let agreed = try answerer.answer(to: offer, ssrcs: [0: 0x5566_7788], now: now)

var answer = SessionDescription(
    origin: Origin(sessionID: "2", sessionVersion: "1", address: "192.0.2.2"),
    connection: ConnectionData(address: "192.0.2.2"))
answer.media = [MediaDescription(Media(type: "audio", port: 5006, transport: .rtpSAVP, formats: ["0"]))]
agreed.write(into: &answer)

guard let audio = agreed.media[0] else { fatalError("the offer has one media") }
var sender = try audio.makeSender()
var receiver = try audio.makeReceiver()
// snippet.hide

let peer = try offerer.accept(answer: SessionDescription(parsing: answer.encoded()), now: now)[0]
var peerReceiver = try peer.makeReceiver()
let packet: [UInt8] = [0x80, 0, 0, 1, 0, 0, 0, 0, 0x55, 0x66, 0x77, 0x88] + Array("payload".utf8)
print(try peerReceiver.unprotectRTP(sender.protectRTP(packet)) == packet, audio.sending[0].policy.suite)

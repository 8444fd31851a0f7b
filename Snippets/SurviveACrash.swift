// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// A sender that goes on where it was: run it twice with the same folder, and end it however you like.
// snippet.show
import RTP
import SRTP
import SRTPState

// Where leases are kept; and, in place of this, the key that your signalling agreed on.
let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "/tmp"
let agreed = [UInt8](1...30)

func run() throws {
    var configuration = SRTPConfiguration()
    configuration.indexLeasing = .refusingUsedIndices
    var sender = try SRTPSender(
        masterKey: SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: agreed.span), configuration: configuration)
    let leaser = IndexLeaser(store: try FileIndexLeaseStore(path: folder + "/leases", ifMissing: .create))
    try leaser.resume(&sender)

    let ssrc: SSRC = 0x1122_3344
    var number = UInt16(truncatingIfNeeded: sender.nextUsableIndex(of: ssrc) ?? 0)
    print("the stream goes on at sequence number", number)
    try sender.requestLeases(for: ssrc, firstSequenceNumber: number)
    try leaser.serveAndWait(&sender)

    for _ in 0..<10 {
        let speech = [UInt8](repeating: 0xFF, count: 160)
        let packet = try RTPPacketBuilder(payloadType: 0, sequenceNumber: number, timestamp: 0, ssrc: ssrc)
            .encoded(payload: speech.span.bytes)
        _ = try sender.protectRTP(packet)  // into the socket
        number &+= 1
        try leaser.serve(&sender)  // never waits
    }

    // Nothing is skipped. Without this, as after a crash, the next start goes on behind the lease.
    try leaser.release(sender)
}

try run()

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import Testing

/// The same packets from libsrtp to us and from us to libsrtp. They arrive out of order, by less than a window.
struct Exchange {
    let setting: Setting
    /// The packets in the order in which they were sent.
    let packets: [MediaPacket]
    /// The packets in the order in which they arrived.
    let plain: [MediaPacket]
    /// The packets as libsrtp protected them, in the order in which they were sent.
    let theirs: [MediaPacket]
    /// What came of them here.
    let received: Outcome
    /// What came, in libsrtp, of those that we protected.
    let taken: Outcome

    init(_ traffic: Traffic, _ setting: Setting) async throws {
        self.setting = setting
        packets = traffic.packets
        plain = traffic.arriving(packets)
        let protected = try await LibsrtpPeer.run(.protect, packets, setting)
        try #require(protected.refusals.isEmpty && protected.results.count == packets.count)
        theirs = protected.results
        received = try unprotect(traffic.arriving(theirs), setting)
        taken = try await LibsrtpPeer.run(.unprotect, traffic.arriving(protect(packets, setting)), setting)
    }

    /// Whether our packets are, octet for octet, those of libsrtp, once our SRTCP index begins with 1 as libsrtp's does.
    ///
    /// Looks at the first 4,000.
    func isSameOnTheWire() throws -> Bool {
        let packets = Array(packets.prefix(4000))
        let ours = try protect(packets, setting) { sender in
            for ssrc in Set(packets.map(\.ssrc)) { try sender.setNextRTCPIndex(1, of: ssrc) }
        }
        return ours == Array(theirs.prefix(packets.count))
    }

    /// Prints one line: how many packets went each way, how many of them were accepted, and how many came out as they were.
    func print() async {
        let version = await LibsrtpPeer.version ?? ""
        let (toUs, fromUs) = (received.summary(of: plain), taken.summary(of: plain))
        Swift.print("\(version): \(setting.testDescription): to us \(toUs); from us \(fromUs)")
    }
}

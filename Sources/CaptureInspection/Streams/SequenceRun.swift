// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Tells the packets of a stream from datagrams that begin like RTP by chance.
///
/// The rule: a datagram is a candidate when its first octet is 128 to 191 (version 2), its second is not one of RTCP (192
/// to 223), and header, CSRC list and header extension end inside it. Random octets do that in one datagram of five, so the
/// candidates of one SSRC from one address and port to another become a stream when ``confirmingCount`` of them follow on
/// each other: each number 1 to ``maximumStep`` above the one before, modulo 2^16. Repeats and late packets neither help nor
/// hurt, any other number starts over. Random numbers pass with a chance of one in a million for each three packets, and
/// counters or flags that stay the same where the sequence number would be never do.
struct SequenceRun {
    /// The packets that make a stream.
    static let confirmingCount = 3
    /// How far the next number may be ahead, where packets were lost.
    static let maximumStep: UInt16 = 64

    private var count = 0
    private var newest: UInt16 = 0

    /// Takes the number of a candidate, and says whether it now is a stream.
    mutating func confirms(_ number: UInt16) -> Bool {
        let ahead = number &- newest
        if count == 0 || (1...Self.maximumStep).contains(ahead) {
            count += 1
            newest = number
        } else if ahead != 0, ahead <= UInt16.max - Self.maximumStep {
            count = 1
            newest = number
        }
        return count >= Self.confirmingCount
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is left of a stream that was removed or evicted, until its keys are gone: how far it had come.
///
/// Returning, it goes on from there, so that nothing is sent twice under an index, and nothing accepted a second time.
struct FormerStream: Hashable, Sendable {
    /// The newest RTP and SRTCP indices; 0 where there was none.
    let rtp: UInt64
    let rtcp: UInt64
    /// The SRTCP index to be sent next.
    let nextRTCP: UInt64
    /// Under which master key, and how much of it.
    let keyNumber: UInt32
    let use: StreamUse

    init(rtp: UInt64, rtcp: UInt64, nextRTCP: UInt64, keyNumber: UInt32, use: StreamUse) {
        self.rtp = rtp
        self.rtcp = rtcp
        self.nextRTCP = nextRTCP
        self.keyNumber = keyNumber
        self.use = use
    }

    init(_ stream: StreamState) {
        rtp = stream.rtp.newest
        rtcp = stream.rtcp.newest
        nextRTCP = stream.nextRTCP.unwrapped
        keyNumber = stream.keyNumber
        use = stream.use
    }
}

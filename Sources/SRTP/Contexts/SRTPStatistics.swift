// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a context has done with packets since it was made: plain counts, taken as a value.
public struct SRTPStatistics: Sendable {
    /// RTP packets protected or unprotected.
    public internal(set) var rtpPackets: UInt64 = 0
    /// RTCP packets protected or unprotected.
    public internal(set) var rtcpPackets: UInt64 = 0
    /// Streams that made room for others.
    public internal(set) var evictedStreams: UInt64 = 0
    private var refusals = InlineArray<32, UInt64>(repeating: 0)

    /// Packets refused for one reason.
    public subscript(refusal: SRTPRefusal) -> UInt64 { refusals[refusal.rawValue] }

    /// Packets refused for any reason.
    public var refusedPackets: UInt64 { SRTPRefusal.allCases.reduce(0) { $0 + self[$1] } }

    @inline(never)
    mutating func count(_ error: SRTPError) {
        if let refusal = error.refusal { refusals[refusal.rawValue] &+= 1 }
    }
}

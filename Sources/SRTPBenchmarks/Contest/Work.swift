// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CBenchmarkFloor
import RTP
import SRTP

/// What is done to packets.
public enum BenchmarkDirection: String, CaseIterable, Codable, Sendable {
    case protect
    case unprotect
}

/// One kind of packet in one direction.
struct Work: Hashable {
    let kind: PacketKind
    let direction: BenchmarkDirection

    /// As the floor and the adapter of libsrtp number it.
    var floorWork: floor_work {
        switch (kind, direction) {
        case (.rtp, .protect): FLOOR_PROTECT_RTP
        case (.rtp, .unprotect): FLOOR_UNPROTECT_RTP
        case (.rtcp, .protect): FLOOR_PROTECT_RTCP
        case (.rtcp, .unprotect): FLOOR_UNPROTECT_RTCP
        }
    }
}

/// Packets of one form: work on packets of one suite and size.
struct Job {
    let work: Work
    let suite: SRTPSuite
    let payloadByteCount: Int

    /// An RTP header, or a sender report without report blocks, whose payload is its profile-specific extension (RFC 3550
    /// section 6.4.1).
    var headerByteCount: Int { work.kind == .rtp ? 12 : 28 }

    var plainByteCount: Int { headerByteCount + payloadByteCount }

    var protectedByteCount: Int {
        switch work.kind {
        // Double encryption adds an empty original header block, one octet (RFC 8723 section 5.1).
        case .rtp: plainByteCount + suite.rtpTagByteCount + (suite.cipher == .doubleAESGCM ? 1 : 0)
        case .rtcp: plainByteCount + 4 + suite.rtcpTagByteCount
        }
    }

    /// The octets of a packet before the work.
    var byteCount: Int { work.direction == .protect ? plainByteCount : protectedByteCount }
    /// The octets after it.
    var expectedByteCount: Int { work.direction == .protect ? protectedByteCount : plainByteCount }
    /// From one packet to the next, in whole cache lines.
    var stride: Int { (protectedByteCount + 63) & ~63 }
}

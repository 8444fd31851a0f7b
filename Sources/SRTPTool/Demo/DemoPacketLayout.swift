// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import RTP
import SRTP

/// Where the parts of protected packets are: the body, of SRTCP the index, the key's identifier, and the tag of a MAC (RFC 3711
/// sections 3.1 and 3.4). An authenticated cipher's tag is part of the body (RFC 7714 sections 8 and 9).
struct DemoPacketLayout {
    let suite: SRTPSuite
    private let mkiByteCount = MIKEYPreset.rfc3830.mkiByteCount

    init(suite: SRTPSuite) { self.suite = suite }

    /// The octets that stay in the clear before the body.
    static func headerByteCount(of packet: [UInt8], _ kind: PacketKind) -> Int {
        switch kind {
        case .rtp: (try? RTPHeader(parsing: packet.span.bytes))?.byteCount ?? packet.count
        case .rtcp: 8
        }
    }

    /// The identifier of a packet's key.
    func mki(of packet: [UInt8]) -> [UInt8] {
        guard let stream = DemoNetwork.stream(of: packet) else { return [] }
        return Array(packet.dropLast(tagByteCount(stream.kind)).suffix(mkiByteCount))
    }

    /// Where the body of a packet ends.
    func bodyEnd(of packet: [UInt8], _ kind: PacketKind) -> Int {
        packet.count - tagByteCount(kind) - mkiByteCount - (kind == .rtcp ? 4 : 0)
    }

    private func tagByteCount(_ kind: PacketKind) -> Int {
        guard !suite.cipher.isAuthenticated else { return 0 }
        return kind == .rtp ? suite.rtpTagByteCount : suite.rtcpTagByteCount
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Whether a stream is SRTP, as far as that shows without a key, and how sure that is.
///
/// SRTP looks like RTP: header and sequence are not encrypted. What gives it away, the strongest first:
///
/// - Payloads of PCMU, PCMA and G.722 that are longer, by the octets of a tag, than their timestamps say: high.
/// - SRTCP from the same source, with three or more indices in a row: high, with fewer medium; its tag tells the suite.
/// - RTCP in the clear from the same source: not protected, high.
/// - DTLS between the same two addresses and ports: high, as nothing but DTLS-SRTP puts RTP there; ZRTP: medium, as it may
///   have failed, and what comes before it has succeeded is in the clear.
/// - Padding counts that are impossible, as encrypted ones are in all packets but few: medium.
package struct Protection: Hashable, Sendable, Encodable {
    package enum Verdict: String, Encodable, Sendable {
        case srtp, plain, unknown
    }

    package enum Confidence: String, Encodable, Sendable {
        case high, medium, none
    }

    package let verdict: Verdict
    package let confidence: Confidence
    /// What tells it.
    package let reason: String
    /// The octets of the tag on RTP packets, where they show.
    package let tagOctets: Int?

    init(_ verdict: Verdict, _ confidence: Confidence, _ reason: String, tagOctets: Int? = nil) {
        self.verdict = verdict
        self.confidence = confidence
        self.reason = reason
        self.tagOctets = tagOctets
    }

    /// What is known beside the stream's own packets.
    struct Evidence {
        var rtcp: RTCPSenderStatistics?
        var hasDTLS = false
        var hasZRTP = false
    }

    init(of stream: StreamStatistics, _ evidence: Evidence) {
        let tag = stream.excess.tagByteCount
        if let tag {
            self.init(
                tag > 0 ? .srtp : .plain, .high,
                tag > 0
                    ? "payloads are \(tag) octets longer than their timestamps say"
                    : "payloads are as long as their timestamps say", tagOctets: tag > 0 ? tag : nil)
        } else if let rtcp = evidence.rtcp, let trailer = rtcp.trailer {
            self.init(
                .srtp, rtcp.consecutiveIndices >= 2 ? .high : .medium,
                "SRTCP of the same source, with a tag of \(trailer.tagByteCount) octets",
                tagOctets: trailer.tagByteCount == 16 ? 16 : nil)
        } else if evidence.rtcp != nil {
            self.init(.plain, .high, "RTCP of the same source is in the clear")
        } else if evidence.hasDTLS {
            self.init(.srtp, .high, "DTLS between the same addresses and ports")
        } else if evidence.hasZRTP {
            self.init(.srtp, .medium, "ZRTP between the same addresses and ports")
        } else if stream.invalidPaddings >= 4, stream.invalidPaddings > stream.padded / 2 {
            self.init(.srtp, .medium, "\(stream.invalidPaddings) packets have an impossible padding count")
        } else {
            self.init(.unknown, .none, "nothing tells it")
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Classifies a datagram and compares with what the parsers say.
enum DatagramClassProbe {
    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        let found = DatagramClass(octets)
        try require(
            found == expected(octets),
            "\(found) for \(Array(copying: octets.extracting(first: min(16, octets.byteCount))))")
        let isRTP = (try? RTPHeader(parsing: octets)) != nil
        let header = try? RTCPHeader(parsing: octets)
        let isRTCP = header.map { (192...223).contains($0.packetType.rawValue) } ?? false
        switch found {
        case .rtp: try require(!isRTCP, "RTCP taken for RTP")
        case .rtcp: try require(isRTCP, "not RTCP, but taken for it")
        default: try require(!isRTP && !isRTCP, "\(found), but a header is read")
        }
    }

    /// The table of RFC 7983, octet by octet.
    private static func expected(_ octets: RawSpan) -> DatagramClass {
        guard let first = octets.octet(at: 0) else { return .unknown }
        let second = octets.octet(at: 1) ?? 0
        let isRTCP = second >= 192 && second <= 223
        if first < 4 { return .stun }
        if first < 16 { return .unknown }
        if first < 20 { return .zrtp }
        if first < 64 { return .dtls }
        if first < 80 { return .turnChannel }
        if first < 128 || first >= 192 { return .quic }
        if isRTCP { return octets.byteCount < 4 ? .unknown : .rtcp }
        return octets.byteCount < 12 ? .unknown : .rtp
    }
}

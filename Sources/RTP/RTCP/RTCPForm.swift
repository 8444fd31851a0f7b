// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The rules that a datagram of RTCP packets follows.
@frozen
public enum RTCPForm: Hashable, Sendable {
    /// A compound packet of RFC 3550 section 6.1.
    ///
    /// Read: the checks of appendix A.2, so the first packet is an SR or RR without padding. Written: the CNAME of that
    /// packet's source must be there as well.
    case compound
    /// Reduced-size RTCP of RFC 5506, where the session has agreed on it: any packets, the first of a type between 192
    /// and 223. A much weaker check than ``compound``.
    case reducedSize

    /// Checks the type that a datagram begins with.
    func checkFirst(_ type: RTCPPacketType) throws(RTPError) {
        let isAllowed =
            switch self {
            case .compound: type == .senderReport || type == .receiverReport
            case .reducedSize: RTCPPacketType.multiplexed.contains(type.rawValue)
            }
        guard isAllowed else { throw .unexpectedPacketType(type.rawValue) }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension RTPHeader {
    /// Checks what can be told of a source that was not heard before (RFC 3550 appendix A.1).
    ///
    /// Reading the header has checked the version, the CSRC count and the extension's length, and reading the whole
    /// packet as ``RTPPacketView`` the padding; left are the payload type and whether an extension may be there at all.
    /// The checks are weak: a few bits that any other datagram may have by chance.
    ///
    /// - Parameters:
    ///   - payloadTypes: The payload types that the session knows.
    ///   - allowsExtension: Whether the profile, or what was negotiated, has header extensions.
    /// - Throws: ``RTPError/unexpectedPacketType(_:)`` where marker and payload type together are those of an SR or RR,
    ///   ``RTPError/unknownPayloadType(_:)``, or ``RTPError/unexpectedHeaderExtension``.
    public func checkValidity(payloadTypes: Set<UInt8>, allowsExtension: Bool = true) throws(RTPError) {
        let type = RTCPPacketType(rawValue: payloadType | (marker ? 0x80 : 0))
        guard type != .senderReport, type != .receiverReport else { throw .unexpectedPacketType(type.rawValue) }
        guard payloadTypes.contains(payloadType) else { throw .unknownPayloadType(payloadType) }
        guard allowsExtension || !hasExtension else { throw .unexpectedHeaderExtension }
    }
}

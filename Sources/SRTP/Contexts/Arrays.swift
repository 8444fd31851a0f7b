// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The calls that a beginner makes first: an array in, an array out. They allocate the result; the calls on spans do not.

extension SRTPSender {
    /// Protects an RTP packet.
    ///
    /// - Returns: The SRTP packet.
    /// - Throws: ``SRTPError``; the packet's index is still free then, except for ``SRTPError/engineFailed``.
    public mutating func protectRTP(_ packet: [UInt8]) throws(SRTPError) -> [UInt8] {
        var packet = packet
        let length = packet.count
        packet.append(contentsOf: repeatElement(0, count: rtpOverhead))
        var span = packet.mutableSpan
        var bytes = unsafe span.mutableBytes
        let protected = try protectRTP(&bytes, length: length)
        packet.removeLast(packet.count - protected)
        return packet
    }

    /// Protects an RTCP packet, compound or reduced-size.
    ///
    /// - Returns: The SRTCP packet.
    /// - Throws: ``SRTPError``; no index was used then, except for ``SRTPError/engineFailed``.
    public mutating func protectRTCP(_ packet: [UInt8]) throws(SRTPError) -> [UInt8] {
        var packet = packet
        let length = packet.count
        packet.append(contentsOf: repeatElement(0, count: rtcpOverhead))
        var span = packet.mutableSpan
        var bytes = unsafe span.mutableBytes
        let protected = try protectRTCP(&bytes, length: length)
        packet.removeLast(packet.count - protected)
        return packet
    }
}

extension SRTPReceiver {
    /// Unprotects an SRTP packet.
    ///
    /// - Returns: The RTP packet.
    /// - Throws: ``SRTPError``.
    public mutating func unprotectRTP(_ packet: [UInt8]) throws(SRTPError) -> [UInt8] {
        var packet = packet
        var span = packet.mutableSpan
        var bytes = unsafe span.mutableBytes
        let length = try unprotectRTP(&bytes, length: bytes.byteCount)
        packet.removeLast(packet.count - length)
        return packet
    }

    /// Unprotects an SRTCP packet.
    ///
    /// - Returns: The RTCP packet.
    /// - Throws: ``SRTPError``.
    public mutating func unprotectRTCP(_ packet: [UInt8]) throws(SRTPError) -> [UInt8] {
        var packet = packet
        var span = packet.mutableSpan
        var bytes = unsafe span.mutableBytes
        let length = try unprotectRTCP(&bytes, length: bytes.byteCount)
        packet.removeLast(packet.count - length)
        return packet
    }
}

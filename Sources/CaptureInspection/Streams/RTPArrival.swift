// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// An RTP packet as far as the statistics look at it.
struct RTPArrival {
    let header: RTPHeader
    /// The octets of the packet, header included.
    let byteCount: Int
    /// The octets behind the header, with padding and tag.
    var bodyByteCount: Int { byteCount - header.byteCount }
    /// Whether there is padding whose count is impossible, as it is by chance where it is encrypted.
    let hasInvalidPadding: Bool
    /// When it was captured, in nanoseconds since 1970.
    let time: Int64?
    /// Counted from 1.
    let frame: Int

    /// Reads a packet; `nil` where it is none.
    init?(_ payload: RawSpan, time: Int64?, frame: Int) {
        guard let header = try? RTPHeader(parsing: payload) else { return nil }
        self.header = header
        byteCount = payload.byteCount
        hasInvalidPadding = header.hasPadding && (try? RTPPacketView(payload).paddingByteCount) == nil
        self.time = time
        self.frame = frame
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

// What a snapshot is as octets. Numbers are big-endian; lists have their count before them and are in ascending order.
extension SRTPStateSnapshot {
    /// The octets of the state, for StateEnvelope.
    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.write(nextKeyNumber)
        writer.write(activeKey ?? 0)
        writer.write(UInt32(pastKeys.count))
        for name in pastKeys { writer.write(bytes: name) }
        writer.write(UInt32(keys.count))
        for key in keys { key.write(to: &writer) }
        writer.write(UInt32(streams.count))
        for stream in streams { stream.write(to: &writer) }
        writer.write(UInt32(former.count))
        for left in former { left.write(to: &writer) }
        return writer.bytes
    }
}

extension SRTPStateSnapshot.Key {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(number)
        writer.write(bytes: fingerprint)
        writer.write(use.rtpPackets)
        writer.write(use.rtcpPackets)
        writer.write(UInt8(use.isExhausted ? 1 : 0))
        writer.write(optional: use.grace)
        use.returning.write(to: &writer)
    }
}

extension SRTPStateSnapshot.Stream {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(optional: pendingRolloverCounter.map(UInt64.init))
        writer.write(UInt8(isSearched ? 1 : 0))
        writer.write(keyNumber)
        writer.write(oldestRTP)
        writer.write(oldestRTCP)
        writer.write(nextRTCP)
        rtp.write(to: &writer)
        rtcp.write(to: &writer)
    }
}

extension SRTPStateSnapshot.Seen {
    /// The window is left out where nothing was seen.
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(newest)
        writer.write(count)
        let words = newest > 0 ? words : []
        writer.write(UInt16(words.count))
        for word in words { writer.write(word) }
    }
}

extension SRTPStateSnapshot.Former {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(left.rtp)
        writer.write(left.rtcp)
        writer.write(left.nextRTCP)
        writer.write(optional: left.pendingRolloverCounter.map(UInt64.init))
        writer.write(left.keyNumber)
        left.use.write(to: &writer)
        writer.write(left.lastKeyNumber)
    }
}

extension StreamUse {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.write(rtpPackets)
        writer.write(rtcpPackets)
        writer.write(oldestRTP)
        writer.write(oldestRTCP)
    }
}

extension ByteWriter {
    /// An octet that says whether there is a number, and the number.
    fileprivate mutating func write(optional number: UInt64?) {
        write(UInt8(number == nil ? 0 : 1))
        if let number { write(number) }
    }
}

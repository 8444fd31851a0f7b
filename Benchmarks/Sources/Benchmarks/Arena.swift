// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP

/// RTP packets of one size, side by side in one buffer that stays in the first-level cache: both sides work on the same
/// octets, so that neither has the warmer cache.
struct Arena: ~Copyable {
    static let headerByteCount = 12
    static let tagByteCount = 10
    static let ssrc = SSRC(rawValue: 0xCAFE_BABE)

    let payloadByteCount: Int
    /// The octets from one packet to the next.
    let stride: Int
    /// The packets.
    let count: Int
    private let storage: UnsafeMutableRawBufferPointer

    init(payloadByteCount: Int) {
        self.payloadByteCount = payloadByteCount
        stride = (Self.headerByteCount + payloadByteCount + Self.tagByteCount + 63) & ~63
        count = min(128, max(8, 24 * 1024 / stride))
        storage = .allocate(byteCount: stride * count, alignment: 64)
        storage.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { storage.deallocate() }

    /// The octets of a packet without its tag.
    var plainByteCount: Int { Self.headerByteCount + payloadByteCount }
    /// The octets of a packet with its tag.
    var protectedByteCount: Int { plainByteCount + Self.tagByteCount }

    /// Where packet `position` lies.
    @inline(__always)
    func packet(_ position: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: storage[position * stride..<position * stride + protectedByteCount])
    }

    /// Writes fresh packets with consecutive indices, the first of them `index`; the payload is a pattern.
    func fill(from index: UInt64) {
        for position in 0..<count {
            let packet = packet(position)
            let sequenceNumber = UInt16(truncatingIfNeeded: index &+ UInt64(position))
            packet.storeBytes(of: 0x80, as: UInt8.self)
            packet.storeBytes(of: 96, toByteOffset: 1, as: UInt8.self)
            packet.storeBytes(of: sequenceNumber.bigEndian, toByteOffset: 2, as: UInt16.self)
            packet.storeBytes(of: UInt32(sequenceNumber).bigEndian, toByteOffset: 4, as: UInt32.self)
            packet.storeBytes(of: Self.ssrc.rawValue.bigEndian, toByteOffset: 8, as: UInt32.self)
            for offset in Self.headerByteCount..<plainByteCount { packet[offset] = UInt8(truncatingIfNeeded: offset) }
        }
    }

    /// A copy of every packet's octets, tags included.
    var octets: [UInt8] { Array(storage) }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// Keystream of AES in counter mode, for the steps that rows print.
enum Keystream {
    /// `count` octets under the counter blocks from `first` on.
    static func make(
        key: [UInt8], from first: CounterBlock, count: Int, field: String = "session_key"
    ) throws(RowFault) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: count)
        do throws(CryptoError) {
            let mode = try unsafe CounterMode(key: SecretBytes(copying: key.span.bytes))
            var span = octets.mutableSpan
            var bytes = unsafe span.mutableBytes
            try mode.apply(iv: first, to: &bytes)
        } catch {
            throw RowFault(field, expected: "keystream", got: "\(error)")
        }
        return octets
    }
}

/// `aes-cm-keystream`: keystream of AES in counter mode (RFC 3711 B.2, RFC 6188 section 7).
enum KeystreamVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let key = try fields.octets("session_key")
        guard [16, 24, 32].contains(key.count) else {
            throw fields.fault("session_key", expected: "16, 24 or 32 octets", got: "\(key.count)")
        }
        let first = try firstCounter(fields)
        try RowFault.compareSecret("offset", expected: fields.octets("offset", count: 16...16), got: first.octets)
        let byteCount = Int(try fields.integer("keystream_octets", in: 1...Int64(CounterMode.maximumByteCount)))
        let blockCount = Int64(byteCount + 15) / 16
        if fields.has("keystream_blocks") { _ = try fields.integer("keystream_blocks", in: blockCount...blockCount) }
        let blocks = try fields.objects("blocks")
        let digest = fields.has("keystream_sha256") ? try fields.octets("keystream_sha256", count: 32...32) : nil
        guard !blocks.isEmpty || digest != nil else {
            throw fields.fault("blocks", expected: "a block or a digest", got: "neither")
        }
        let keystream = try Keystream.make(key: key, from: first, count: byteCount)
        for block in blocks {
            try block.check(required: ["block_index", "counter", "keystream"], optional: [])
            let index = Int(try block.integer("block_index", in: 0...blockCount - 1))
            // The last 16 bits of the first block are zero, so the block's number never carries.
            var counter = first
            counter.low += UInt64(index)
            try RowFault.compareSecret(
                "blocks[\(index)].counter", expected: block.octets("counter", count: 16...16), got: counter.octets)
            let whole = min(16, byteCount - 16 * index)
            let expected = try block.octets("keystream", count: whole...whole)
            try RowFault.compare(
                "blocks[\(index)].keystream", expected: expected,
                got: Array(keystream[16 * index..<16 * index + whole]), where: "as part of the whole")
            try RowFault.compare(
                "blocks[\(index)].keystream", expected: expected,
                got: Keystream.make(key: key, from: counter, count: whole),
                where: "by itself")
        }
        if let digest { try RowFault.compare("keystream_sha256", expected: digest, got: self.digest(keystream)) }
        return nil
    }

    private static func digest(_ keystream: [UInt8]) throws(RowFault) -> [UInt8] {
        do throws(CryptoError) {
            return try SHA256.digest(unsafe keystream.span.bytes)
        } catch {
            throw RowFault("keystream_sha256", expected: "a digest", got: "\(error)")
        }
    }

    /// The IV of RFC 3711 section 4.1.1.
    private static func firstCounter(_ fields: RowFields) throws(RowFault) -> CounterBlock {
        let salt = try fields.octets("session_salt", count: 14...14)
        let index = try fields.counter("roc", byteCount: 4) << 16 | fields.counter("seq", byteCount: 2)
        let ssrc = try fields.counter("ssrc", byteCount: 4)
        return CounterBlock(salt) ^ CounterBlock(high: ssrc, low: index << 16)
    }
}

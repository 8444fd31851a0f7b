// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// HMAC-SHA1 cases (RFC 2202), through both ways that the engine has.
enum HMACSHA1Vector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let key = try fields.octets("key")
        let data = try fields.octets("data")
        let whole = try fields.octets("hmac_sha1", count: HMACSHA1.byteCount...HMACSHA1.byteCount)
        let short = fields.has("hmac_sha1_96") ? try fields.octets("hmac_sha1_96", count: 12...12) : nil
        for (route, name) in [(HMACSHA1.Route.savedStates, "from saved states"), (.evp, "through EVP")] {
            let code: [UInt8]
            do throws(CryptoError) {
                let mac = try unsafe HMACSHA1(key: SecretBytes(copying: key.span.bytes), route: route)
                    .compute(data.span.bytes)
                code = mac.indices.map { mac[$0] }
            } catch {
                throw RowFault("hmac_sha1", expected: "a MAC", got: "\(error) \(name)")
            }
            try RowFault.compare("hmac_sha1", expected: whole, got: code, where: name)
            if let short {
                try RowFault.compare("hmac_sha1_96", expected: short, got: Array(code.prefix(12)), where: name)
            }
        }
        return nil
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
        try RowFault.compare("offset", expected: fields.octets("offset", count: 16...16), got: first.octets)
        let byteCount = Int(try fields.integer("keystream_octets", in: 1...Int64(CounterMode.maximumByteCount)))
        let blockCount = Int64(byteCount + 15) / 16
        if fields.has("keystream_blocks") { _ = try fields.integer("keystream_blocks", in: blockCount...blockCount) }
        let blocks = try fields.objects("blocks")
        let digest = fields.has("keystream_sha256") ? try fields.octets("keystream_sha256", count: 32...32) : nil
        guard !blocks.isEmpty || digest != nil else {
            throw fields.fault("blocks", expected: "a block or a digest", got: "neither")
        }
        let keystream = try keystream(key, from: first, count: byteCount)
        for block in blocks {
            try block.check(required: ["block_index", "counter", "keystream"], optional: [])
            let index = Int(try block.integer("block_index", in: 0...blockCount - 1))
            // The last 16 bits of the first block are zero, so the block's number never carries.
            var counter = first
            counter.low += UInt64(index)
            try RowFault.compare(
                "blocks[\(index)].counter", expected: block.octets("counter", count: 16...16), got: counter.octets)
            let whole = min(16, byteCount - 16 * index)
            let expected = try block.octets("keystream", count: whole...whole)
            try RowFault.compare(
                "blocks[\(index)].keystream", expected: expected,
                got: Array(keystream[16 * index..<16 * index + whole]), where: "as part of the whole")
            try RowFault.compare(
                "blocks[\(index)].keystream", expected: expected, got: self.keystream(key, from: counter, count: whole),
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
        return unsafe CounterBlock(bigEndian: SecretBytes(copying: (salt + [0, 0]).span.bytes))
            ^ CounterBlock(high: ssrc, low: index << 16)
    }

    private static func keystream(
        _ key: [UInt8], from counter: CounterBlock, count: Int
    ) throws(RowFault) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: count)
        do throws(CryptoError) {
            let cipher = try unsafe CounterMode(key: SecretBytes(copying: key.span.bytes))
            var span = octets.mutableSpan
            var bytes = unsafe span.mutableBytes
            try cipher.apply(iv: counter, to: &bytes)
        } catch {
            throw RowFault("session_key", expected: "keystream", got: "\(error)")
        }
        return octets
    }
}

extension CounterBlock {
    /// The block as 16 octets.
    fileprivate var octets: [UInt8] {
        [high, low].flatMap { half in
            (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(8 * (7 - $0))) }
        }
    }
}

/// `kdf` of published files: one key, with the steps that lead to it (RFC 3711 B.3, RFC 6188 section 7, RFC 6904 A.1).
enum KDFVector {
    /// The functions of published files: AES with a key of so many octets, or what is not built.
    private static let functions: [String: (keyByteCount: Int, skipReason: SkipReason?)] = [
        "AES-CM": (16, nil), "AES_192_CM_PRF": (24, nil), "AES_256_CM_PRF": (32, nil),
        "ARIA_128_CTR_PRF": (16, .notBuilt("ARIA-CTR")), "ARIA_256_CTR_PRF": (32, .notBuilt("ARIA-CTR")),
    ]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let name = try fields.text("prf", oneOf: functions.keys.sorted())
        let function = functions[name] ?? (16, nil)
        let key = try fields.octets("master_key", count: function.keyByteCount...function.keyByteCount, why: name)
        let salt = try fields.octets("master_salt", count: 14...14)
        let label = UInt8(try fields.integer("label", in: 0...255))
        let index = try fields.counter("index_div_kdr", byteCount: 6)
        let output = try fields.octets("output", count: 1...CounterMode.maximumByteCount)
        if fields.has("output_length") {
            _ = try fields.integer("output_length", in: Int64(output.count)...Int64(output.count))
        }
        // x = (label || r) XOR master_salt, right-aligned in 112 bits, and the first counter block is x * 2^16.
        let keyID = UInt64(label) << 48 | index
        let x = salt.indices.map { position in
            position < 7
                ? salt[position] : salt[position] ^ UInt8(truncatingIfNeeded: keyID >> UInt64(8 * (13 - position)))
        }
        if fields.has("x") { try RowFault.compare("x", expected: fields.octets("x"), got: x) }
        if fields.has("first_input_block") {
            try RowFault.compare(
                "first_input_block", expected: fields.octets("first_input_block"), got: x + [0, 0])
        }
        if let reason = function.skipReason { return reason }
        for field in ["output", "full_block_output", "output_gcm_profile"] where fields.has(field) {
            let expected = try fields.octets(field, count: 1...CounterMode.maximumByteCount)
            let derived = try MasterKey.derive(
                key, salt, label: label, indexDivKDR: index, count: expected.count, field: field)
            try RowFault.compare(field, expected: expected, got: derived)
        }
        return nil
    }
}

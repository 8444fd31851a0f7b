// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import SRTP

/// `aes-f8`: a payload under AES in f8 mode, with every step (RFC 3711 section 4.1.2, B.1).
enum F8Vector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let key = try fields.octets("session_key", count: 16...16)
        let salt = try fields.octets("session_salt", count: 0...16)
        let head = try fields.octets("rtp_header", count: RTPHeader.minimumByteCount...1 << 10)
        let payload = try fields.octets("rtp_payload", count: 1...1 << 16)
        let cipher = try fields.octets("ciphertext", count: payload.count...payload.count, why: "as the payload")
        let counter = UInt32(try fields.counter("roc", byteCount: 4))
        let steps = Steps(
            key: key, salt: salt, vector: [0] + head[1..<12] + counter.octets, payload: payload, cipher: cipher)
        try steps.check(fields)
        try checkPacket(head + payload, head + cipher, counter, key: key, salt: salt)
        return nil
    }

    /// Sends and receives the packet. The row has no MAC: the tag is under a key of zeros, and stays unjudged.
    private static func checkPacket(
        _ plain: [UInt8], _ encrypted: [UInt8], _ counter: UInt32, key: [UInt8], salt: [UInt8]
    ) throws(RowFault) {
        let header = try RTPRow.header(of: plain, field: "rtp_header")
        guard let suite = SRTPSuite.named("F8_128_HMAC_SHA1_80") else {
            preconditionFailure("the table of suites has F8")
        }
        var keys = GivenSessionKeys()
        keys.encryption = key
        keys.salt = salt
        let setup = SessionKeySetup(suite: suite, keys: keys)
        let sent: [UInt8]
        do throws(SRTPError) {
            var sender = try setup.makeSender(.automatic)
            try sender.setRolloverCounter(counter, of: header.ssrc)
            sent = try sender.protectRTP(plain)
        } catch {
            throw RowFault("rtp_payload", expected: "a packet that can be protected", got: "\(error)")
        }
        try RowFault.compare(
            "ciphertext", expected: encrypted, got: sent.dropLast(suite.rtpTagByteCount), where: "in a packet")
        try RTPCase(
            contexts: setup, ssrc: header.ssrc, rolloverCounter: counter, plain: plain, plainField: "rtp_payload",
            protected: sent, protectedField: "ciphertext", unprotected: plain, unprotectedField: "rtp_payload"
        ).check()
    }

    /// The steps from IV to keystream.
    private struct Steps {
        let key: [UInt8]
        let salt: [UInt8]
        let vector: [UInt8]
        let payload: [UInt8]
        let cipher: [UInt8]

        func check(_ fields: RowFields) throws(RowFault) {
            if fields.has("iv") { try RowFault.compare("iv", expected: fields.octets("iv"), got: vector) }
            if fields.has("iv_rule") { _ = try fields.text("iv_rule") }
            // m = k_s || 0x555..5, and IV' = E(k_e XOR m, IV).
            let mask = salt + [UInt8](repeating: 0x55, count: key.count - salt.count)
            for (field, octets) in [("key_mask_m", mask), ("key_xor_mask", key ^ mask)] where fields.has(field) {
                try RowFault.compareSecret(field, expected: fields.octets(field), got: octets)
            }
            let start = try Keystream.make(key: key ^ mask, from: CounterBlock(vector), count: 16)
            if fields.has("iv_prime") {
                try RowFault.compare("iv_prime", expected: fields.octets("iv_prime"), got: start)
            }
            if fields.has("blocks") { try checkBlocks(fields.objects("blocks"), from: start) }
        }

        /// S(j) = E(k_e, IV' XOR j XOR S(j-1)).
        private func checkBlocks(_ blocks: [RowFields], from start: [UInt8]) throws(RowFault) {
            let count = (payload.count + 15) / 16
            guard blocks.count == count else {
                throw RowFault("blocks", expected: "\(count) of them", got: "\(blocks.count)")
            }
            var last = [UInt8](repeating: 0, count: 16)
            for (number, block) in blocks.enumerated() {
                try block.check(required: ["j", "cipher_input", "keystream", "plaintext", "ciphertext"], optional: [])
                _ = try block.integer("j", in: Int64(number)...Int64(number))
                let input = start ^ last ^ CounterBlock(high: 0, low: UInt64(number)).octets
                last = try Keystream.make(key: key, from: CounterBlock(input), count: 16)
                let range = 16 * number..<min(16 * number + 16, payload.count)
                let parts = [
                    ("cipher_input", input), ("keystream", last), ("plaintext", Array(payload[range])),
                    ("ciphertext", payload[range] ^ last),
                ]
                for (field, octets) in parts {
                    try RowFault.compare("blocks[\(number)].\(field)", expected: block.octets(field), got: octets)
                }
            }
        }
    }
}

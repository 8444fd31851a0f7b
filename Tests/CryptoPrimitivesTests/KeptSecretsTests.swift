// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing
import WireBytes

@Suite("HMAC-SHA256, key wrap and sealed boxes")
struct KeptSecretsTests {
    struct MACRow: Decodable, Sendable, CustomTestStringConvertible {
        let id: Int
        let key, data, hmacSha256: String
        var testDescription: String { "case \(id)" }
    }

    @Test("HMAC-SHA256, RFC 4231", arguments: try TestVectors.rows("rfc4231.json", as: MACRow.self))
    func hmac(_ row: MACRow) throws {
        let mac = try HMACSHA256.compute(octets(row.data).span.bytes, key: secret(octets(row.key)))
        // Case 5 prints the first 128 bits only.
        #expect(hex((0..<32).map { mac[$0] }).hasPrefix(row.hmacSha256))
        let derived = try HMACSHA256.derive(octets(row.data).span.bytes, key: secret(octets(row.key)))
        #expect(derived.withBytes { Array(copying: $0) } == (0..<32).map { mac[$0] })
    }

    struct SHA1Row: Decodable, Sendable {
        let key, data, hmacSha1: String
    }

    @Test("HMAC in pieces of every length, one message after another, RFC 2202 and RFC 4231")
    func pieces() throws {
        let sha1 = try TestVectors.rows("rfc2202.json", as: SHA1Row.self).map {
            (digest: HMAC.Digest.sha1, $0.key, $0.data, $0.hmacSha1)
        }
        let sha256 = try TestVectors.rows("rfc4231.json", as: MACRow.self).map {
            (digest: HMAC.Digest.sha256, $0.key, $0.data, $0.hmacSha256)
        }
        #expect((sha1.count, sha256.count) == (7, 7))
        for (digest, key, data, expected) in sha1 + sha256 {
            let key = octets(key)
            var hmac = try HMAC(digest, key: key.span.bytes)
            let message = octets(data)
            for length in 1...(message.count + 1) {
                for start in stride(from: 0, to: message.count, by: length) {
                    let piece = Array(message[start..<min(start + length, message.count)])
                    try hmac.update(piece.span.bytes)
                }
                try hmac.update(RawSpan())
                let mac = try hmac.finish().withBytes { Array(copying: $0) }
                #expect(mac.count == digest.byteCount && hex(mac).hasPrefix(expected))
            }
        }
    }

    @Test("HMAC with no key and no message")
    func emptyHMAC() throws {
        var hmac = try HMAC(.sha1, key: RawSpan())
        let mac = try hmac.finish().withBytes { Array(copying: $0) }
        let other = try HMACSHA1(key: secret([])).compute(RawSpan())
        #expect(mac == (0..<20).map { other[$0] })
    }

    @Test("exclusive-or takes as many octets as there are in both")
    func exclusiveOr() {
        for (offset, expected) in [(0, "e2d25678"), (2, "1234bcbc"), (3, "123456 92"), (4, "12345678")] {
            var target = octets("12345678")
            var span = target.mutableSpan
            var bytes = span.mutableBytes
            secret(octets(offset == 0 ? "f0e6" : "eac4")).exclusiveOr(into: &bytes, at: offset)
            #expect(target == octets(expected), "at \(offset)")
        }
    }

    struct WrapRow: Decodable, Sendable, CustomTestStringConvertible {
        let id, kek, keyData, wrapped: String
        var testDescription: String { id }
    }

    @Test("AES key wrap, RFC 3394 section 4", arguments: try TestVectors.rows("rfc3394.json", as: WrapRow.self))
    func keyWrap(_ row: WrapRow) throws {
        let kek = secret(octets(row.kek))
        let wrapped = try AESKeyWrap.wrap(secret(octets(row.keyData)), with: kek)
        #expect(hex(wrapped) == row.wrapped)
        let key = try AESKeyWrap.unwrap(wrapped.span.bytes, with: kek)
        #expect(key.withBytes { hex(Array(copying: $0)) } == row.keyData)
        for position in wrapped.indices {
            var wrong = wrapped
            wrong[position] ^= 1
            #expect(throws: CryptoError.authenticationFailed) {
                _ = try AESKeyWrap.unwrap(wrong.span.bytes, with: secret(octets(row.kek)))
            }
        }
    }

    @Test("AES key wrap with another initial value opens with that one only")
    func initialValue() throws {
        let kek = secret(Array(0..<16))
        let key = Array(16..<40 as Range<UInt8>)
        let value: UInt64 = 0x0102_0304_0506_0708
        let wrapped = try AESKeyWrap.wrap(secret(key), with: kek, initialValue: value)
        #expect(try wrapped != AESKeyWrap.wrap(secret(key), with: kek))
        let found = try AESKeyWrap.unwrap(wrapped.span.bytes, with: kek, initialValue: value)
        #expect(found.withBytes { Array(copying: $0) } == key)
        for other in [AESKeyWrap.defaultInitialValue, value.byteSwapped, value ^ 1, value ^ 1 << 63] {
            #expect(throws: CryptoError.authenticationFailed) {
                _ = try AESKeyWrap.unwrap(wrapped.span.bytes, with: secret(Array(0..<16)), initialValue: other)
            }
        }
    }

    @Test("the vectors of both are there")
    func rowsAreThere() throws {
        #expect(try TestVectors.rows("rfc4231.json", as: MACRow.self).count == 7)
        #expect(try TestVectors.rows("rfc3394.json", as: WrapRow.self).count == 6)
    }

    @Test("lengths that key wrap does not have", arguments: [0, 7, 8, 15, 17, 23])
    func wrapLengths(count: Int) {
        let octets = [UInt8](repeating: 0, count: count)
        #expect(throws: CryptoError.unsupportedKeyLength(count)) {
            _ = try AESKeyWrap.wrap(secret(octets), with: secret(Array(0..<16)))
        }
        #expect(throws: CryptoError.unsupportedKeyLength(count - 8)) {
            _ = try AESKeyWrap.unwrap(octets.span.bytes, with: secret(Array(0..<16)))
        }
        #expect(throws: CryptoError.unsupportedKeyLength(count)) {
            _ = try AESKeyWrap.wrap(secret(Array(0..<16)), with: secret(octets))
        }
    }

    @Test("a box opens with its key and associated data only, and only whole", arguments: [0, 1, 48, 5000])
    func sealedBox(count: Int) throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let key = Array(0..<32 as Range<UInt8>)
        let label = Array("state".utf8)
        let box = try SealedBox.seal(content.span.bytes, key: secret(key), associatedData: label.span.bytes)
        #expect(box.count == count + SealedBox.overhead)
        let opened = try SealedBox.open(box.span.bytes, key: secret(key), associatedData: label.span.bytes)
        #expect(opened.withBytes { Array(copying: $0) } == content)

        for position in Set([0, 11, 12, 12 + count / 2, box.count - 16, box.count - 1]) {
            var wrong = box
            wrong[position] ^= 4
            #expect(throws: CryptoError.authenticationFailed) {
                _ = try SealedBox.open(wrong.span.bytes, key: secret(key), associatedData: label.span.bytes)
            }
        }
        for length in Set([0, 27, 28, box.count - 1]) where length < box.count {
            let part = Array(box.prefix(length))
            #expect(throws: CryptoError.authenticationFailed) {
                _ = try SealedBox.open(part.span.bytes, key: secret(key), associatedData: label.span.bytes)
            }
        }
        #expect(throws: CryptoError.authenticationFailed) {
            _ = try SealedBox.open(box.span.bytes, key: secret(key))
        }
        #expect(throws: CryptoError.authenticationFailed) {
            _ = try SealedBox.open(box.span.bytes, key: secret(key.reversed()), associatedData: label.span.bytes)
        }
        // The layout: a nonce that takes the place of the salt, then what GCM makes.
        var cipher = try packetCipher(.aesGCM, key: key, salt: Array(box.prefix(12)), route: .evp)
        var text = Array(box.dropFirst(12))
        let zero = CounterBlock(high: 0, low: 0)
        #expect(
            text.withBytes { cipher.openAEAD(counter: zero, associatedData: label.span.bytes, in: &$0) } == .opened)
        #expect(text.dropLast(16) == content[...])
    }

    @Test("no two boxes are alike, and other keys are refused")
    func nonces() throws {
        let content: [UInt8] = [1, 2, 3]
        let boxes = try (0..<8).map { _ in try SealedBox.seal(content.span.bytes, key: secret(Array(0..<32))) }
        #expect(Set(boxes.map { $0.prefix(12) }).count == 8)
        for count in [0, 16, 24, 31, 33] {
            #expect(throws: CryptoError.unsupportedKeyLength(count)) {
                _ = try SealedBox.seal(RawSpan(), key: secret([UInt8](repeating: 0, count: count)))
            }
        }
    }
}

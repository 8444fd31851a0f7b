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

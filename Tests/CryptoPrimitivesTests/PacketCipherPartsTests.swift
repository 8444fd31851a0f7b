// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@Suite("Half of a packet's work")
struct PacketCipherPartsTests {
    private static let salt = octets("30cbbc08863d8c85d49db34a9ae1")
    private static let counter = CounterBlock(high: 0xCAFE_BABE, low: 0x1234 << 16)
    private static let job = PacketJob(
        cipherStart: 12, cipherEnd: 112, authenticatedEnd: 116, hiddenTrailer: 7, tagStart: 116, tagCount: 10,
        counter: counter)

    struct HeaderRow: Decodable, Sendable {
        let headerKey, headerSalt, ssrc, roc, seq, keystream: String
    }

    @Test("the keystream for header extensions of RFC 6904 A.2")
    func headerKeystream() throws {
        let row = try #require(try TestVectors.rows("rfc6904.json", as: HeaderRow.self).first)
        let ssrc = try #require(UInt64(row.ssrc, radix: 16)), index = try #require(UInt64(row.roc + row.seq, radix: 16))
        var cipher = try packetCipher(.aesCM, key: octets(row.headerKey), salt: octets(row.headerSalt))
        var keystream = [UInt8](repeating: 0xEE, count: octets(row.keystream).count)
        let counter = CounterBlock(high: ssrc, low: index << 16)
        #expect(keystream.withBytes { cipher.keystream(counter: counter, into: &$0) } == true)
        #expect(hex(keystream) == row.keystream)
    }

    @Test("keystream is what the cipher exclusive-ors", arguments: PacketCipher.Kind.allCases)
    func keystream(_ kind: PacketCipher.Kind) throws {
        let salt = kind.isAEAD ? Array(Self.salt.prefix(12)) : Self.salt
        var cipher = try packetCipher(kind, key: kind == .null ? [] : Array(0..<16), salt: salt)
        var expected = [UInt8](repeating: 0, count: 116)
        #expect(expected.withBytes { cipher.applyKeystream(of: Self.job, to: &$0) } == true)
        var keystream = [UInt8](repeating: 0xEE, count: 100)
        #expect(keystream.withBytes { cipher.keystream(counter: Self.counter, into: &$0) } == true)
        #expect(keystream == Array(expected[12..<112]))
        #expect(keystream.allSatisfy { $0 == 0 } == (kind == .null))
        var none: [UInt8] = []
        #expect(none.withBytes { cipher.keystream(counter: Self.counter, into: &$0) } == true)
    }

    @Test("GCM's keystream is counter mode from block 2 of its IV", arguments: [PacketCipher.Kind.aesGCM, .ariaGCM])
    func gcmKeystream(_ kind: PacketCipher.Kind) throws {
        let salt = Array(Self.salt.prefix(12))
        var cipher = try packetCipher(kind, key: Array(0..<16), salt: salt)
        var keystream = [UInt8](repeating: 0, count: 5000)
        #expect(keystream.withBytes { cipher.keystream(counter: Self.counter, into: &$0) } == true)
        // RFC 7714 section 8.1: two zeros, SSRC, ROC and SEQ, XOR the salt.
        let iv = zip([0, 0, 0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 0, 0x12, 0x34] as [UInt8], salt).map { $0 ^ $1 }
        let plain = try CounterMode(kind == .ariaGCM ? .aria : .aes, key: secret(Array(0..<16)))
        var expected = [UInt8](repeating: 0, count: 5000)
        try expected.withBytes { (bytes: inout MutableRawSpan) throws(CryptoError) in
            try plain.apply(iv: block(iv + [0, 0, 0, 2]), to: &bytes)
        }
        #expect(keystream == expected)
    }

    @Test("more than 2^16 blocks are refused", arguments: [PacketCipher.Kind.aesCM, .ariaCTR, .aesF8])
    func tooLong(_ kind: PacketCipher.Kind) throws {
        var cipher = try packetCipher(
            kind, key: Array(0..<16), salt: Self.salt, authenticationKey: Array(0..<20))
        var job = Self.job
        (job.cipherStart, job.cipherEnd) = (0, PacketJob.maximumCipherByteCount + 1)
        (job.authenticatedEnd, job.tagStart) = (job.cipherEnd, job.cipherEnd)
        var packet = [UInt8](repeating: 1, count: job.tagStart + job.tagCount)
        #expect(packet.withBytes { cipher.seal(job, in: &$0) } == false)
        #expect(packet.withBytes { cipher.open(job, in: &$0) } == .failed)
        #expect(packet.withBytes { cipher.applyKeystream(of: job, to: &$0) } == false)
        #expect(cipher.verify(job, in: packet.span.bytes) == .failed)
        #expect(packet.allSatisfy { $0 == 1 })
    }

    @Test(
        "the MAC of a sealed packet by itself, and the comparison that writes nothing",
        arguments: [PacketCipher.Kind.null, .aesCM, .ariaCTR, .aesF8])
    func mac(_ kind: PacketCipher.Kind) throws {
        for route in [HMACSHA1.Route.savedStates, .evp] {
            var cipher = try packetCipher(
                kind, key: kind == .null ? [] : Array(0..<16), salt: Self.salt, authenticationKey: Array(0..<20),
                route: route)
            var packet = (0..<126).map { UInt8($0) }
            let sealed = packet.withBytes { cipher.sealUntagged(Self.job, in: &$0) }
            let mac = cipher.mac(of: Self.job, in: packet.span.bytes)
            let expected = sealed.map { mac in (0..<20).map { mac[$0] } }
            #expect(mac.map { mac in (0..<20).map { mac[$0] } } == expected)
            packet.replaceSubrange(116..<126, with: try #require(expected).prefix(10))
            #expect(cipher.verify(Self.job, in: packet.span.bytes) == .tagMatches)
            for position in packet.indices {
                packet[position] ^= 0x80
                #expect(cipher.verify(Self.job, in: packet.span.bytes) == .tagDiffers)
                packet[position] ^= 0x80
            }
        }
    }

    @Test(
        "without an authentication key there is only encryption", arguments: [PacketCipher.Kind.aesCM, .null, .aesF8])
    func withoutMAC(_ kind: PacketCipher.Kind) throws {
        var cipher = try packetCipher(kind, key: kind == .null ? [] : Array(0..<16), salt: Self.salt)
        var packet = [UInt8](repeating: 1, count: 126)
        #expect(packet.withBytes { cipher.seal(Self.job, in: &$0) } == false)
        #expect(packet.withBytes { cipher.open(Self.job, in: &$0) } == .failed)
        #expect(cipher.verify(Self.job, in: packet.span.bytes) == .failed)
        #expect(cipher.mac(of: Self.job, in: packet.span.bytes) == nil)
        #expect(packet.allSatisfy { $0 == 1 })
        let sealed = packet.withBytes { cipher.sealAEAD(counter: Self.counter, associatedData: RawSpan(), in: &$0) }
        #expect(sealed == false)
        let opened = packet.withBytes { cipher.openAEAD(counter: Self.counter, associatedData: RawSpan(), in: &$0) }
        #expect(opened == .failed)
    }

    @Test("keys and salts that a kind does not take")
    func lengths() {
        #expect(throws: CryptoError.unsupportedKeyLength(16)) {
            _ = try packetCipher(.null, key: Array(0..<16), salt: Self.salt)
        }
        for kind in [PacketCipher.Kind.aesCM, .ariaCTR] {
            #expect(throws: CryptoError.unsupportedSaltLength(15)) {
                _ = try packetCipher(kind, key: Array(0..<16), salt: Self.salt + [0])
            }
        }
        #expect(throws: CryptoError.unsupportedSaltLength(17)) {
            _ = try packetCipher(.aesF8, key: Array(0..<16), salt: Self.salt + [0, 0, 0])
        }
        for kind in [PacketCipher.Kind.aesCM, .ariaCTR, .aesF8] {
            #expect(throws: CryptoError.unsupportedKeyLength(0)) {
                _ = try packetCipher(kind, key: [], salt: Self.salt)
            }
        }
    }
}

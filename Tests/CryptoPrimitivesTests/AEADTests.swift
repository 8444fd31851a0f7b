// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@Suite("GCM for packets")
struct AEADTests {
    private static let kinds = [PacketCipher.Kind.aesGCM, .ariaGCM]
    private static let routes = [HMACSHA1.Route.savedStates, .evp]
    private static let salt = octets("517569642070726f2071756f")

    private func cipher(
        _ kind: PacketCipher.Kind, _ route: HMACSHA1.Route = .savedStates, keyBytes: Int = 16
    ) throws -> PacketCipher {
        try packetCipher(kind, key: Array(7..<7 + UInt8(keyBytes)), salt: Self.salt, route: route)
    }

    /// A job for a packet of a header and a text, with the tag behind them.
    private func job(header: Int, text: Int, trailer: UInt32? = nil) -> PacketJob {
        PacketJob(
            cipherStart: header, cipherEnd: header + text, authenticatedEnd: header + text, hiddenTrailer: trailer,
            tagStart: header + text, tagCount: 16, counter: CounterBlock(high: 0xCAFE_BABE, low: 0x0001_8000_FFFE << 16)
        )
    }

    /// A sealed packet, by the way that hash and keystream take.
    private func sealed(
        _ kind: PacketCipher.Kind, _ plain: [UInt8], _ job: PacketJob, keyBytes: Int = 16
    ) throws -> [UInt8] {
        var cipher = try cipher(kind, keyBytes: keyBytes)
        var packet = plain + [UInt8](repeating: 0, count: 16)
        #expect(packet.withBytes { cipher.seal(job, in: &$0) } == true)
        return packet
    }

    @Test("both routes make the same octets and open them, in place and out of place", arguments: kinds)
    func routes(_ kind: PacketCipher.Kind) throws {
        var random = SeededGenerator(seed: 7714)
        let ciphers = [16, 24, 32]
        for text in Array(0...70) + [127, 128, 129, 1000, 1200, 2031, 2032, 2033, 2047, 2048, 2049, 3499, 6000, 70_000]
        {
            let header = [0, 1, 8, 12, 15, 16, 17, 20, 72, 1500].randomElement(using: &random) ?? 12
            let keyBytes = ciphers.randomElement(using: &random) ?? 16
            let job = job(header: header, text: text, trailer: Bool.random(using: &random) ? 0x8000_0001 : nil)
            let plain = random.octets(header + text)
            let expected = try sealed(kind, plain, job, keyBytes: keyBytes)
            for route in Self.routes {
                var cipher = try cipher(kind, route, keyBytes: keyBytes)
                var output = Array(plain.prefix(header)) + [UInt8](repeating: 0xEE, count: text + 16)
                #expect(output.withBytes { cipher.seal(job, from: plain.span.bytes, to: &$0) } == true)
                #expect(output == expected)
                #expect(cipher.verify(job, in: expected.span.bytes) == .tagMatches)

                var opened = [UInt8](repeating: 0, count: header + text)
                #expect(opened.withBytes { cipher.open(job, from: expected.span.bytes, to: &$0) } == .opened)
                #expect(opened.suffix(text) == plain.suffix(text))
                #expect(output.withBytes { cipher.open(job, in: &$0) } == .opened)
                #expect(output.prefix(header + text) == plain[...])

                var untagged = plain
                let mac = untagged.withBytes { cipher.sealUntagged(job, in: &$0) }
                #expect(mac.map { mac in (0..<20).map { mac[$0] } } == expected.suffix(16) + [0, 0, 0, 0])
                #expect(untagged == Array(expected.prefix(header + text)))
                #expect(untagged.withBytes { cipher.applyKeystream(of: job, to: &$0) } == true)
                #expect(untagged == plain)
            }
        }
    }

    @Test("packets at any address", arguments: kinds)
    func unaligned(_ kind: PacketCipher.Kind) throws {
        let plain = (0..<212).map { UInt8($0) }
        let job = job(header: 12, text: 200)
        let expected = try sealed(kind, plain, job)
        for route in Self.routes {
            var cipher = try cipher(kind, route)
            for offset in 0..<16 {
                var arena = [UInt8](repeating: 0, count: offset) + plain + [UInt8](repeating: 0, count: 32)
                let sealed = arena.withBytes { arena in
                    var packet = arena._mutatingExtracting(droppingFirst: offset)
                    return cipher.seal(job, in: &packet)
                }
                #expect(sealed)
                #expect(Array(arena[offset..<offset + 228]) == expected)
                #expect(arena.prefix(offset).allSatisfy { $0 == 0 } && arena.suffix(16).allSatisfy { $0 == 0 })
            }
        }
    }

    @Test("a flip of any octet is refused, and nothing is written", arguments: kinds)
    func refusal(_ kind: PacketCipher.Kind) throws {
        let plain = (0..<49).map { UInt8($0) }
        let job = job(header: 12, text: 37, trailer: 0x8000_05D4)
        let good = try sealed(kind, plain, job)
        for route in Self.routes {
            var cipher = try cipher(kind, route)
            for position in good.indices {
                var packet = good
                packet[position] ^= 1 << UInt8(position % 8)
                let before = packet
                #expect(cipher.verify(job, in: packet.span.bytes) == .tagDiffers)
                #expect(packet.withBytes { cipher.open(job, in: &$0) } == .tagDiffers)
                #expect(packet == before)
                var output = [UInt8](repeating: 0xEE, count: good.count)
                #expect(output.withBytes { cipher.open(job, from: before.span.bytes, to: &$0) } == .tagDiffers)
                #expect(output.allSatisfy { $0 == 0xEE })
            }
            var other = job
            other.hiddenTrailer = 0x0000_05D4
            #expect(cipher.verify(other, in: good.span.bytes) == .tagDiffers)
            other.hiddenTrailer = nil
            #expect(cipher.verify(other, in: good.span.bytes) == .tagDiffers)
            other = job
            other.counter.low ^= 1 << 16
            #expect(cipher.verify(other, in: good.span.bytes) == .tagDiffers)
            // The refusals leave the cipher as it was.
            #expect(cipher.verify(job, in: good.span.bytes) == .tagMatches)
        }
    }

    @Test("a job that leaves octets out of the tag, or asks for another tag, is not done", arguments: kinds)
    func jobs(_ kind: PacketCipher.Kind) throws {
        var cipher = try cipher(kind)
        var packet = [UInt8](repeating: 1, count: 100)
        let good = job(header: 12, text: 40)
        var beyond = good
        beyond.authenticatedEnd += 4
        var short = good
        short.tagCount = 12
        var none = good
        none.tagCount = 0
        for job in [beyond, short, none] {
            #expect(packet.withBytes { cipher.seal(job, in: &$0) } == false)
            #expect(packet.withBytes { cipher.open(job, in: &$0) } == .failed)
            #expect(cipher.verify(job, in: packet.span.bytes) == .failed)
        }
        #expect(packet.allSatisfy { $0 == 1 })
        #expect(cipher.mac(of: good, in: packet.span.bytes) == nil)
    }

    @Test("associated data in two runs is what it is in one, and text may be empty", arguments: kinds)
    func associatedData(_ kind: PacketCipher.Kind) throws {
        let associated = (0..<20).map { UInt8($0 * 3) }
        for text in [0, 1, 16, 100, 3000] {
            let plain = (0..<text).map { UInt8(truncatingIfNeeded: $0) }
            let job = job(header: 20, text: text)
            let expected = Array(try sealed(kind, associated + plain, job).dropFirst(20))
            for route in Self.routes {
                var cipher = try cipher(kind, route)
                for split in 0...20 {
                    let first = Array(associated[..<split]), second = Array(associated[split...])
                    var room = plain + [UInt8](repeating: 0xEE, count: 16)
                    let done = room.withBytes {
                        cipher.sealAEAD(
                            counter: job.counter, associatedData: first.span.bytes, second.span.bytes, in: &$0)
                    }
                    #expect(done)
                    #expect(room == expected)
                    let opened = room.withBytes {
                        cipher.openAEAD(
                            counter: job.counter, associatedData: first.span.bytes, second.span.bytes, in: &$0)
                    }
                    #expect(opened == .opened)
                    #expect(room == plain + expected.suffix(16))
                }
                var wrong = expected
                let part = Array(associated.dropLast())
                let refused = wrong.withBytes {
                    cipher.openAEAD(counter: job.counter, associatedData: part.span.bytes, in: &$0)
                }
                #expect(refused == .tagDiffers)
                #expect(wrong == expected)
            }
        }
    }

    @Test("text longer than counter mode may have, in both routes")
    func longText() throws {
        let job = job(header: 12, text: 1 << 20 + 5)
        let plain = [UInt8](repeating: 0x5A, count: job.cipherEnd)
        let expected = try sealed(.aesGCM, plain, job)
        for route in Self.routes {
            var cipher = try cipher(.aesGCM, route)
            var packet = plain + [UInt8](repeating: 0, count: 16)
            #expect(packet.withBytes { cipher.seal(job, in: &$0) } == true)
            #expect(packet == expected)
            #expect(packet.withBytes { cipher.open(job, in: &$0) } == .opened)
            #expect(packet.prefix(plain.count) == plain[...])
        }
    }

    @Test("lengths of keys and salts that GCM does not have", arguments: kinds)
    func lengths(_ kind: PacketCipher.Kind) {
        for count in [0, 15, 17, 31, 33] {
            #expect(throws: CryptoError.unsupportedKeyLength(count)) {
                _ = try packetCipher(kind, key: [UInt8](repeating: 0, count: count), salt: Self.salt)
            }
        }
        for count in [0, 11, 13, 14] {
            #expect(throws: CryptoError.unsupportedSaltLength(count)) {
                _ = try packetCipher(kind, key: Array(0..<16), salt: [UInt8](repeating: 0, count: count))
            }
        }
        #expect(throws: CryptoError.unsupportedKeyLength(20)) {
            _ = try packetCipher(kind, key: Array(0..<16), salt: Self.salt, authenticationKey: Array(0..<20))
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@Suite("Encryption and MAC of a packet in one call")
struct PacketCipherTests {
    /// What a packet is made of; the expected octets come from the two algorithms, one after the other.
    struct Shape: Sendable, CustomTestStringConvertible {
        var kind = PacketCipher.Kind.aesCM
        var keyBytes = 16
        var header = 12
        var payload: Int
        /// Octets behind the payload that the MAC covers.
        var word = 0
        var trailer: UInt32? = 0xA1B2_C3D4
        var tag = 10
        var testDescription: String {
            "\(kind), key \(keyBytes), header \(header), payload \(payload), word \(word), tag \(tag)"
        }

        var plainCount: Int { header + payload + word }

        var job: PacketJob {
            PacketJob(
                cipherStart: header, cipherEnd: header + payload, authenticatedEnd: plainCount, hiddenTrailer: trailer,
                tagStart: plainCount, tagCount: tag,
                counter: CounterBlock(high: 0xCAFE_BABE, low: 0x0001_8000_FFFE << 16))
        }

        static let all: [Shape] = {
            // Around every block, step and limit of the fused way: 64 octets of hash, 256 of a whole payload, 2,048 ahead.
            let lengths =
                Array(0...140) + [191, 192, 193, 255, 256, 257, 300, 319, 320, 511, 512, 1200, 1460, 2047, 2048, 2049]
            var shapes = lengths.map { Shape(payload: $0) }
            shapes += [4096, 65_000, 1 << 20].map { Shape(payload: $0) }
            for header in [8, 13, 16, 20, 72, 128] {
                shapes += [1, 52, 160, 1200].map { Shape(header: header, payload: $0) }
            }
            for key in [24, 32] { shapes += [0, 20, 160, 1200, 3000].map { Shape(keyBytes: key, payload: $0) } }
            shapes += [0, 20, 160, 1200, 3000].map { Shape(kind: .null, keyBytes: 0, payload: $0) }
            for kind in [PacketCipher.Kind.ariaCTR, .aesF8] {
                shapes += [0, 1, 15, 16, 17, 160, 1023, 1024, 1025, 3000, 5000].map { Shape(kind: kind, payload: $0) }
                shapes += [24, 32].map { Shape(kind: kind, keyBytes: $0, payload: 160) }
                shapes.append(Shape(kind: kind, header: 8, payload: 28, word: 4, trailer: nil))
            }
            shapes += [0, 28, 500].map { Shape(header: 8, payload: $0, word: 4, trailer: nil, tag: 10) }
            shapes += [0, 4, 20].map { Shape(payload: 160, tag: $0) }
            return shapes
        }()
    }

    private static let salt = octets("30cbbc08863d8c85d49db34a9ae1")
    private static let authenticationKey = octets("cebe321f6ff7716b6fd4ab49af256a156d38baa4")

    private func cipher(_ shape: Shape, _ route: HMACSHA1.Route = .savedStates) throws -> PacketCipher {
        try packetCipher(
            shape.kind, key: Array(0..<UInt8(shape.keyBytes)), salt: Self.salt,
            authenticationKey: Self.authenticationKey, route: route)
    }

    /// What is exclusive-ored into the payload, by whichever way the cipher under test does not take.
    private func keystream(_ shape: Shape) throws -> [UInt8] {
        let key = Array(0..<UInt8(shape.keyBytes))
        var keystream = [UInt8](repeating: 0, count: shape.payload)
        switch shape.kind {
        case .null: break
        case .aesF8:
            keystream = try f8Keystream(key: key, salt: Self.salt, iv: shape.job.counter, count: shape.payload)
        default:
            let cipher = try CounterMode(shape.kind == .ariaCTR ? .aria : .aes, key: secret(key))
            if shape.payload < 3000 { cipher.setCrossover(byteCount: 0) }
            try keystream.withBytes { (bytes: inout MutableRawSpan) throws(CryptoError) in
                try cipher.apply(iv: shape.job.counter ^ block(Self.salt + [0, 0]), to: &bytes)
            }
        }
        return keystream
    }

    /// A packet and what becomes of it, tag included.
    private func example(_ shape: Shape) throws -> (plain: [UInt8], sealed: [UInt8], mac: [UInt8]) {
        let plain = (0..<shape.plainCount).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        let portion = zip(plain[shape.header..<shape.header + shape.payload], try keystream(shape)).map { $0 ^ $1 }
        let encrypted = plain[..<shape.header] + portion + plain[(shape.header + shape.payload)...]
        var message = Array(encrypted)
        if let trailer = shape.trailer {
            message += (0..<4).map { UInt8(truncatingIfNeeded: trailer >> (24 - 8 * $0)) }
        }
        let code = try HMACSHA1(key: secret(Self.authenticationKey), route: .evp).compute(message.span.bytes)
        let mac = (0..<20).map { code[$0] }
        return (plain, Array(encrypted) + mac.prefix(shape.tag), mac)
    }

    @Test("sealing and opening agree with the two algorithms one after the other, by both routes", arguments: Shape.all)
    func agreement(_ shape: Shape) throws {
        let (plain, sealed, mac) = try example(shape)
        let room = [UInt8](repeating: 0xEE, count: shape.tag)
        for route in [HMACSHA1.Route.savedStates, .evp] {
            var cipher = try cipher(shape, route)
            let taken = cipher.route
            #expect(taken == route)

            var packet = plain + room
            #expect(packet.withBytes { cipher.seal(shape.job, in: &$0) } == true)
            #expect(packet == sealed)
            #expect(packet.withBytes { cipher.open(shape.job, in: &$0) } == .opened)
            #expect(packet == plain + sealed.suffix(shape.tag))

            var untagged = plain
            let whole = untagged.withBytes { cipher.sealUntagged(shape.job, in: &$0) }
            #expect(whole.map { mac in (0..<20).map { mac[$0] } } == mac)
            #expect(untagged == Array(sealed.prefix(plain.count)))
            #expect(untagged.withBytes { cipher.applyKeystream(of: shape.job, to: &$0) } == true)
            #expect(untagged == plain)

            // Out of place: what is not encrypted lies there already.
            var output = plain
            for position in shape.header..<shape.header + shape.payload { output[position] = 0 }
            output += room
            #expect(output.withBytes { cipher.seal(shape.job, from: plain.span.bytes, to: &$0) } == true)
            #expect(output == sealed)
            var opened = [UInt8](repeating: 0, count: plain.count)
            #expect(opened.withBytes { cipher.open(shape.job, from: sealed.span.bytes, to: &$0) } == .opened)
            #expect(
                opened[shape.header..<shape.header + shape.payload]
                    == plain[shape.header..<shape.header + shape.payload])
        }
    }

    @Test("a packet whose tag differs is not touched, in place and out of place", arguments: [0, 20, 160, 1200, 3000])
    func refusal(payload: Int) throws {
        let shape = Shape(payload: payload)
        let (_, sealed, _) = try example(shape)
        for route in [HMACSHA1.Route.savedStates, .evp] {
            var cipher = try cipher(shape, route)
            for position in Set([0, 11, sealed.count / 2, sealed.count - 10, sealed.count - 1]) {
                var packet = sealed
                packet[position] ^= 0x40
                let before = packet
                #expect(packet.withBytes { cipher.open(shape.job, in: &$0) } == .tagDiffers)
                #expect(packet == before)
                var output = [UInt8](repeating: 0xEE, count: sealed.count)
                #expect(output.withBytes { cipher.open(shape.job, from: before.span.bytes, to: &$0) } == .tagDiffers)
                #expect(output.allSatisfy { $0 == 0xEE })
            }
        }
    }

    @Test("a run of counter blocks that does not start at a multiple of 2^16 counts on all the same")
    func counters() throws {
        var shape = Shape(payload: 1200).job
        shape.counter.low |= 0xFFF0
        let plain = [UInt8](repeating: 0, count: 1222)
        var cipher = try cipher(Shape(payload: 1200))
        var packet = plain
        #expect(packet.withBytes { cipher.seal(shape, in: &$0) } == true)
        let aes = try CounterMode(key: secret(Array(0..<16)))
        var keystream = [UInt8](repeating: 0, count: 1200)
        try keystream.withBytes { (bytes: inout MutableRawSpan) throws(CryptoError) in
            try aes.apply(iv: shape.counter ^ block(Self.salt + [0, 0]), to: &bytes)
        }
        #expect(Array(packet[12..<1212]) == keystream)
        #expect(packet.withBytes { cipher.open(shape, in: &$0) } == .opened)
        #expect(packet.prefix(1212) == plain.prefix(1212))
    }
}

/// The keystream of f8, block by block as RFC 3711 section 4.1.2.1 writes it.
func f8Keystream(key: [UInt8], salt: [UInt8], iv: CounterBlock, count: Int) throws -> [UInt8] {
    let mask = salt + [UInt8](repeating: 0x55, count: key.count - salt.count)
    let cipher = try CounterMode(key: secret(key))
    let masked = try encrypted(iv, CounterMode(key: secret(zip(key, mask).map { $0 ^ $1 })))
    var keystream: [UInt8] = []
    var last = CounterBlock(high: 0, low: 0)
    for number in 0..<UInt64((count + 15) / 16) {
        last = try encrypted(masked ^ CounterBlock(high: 0, low: number) ^ last, cipher)
        keystream += octets(of: last)
    }
    return Array(keystream.prefix(count))
}

/// One block, encrypted.
func encrypted(_ input: CounterBlock, _ cipher: borrowing CounterMode) throws -> CounterBlock {
    var output = [UInt8](repeating: 0, count: 16)
    try output.withBytes { (bytes: inout MutableRawSpan) throws(CryptoError) in
        try cipher.apply(iv: input, to: &bytes)
    }
    return block(output)
}

/// A counter block's 16 octets.
func octets(of block: CounterBlock) -> [UInt8] {
    [block.high, block.low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }
}

/// A packet cipher under keys that are arrays; no authentication key where that is empty.
func packetCipher(
    _ kind: PacketCipher.Kind, key: [UInt8], salt: [UInt8], authenticationKey: [UInt8] = [],
    route: HMACSHA1.Route = .savedStates
) throws(CryptoError) -> PacketCipher {
    try PacketCipher(
        kind: kind, encryptionKey: key.isEmpty ? nil : secret(key), salt: secret(salt),
        authenticationKey: authenticationKey.isEmpty ? nil : secret(authenticationKey), route: route)
}

extension [UInt8] {
    /// Lends the octets to be changed.
    mutating func withBytes<R, E: Error>(_ body: (inout MutableRawSpan) throws(E) -> R) throws(E) -> R {
        var span = mutableSpan
        var bytes = span.mutableBytes
        return try body(&bytes)
    }
}

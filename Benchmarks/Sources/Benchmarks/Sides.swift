// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CFloor
import RTP
import SRTP

/// The keys of RFC 3711 appendix B.3: the product takes the master key, the floor the session keys derived from it.
enum Keys {
    static let master: [UInt8] = [
        0xE1, 0xF9, 0x7A, 0x0D, 0x3E, 0x01, 0x8B, 0xE0, 0xD6, 0x4F, 0xA3, 0x2C, 0x06, 0xDE, 0x41, 0x39,
        0x0E, 0xC6, 0x75, 0xAD, 0x49, 0x8A, 0xFE, 0xEB, 0xB6, 0x96, 0x0B, 0x3A, 0xAB, 0xE6,
    ]
    static let session: [UInt8] = [
        0xC6, 0x1E, 0x7A, 0x93, 0x74, 0x4F, 0x39, 0xEE, 0x10, 0x73, 0x4A, 0xFE, 0x3F, 0xF7, 0xA0, 0x87,
    ]
    static let salt: [UInt8] = [
        0x30, 0xCB, 0xBC, 0x08, 0x86, 0x3D, 0x8C, 0x85, 0xD4, 0x9D, 0xB3, 0x4A, 0x9A, 0xE1,
    ]
    static let authentication: [UInt8] = [
        0xCE, 0xBE, 0x32, 0x1F, 0x6F, 0xF7, 0x71, 0x6B, 0x6F, 0xD4, 0xAB, 0x49, 0xAF, 0x25, 0x6A, 0x15, 0x6D, 0x38,
        0xBA, 0xA4,
    ]

    static func masterKey() throws(SRTPError) -> SRTPMasterKey {
        try SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: master.span)
    }
}

/// One side of a comparison, in one direction: does its work on every packet of an arena.
///
/// The timed part is ``run(_:from:)``; it returns how many packets were done.
protocol Side: ~Copyable {
    mutating func run(_ arena: borrowing Arena, from index: UInt64) -> Int
}

/// The product's sender, through its public call.
struct ProductProtect: Side, ~Copyable {
    var sender: SRTPSender

    init() throws { sender = try SRTPSender(masterKey: Keys.masterKey()) }

    mutating func run(_ arena: borrowing Arena, from index: UInt64) -> Int {
        var done = 0
        for position in 0..<arena.count {
            var packet = arena.packet(position).mutableBytes
            if let length = try? sender.protectRTP(&packet, length: arena.plainByteCount),
                length == arena.protectedByteCount
            {
                done += 1
            }
        }
        return done
    }
}

/// The product's receiver, through its public call.
struct ProductUnprotect: Side, ~Copyable {
    var receiver: SRTPReceiver

    init() throws { receiver = try SRTPReceiver(masterKey: Keys.masterKey()) }

    mutating func run(_ arena: borrowing Arena, from index: UInt64) -> Int {
        var done = 0
        for position in 0..<arena.count {
            var packet = arena.packet(position).mutableBytes
            if let length = try? receiver.unprotectRTP(&packet, length: arena.protectedByteCount),
                length == arena.plainByteCount
            {
                done += 1
            }
        }
        return done
    }
}

/// The bare libcrypto calls, sender's side.
struct FloorProtect: Side, ~Copyable {
    private let floor: OpaquePointer

    init() throws { floor = try makeFloor() }
    deinit { cfloor_free(floor) }

    mutating func run(_ arena: borrowing Arena, from index: UInt64) -> Int {
        var done = 0
        for position in 0..<arena.count {
            let length = cfloor_protect(
                floor, arena.packet(position).baseAddress, arena.plainByteCount, index &+ UInt64(position),
                Arena.headerByteCount, Arena.ssrc.rawValue, Arena.tagByteCount)
            if length == arena.protectedByteCount { done += 1 }
        }
        return done
    }
}

/// The bare libcrypto calls, receiver's side.
struct FloorUnprotect: Side, ~Copyable {
    private let floor: OpaquePointer

    init() throws { floor = try makeFloor() }
    deinit { cfloor_free(floor) }

    mutating func run(_ arena: borrowing Arena, from index: UInt64) -> Int {
        var done = 0
        for position in 0..<arena.count {
            let length = cfloor_unprotect(
                floor, arena.packet(position).baseAddress, arena.protectedByteCount, index &+ UInt64(position),
                Arena.headerByteCount, Arena.ssrc.rawValue, Arena.tagByteCount)
            if length == arena.plainByteCount { done += 1 }
        }
        return done
    }
}

private func makeFloor() throws -> OpaquePointer {
    guard let floor = cfloor_new(Keys.session, Keys.salt, Keys.authentication) else { throw BenchmarkError.noFloor }
    return floor
}

/// Why there is no result.
enum BenchmarkError: Error {
    case noFloor
    case packetRefused(direction: Direction, payloadByteCount: Int)
    case octetsDiffer(direction: Direction, payloadByteCount: Int)
}

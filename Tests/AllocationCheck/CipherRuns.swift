// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CryptoPrimitives

/// A hundred thousand packets through each kind of cipher, whether a suite uses it or not.
enum CipherRuns {
    static func check(_ tally: inout Tally) throws {
        for kind in PacketCipher.Kind.allCases {
            let allocations = try run(kind)
            tally.note("PERF-01", "engine, \(kind), every operation", expected: 0, found: allocations)
            for engine in BatchEngine.allCases {
                let allocations = try runBatches(kind, engine)
                tally.note("PERF-01", "batches by \(engine), \(kind)", expected: 0, found: allocations)
            }
        }
    }

    private static func run(_ kind: PacketCipher.Kind) throws -> UInt64 {
        var cipher = try PacketCipher(
            kind: kind, encryptionKey: kind == .null ? nil : secret(16), salt: secret(kind.isAEAD ? 12 : 14),
            authenticationKey: kind.isAEAD ? nil : secret(20))
        var octets = [UInt8](repeating: 0x55, count: 12 + 1200 + 16)
        var span = octets.mutableSpan
        var packet = span.mutableBytes
        var allocations: UInt64 = 0
        for count in [PacketRuns.warmUp, PacketRuns.packets] {
            allocation_counter_start()
            for number in 0..<count {
                // Small, usual and large payloads in turn.
                let end = number % 3 == 0 ? 32 : number % 3 == 1 ? 172 : 1212
                let job = PacketJob(
                    cipherStart: 12, cipherEnd: end, authenticatedEnd: end, hiddenTrailer: 1, tagStart: end,
                    tagCount: kind.isAEAD ? 16 : 10, counter: CounterBlock(high: 1, low: UInt64(number) << 16))
                guard cipher.seal(job, in: &packet), cipher.verify(job, in: packet.bytes) == .tagMatches,
                    cipher.open(job, in: &packet) == .opened, cipher.applyKeystream(of: job, to: &packet),
                    cipher.open(job, in: &packet) == .opened,
                    cipher.open(job, in: &packet) == (kind == .null ? .opened : .tagDiffers)
                else { throw Failed(kind: kind) }
            }
            allocations = allocation_counter_stop()
        }
        return allocations
    }

    /// The same packets in batches of 32, sealed and opened.
    private static func runBatches(_ kind: PacketCipher.Kind, _ engine: BatchEngine) throws -> UInt64 {
        let cipher = try PacketCipher(
            kind: kind, encryptionKey: kind == .null ? nil : secret(16), salt: secret(kind.isAEAD ? 12 : 14),
            authenticationKey: kind.isAEAD ? nil : secret(20))
        let size = 32
        let room = 12 + 1200 + 16
        let octets = UnsafeMutableRawBufferPointer.allocate(byteCount: size * room, alignment: 16)
        defer { octets.deallocate() }
        octets.initializeMemory(as: UInt8.self, repeating: 0x55)
        var batch = PacketBatch(engine: engine)
        var allocations: UInt64 = 0
        for rounds in [1, PacketRuns.packets / size] {
            allocation_counter_start()
            for round in 0..<rounds {
                for number in 0..<size {
                    let end = number % 3 == 0 ? 32 : number % 3 == 1 ? 172 : 1212
                    let job = PacketJob(
                        cipherStart: 12, cipherEnd: end, authenticatedEnd: end, hiddenTrailer: 1, tagStart: end,
                        tagCount: kind.isAEAD ? 16 : 10,
                        counter: CounterBlock(high: 1, low: UInt64(round * size + number) << 16))
                    guard let base = octets.baseAddress else { continue }
                    batch.append(job, cipher, packet: base + number * room, byteCount: room)
                }
                batch.seal()
                batch.open()
                for number in 0..<size {
                    guard batch.sealed(number), batch.opened(number) == .opened else { throw Failed(kind: kind) }
                }
                batch.removeAll()
            }
            allocations = allocation_counter_stop()
        }
        return allocations
    }

    private static func secret(_ count: Int) -> SecretBytes {
        SecretBytes(copying: [UInt8](repeating: 7, count: count).span.bytes)
    }

    struct Failed: Error {
        let kind: PacketCipher.Kind
    }
}

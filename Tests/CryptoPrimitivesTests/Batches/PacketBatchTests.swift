// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

/// What a batch does against single calls, whoever does the work: the octets of everything around the packets too.
@Suite("Batches of packets")
struct PacketBatchTests {
    /// Lengths around every step of a hash and a cipher, and some that are long.
    private static let lengths = Array(0...300) + [319, 320, 448, 511, 512, 1023, 1024, 1199, 1200, 1460, 1500]

    @Test("every length under every cipher", arguments: BatchCipher.Form.all, BatchEngine.allCases)
    func lengths(_ form: BatchCipher.Form, _ engine: BatchEngine) throws {
        var generator = SeededGenerator(seed: UInt64(form.keyByteCount * 100 + form.tagByteCount))
        let cipher = try BatchCipher(form, &generator)
        var batch = PacketBatch(engine: engine)
        var rest = Self.lengths[...]
        while !rest.isEmpty {
            let size = Int.random(in: 1...PacketBatch.capacity, using: &generator)
            var run = BatchRun()
            for length in rest.prefix(size) { run.add(cipher, length, &generator) }
            rest = rest.dropFirst(size)
            try run.compare(&batch, &generator)
        }
    }

    @Test("every size, with ciphers, keys and lengths mixed", arguments: BatchEngine.allCases)
    func mixed(_ engine: BatchEngine) throws {
        var generator = SeededGenerator(seed: 5)
        let ciphers = try (BatchCipher.Form.all + BatchCipher.Form.all).map { try BatchCipher($0, &generator) }
        var batch = PacketBatch(engine: engine)
        for size in Array(1...PacketBatch.capacity) + [PacketBatch.capacity] {
            var run = BatchRun()
            for _ in 0..<size {
                let isShort = Bool.random(using: &generator)
                let length = Int.random(in: 0...(isShort ? 100 : 1500), using: &generator)
                let cipher = ciphers[Int.random(in: ciphers.indices, using: &generator)]
                run.add(cipher, length, &generator)
            }
            try run.compare(&batch, &generator)
        }
    }

    @Test("long packets, up to and beyond what an engine takes at once", arguments: BatchEngine.allCases)
    func long(_ engine: BatchEngine) throws {
        var generator = SeededGenerator(seed: 6)
        var batch = PacketBatch(engine: engine)
        for form in BatchCipher.Form.all {
            let cipher = try BatchCipher(form, &generator)
            var run = BatchRun()
            for length in [65_000, 100, 65_470, 65_480, 65_488, 65_500, 65_535, 70_000] {
                run.add(cipher, length, &generator)
            }
            try run.compare(&batch, &generator)
        }
    }

    @Test("jobs that no engine takes fail as they do alone", arguments: BatchEngine.allCases)
    func refused(_ engine: BatchEngine) throws {
        var generator = SeededGenerator(seed: 7)
        let gcm = try BatchCipher(BatchCipher.Form(.aesGCM, keyByteCount: 16, tagByteCount: 16), &generator)
        let withoutMAC = try BatchCipher(
            BatchCipher.Form(.aesCM, keyByteCount: 16, tagByteCount: 10, hasMAC: false), &generator)
        var batch = PacketBatch(engine: engine)
        var packet = [UInt8](repeating: 1, count: 100)
        var job = PacketJob(
            cipherStart: 12, cipherEnd: 60, authenticatedEnd: 60, hiddenTrailer: nil, tagStart: 60, tagCount: 12,
            counter: CounterBlock(high: 0, low: 0))
        packet.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            unsafe batch.append(job, gcm.cipher, packet: base, byteCount: bytes.count)
            unsafe batch.append(job, withoutMAC.cipher, packet: base, byteCount: bytes.count)
            (job.authenticatedEnd, job.tagStart, job.tagCount) = (64, 64, 16)
            unsafe batch.append(job, gcm.cipher, packet: base, byteCount: bytes.count)
            batch.seal()
            let sealed = (0..<batch.count).map { batch.sealed($0) }
            #expect(sealed == [false, false, false])
            batch.open()
            let opened = (0..<batch.count).map { batch.opened($0) }
            #expect(opened == [.failed, .failed, .failed])
        }
        #expect(packet.allSatisfy { $0 == 1 })
    }

    @Test("a batch is empty, filled and forgotten")
    func counting() throws {
        var generator = SeededGenerator(seed: 8)
        let cipher = try BatchCipher(BatchCipher.Form(.aesCM, keyByteCount: 16, tagByteCount: 10), &generator)
        var batch = PacketBatch()
        batch.seal()
        batch.open()
        var counts = [batch.count]
        var packet = [UInt8](repeating: 0, count: 40)
        let job = PacketJob(
            cipherStart: 12, cipherEnd: 30, authenticatedEnd: 30, hiddenTrailer: 1, tagStart: 30, tagCount: 10,
            counter: CounterBlock(high: 1, low: 0))
        packet.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            for _ in 0..<PacketBatch.capacity {
                unsafe batch.append(job, cipher.cipher, packet: base, byteCount: bytes.count)
            }
        }
        counts.append(batch.count)
        batch.removeAll()
        counts.append(batch.count)
        batch.seal()
        #expect(counts == [0, PacketBatch.capacity, 0])
        #expect(packet.allSatisfy { $0 == 0 })
    }

    @Test("threads that come and go, each with batches of its own", arguments: BatchEngine.allCases)
    func threads(_ engine: BatchEngine) throws {
        for round in 0..<4 {
            let results = runInThreads(2) { thread in
                var generator = SeededGenerator(seed: UInt64(round * 2 + thread))
                var batch = PacketBatch(engine: engine)
                let ciphers = try BatchCipher.Form.all.map { try BatchCipher($0, &generator) }
                for _ in 0..<20 {
                    var run = BatchRun()
                    for cipher in ciphers { run.add(cipher, Int.random(in: 0...400, using: &generator), &generator) }
                    try run.compare(&batch, &generator)
                }
            }
            #expect(results == [true, true])
        }
    }

    @Test("keys that one thread's batches made ready serve another thread", arguments: BatchEngine.allCases)
    func handedOver(_ engine: BatchEngine) throws {
        var generator = SeededGenerator(seed: 9)
        let ciphers = try BatchCipher.Form.all.map { try BatchCipher($0, &generator) }
        for seed: UInt64 in 0..<4 {
            let results = runInThreads(1) { _ in
                var generator = SeededGenerator(seed: seed)
                var batch = PacketBatch(engine: engine)
                var run = BatchRun()
                for cipher in ciphers + ciphers { run.add(cipher, 160, &generator) }
                try run.compare(&batch, &generator)
            }
            #expect(results == [true])
        }
    }

    @Test("the multi-buffer engine says what it is, or why it is not there")
    func availability() {
        #expect(MultiBufferEngine.isAvailable == (MultiBufferEngine.missing == nil))
        #if MultiBuffer
        #expect(MultiBufferEngine.version != nil)
        #else
        #expect(MultiBufferEngine.version == nil)
        #expect(MultiBufferEngine.missing?.contains("trait") == true)
        #endif
    }
}

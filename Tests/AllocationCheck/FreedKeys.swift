// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CryptoPrimitives
import MIKEY
import RTP
import SRTP

/// Looks for the master key and every session key in the blocks that are freed while contexts come and go.
enum FreedKeys {
    private static let rounds = 50

    static func check(_ tally: inout Tally) throws {
        try addPatterns()
        try exercise()  // what is made once stays

        freed_memory_start()
        let control = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16)
        control.copyMemory(from: published_master_key_and_salt(), byteCount: 30)
        control.deallocate()
        freed_memory_stop()
        tally.note(
            "SRTP-60", "control: a freed block with a key in it is seen", expected: 1, found: freed_memory_hits())

        freed_memory_start()
        allocation_counter_start()
        for _ in 0..<rounds { try exercise() }
        let allocations = allocation_counter_stop()
        freed_memory_stop()
        let blocks = freed_memory_blocks()
        tally.note(
            "SRTP-60", "freed memory holds no key octets, \(blocks) blocks searched", expected: 0,
            found: freed_memory_hits())
        tally.note(
            "MIKEY-46", "freed memory holds no octets of pre-shared, message and traffic keys", expected: 0,
            found: freed_memory_hits())
        tally.note("SRTP-60", "blocks were freed", expected: 1, found: blocks > UInt64(rounds) ? 1 : 0)
        // A key that is never freed is never wiped either.
        tally.note("SRTP-60", "everything is freed that contexts allocate", expected: allocations, found: blocks)
    }

    /// Master key and salt, the six session keys and salts that come of them, and what key management derives from the same
    /// octets.
    private static func addPatterns() throws {
        let octets = UnsafeRawBufferPointer(start: published_master_key_and_salt(), count: 30)
        for part in [octets[..<16], octets[16...]] {
            let part = UnsafeRawBufferPointer(rebasing: part)
            _ = freed_memory_add_pattern(part.baseAddress, part.count)
        }
        let derivation = try CounterModeKeyDerivation(
            masterKey: SecretBytes(copying: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: octets[..<16]))),
            masterSalt: SecretBytes(copying: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: octets[16...]))))
        for label: UInt8 in 0...5 {
            let derived = try derivation.derive(label: label, count: 14)
            derived.withBytes { derived in
                derived.withUnsafeBytes { _ = freed_memory_add_pattern($0.baseAddress, $0.count) }
            }
        }
        let (protection, traffic) = try keyManagement()
        for which in MessageKey.allCases {
            try protection.derive(which, byteCount: 14).withBytes { derived in
                derived.withUnsafeBytes { _ = freed_memory_add_pattern($0.baseAddress, $0.count) }
            }
        }
        for derived in [traffic.key, traffic.salt] {
            derived.withBytes { derived in
                derived.withUnsafeBytes { _ = freed_memory_add_pattern($0.baseAddress, $0.count) }
            }
        }
    }

    /// The published key as a pre-shared key and as a TGK.
    private static func keyManagement() throws -> (MessageProtection, TrafficKeys) {
        let octets = UnsafeBufferPointer(start: published_master_key_and_salt(), count: 16)
        let key = MIKEYKeyMaterial(copying: Span(_unsafeElements: octets))
        let rand = [UInt8](0..<16)
        let data = try MIKEYPayload.KeyData(.tgk, key: key)
        let traffic = try TrafficKeys(
            csID: 1, from: data, prf: .mikey1, context: .bundle(csbID: 1, rand: rand), lengths: .init(key: 16, salt: 14)
        )
        let protection = MessageProtection(key: key, prf: .mikey1, context: .bundle(csbID: 1, rand: rand))
        let chain = MIKEYKeyDataChain(keys: [data, data]).encoded
        for algorithm in [MIKEYEncryptionAlgorithm.aesCM128, .aesCM256, .aesKW128] {
            let encrypted = try chain.withBytes { chain in
                try protection.encrypt(chain, with: algorithm, csbID: 1, timestamp: .counter(1))
            }
            _ = try protection.decrypt(encrypted.span.bytes, with: algorithm, csbID: 1, timestamp: .counter(1))
            _ = try protection.mac(of: encrypted.span.bytes, with: .hmacSHA1)
            _ = try protection.mac(of: encrypted.span.bytes, with: .hmacSHA256)
        }
        return (protection, traffic)
    }

    /// Exchanges by which the published key is sent under itself, their answers, and an update.
    private static func keyExchanges() throws {
        let octets = UnsafeBufferPointer(start: published_master_key_and_salt(), count: 16)
        let key = MIKEYKeyMaterial(copying: Span(_unsafeElements: octets))
        let sessions = try MIKEYCryptoSessions(.srtpID([.init(ssrc: SSRC(1))]))
        let keys = try [UInt8(1), 2].map { try MIKEYPayload.KeyData(.tgk, key: key, validity: .spi([0, 0, $0])) }
        for algorithm in [MIKEYEncryptionAlgorithm.aesCM128, .aesCM256, .aesKW128] {
            var configuration = MIKEYInitiatorConfiguration(credential: .preSharedKey(key))
            configuration.encryption = algorithm
            var initiator = try MIKEYInitiator(configuration)
            let now = try WallClockTime(seconds: 1_772_366_400)
            var responder = MIKEYResponder(
                MIKEYResponderConfiguration(
                    credential: .preSharedKey(key),
                    replay: .guarded(
                        MIKEYReplayGuard(store: MemoryMIKEYReplayStore(startTime: try WallClockTime(seconds: 0))))))
            for keys in [MIKEYOffer.Keys.given(keys), .unchanged, .given(keys)] {
                let offered = try initiator.offer(MIKEYOffer(cryptoSessions: sessions, keys: keys), now: now)
                for case .send(let message) in offered {
                    for case .send(let answer) in responder.receive(message.encoded, now: now) {
                        _ = initiator.receive(answer.encoded, now: now)
                    }
                }
            }
            guard initiator.state == .established, responder.bundleCount == 1 else { throw MIKEYExchangeError.noKeys }
        }
    }

    /// Makes contexts, sends and receives, meets refusals, and lets them go.
    private static func exercise() throws {
        _ = try keyManagement()
        try keyExchanges()
        for suite in PacketRuns.suites {
            var sender = try SRTPSender(masterKey: publishedKey(suite))
            var receiver = try SRTPReceiver(masterKey: publishedKey(suite))
            var pair = try SRTPPair(sharing: publishedKey(suite))
            for number: UInt8 in 0..<4 {
                let packet: [UInt8] = [0x80, 0, 0, number, 0, 0, 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 1, count: 100)
                let report: [UInt8] = [0x80, 201, 0, 1, 0, 0, 0, 1]
                let wire = try sender.protectRTP(packet)
                _ = try receiver.unprotectRTP(wire)
                _ = try receiver.unprotectRTCP(sender.protectRTCP(report))
                _ = try? receiver.unprotectRTP(wire)
                _ = try? receiver.unprotectRTP(packet)
                _ = try pair.receiver.unprotectRTP(wire)
            }
            _ = try? SRTPMasterKey(suite: suite, keyAndSalt: Span())
            try exerciseKeys(suite)
        }
        for kind in [PacketCipher.Kind.aesCM, .aesGCM] { try exerciseBatches(kind) }
    }

    /// A cipher whose key is looked for, in batches by every engine.
    private static func exerciseBatches(_ kind: PacketCipher.Kind) throws {
        let key = UnsafeRawBufferPointer(start: published_master_key_and_salt(), count: 16)
        let secret = RawSpan(_unsafeBytes: key)
        for engine in BatchEngine.allCases {
            let cipher = try PacketCipher(
                kind: kind, encryptionKey: SecretBytes(copying: secret),
                salt: SecretBytes(copying: secret.extracting(first: 12)),
                authenticationKey: kind.isAEAD ? nil : SecretBytes(copying: secret))
            let packets = UnsafeMutableRawBufferPointer.allocate(byteCount: 20 * 128, alignment: 16)
            defer { packets.deallocate() }
            packets.initializeMemory(as: UInt8.self, repeating: 1)
            var batch = PacketBatch(engine: engine)
            for packet in stride(from: 0, to: packets.count, by: 128) {
                let job = PacketJob(
                    cipherStart: 12, cipherEnd: 112, authenticatedEnd: 112, hiddenTrailer: nil, tagStart: 112,
                    tagCount: kind.isAEAD ? 16 : 10, counter: CounterBlock(high: 0, low: UInt64(packet) << 16))
                guard let base = packets.baseAddress else { return }
                batch.append(job, cipher, packet: base + packet, byteCount: 128)
            }
            batch.seal()
            batch.open()
        }
    }

    /// Session keys that come and go with a key derivation rate, keys for header extensions, and master keys that follow each other.
    private static func exerciseKeys(_ suite: SRTPSuite) throws {
        var configuration = SRTPConfiguration()
        configuration.headerEncryption = HeaderExtensionEncryption([1])
        var options = SRTPKeyOptions()
        options.derivationRate = 1
        var sender = try SRTPSender(masterKey: publishedKey(suite), options: options, configuration: configuration)
        var receiver = try SRTPReceiver(masterKey: publishedKey(suite), options: options, configuration: configuration)
        for number: UInt8 in 0..<20 {
            let packet: [UInt8] = [0x80, 0, 0, number, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3]
            _ = try receiver.unprotectRTP(sender.protectRTP(packet))
            _ = try receiver.unprotectRTCP(sender.protectRTCP([0x80, 201, 0, 1, 0, 0, 0, 1]))
        }
        for _ in 0..<3 {
            try sender.replaceKey(with: .random(for: suite), options: options)
            try receiver.removeKey(receiver.addKey(.random(for: suite), options: options))
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing
import WireBytes

@testable import MIKEY

@Suite("Protection of messages by a pre-shared key")
struct MessageProtectionTests {
    private let protection = MessageProtection(
        key: material("00112233445566778899"), prf: .mikey1, context: .bundle(csbID: 7, rand: Array(0..<16)))
    private let time = MIKEYTimestamp.ntpUTC(0xEDA8_B38A_0102_0304)

    // MARK: Against the model

    @Test("there are 100 exchanges of the model, with every algorithm")
    func rows() {
        #expect(ModelRows.accepted.count == 100)
        let pairs = Set(ModelRows.accepted.compactMap { $0.steps?.first.map { "\($0.encr) \($0.mac)" } })
        #expect(pairs.count == 9)
    }

    @Test(
        "MIKEY-23 the MAC of KEMAC covers all octets before it, its own algorithm included",
        arguments: ModelRows.accepted)
    func kemac(_ row: ExchangeRow) throws {
        for (step, request, _) in row.exchanged {
            let message = try MIKEYMessage(parsing: request)
            let range = try #require(message.layout.authenticator)
            let covered = Array(request[..<range.lowerBound])
            #expect(range.upperBound == request.count)
            let mac = try row.protection.mac(of: covered.span.bytes, with: step.macAlgorithm)
            #expect(mac == Array(request[range]))
            try row.protection.verify(mac.span.bytes, of: covered.span.bytes, with: step.macAlgorithm)
            guard step.macAlgorithm != .null else { continue }
            for position in [0, 1, 3, 9, covered.count - 1] {
                var wrong = covered
                wrong[position] ^= 1
                #expect(throws: DerivationError.authenticationFailed) {
                    try row.protection.verify(mac.span.bytes, of: wrong.span.bytes, with: step.macAlgorithm)
                }
            }
            for position in mac.indices {
                var wrong = mac
                wrong[position] ^= 0x80
                #expect(throws: DerivationError.authenticationFailed) {
                    try row.protection.verify(wrong.span.bytes, of: covered.span.bytes, with: step.macAlgorithm)
                }
            }
        }
    }

    @Test(
        "MIKEY-24 the MAC of V covers the answer, then both identities and T as carried", arguments: ModelRows.accepted)
    func verification(_ row: ExchangeRow) throws {
        for (step, request, answer) in row.exchanged {
            guard let answer else { continue }
            let sent = try MIKEYMessage(parsing: request)
            let message = try MIKEYMessage(parsing: answer)
            let range = try #require(message.layout.authenticator)
            let identities = sent.identities
            let initiator = row.initiator == nil ? nil : identities.first
            let responder = row.responder == nil ? message.identities.first : identities.last
            #expect(message.timestamp == sent.timestamp)
            let rest = MessageProtection.verificationOctets(
                initiator: initiator, responder: responder, timestamp: step.timestamp)
            let covered = Array(answer[..<range.lowerBound])
            let mac = try row.protection.mac(of: covered.span.bytes, followedBy: rest, with: step.macAlgorithm)
            #expect(mac == Array(answer[range]))
        }
    }

    @Test("MIKEY-D5 a pre-shared key message: key data encrypted, and all authenticated", arguments: ModelRows.accepted)
    func encryption(_ row: ExchangeRow) throws {
        for (step, request, _) in row.exchanged {
            let kemac = try #require(MIKEYMessage(parsing: request).kemac)
            #expect(kemac.encryption == step.encryption && kemac.macAlgorithm == step.macAlgorithm)
            let chain = try keyData(step)
            guard case .encrypted(let encrypted) = kemac.content else {
                #expect(kemac.content == .clear(chain))
                continue
            }
            let plain = chain.encoded.withBytes { Array(copying: $0) }
            let (protection, bundle) = (row.protection, row.bundle)
            let made = try protection.encrypt(
                plain.span.bytes, with: step.encryption, csbID: bundle, timestamp: step.timestamp)
            #expect(made == encrypted)
            let opened = try protection.decrypt(
                encrypted.span.bytes, with: step.encryption, csbID: bundle, timestamp: step.timestamp)
            #expect(hex(opened) == hex(plain))
        }
    }

    private func keyData(_ step: ExchangeRow.Step) throws -> MIKEYKeyDataChain {
        let keys = try step.keys.map { key in
            let validity: MIKEYKeyValidity =
                if let spi = key.spi {
                    try .spi(octets(spi))
                } else if let last = key.validTo.flatMap({ UInt64($0, radix: 16) }) {
                    try .interval(from: 0, to: last)
                } else {
                    .null
                }
            return try MIKEYPayload.KeyData(
                key.kind.hasPrefix("TGK") ? .tgk : .tek, key: material(key.key), salt: key.salt.map { material($0) },
                validity: validity)
        }
        return MIKEYKeyDataChain(keys: keys)
    }

    // MARK: Keys

    @Test("MIKEY-D4 encr_key, auth_key and salt_key are as long as their algorithms want them, and three")
    func keys() throws {
        let label = { MessageKeyContext.bundle(csbID: 7, rand: Array(0..<16)).label($0) }
        var found: Set<String> = []
        for which in MessageKey.allCases {
            for count in [8, 14, 16, 20, 32] {
                let key = try hex(protection.derive(which, byteCount: count))
                let direct = try MIKEYPRF.mikey1.derive(
                    from: material("00112233445566778899"), label: label(which), byteCount: count)
                #expect(key == hex(direct) && key.count == 2 * count)
            }
            found.insert(try hex(protection.derive(which, byteCount: 8)))
        }
        #expect(found.count == 3)
    }

    @Test("MIKEY-D4 a MAC has an auth_key of its own length", arguments: [MIKEYMACAlgorithm.hmacSHA1, .hmacSHA256])
    func authenticationKeys(_ algorithm: MIKEYMACAlgorithm) throws {
        let message = Array(0..<99 as Range<UInt8>)
        let (digest, byteCount) = algorithm == .hmacSHA1 ? (HMAC.Digest.sha1, 20) : (.sha256, 32)
        var hmac = try protection.derive(.authenticationKey, byteCount: byteCount)
            .withBytes { (key: RawSpan) throws(CryptoError) in try HMAC(digest, key: key) }
        try hmac.update(message.span.bytes)
        let expected = try hex(hmac.finish())
        #expect(try hex(protection.mac(of: message.span.bytes, with: algorithm)) == expected)
    }

    @Test(
        "MIKEY-40 the IV is salt XOR (0000 || CSB ID || T), then 0000; a counter has zeros before it, seconds behind them"
    )
    func initialVector() throws {
        let salt = try octets(hex(protection.derive(.salt, byteCount: 14)))
        let cases: [(MIKEYTimestamp, String)] = [
            (.ntpUTC(0x1122_3344_5566_7788), "0000 a1b2c3d4 1122334455667788 0000"),
            (.ntp(0x1122_3344_5566_7788), "0000 a1b2c3d4 1122334455667788 0000"),
            (.counter(0x1122_3344), "0000 a1b2c3d4 0000000011223344 0000"),
            (.ntpUTC32(0x1122_3344), "0000 a1b2c3d4 1122334400000000 0000"),
        ]
        for (timestamp, expected) in cases {
            let iv = try protection.counterModeIV(csbID: 0xA1B2_C3D4, timestamp: timestamp)
            let octetsOfIV = SamplePackets.bigEndian(iv.high) + SamplePackets.bigEndian(iv.low)
            #expect(zip(octetsOfIV, salt + [0, 0]).map { $0 ^ $1 } == octets(expected))
        }
    }

    @Test(
        "MIKEY-40 another CSB ID, T or key gives another keystream",
        arguments: [
            MIKEYEncryptionAlgorithm.aesCM128, .aesCM256,
        ])
    func keystreams(_ algorithm: MIKEYEncryptionAlgorithm) throws {
        let zeros = [UInt8](repeating: 0, count: 64)
        var streams: [[UInt8]] = []
        for (bundle, counter): (UInt32, UInt32) in [(1, 1), (1, 2), (2, 1)] {
            streams.append(
                try protection.encrypt(zeros.span.bytes, with: algorithm, csbID: bundle, timestamp: .counter(counter)))
        }
        let other = MessageProtection(
            key: material("00112233445566778898"), prf: .mikey1, context: .bundle(csbID: 7, rand: Array(0..<16)))
        streams.append(try other.encrypt(zeros.span.bytes, with: algorithm, csbID: 1, timestamp: .counter(1)))
        #expect(Set(streams).count == 4)
    }

    // MARK: AES key wrap

    @Test("MIKEY-41 AES key wrap takes 16 octets or more and multiples of 8, and gives 8 more")
    func wrapLengths() throws {
        for count in 1...80 {
            let plain = [UInt8](repeating: 3, count: count)
            guard count >= 16, count % 8 == 0 else {
                #expect(throws: DerivationError.notWrappable(byteCount: count)) {
                    _ = try protection.encrypt(plain.span.bytes, with: .aesKW128, csbID: 7, timestamp: time)
                }
                continue
            }
            let wrapped = try protection.encrypt(plain.span.bytes, with: .aesKW128, csbID: 7, timestamp: time)
            #expect(wrapped.count == count + 8)
        }
    }

    @Test("MIKEY-41 AES key wrap has an encr_key of 128 bits, and a salt_key of 64 as its initial value")
    func wrapKeys() throws {
        let plain = Array(0..<32 as Range<UInt8>)
        let salt = try octets(hex(protection.derive(.salt, byteCount: 8)))
        let wrapped = try AESKeyWrap.wrap(
            SecretBytes(copying: plain.span.bytes), with: protection.derive(.encryptionKey, byteCount: 16),
            initialValue: salt.reduce(0) { $0 << 8 | UInt64($1) })
        #expect(try protection.encrypt(plain.span.bytes, with: .aesKW128, csbID: 7, timestamp: time) == wrapped)
    }

    @Test("MIKEY-41 what is not a wrapped key is refused: cut, longer, or flipped anywhere")
    func unwrap() throws {
        let plain = Array(0..<32 as Range<UInt8>)
        let wrapped = try protection.encrypt(plain.span.bytes, with: .aesKW128, csbID: 7, timestamp: time)
        let opened = try protection.decrypt(wrapped.span.bytes, with: .aesKW128, csbID: 7, timestamp: time)
        #expect(hex(opened) == hex(plain))
        var wrong = (1..<wrapped.count).map { Array(wrapped[..<$0]) } + [wrapped + [0], wrapped + wrapped]
        for position in wrapped.indices {
            var flipped = wrapped
            flipped[position] ^= 0x10
            wrong.append(flipped)
        }
        for wrong in wrong {
            #expect(throws: DerivationError.authenticationFailed) {
                _ = try protection.decrypt(wrong.span.bytes, with: .aesKW128, csbID: 7, timestamp: time)
            }
        }
    }

    // MARK: What is refused

    @Test("NULL algorithms are refused both ways unless the channel is said to be protected")
    func null() throws {
        let plain = Array(0..<20 as Range<UInt8>)
        #expect(throws: DerivationError.nullNotPermitted) {
            _ = try protection.encrypt(plain.span.bytes, with: .null, csbID: 7, timestamp: time)
        }
        #expect(throws: DerivationError.nullNotPermitted) {
            _ = try protection.decrypt(plain.span.bytes, with: .null, csbID: 7, timestamp: time)
        }
        #expect(throws: DerivationError.nullNotPermitted) { _ = try protection.mac(of: plain.span.bytes, with: .null) }
        #expect(throws: DerivationError.nullNotPermitted) {
            try protection.verify(RawSpan(), of: plain.span.bytes, with: .null)
        }
        let permitted = MessageProtection(
            key: material("00"), prf: .mikey1, context: .bundle(csbID: 7, rand: Array(0..<16)),
            nullAlgorithms: .channelIsProtected)
        #expect(try permitted.encrypt(plain.span.bytes, with: .null, csbID: 7, timestamp: time) == plain)
        let opened = try permitted.decrypt(plain.span.bytes, with: .null, csbID: 7, timestamp: time)
        #expect(hex(opened) == hex(plain))
        #expect(try permitted.mac(of: plain.span.bytes, with: .null) == [])
        try permitted.verify(RawSpan(), of: plain.span.bytes, with: .null)
        #expect(throws: DerivationError.authenticationFailed) {
            try permitted.verify([UInt8(0)].span.bytes, of: plain.span.bytes, with: .null)
        }
    }

    @Test("no key data stay no octets with every algorithm, and unknown algorithms are refused")
    func nothing() throws {
        for algorithm in [MIKEYEncryptionAlgorithm.null, .aesCM128, .aesKW128, .aesCM256] {
            #expect(try protection.encrypt(RawSpan(), with: algorithm, csbID: 7, timestamp: time) == [])
            let opened = try protection.decrypt(RawSpan(), with: algorithm, csbID: 7, timestamp: time)
            #expect(hex(opened) == "")
        }
        let unknown = MIKEYEncryptionAlgorithm(rawValue: 4)
        #expect(throws: DerivationError.unsupportedEncryption(unknown)) {
            _ = try protection.encrypt(RawSpan(), with: unknown, csbID: 7, timestamp: time)
        }
        #expect(DerivationError.unsupportedEncryption(unknown).errorNumber == .invalidEA)
    }
}

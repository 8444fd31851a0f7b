// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Encrypted header extension elements, RFC 6904")
struct HeaderExtensionEncryptionTests {
    /// One suite of every kind.
    static let suites = [
        "AES_CM_128_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32", "AEAD_AES_128_GCM", "AEAD_AES_256_GCM",
        "F8_128_HMAC_SHA1_80",
        "NULL_HMAC_SHA1_80", "SRTP_ARIA_128_CTR_HMAC_SHA1_80", "SRTP_AEAD_ARIA_256_GCM",
        "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM",
    ]

    /// An extension, and which of its octets are encrypted where elements 1, 3 and 200 are.
    struct Layout: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var profile: UInt16 = 0xBEDE
        let data: [UInt8]
        /// Positions behind the extension's first word.
        let encrypted: [Range<Int>]
        /// What libsrtp exclusive-ors them with: where in the keystream each begins. The same positions where this is `nil`.
        var libsrtp: [Int]?
    }

    static let layouts = [
        Layout(
            testDescription: "the elements of RFC 6904 section 3.1",
            data: [0x17] + [UInt8](repeating: 1, count: 8) + [0x22, 2, 2, 2, 0x30, 3, 0x46]
                + [UInt8](repeating: 4, count: 7)
                + [0], encrypted: [1..<9, 14..<15]),
        Layout(
            testDescription: "padding first", data: [0, 0, 0, 0x11, 0xAA, 0xBB, 0x30, 0xCC], encrypted: [4..<6, 7..<8],
            libsrtp: [1, 4]),
        Layout(
            testDescription: "padding in the middle", data: [0x10, 0xAA, 0, 0, 0x31, 0xBB, 0xCC, 0],
            encrypted: [1..<2, 5..<7], libsrtp: [1, 3]),
        Layout(
            testDescription: "ID 15 ends it", data: [0x10, 0xAA, 0xF1, 0xBB, 0xCC, 0x30, 0xDD, 0], encrypted: [1..<2]),
        Layout(
            testDescription: "ID 0 with a length ends it", data: [0x10, 0xAA, 0x01, 0xBB, 0xCC, 0x30, 0xDD, 0],
            encrypted: [1..<2]),
        Layout(testDescription: "ID 0 with a length first", data: [0x05, 0x10, 0xAA, 0], encrypted: []),
        Layout(testDescription: "others only", data: [0x20, 0xAA, 0x40, 0xBB], encrypted: []),
        Layout(testDescription: "padding only", data: [0, 0, 0, 0], encrypted: []),
        Layout(testDescription: "empty", data: [], encrypted: []),
        Layout(
            testDescription: "two-octet form", profile: 0x1000, data: [1, 2, 0xAA, 0xBB, 2, 1, 0xCC, 200, 3, 1, 2, 3],
            encrypted: [2..<4, 9..<12]),
        Layout(
            testDescription: "two-octet form, an element of no octets", profile: 0x1000,
            data: [1, 0, 200, 1, 0xAA, 3, 0, 0], encrypted: [4..<5]),
        Layout(
            testDescription: "two-octet form, padding first and in the middle", profile: 0x1000,
            data: [0, 1, 1, 0xAA, 0, 0, 200, 1, 0xBB, 0, 0, 0], encrypted: [3..<4, 8..<9], libsrtp: [2, 5]),
        Layout(
            testDescription: "two-octet form with application bits", profile: 0x100F, data: [3, 2, 0xAA, 0xBB],
            encrypted: [2..<4]),
        Layout(
            testDescription: "two-octet form, 15 is an element like any other", profile: 0x1000,
            data: [15, 1, 0xAA, 1, 1, 0xBB, 0, 0], encrypted: [5..<6]),
        Layout(testDescription: "of another profile", profile: 0xABCD, data: [0x10, 0xAA, 0x30, 0xBB], encrypted: []),
        Layout(
            testDescription: "Cryptex's number, not negotiated", profile: 0xC0DE, data: [0x10, 1, 0, 0], encrypted: []),
    ]

    private static let identifiers: Set<UInt8> = [1, 3, 200]

    private func setup(_ name: String, _ style: HeaderExtensionEncryption.Style = .rfc6904) throws -> Setup {
        try Setup(name) { $0.headerEncryption = HeaderExtensionEncryption(Self.identifiers, style: style) }
    }

    private func packet(_ sequence: UInt16, _ profile: UInt16, _ data: [UInt8], csrcs: Int = 2) -> [UInt8] {
        let words = stride(from: 0, to: data.count, by: 4).map { number(data[$0..<$0 + 4]) }
        return SamplePackets.rtp(
            sequence: sequence, payload: Array("a payload".utf8), csrcs: (0..<csrcs).map { UInt32($0) },
            extensionWords: words, profile: profile)
    }

    @Test(
        "SRTP-50 the keystream goes by an octet's position in the extension, padding and headers counted in",
        arguments: suites, layouts)
    func positions(_ name: String, _ layout: Layout) throws {
        let setup = try setup(name)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let plain = packet(7, layout.profile, layout.data)
        let start = 12 + 8 + 4
        let stream = try Keystream.header(of: plain, suite: setup.suite, count: layout.data.count)
        var expected = layout.data
        for range in layout.encrypted { for place in range { expected[place] ^= stream[place] } }
        if !layout.encrypted.isEmpty, setup.suite.cipher != .null { #expect(expected != layout.data) }
        let wire = try sender.rtp(plain).get()
        #expect(Array(wire[start..<start + layout.data.count]) == expected)
        #expect(Array(wire[..<start]) == Array(plain[..<start]))
        #expect(receiver.rtp(wire) == .success(plain))
    }

    @Test("SRTP-50 as libsrtp does it, padding uses no keystream", arguments: suites, layouts)
    func libsrtpPositions(_ name: String, _ layout: Layout) throws {
        let setup = try setup(name, .libsrtp)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let plain = packet(7, layout.profile, layout.data)
        let wire = try sender.rtp(plain).get()
        #expect(receiver.rtp(wire) == .success(plain))
        // Under an authenticated cipher libsrtp's header salt is another one, see below.
        guard !setup.suite.cipher.isAuthenticated else { return }
        let stream = try Keystream.header(of: plain, suite: setup.suite, count: layout.data.count)
        var expected = layout.data
        for (range, from) in zip(layout.encrypted, layout.libsrtp ?? layout.encrypted.map(\.lowerBound)) {
            for place in range { expected[place] ^= stream[from + place - range.lowerBound] }
        }
        #expect(Array(wire[24..<24 + layout.data.count]) == expected)
    }

    @Test("SRTP-51 under an authenticated cipher the header salt has 14 octets; libsrtp's has 12 and two zeros")
    func headerSalt() throws {
        let setup = try setup("AEAD_AES_128_GCM")
        let plain = packet(7, 0xBEDE, [0x12, 1, 2, 3])
        let wire = try BothSenders(setup).rtp(plain).get()
        let other = try BothSenders(try self.setup("AEAD_AES_128_GCM", .libsrtp)).rtp(plain).get()
        let long = try Keystream.header(of: plain, suite: setup.suite, count: 4)
        #expect(Array(wire[25..<28]) == exclusiveOr([1, 2, 3], long[1...]))
        var short = try Keystream.cipher(setup.suite, .aesCM, key: 6, salt: 7, 12)
        var stream = [UInt8](repeating: 0, count: 4)
        var span = stream.mutableSpan
        var bytes = span.mutableBytes
        let isMade = short.keystream(counter: Keystream.counter(of: plain, 0, .aesCM), into: &bytes)
        #expect(isMade)
        #expect(Array(other[25..<28]) == exclusiveOr([1, 2, 3], stream[1...]))
        #expect(wire[25..<28] != other[25..<28])
    }

    /// Extensions that are no elements of RFC 8285.
    static let malformed: [(profile: UInt16, data: [UInt8])] = [
        (0xBEDE, [0x1F, 0, 0, 0]), (0xBEDE, [0x10, 0xAA, 0x21, 0xBB]), (0xBEDE, [0, 0, 0, 0x10]),
        (0x1000, [1, 3, 0, 0]), (0x1000, [0, 0, 0, 1]), (0x1003, [1, 1, 0xAA, 2]), (0x1000, [2, 255, 0, 0]),
    ]

    @Test("SRTP-51 a malformed extension: refused by a sender before it uses an index", arguments: suites)
    func malformedSent(_ name: String) throws {
        let sender = try BothSenders(try setup(name))
        for (profile, data) in Self.malformed {
            #expect(sender.rtp(packet(1, profile, data)) == .failure(.malformedHeaderExtension(sample)))
        }
        #expect(throws: Never.self) { try sender.rtp(packet(1, 0xBEDE, [0x12, 1, 2, 3])).get() }
    }

    @Test("SRTP-51 a malformed extension: a receiver says so of authentic packets only", arguments: suites)
    func malformedReceived(_ name: String) throws {
        let careless = try BothSenders(try Setup(name))
        let receiver = try BothReceivers(try setup(name))
        for (position, (profile, data)) in Self.malformed.enumerated() {
            let wire = try careless.rtp(packet(UInt16(position), profile, data)).get()
            var forged = wire
            forged[wire.count - 1] ^= 1
            #expect(receiver.rtp(forged) == .failure(.authenticationFailed(sample)))
            #expect(receiver.rtp(wire) == .failure(.malformedHeaderExtension(sample)))
        }
        #expect(receiver.state.streams.isEmpty)
    }

    @Test("SRTP-51 only elements are decrypted, and only after the tag is verified", arguments: suites)
    func verifiedFirst(_ name: String) throws {
        let setup = try setup(name)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let plain = packet(9, 0xBEDE, [0x12, 1, 2, 3])
        let wire = try sender.rtp(plain).get()
        for bit in 0..<wire.count * 8 {
            var forged = wire
            forged[bit / 8] ^= 1 << (bit % 8)
            // BothReceivers checks that no octet was changed or written.
            guard case .failure = receiver.rtp(forged) else {
                Issue.record("bit \(bit) flipped, and accepted")
                return
            }
        }
        #expect(receiver.rtp(wire) == .success(plain))
    }

    @Test("SRTP-51 the NULL cipher's keystream is all zero: the extension stays as it is")
    func nullCipher() throws {
        let setup = try setup("NULL_HMAC_SHA1_80")
        let plain = packet(9, 0xBEDE, [0x12, 1, 2, 3])
        let wire = try BothSenders(setup).rtp(plain).get()
        #expect(wire.prefix(plain.count) == plain[...])
        let unencrypted = try Setup("AES_CM_128_HMAC_SHA1_80") {
            $0.encryptsRTP = false
            $0.headerEncryption = HeaderExtensionEncryption([1])
        }
        let other = try BothSenders(unencrypted).rtp(plain).get()
        #expect(other.prefix(plain.count) == plain[...])
        #expect(try BothReceivers(unencrypted).rtp(other) == .success(plain))
    }

    @Test("SRTP-51 every identifier of both forms can be chosen", arguments: [0xBEDE, 0x1000] as [UInt16])
    func everyIdentifier(_ profile: UInt16) throws {
        let last: UInt8 = profile == 0xBEDE ? 14 : 255
        for chosen in 1...last {
            let setup = try Setup("AES_CM_128_HMAC_SHA1_80") {
                $0.headerEncryption = HeaderExtensionEncryption([chosen])
            }
            let sender = try BothSenders(setup)
            for (sequence, id) in [chosen, chosen == last ? 1 : chosen + 1].enumerated() {
                let data = profile == 0xBEDE ? [id << 4, 0xAA, 0, 0] : [id, 1, 0xAA, 0]
                let plain = packet(UInt16(sequence), profile, data)
                let wire = try sender.rtp(plain).get()
                let place = profile == 0xBEDE ? 1 : 2
                let stream = try Keystream.header(of: plain, suite: setup.suite, count: 4)
                #expect(wire[24 + place] == (id == chosen ? 0xAA ^ stream[place] : 0xAA))
            }
        }
    }

    @Test("SRTP-51 repeats are known, and a refused one leaves the packet as it was", arguments: suites.dropLast())
    func repeats(_ name: String) throws {
        let sender = try BothSenders(try setup(name).with { $0.repeatedPackets = .allowedWhenIdentical })
        let plain = packet(1, 0xBEDE, [0x12, 1, 2, 3])
        let wire = try sender.rtp(plain).get()
        #expect(sender.rtp(plain) == .success(wire))
        for position in [25, 30] {
            var other = plain
            other[position] ^= 1
            #expect(sender.rtp(other) == .failure(.indexReused(sample, index: 1)))
        }
    }
}

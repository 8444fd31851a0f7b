// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import RTP
import TestSupport
import Testing
import WireBytes

@testable import SRTP

@Suite("Cryptex, RFC 9335")
struct CryptexTests {
    /// One suite of every kind.
    static let suites = [
        "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM", "F8_128_HMAC_SHA1_80",
        "NULL_HMAC_SHA1_80", "SRTP_ARIA_256_CTR_HMAC_SHA1_80", "SRTP_AEAD_ARIA_128_GCM",
    ]

    /// The forms that a header extension can have.
    enum Form: CaseIterable {
        case none, empty, oneByte, twoByte, twoByteWithApplicationBits, other

        var profile: UInt16 {
            switch self {
            case .none, .empty, .oneByte: 0xBEDE
            case .twoByte: 0x1000
            case .twoByteWithApplicationBits: 0x1005
            case .other: 0xABCD
            }
        }

        var words: [UInt32]? {
            switch self {
            case .none: nil
            case .empty: []
            case .oneByte: [0x1011_2212, 0x3040_0000]
            case .twoByte, .twoByteWithApplicationBits: [0x0102_AABB, 0x0200_0000]
            case .other: [0x1234_5678]
            }
        }

        /// The number on the wire, where the packet can be encrypted.
        var encrypted: UInt16? {
            switch self {
            case .none, .empty, .oneByte: 0xC0DE
            case .twoByte: 0xC2DE
            case .twoByteWithApplicationBits, .other: nil
            }
        }
    }

    private func packet(_ sequence: UInt16, csrcs: Int, _ form: Form, payload: Int = 20) -> [UInt8] {
        SamplePackets.rtp(
            sequence: sequence, payload: (0..<payload).map { UInt8($0) }, timestamp: 0xCAFE,
            csrcs: (0..<csrcs).map { 0xA0B0_C000 | UInt32($0) }, extensionWords: form.words, profile: form.profile)
    }

    /// What a receiver gives: CSRCs without an extension get an empty one (RFC 9335 section 5.1).
    private func delivered(_ packet: [UInt8], csrcs: Int, _ form: Form) -> [UInt8] {
        guard form == .none, csrcs > 0 else { return packet }
        var packet = packet
        packet[0] |= 0x10
        packet.insert(contentsOf: [0xBE, 0xDE, 0, 0], at: 12 + 4 * csrcs)
        return packet
    }

    @Test(
        "SRTP-52 CSRCs 0 to 15, every form of extension, off, offered and required, in and out of place",
        arguments: suites, [Cryptex.off, .offered, .required])
    func shapes(_ name: String, _ mode: Cryptex) throws {
        let setup = try Setup(name) { $0.cryptex = mode }
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let tagByteCount = setup.suite.rtpTagByteCount
        #expect(sender.rtpOverhead == tagByteCount + (mode == .off ? 0 : 4))
        var sequence: UInt16 = 0
        for csrcs in 0...15 {
            for form in Form.allCases {
                for payload in [0, 20] {
                    sequence += 1
                    let plain = packet(sequence, csrcs: csrcs, form, payload: payload)
                    let hasHeader = csrcs > 0 || form != .none
                    guard mode != .off, hasHeader else {
                        let wire = try sender.rtp(plain).get()
                        #expect(wire.prefix(plain.count - payload) == plain.prefix(plain.count - payload))
                        #expect(wire.count == plain.count + tagByteCount)
                        #expect(receiver.rtp(wire) == .success(plain))
                        continue
                    }
                    guard let mark = form.encrypted else {
                        guard mode == .offered else {
                            #expect(sender.rtp(plain) == .failure(.cryptexRequired(sample)))
                            continue
                        }
                        let wire = try sender.rtp(plain).get()
                        #expect(wire.prefix(plain.count - payload) == plain.prefix(plain.count - payload))
                        #expect(receiver.rtp(wire) == .success(plain))
                        continue
                    }
                    let expected = delivered(plain, csrcs: csrcs, form)
                    let wire = try sender.rtp(plain).get()
                    #expect(wire.count == expected.count + tagByteCount)
                    try expectEncrypted(wire, expected, csrcs: csrcs, mark: mark, setup.suite)
                    #expect(receiver.rtp(wire) == .success(expected))
                }
            }
        }
    }

    /// Checks a packet against the text of RFC 9335 section 6.2: what is in the clear, and what the keystream is applied to.
    private func expectEncrypted(
        _ wire: [UInt8], _ plain: [UInt8], csrcs: Int, mark: UInt16, _ suite: SRTPSuite
    ) throws {
        let block = 12 + 4 * csrcs
        #expect(Array(wire[..<12]) == Array(plain[..<12]))
        #expect(Array(wire[block..<block + 2]) == SamplePackets.bigEndian(mark))
        #expect(Array(wire[block + 2..<block + 4]) == Array(plain[block + 2..<block + 4]))
        let text = plain[12..<block] + plain[(block + 4)...]
        let encrypted = wire[12..<block] + wire[block + 4..<plain.count]
        let stream = try Keystream.payload(of: plain, suite: suite, count: text.count)
        #expect(Array(encrypted) == exclusiveOr(text, stream))
        guard suite.cipher.isAuthenticated else { return }
        // Associated are the fixed header and the extension's first word, though they are not neighbours.
        var cipher = try Keystream.cipher(suite, suite.cipher.kind, key: 0, salt: 2, 12)
        let associated = Array(wire[..<12] + wire[block..<block + 4])
        var sealed = Array(encrypted + wire[plain.count...])
        var span = sealed.mutableSpan
        var bytes = span.mutableBytes
        let opened = cipher.openAEAD(
            counter: Keystream.counter(of: plain, 0, suite.cipher.kind), associatedData: associated.span.bytes,
            in: &bytes)
        #expect(opened == .opened)
    }

    @Test("SRTP-52 every flipped bit of a packet with CSRCs and extension is refused", arguments: suites)
    func flippedBits(_ name: String) throws {
        for mode in [Cryptex.offered, .required] {
            let setup = try Setup(name) { $0.cryptex = mode }
            let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
            let first = packet(1, csrcs: 2, .oneByte)
            #expect(receiver.rtp(try sender.rtp(first).get()) == .success(first))
            let plain = packet(2, csrcs: 2, .twoByte)
            let wire = try sender.rtp(plain).get()
            for bit in 0..<wire.count * 8 {
                var flipped = wire
                flipped[bit / 8] ^= 1 << (bit % 8)
                guard case .failure = receiver.rtp(flipped) else {
                    Issue.record("bit \(bit) flipped, and accepted")
                    return
                }
            }
            for length in 0..<wire.count {
                guard case .failure = receiver.rtp(Array(wire[..<length])) else {
                    Issue.record("a prefix of \(length) octets was accepted")
                    return
                }
            }
            #expect(receiver.rtp(wire) == .success(plain))
        }
    }

    @Test("SRTP-52 where it is required, headers in the clear are refused by name", arguments: suites)
    func required(_ name: String) throws {
        let clear = try BothSenders(try Setup(name))
        let receiver = try BothReceivers(try Setup(name) { $0.cryptex = .required })
        var sequence: UInt16 = 0
        for csrcs in [0, 1, 15] {
            for form in Form.allCases {
                sequence += 1
                let plain = packet(sequence, csrcs: csrcs, form)
                let wire = try clear.rtp(plain).get()
                let isNormal = csrcs == 0 && form == .none
                #expect(receiver.rtp(wire) == (isNormal ? .success(plain) : .failure(.cryptexRequired(sample))))
            }
        }
    }

    @Test("SRTP-52 what says that it were encrypted already is refused by a sender", arguments: suites)
    func markedAlready(_ name: String) throws {
        for mode in [Cryptex.offered, .required] {
            let sender = try BothSenders(try Setup(name) { $0.cryptex = mode })
            for profile: UInt16 in [0xC0DE, 0xC2DE] {
                let plain = SamplePackets.rtp(sequence: 1, extensionWords: [1], profile: profile)
                #expect(sender.rtp(plain) == .failure(.cryptexRequired(sample)))
            }
        }
        // Where it is off, the numbers are numbers like any other.
        let (sender, receiver) = (try BothSenders(try Setup(name)), try BothReceivers(try Setup(name)))
        let plain = SamplePackets.rtp(sequence: 1, csrcs: [1], extensionWords: [1], profile: 0xC0DE)
        #expect(receiver.rtp(try sender.rtp(plain).get()) == .success(plain))
    }

    @Test("SRTP-52 a receiver without it refuses encrypted headers under an authenticated cipher")
    func notNegotiated() throws {
        let sender = try BothSenders(try Setup("AEAD_AES_128_GCM") { $0.cryptex = .offered })
        let receiver = try BothReceivers(try Setup("AEAD_AES_128_GCM"))
        let wire = try sender.rtp(packet(1, csrcs: 1, .oneByte)).get()
        #expect(receiver.rtp(wire) == .failure(.authenticationFailed(sample)))
    }

    @Test("SRTP-52 with RFC 6904 beside, a packet uses one of the two, and the receiver sees which", arguments: suites)
    func besideElements(_ name: String) throws {
        let setup = try Setup(name) {
            $0.cryptex = .offered
            $0.headerEncryption = HeaderExtensionEncryption([1, 2])
        }
        let elementsOnly = setup.with { $0.cryptex = .off }
        let (both, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let old = try BothSenders(elementsOnly)
        for (sequence, form) in Form.allCases.enumerated() {
            let plain = packet(UInt16(sequence), csrcs: 1, form)
            let wire = try both.rtp(plain).get()
            if let mark = form.encrypted {
                // Elements are under Cryptex's keystream, and not under both.
                try expectEncrypted(wire, delivered(plain, csrcs: 1, form), csrcs: 1, mark: mark, setup.suite)
            }
            #expect(receiver.rtp(wire) == .success(delivered(plain, csrcs: 1, form)))
            // A peer that encrypts elements only.
            let other = packet(UInt16(sequence) + 100, csrcs: 1, form)
            #expect(receiver.rtp(try old.rtp(other).get()) == .success(other))
        }
    }

    @Test("SRTP-52 a refused repeat leaves the packet as it was, the identical one goes again", arguments: suites)
    func repeats(_ name: String) throws {
        for isBeside in [false, true] {
            let setup = try Setup(name) {
                $0.cryptex = .offered
                $0.repeatedPackets = .allowedWhenIdentical
                if isBeside { $0.headerEncryption = HeaderExtensionEncryption([1]) }
            }
            let sender = try BothSenders(setup)
            var sequence: UInt16 = 0
            for form in Form.allCases {
                for csrcs in [0, 1, 15] {
                    sequence += 1
                    let plain = packet(sequence, csrcs: csrcs, form)
                    let wire = try sender.rtp(plain).get()
                    #expect(sender.rtp(plain) == .success(wire))
                    for position in [4, 12, plain.count - 1] {
                        var other = plain
                        other[position] ^= 1
                        // BothSenders checks that the octets are as they were.
                        #expect(sender.rtp(other) == .failure(.indexReused(sample, index: UInt64(sequence))))
                    }
                    #expect(sender.rtp(plain) == .success(wire))
                }
            }
        }
    }

    @Test(
        "SRTP-52 the longest packet passes, CSRCs and extension counted in, one octet more is refused",
        arguments: suites)
    func longest(_ name: String) throws {
        let setup = try Setup(name) { $0.cryptex = .required }
        var sender = try setup.makeSender()
        var receiver = try setup.makeReceiver()
        var sequence: UInt16 = 0
        for (csrcs, form) in [(3, .none), (3, .oneByte), (0, .empty)] as [(Int, Form)] {
            sequence += 1
            let header = 4 * csrcs + 4 * (form.words?.count ?? 0)
            let longest =
                packet(sequence, csrcs: csrcs, form, payload: 0) + [UInt8](repeating: 1, count: (1 << 20) - header)
            let expected = SRTPError.packetTooLong(payloadBytes: (1 << 20) + 1, limitBytes: 1 << 20)
            #expect(throws: expected) { try sender.protectRTP(longest + [0]) }
            let wire = try sender.protectRTP(longest)
            #expect(try receiver.unprotectRTP(wire) == delivered(longest, csrcs: csrcs, form))
        }
    }

    @Test("SRTP-52 it cannot be had with a double suite")
    func notWithDouble() throws {
        let setup = try Setup("DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM") { $0.cryptex = .offered }
        #expect(throws: SRTPError.incompatibleOptions("Cryptex and a double suite")) { _ = try setup.makeSender() }
    }
}

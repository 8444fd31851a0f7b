// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import RTP
import TestSupport
import Testing
import WireBytes

@testable import SRTP

@Suite("Double encryption, RFC 8723")
struct DoubleEncryptionTests {
    static let suites = ["DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM", "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM"]

    /// A media distributor: it has the outer half of the key, and alters packets between two applications of it (section 5.2).
    struct Distributor {
        let suite: SRTPSuite

        private func cipher() throws -> PacketCipher { try Keystream.cipher(suite, .aesGCM, key: 0, salt: 2, 12) }

        /// The header and what is behind it, where `alter` has changed both; tagged again for its own sequence number.
        func relay(
            _ wire: [UInt8], rolloverCounter: UInt32 = 0, outgoingCounter: UInt32? = nil,
            _ alter: (_ header: inout [UInt8], _ body: inout [UInt8]) -> Void
        ) throws -> [UInt8] {
            let count = try RTPHeader(parsing: wire.span.bytes).byteCount
            var header = Array(wire[..<count])
            var body = Array(wire[count...])
            var incoming = try cipher()
            do {
                var span = body.mutableSpan
                var bytes = span.mutableBytes
                let opened = incoming.openAEAD(
                    counter: Keystream.counter(of: header, rolloverCounter, .aesGCM), associatedData: header.span.bytes,
                    in: &bytes)
                try #require(opened == .opened)
            }
            body.removeLast(16)
            alter(&header, &body)
            body += [UInt8](repeating: 0, count: 16)
            var outgoing = try cipher()
            var span = body.mutableSpan
            var bytes = span.mutableBytes
            let counter = Keystream.counter(of: header, outgoingCounter ?? rolloverCounter, .aesGCM)
            let sealed = outgoing.sealAEAD(counter: counter, associatedData: header.span.bytes, in: &bytes)
            try #require(sealed)
            return header + body
        }
    }

    private func plain(
        _ sequence: UInt16 = 4000, marker: Bool = false, words: [UInt32]? = [0x1011_2000], csrcs: [UInt32] = [7, 8]
    ) -> [UInt8] {
        SamplePackets.rtp(
            sequence: sequence, payload: Array("a payload, end to end".utf8), timestamp: 99, payloadType: 96,
            marker: marker, csrcs: csrcs, extensionWords: words)
    }

    @Test("every form of the original header block is understood", arguments: suites, [false, true])
    func headerBlocks(_ name: String, _ marker: Bool) throws {
        let setup = try Setup(name)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        var sequence: UInt16 = 4000
        for config: UInt8 in 0..<8 {
            for isFieldAltered in [true, false] {
                sequence += 40
                let packet = plain(sequence, marker: marker)
                let wire = try sender.rtp(packet).get()
                let (hasPT, hasSEQ, hasMarker) = (config & 2 != 0, config & 1 != 0, config & 4 != 0)
                let relayed = try Distributor(suite: setup.suite).relay(wire) { header, body in
                    #expect(body.last == 0, "a sender has changed nothing")
                    body.removeLast()
                    if hasPT { body.append(96) }
                    if hasSEQ { body += SamplePackets.bigEndian(sequence) }
                    body.append(config | (hasMarker && marker ? 8 : 0))
                    // A distributor should drop a field that it has set back to the original, but need not have.
                    guard isFieldAltered else { return }
                    if hasPT { header[1] = header[1] & 0x80 | 97 }
                    if hasSEQ { header.replaceSubrange(2..<4, with: SamplePackets.bigEndian(sequence + 13)) }
                    if hasMarker { header[1] ^= 0x80 }
                }
                // Payload type and sequence number are the last hop's, the marker is the far end's (section 5.3).
                var expected = packet
                if isFieldAltered, hasPT { expected[1] = expected[1] & 0x80 | 97 }
                if isFieldAltered, hasSEQ {
                    expected.replaceSubrange(2..<4, with: SamplePackets.bigEndian(sequence + 13))
                }
                #expect(receiver.rtp(relayed) == .success(expected), "\(config)")
                #expect(throws: SRTPError.self) { try receiver.rtp(relayed).get() }
            }
        }
    }

    @Test("a sequence number may be changed across the rollover, either way", arguments: suites)
    func acrossTheRollover(_ name: String) throws {
        let setup = try Setup(name)
        for (original, changed) in [(65_530, 3), (3, 65_530), (65_535, 0), (0, 65_535)] as [(UInt16, UInt16)] {
            let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
            let isForward = original > changed
            let (from, to): (UInt32, UInt32) = isForward ? (6, 7) : (7, 6)
            try sender.setRolloverCounter(from, of: sample)
            try receiver.setRolloverCounter(to, of: sample)
            let packet = plain(original)
            let wire = try sender.rtp(packet).get()
            let relayed = try Distributor(suite: setup.suite).relay(wire, rolloverCounter: from, outgoingCounter: to) {
                header, body in
                header.replaceSubrange(2..<4, with: SamplePackets.bigEndian(changed))
                body = body.dropLast() + SamplePackets.bigEndian(original) + [1]
            }
            var expected = packet
            expected.replaceSubrange(2..<4, with: SamplePackets.bigEndian(changed))
            #expect(receiver.rtp(relayed) == .success(expected))
        }
    }

    /// What a distributor may not do.
    struct Fault: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let alter: @Sendable (_ header: inout [UInt8], _ body: inout [UInt8]) -> Void
    }

    static let faults = [
        Fault(testDescription: "payload changed") { $1[0] ^= 1 },
        Fault(testDescription: "inner tag changed") { $1[$1.count - 2] ^= 0x80 },
        Fault(testDescription: "payload type changed and not said") { header, _ in header[1] ^= 1 },
        Fault(testDescription: "marker changed and not said") { header, _ in header[1] ^= 0x80 },
        Fault(testDescription: "sequence number changed and not said") { header, _ in header[3] ^= 1 },
        Fault(testDescription: "timestamp changed") { header, _ in header[5] ^= 1 },
        Fault(testDescription: "CSRC changed") { header, _ in header[13] ^= 1 },
        Fault(testDescription: "padding bit changed") { header, _ in header[0] ^= 0x20 },
        Fault(testDescription: "CSRC dropped") { header, _ in
            header.removeSubrange(12..<16)
            header[0] -= 1
        },
        Fault(testDescription: "another payload type named") { $1 = $1.dropLast() + [95, 2] },
        Fault(testDescription: "another sequence number named") { $1 = $1.dropLast() + [0, 1, 1] },
        Fault(testDescription: "another marker named") { $1 = $1.dropLast() + [0x0C] },
        Fault(testDescription: "reserved bits") { $1[$1.count - 1] = 0x10 },
        Fault(testDescription: "reserved bit, the highest") { $1[$1.count - 1] = 0x80 },
        Fault(testDescription: "a marker's value without a marker") { $1[$1.count - 1] = 0x08 },
        Fault(testDescription: "a sequence number that is not there") { $1[$1.count - 1] = 1 },
        Fault(testDescription: "the block cut off") { $1.removeLast() },
        Fault(testDescription: "everything behind the tag's first octet cut off") { $1 = $1.suffix(17) },
        Fault(testDescription: "nothing but a block of four octets") {
            $1 = [UInt8](repeating: 0, count: 14) + [96, 0, 7]
        },
    ]

    @Test("what the far end did not send is refused, and the packet stays as it came", arguments: suites, faults)
    func tampered(_ name: String, _ fault: Fault) throws {
        let setup = try Setup(name)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let wire = try sender.rtp(plain()).get()
        let relayed = try Distributor(suite: setup.suite).relay(wire, fault.alter)
        #expect(receiver.rtp(relayed) == .failure(.innerAuthenticationFailed(sample)))
        #expect(receiver.rtp(wire) == .success(plain()))
    }

    @Test("a packet too short for an inner half is truncated", arguments: suites)
    func tooShort(_ name: String) throws {
        let setup = try Setup(name)
        let receiver = try BothReceivers(setup)
        let wire = try BothSenders(setup).rtp(plain(words: nil, csrcs: [])).get()
        for count in 0...16 {
            let relayed = try Distributor(suite: setup.suite).relay(wire) { $1 = Array($1.suffix(count)) }
            #expect(receiver.rtp(relayed) == .failure(.truncated(neededBytes: 45, availableBytes: 28 + count)))
        }
    }

    @Test("header extensions are not the inner half's: they may be changed, added and dropped", arguments: suites)
    func extensions(_ name: String) throws {
        let setup = try Setup(name)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        for (number, replacement) in [nil, [], [0x2033_0000], [1, 2, 3]].enumerated() as EnumeratedSequence<[[UInt32]?]>
        {
            let sequence = UInt16(number) + 1
            let packet = plain(sequence)
            let wire = try sender.rtp(packet).get()
            let expected = plain(sequence, words: replacement)
            let relayed = try Distributor(suite: setup.suite).relay(wire) { header, _ in
                header = Array(expected.dropLast("a payload, end to end".utf8.count))
            }
            #expect(receiver.rtp(relayed) == .success(expected))
        }
    }

    @Test("encrypted elements are the outer half's: a distributor with the outer key reads them", arguments: suites)
    func encryptedElements(_ name: String) throws {
        let setup = try Setup(name) { $0.headerEncryption = HeaderExtensionEncryption([1]) }
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let packet = plain()
        let wire = try sender.rtp(packet).get()
        let stream = try Keystream.header(of: packet, suite: setup.suite, count: 4)
        #expect(wire[25] == packet[25] ^ stream[1])
        let relayed = try Distributor(suite: setup.suite).relay(wire) { $1[0] ^= 1 }
        #expect(receiver.rtp(relayed) == .failure(.innerAuthenticationFailed(sample)))
        #expect(receiver.rtp(wire) == .success(packet))
    }

    @Test("with the outer half alone no octet of the payload is seen", arguments: suites)
    func innerHalf(_ name: String) throws {
        let setup = try Setup(name)
        let packet = plain()
        let wire = try BothSenders(setup).rtp(packet).get()
        let payload = Array("a payload, end to end".utf8)
        _ = try Distributor(suite: setup.suite).relay(wire) { header, body in
            #expect(body.count == payload.count + 16 + 1)
            #expect(zip(body, payload).filter { $0 == $1 }.count < payload.count / 2)
        }
    }

    @Test("SRTCP has the outer half only", arguments: suites)
    func rtcp(_ name: String) throws {
        let setup = try Setup(name)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let report = SamplePackets.rtcp()
        let wire = try sender.rtcp(report).get()
        #expect(wire.count == report.count + 16 + 4)
        #expect(receiver.rtcp(wire) == .success(report))
    }

    @Test("repeats are not to be had with a double suite", arguments: suites)
    func repeats(_ name: String) throws {
        let setup = try Setup(name) { $0.repeatedPackets = .allowedWhenIdentical }
        #expect(throws: SRTPError.incompatibleOptions("repeated packets and a double suite")) {
            _ = try setup.makeSender()
        }
    }
}

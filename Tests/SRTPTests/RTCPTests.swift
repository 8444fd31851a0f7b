// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("SRTCP, RFC 3711 section 3.4")
struct RTCPTests {
    /// The word with E bit and index.
    private func word(_ wire: [UInt8], _ suite: SRTPSuite = .aesCM128_HMACSHA1_80) -> UInt32 {
        // The word lies before the tag of a MAC, and behind that of an authenticated cipher (RFC 7714 section 9.2).
        number(wire.dropLast(suite.cipher.isAuthenticated ? 0 : suite.rtcpTagByteCount).suffix(4))
    }

    @Test("SRTP-16 an unencrypted packet is authenticated like an encrypted one", arguments: [true, false])
    func unencryptedIsAuthenticated(required: Bool) throws {
        let receiving = try Receiving { $0.rtcpEncryption = required ? .required : .off }
        let wire = try Sending.wireRTCP(SamplePackets.rtcp(), index: 1, encrypted: false)
        for bit in 0..<wire.count * 8 {
            var forged = wire
            forged[bit / 8] ^= 1 << (bit % 8)
            guard case .failure(let error) = receiving.rtcp(forged), error != .encryptionRequired(sample) else {
                Issue.record("bit \(bit) flipped, and taken for authentic")
                return
            }
        }
        var bare = wire
        bare.replaceSubrange((wire.count - 10)..., with: [UInt8](repeating: 0, count: 10))
        #expect(receiving.rtcp(bare) == .failure(.authenticationFailed(sample)))
    }

    @Test("SRTP-17 the E bit goes by the policy: required, off, and by the cipher")
    func policy() throws {
        let report = SamplePackets.rtcp()
        let encrypted = try Sending.wireRTCP(report, index: 1, encrypted: true)
        let clear = try Sending.wireRTCP(report, index: 2, encrypted: false)
        #expect(word(encrypted) == 0x8000_0001)
        #expect(word(clear) == 2)
        #expect(Array(clear.prefix(report.count)) == report)
        #expect(Array(encrypted.prefix(8)) == Array(report.prefix(8)))
        #expect(Array(encrypted[8..<report.count]) != Array(report[8...]))

        for policy in [SRTPConfiguration.RTCPEncryption.automatic, .required] {
            let receiving = try Receiving { $0.rtcpEncryption = policy }
            let fresh = receiving.state
            #expect(receiving.rtcp(clear) == .failure(.encryptionRequired(sample)))
            #expect(receiving.state == fresh)
            #expect(receiving.rtcp(encrypted) == .success(report))
        }
        let tolerant = try Receiving { $0.rtcpEncryption = .off }
        #expect(tolerant.rtcp(encrypted) == .success(report))
        #expect(tolerant.rtcp(clear) == .success(report))
    }

    @Test("SRTP-17 with the NULL cipher nothing is encrypted: E is 0, either is accepted, and required means the bit")
    func nullCipher() throws {
        let suite = SRTPSuite.null_HMACSHA1_80
        let report = SamplePackets.rtcp()
        #expect(word(try Sending.wireRTCP(report, index: 5, suite: suite), suite) == 5)
        let marked = try Sending.wireRTCP(report, index: 6, suite: suite, encrypted: true)
        #expect(word(marked, suite) == 0x8000_0006)
        #expect(Array(marked.prefix(report.count)) == report)
        let receiving = try Receiving(suite)
        #expect(receiving.rtcp(marked) == .success(report))
        let clear = try Sending.wireRTCP(report, index: 7, suite: suite)
        #expect(receiving.rtcp(clear) == .success(report))
        let strict = try Receiving(suite) { $0.rtcpEncryption = .required }
        #expect(strict.rtcp(clear) == .failure(.encryptionRequired(sample)))
    }

    @Test("SRTP-17 flipping the E bit on the wire fails authentication", arguments: builtSuites)
    func flippedE(_ suite: SRTPSuite) throws {
        for encrypted in [true, false] {
            let receiving = try Receiving(suite) { $0.rtcpEncryption = .off }
            var wire = try Sending.wireRTCP(SamplePackets.rtcp(), index: 1, suite: suite, encrypted: encrypted)
            wire[wire.count - suite.rtcpTagByteCount - 4] ^= 0x80
            #expect(receiving.rtcp(wire) == .failure(.authenticationFailed(sample)))
        }
    }

    @Test("SRTP-31 the first index is 0, each next one is one more; a receiver takes a start at 0 or 1")
    func firstIndex() throws {
        let sending = try Sending()
        let report = SamplePackets.rtcp()
        let wires = try (0..<3).map { _ in try sending.rtcp(report).get() }
        #expect(wires.map { word($0) & 0x7FFF_FFFF } == [0, 1, 2])
        for start in [0, 1] {
            let receiving = try Receiving()
            for wire in wires[start...] { #expect(receiving.rtcp(wire) == .success(report)) }
        }
    }

    @Test(
        "SRTP-32 from 0 on, 7fffffff is the last index, and the key is then used up for RTP as well",
        arguments: builtSuites)
    func lastIndex(_ suite: SRTPSuite) throws {
        let sending = try Sending(suite)
        try sending.context.setNextRTCPIndex(0x7FFF_FFFF, of: sample)
        let report = SamplePackets.rtcp()
        let wire = try sending.rtcp(report).get()
        #expect(word(wire, suite) & 0x7FFF_FFFF == 0x7FFF_FFFF)
        let before = sending.state
        for _ in 0..<3 { #expect(sending.rtcp(report) == .failure(.indexExhausted(sample))) }
        #expect(sending.state == before)
        #expect(sending.context.nextRTCPIndex(of: sample) == 1 << 31)
        let receiving = try Receiving(suite)
        #expect(receiving.rtcp(wire) == .success(report))
    }

    @Test("SRTP-33 the IV has the packet's own index, also when it arrives late")
    func ownIndex() throws {
        let receiving = try Receiving()
        let report = SamplePackets.rtcp()
        for index: UInt32 in [10, 3, 7, 11, 4] {
            #expect(receiving.rtcp(try Sending.wireRTCP(report, index: index)) == .success(report))
        }
    }

    @Test("SRTP-33 indices beyond 16 bits make other keystreams")
    func wholeIndex() throws {
        let report = SamplePackets.rtcp()
        let low = try Sending.wireRTCP(report, index: 5)
        let high = try Sending.wireRTCP(report, index: 5 + 0x1_0000)
        #expect(low[8..<report.count] != high[8..<report.count])
    }

    @Test(
        "SRTP-34 the SRTCP tag has 80 bits in every suite with HMAC-SHA1, also where the SRTP tag has 32",
        arguments: builtSuites.filter { !$0.cipher.isAuthenticated })
    func tagLength(_ suite: SRTPSuite) throws {
        let report = SamplePackets.rtcp()
        #expect(try Sending.wireRTCP(report, index: 0, suite: suite).count == report.count + 4 + 10)
        let packet = SamplePackets.rtp(sequence: 1)
        let expected = suite.name.hasSuffix("_32") ? 4 : 10
        #expect(try Sending.wire(packet, suite: suite).count == packet.count + expected)
    }

    @Test("SRTP-36 the shortest packets: 8 octets of RTCP, and one octet less", arguments: builtSuites)
    func shortest(_ suite: SRTPSuite) throws {
        let sending = try Sending(suite)
        let receiving = try Receiving(suite)
        let shortest: [UInt8] = [0x80, 201, 0, 1, 0x11, 0x22, 0x33, 0x44]
        let wire = try sending.rtcp(shortest).get()
        let least = 8 + 4 + suite.rtcpTagByteCount
        #expect(wire.count == least)
        #expect(receiving.rtcp(wire) == .success(shortest))
        #expect(
            sending.rtcp(Array(shortest.dropLast())) == .failure(.truncated(neededBytes: 8, availableBytes: 7)))
        #expect(
            receiving.rtcp(Array(wire.dropLast()))
                == .failure(.truncated(neededBytes: least, availableBytes: least - 1)))
    }

    @Test("SRTP-37 the trailer is read at the stated length, not at the buffer's end", arguments: builtSuites)
    func trailerAtLength(_ suite: SRTPSuite) throws {
        var receiver = try SRTPReceiver(masterKey: sampleKey(suite))
        let report = SamplePackets.rtcp()
        let wire = try Sending.wireRTCP(report, index: 9, suite: suite)
        var buffer = wire + [UInt8](repeating: 0xEE, count: 100)
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        #expect(try receiver.unprotectRTCP(&bytes, length: wire.count) == report.count)
        #expect(Array(buffer.prefix(report.count)) == report)
    }

    @Test("SRTP-38 the sender is the first packet's SSRC, and each has indices of its own")
    func senderSSRC() throws {
        let sending = try Sending()
        // The SDES behind names another SSRC; the first header counts.
        var report = SamplePackets.rtcp(ssrc: 1)
        report.replaceSubrange(12..<16, with: SamplePackets.bigEndian(UInt32(2)))
        let wires = try [report, SamplePackets.rtcp(ssrc: 2), report].map { try sending.rtcp($0).get() }
        #expect(wires.map { word($0) & 0x7FFF_FFFF } == [0, 0, 1])
        #expect(sending.context.knownSSRCs == [1, 2])
        let receiving = try Receiving()
        for wire in wires { #expect(throws: Never.self) { try receiving.rtcp(wire).get() } }
        #expect(receiving.context.knownSSRCs == [1, 2])
    }

    @Test("SRTP-32 the index cannot be moved back or beyond 31 bits")
    func settingTheIndex() throws {
        let sending = try Sending()
        try sending.context.setNextRTCPIndex(5, of: sample)
        _ = try sending.rtcp(SamplePackets.rtcp()).get()
        for index: UInt32 in [0, 5, 1 << 31, .max] {
            #expect(throws: SRTPError.invalidRTCPIndex(sample, index)) {
                try sending.context.setNextRTCPIndex(index, of: sample)
            }
        }
        #expect(sending.context.nextRTCPIndex(of: sample) == 6)
    }
}

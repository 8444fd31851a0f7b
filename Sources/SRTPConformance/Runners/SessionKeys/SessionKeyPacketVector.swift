// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import SRTP
internal import WireBytes

/// Packets under AES-GCM from their session key, with every step (RFC 7714 sections 16 and 17).
///
/// SRTP and SRTCP packets go through a sender and a receiver. An SRTP packet of which nothing is encrypted (16.1.3) is no suite's:
/// the engine gets it. SRTCP does not look at the length in an RTCP header, so that rows run where it is wrong; they may be marked
/// `defective`, so that nobody takes them for an example.
enum SessionKeyPacketVector {
    private static let operations = ["encrypt", "decrypt", "tag", "verify-tag"]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let setup = try SessionKeySetup(fields)
        if let reason = setup.suite.skipReason { return reason }
        guard setup.suite.cipher == .aesGCM else {
            throw fields.fault("suite", expected: "a suite with AES-GCM", got: setup.suite.name)
        }
        let isControl = try fields.text("protocol", oneOf: ["srtp", "srtcp"]) == "srtcp"
        let isEncrypted = try operations.prefix(2).contains(fields.text("operation", oneOf: operations))
        if isControl {
            try checkControl(setup, fields, isEncrypted)
        } else {
            try check(setup, fields, isEncrypted)
        }
        return nil
    }

    private static func check(_ setup: SessionKeySetup, _ fields: RowFields, _ isEncrypted: Bool) throws(RowFault) {
        if fields.has("defective") {
            throw fields.fault("defective", expected: "something that is known to be wrong", got: "an RTP packet")
        }
        let packet = try Packet(fields, trailerByteCount: 0)
        let header = try RTPRow.header(of: packet.plain, field: "plain_packet")
        guard header.ssrc == packet.ssrc else {
            throw fields.fault("ssrc", expected: "the packet's own, \(header.ssrc)", got: "\(packet.ssrc)")
        }
        let sequenceNumber = try fields.counter("seq", byteCount: 2)
        guard header.sequenceNumber == sequenceNumber else {
            throw fields.fault("seq", expected: "the packet's own, \(header.sequenceNumber)", got: "\(sequenceNumber)")
        }
        let counter = try fields.counter("roc", byteCount: 4)
        let index = counter << 16 | sequenceNumber
        let start = isEncrypted ? header.byteCount : packet.plain.count
        try packet.check(
            fields, setup, start: start, associated: Array(packet.plain[..<start]), index: index)
        guard isEncrypted else {
            let block = CounterBlock(high: UInt64(packet.ssrc.rawValue), low: index << 16)
            return try packet.checkTag(setup, block)
        }
        try RTPCase(
            contexts: setup, ssrc: packet.ssrc, rolloverCounter: UInt32(counter), plain: packet.plain,
            plainField: "plain_packet", protected: packet.protected, protectedField: "protected_packet",
            unprotected: packet.plain, unprotectedField: "plain_packet"
        ).check()
    }

    private static func checkControl(
        _ setup: SessionKeySetup, _ fields: RowFields, _ isEncrypted: Bool
    ) throws(RowFault) {
        let packet = try Packet(fields, trailerByteCount: 4)
        try checkMark(of: packet.plain, fields)
        guard let own = unsafe packet.plain.span.bytes.bigEndianUInt32(at: 4), own == packet.ssrc.rawValue else {
            throw fields.fault("ssrc", expected: "the packet's own", got: "\(packet.ssrc)")
        }
        guard try fields.encryptedFlag("e_flag") == isEncrypted else {
            throw fields.fault("e_flag", expected: isEncrypted ? "1" : "0", got: isEncrypted ? "0" : "1")
        }
        let index = UInt32(try fields.counter("srtcp_index", byteCount: 4))
        guard index <= 0x7FFF_FFFF else { throw fields.fault("srtcp_index", expected: "31 bits", got: "\(index)") }
        let word = (index | (isEncrypted ? 1 << 31 : 0)).octets
        try RowFault.compare("esrtcp_word", expected: fields.octets("esrtcp_word"), got: word)
        let start = isEncrypted ? 8 : packet.plain.count
        try packet.check(fields, setup, start: start, associated: packet.plain[..<start] + word, index: UInt64(index))
        try RTCPCase(
            contexts: setup, ssrc: packet.ssrc, index: index, isEncrypted: isEncrypted, plain: packet.plain,
            plainField: "plain_packet", protected: packet.protected, protectedField: "protected_packet"
        ).check()
    }

    /// Throws where a row that is marked for the length in its RTCP header has a right one.
    private static func checkMark(of packet: [UInt8], _ fields: RowFields) throws(RowFault) {
        guard fields.has("defective") else { return }
        _ = try fields.text("defective")
        let byteCount = unsafe packet.span.bytes.bigEndianUInt16(at: 2).map { 4 * (Int($0) + 1) }
        guard byteCount != packet.count else {
            throw fields.fault("defective", expected: "an RTCP length that is wrong", got: "a right one")
        }
    }

    /// A packet and what it is when protected: as long, and the tag and a trailer.
    private struct Packet {
        let ssrc: SSRC
        let plain: [UInt8]
        let protected: [UInt8]

        init(_ fields: RowFields, trailerByteCount: Int) throws(RowFault) {
            ssrc = try fields.ssrc("ssrc")
            plain = try fields.octets("plain_packet", count: 8...1 << 20)
            let count = plain.count + PacketCipher.aeadTagByteCount + trailerByteCount
            protected = try fields.octets("protected_packet", count: count...count, why: "with its tag")
        }

        /// Checks what the row prints of GCM's input, steps and output.
        func check(
            _ fields: RowFields, _ setup: SessionKeySetup, start: Int, associated: [UInt8], index: UInt64
        ) throws(RowFault) {
            let steps = GCMSteps(
                key: setup.keys.encryption, vector: setup.vector(ssrc: ssrc.rawValue, index: index),
                associated: associated, plain: Array(plain[start...]), cipher: Array(protected[start..<plain.count]),
                tag: Array(protected[plain.count..<plain.count + PacketCipher.aeadTagByteCount]))
            try steps.check(fields)
        }

        /// Checks the tag over a packet in the clear.
        func checkTag(_ setup: SessionKeySetup, _ counter: CounterBlock) throws(RowFault) {
            let job = PacketJob(
                cipherStart: plain.count, cipherEnd: plain.count, authenticatedEnd: plain.count, hiddenTrailer: nil,
                tagStart: plain.count, tagCount: PacketCipher.aeadTagByteCount, counter: counter)
            var octets = plain + [UInt8](repeating: 0, count: PacketCipher.aeadTagByteCount)
            var span = octets.mutableSpan
            var bytes = unsafe span.mutableBytes
            var cipher = try GCMSteps.engine(setup.keys.encryption, setup.keys.salt)
            guard cipher.seal(job, in: &bytes) else {
                throw RowFault("plain_packet", expected: "a tag", got: "a failure of the engine")
            }
            try RowFault.compare("protected_packet", expected: protected, got: octets, where: "tagging")
            guard case .tagMatches = unsafe cipher.verify(job, in: protected.span.bytes) else {
                throw RowFault("protected_packet", expected: "a tag that is accepted", got: "a refusal")
            }
        }
    }
}

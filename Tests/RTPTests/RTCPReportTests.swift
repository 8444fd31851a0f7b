// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("Sender and receiver reports, APP, NTP time")
struct RTCPReportTests {
    static let block = octets("0000000a 40fffffe 0001f000 00000030 b7052000 00054000")

    private func decode(_ bytes: [UInt8]) throws -> RTCPPacket {
        let compound = try RTCPCompound(parsing: bytes.span.bytes, form: .reducedSize)
        #expect(try compound.encoded(form: .reducedSize) == bytes)
        return try #require(compound.packets.first)
    }

    @Test("RTP-08 an SR with one block, and what the profile adds")
    func senderReport() throws {
        let head = "00000001 b44db705 20000000 00000005 00000006 00000007"
        let packet = try decode(octets("81c8000d" + head) + Self.block + octets("cafe0001"))
        let block = ReportBlock(
            source: 10, fractionLost: 0x40, cumulativeLost: -2, extendedHighestSequenceNumber: 0x1_F000, jitter: 48,
            lastSenderReport: 0xB705_2000, delaySinceLastSenderReport: 0x5_4000)
        let expected = SenderReport(
            ssrc: 1, ntpTimestamp: NTPTimestamp(seconds: 0xB44D_B705, fraction: 0x2000_0000), rtpTimestamp: 5,
            packetCount: 6,
            octetCount: 7, reports: [block], profileExtension: octets("cafe0001"))
        #expect(packet == .senderReport(expected))
        #expect(packet.packetType == .senderReport)
        #expect(packet.encodedByteCount == 56)
    }

    @Test("RTP-08 an RR with no block, with 31, and with fewer than it says")
    func receiverReport() throws {
        #expect(try decode(octets("80c90001 00000001")) == .receiverReport(ReceiverReport(ssrc: 1)))
        let blocks = [[UInt8]](repeating: Self.block, count: 31).flatMap(\.self)
        guard case .receiverReport(let full) = try decode(octets("9fc900bb 00000001") + blocks) else {
            Issue.record("not an RR")
            return
        }
        #expect(full.reports.count == 31)
        #expect(full.profileExtension.isEmpty)
        #expect(throws: RTPError.truncated(.receiverReport, neededBytes: 48, availableBytes: 24)) {
            try decode(octets("82c90007 00000001") + Self.block)
        }
        #expect(throws: RTPError.truncated(.senderReport, neededBytes: 24, availableBytes: 20)) {
            try decode(octets("80c80005") + [UInt8](repeating: 0, count: 20))
        }
        var over = full
        over.reports.append(over.reports[0])
        #expect(throws: RTPError.valueOutOfRange(.receiverReport, value: 32, allowed: 0...31)) {
            try RTCPCompound([.receiverReport(over)]).encoded(form: .reducedSize)
        }
        over = ReceiverReport(ssrc: 1, profileExtension: [1])
        #expect(throws: RTPError.invalidLength(.receiverReport, bytes: 5)) {
            try RTCPCompound([.receiverReport(over)]).encoded(form: .reducedSize)
        }
    }

    @Test(
        "cumulative loss is 24 bits, signed, and clamped",
        arguments: [
            (0, "000000", 0), (1, "000001", 1), (-1, "ffffff", -1), (0x7F_FFFF, "7fffff", 0x7F_FFFF),
            (-0x80_0000, "800000", -0x80_0000), (0x80_0000, "7fffff", 0x7F_FFFF), (.min, "800000", -0x80_0000),
            (.max, "7fffff", 0x7F_FFFF),
        ] as [(Int32, String, Int32)])
    func cumulativeLost(_ given: Int32, _ wire: String, _ kept: Int32) throws {
        var block = ReportBlock(source: 1, cumulativeLost: given)
        #expect(block.cumulativeLost == kept)
        block.cumulativeLost = 0
        block.cumulativeLost = given
        #expect(block.cumulativeLost == kept)
        let report = RTCPPacket.receiverReport(ReceiverReport(ssrc: 1, reports: [block]))
        let bytes = try RTCPCompound([report]).encoded(form: .reducedSize)
        #expect(Array(bytes[13..<16]) == octets(wire))
        #expect(try decode(bytes) == report)
    }

    struct RoundTripVector: Decodable {
        var kind: String
        var ntpSec, ntpFrac, lsr, a, dlsr, rtt: String?
    }

    @Test("LSR and round-trip time of RFC 3550 figure 2")
    func roundTripTime() throws {
        let vectors: [RoundTripVector] = try TestVectors.rows("rfc3550.json")
        let vector = try #require(vectors.first { $0.kind == "rtt" })
        func number(_ digits: String?) throws -> UInt32 { try #require(digits.flatMap { UInt32($0, radix: 16) }) }

        let sent = NTPTimestamp(seconds: try number(vector.ntpSec), fraction: try number(vector.ntpFrac))
        #expect(try sent.middle32Bits == number(vector.lsr))
        let arrival = NTPTimestamp(rawValue: UInt64(try number(vector.a)) << 16)
        #expect(try arrival.middle32Bits == number(vector.a))
        var block = ReportBlock(source: 1)
        #expect(block.roundTripTime(at: arrival) == nil, "no SR heard yet")
        block.lastSenderReport = sent.middle32Bits
        block.delaySinceLastSenderReport = try number(vector.dlsr)
        #expect(try block.roundTripTime(at: arrival) == number(vector.rtt))
        block.delaySinceLastSenderReport = 0xC_0000
        #expect(block.roundTripTime(at: arrival) == 0, "negative is clamped")
        block = ReportBlock(source: 1, lastSenderReport: 0xFFFF_FFFF)
        #expect(block.roundTripTime(at: NTPTimestamp(rawValue: 1 << 16)) == 2, "over the wrap of the middle bits")
        block.delaySinceLastSenderReport = .max
        _ = block.roundTripTime(at: NTPTimestamp(rawValue: .max))
    }

    @Test("NTP time is two halves of one number")
    func ntp() {
        let time = NTPTimestamp(rawValue: 0x0102_0304_0506_0708)
        #expect(time == NTPTimestamp(seconds: 0x0102_0304, fraction: 0x0506_0708))
        #expect(time.rawValue == 0x0102_0304_0506_0708)
        #expect(time.middle32Bits == 0x0304_0506)
    }

    @Test("RTP-12 APP: subtype, name and data")
    func applicationDefined() throws {
        let packet = try decode(octets("9fcc0003 00000001") + Array("Qt4x".utf8) + octets("01020304"))
        let name = try #require(ApplicationDefined.Name("Qt4x"))
        #expect(packet == .applicationDefined(.init(subtype: 31, ssrc: 1, name: name, data: [1, 2, 3, 4])))
        #expect("\(name)" == "Qt4x")
        for text in ["", "abc", "abcde", "äbc"] { #expect(ApplicationDefined.Name(text) == nil) }
        let wrong = [
            ApplicationDefined(subtype: 32, ssrc: 1, name: name),
            ApplicationDefined(ssrc: 1, name: name, data: [1, 2]),
        ]
        let errors: [RTPError] = [
            .valueOutOfRange(.app, value: 32, allowed: 0...31), .invalidLength(.app, bytes: 10),
        ]
        for (packet, error) in zip(wrong, errors) {
            #expect(throws: error) { try RTCPCompound([.applicationDefined(packet)]).encoded(form: .reducedSize) }
        }
        #expect(throws: RTPError.truncated(.app, neededBytes: 8, availableBytes: 4)) {
            try decode(octets("80cc0001 00000001"))
        }
    }

    @Test("types know their abbreviations")
    func typeNames() {
        let numbers = Array(UInt8(192)...195) + Array(200...212)
        let names = numbers.map { "\(RTCPPacketType(rawValue: $0))" }
        #expect(
            names == [
                "FIR", "NACK", "SMPTETC", "IJ", "SR", "RR", "SDES", "BYE", "APP", "RTPFB", "PSFB", "XR", "AVB", "RSI",
                "TOKEN",
                "IDMS", "212",
            ])
    }
}

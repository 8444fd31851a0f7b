// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("AES in f8 mode, RFC 3711 section 4.1.2")
struct F8Tests {
    private let name = "F8_128_HMAC_SHA1_80"

    @Test("the IV of an RTP packet has its marker, payload type, timestamp and rollover counter")
    func rtpVector() throws {
        let setup = try Setup(name)
        let payload = [UInt8](repeating: 0, count: 32)
        var streams: Set<[UInt8]> = []
        let packets = [
            SamplePackets.rtp(sequence: 1, payload: payload),
            SamplePackets.rtp(sequence: 1, payload: payload, marker: true),
            SamplePackets.rtp(sequence: 1, payload: payload, payloadType: 5),
            SamplePackets.rtp(sequence: 1, payload: payload, timestamp: 160),
            SamplePackets.rtp(sequence: 2, payload: payload),
            SamplePackets.rtp(sequence: 1, ssrc: 0x1122_3345, payload: payload),
        ]
        for counter: UInt32 in [0, 0x8000_0001] {
            for packet in packets {
                let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
                try sender.setRolloverCounter(counter, of: ssrc(of: packet))
                try receiver.setRolloverCounter(counter, of: ssrc(of: packet))
                let wire = try sender.rtp(packet).get()
                let stream = try Keystream.payload(
                    of: packet, rolloverCounter: counter, suite: setup.suite, count: payload.count)
                #expect(Array(wire[12..<44]) == stream)
                #expect(streams.insert(stream).inserted, "one keystream for two packets")
                #expect(receiver.rtp(wire) == .success(packet))
            }
        }
    }

    @Test("the IV leaves out the first octet: CSRCs, padding and extension bits make no other keystream")
    func firstOctet() throws {
        let setup = try Setup(name)
        let packet = SamplePackets.rtp(sequence: 1, payload: [1, 2, 3, 4])
        let other = SamplePackets.rtp(sequence: 1, payload: [1, 2, 3, 4], csrcs: [9], extensionWords: [1])
        let (first, second) = (try BothSenders(setup).rtp(packet).get(), try BothSenders(setup).rtp(other).get())
        #expect(first[12..<16] == second[24..<28])
    }

    @Test("an SRTCP packet's IV has the E bit, the index and the first header; unencrypted ones too are authentic")
    func rtcp() throws {
        let setup = try Setup(name)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        // The same octets behind headers that differ in the count of reports.
        let report = SamplePackets.rtcp()
        let wires = try (0..<3).map { _ in try sender.rtcp(report).get() }
        #expect(Set(wires.map { Array($0[8..<report.count]) }).count == 3)
        for wire in wires.reversed() { #expect(receiver.rtcp(wire) == .success(report)) }
        let clear = try BothSenders(setup.with { $0.rtcpEncryption = .off }).rtcp(report).get()
        #expect(clear.prefix(report.count) == report[...])
        #expect(try BothReceivers(setup).rtcp(clear) == .failure(.encryptionRequired(sample)))
        #expect(try BothReceivers(setup.with { $0.rtcpEncryption = .off }).rtcp(clear) == .success(report))
    }
}

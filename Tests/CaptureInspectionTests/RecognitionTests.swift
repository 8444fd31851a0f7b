// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import RTP
import SRTP
import TestSupport
import Testing

/// What is taken for RTP, RTCP and SRTP without signalling.
struct RecognitionTests {
    private typealias End = TestCapture.End

    private static let runs: [([UInt16], UInt64)] = [
        ([1, 2], 0), ([1, 2, 3], 3), ([1, 60, 123], 3), ([1, 66, 131], 0), ([1, 1, 1, 1, 1], 0), ([5, 4, 3, 2, 1], 0),
        ([65535, 0, 1], 3), ([1, 2, 900, 3], 0), ([900, 1, 2, 3], 4), ([1, 3, 2, 3, 4], 5),
    ]

    @Test("Three packets in sequence make a stream", arguments: runs)
    func sequence(numbers: [UInt16], packets: UInt64) throws {
        var capture = TestCapture()
        for (position, number) in numbers.enumerated() {
            capture.add(SamplePackets.rtp(sequence: number), at: Double(position))
        }
        let report = try capture.report()
        #expect(report.streams.count == (packets > 0 ? 1 : 0))
        #expect(report.datagrams[.rtp] == packets)
        #expect(report.datagrams[.unconfirmedRTP] == UInt64(numbers.count) - packets)
    }

    @Test func onePacketIsEnoughOnANamedPort() throws {
        var capture = TestCapture()
        capture.add(SamplePackets.rtp(sequence: 9), at: 0)
        capture.add(SamplePackets.rtp(sequence: 9), at: 0, to: End(host: 2, port: 7000))
        var options = InspectionOptions()
        options.ports = [5004]
        let report = try capture.report(options)
        #expect(report.streams.count == 1 && report.streams[0].packets == 1 && report.unselectedDatagrams == 1)
    }

    @Test func aStreamIsASourceOnItsWay() throws {
        var capture = TestCapture()
        for number in 1...4 as ClosedRange<UInt16> {
            capture.add(SamplePackets.rtp(sequence: number), at: 0)
            capture.add(SamplePackets.rtp(sequence: number), at: 0, to: End(host: 3))
            capture.add(SamplePackets.rtp(sequence: number, ssrc: 7), at: 0)
            capture.add(SamplePackets.rtp(sequence: number), at: 0, from: End(host: 2), to: End(host: 1))
        }
        let report = try capture.report()
        #expect(report.streams.map(\.packets) == [4, 4, 4, 4])
        #expect(Set(report.streams.map { "\($0.ssrc) \($0.source) \($0.destination)" }).count == 4)
    }

    /// Answers of a name server begin like RTP in one of four; where its sequence number would be, there are flags.
    @Test func namesAreNoMedia() throws {
        var capture = TestCapture()
        for number in 0..<2000 {
            let id = UInt16(truncatingIfNeeded: 0x8000 + number * 8)
            let message =
                SamplePackets.bigEndian(id) + [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 30)
            capture.add(message, at: Double(number), from: End(host: 9, port: 53))
        }
        let report = try capture.report()
        #expect(report.streams.isEmpty && report.datagrams[.rtp] == 0)
    }

    @Test func otherProtocolsAreNamed() throws {
        let cookie: [UInt8] = [0x21, 0x12, 0xA4, 0x42]
        let stun: [UInt8] = [0, 1, 0, 0] + cookie + [UInt8](repeating: 3, count: 12)
        let oldSTUN: [UInt8] = [0, 1, 0, 0] + [UInt8](repeating: 3, count: 16)
        let dtls: [UInt8] = [22, 0xFE, 0xFD] + [UInt8](repeating: 0, count: 20)
        let zrtp: [UInt8] = [16, 0, 0, 1] + Array("ZRTP".utf8) + [UInt8](repeating: 0, count: 12)
        let quic: [UInt8] = [0xC3, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 30)
        let text = [Array("INVITE sip:a@example.invalid SIP/2.0".utf8), Array("hello".utf8), []]
        var capture = TestCapture()
        for payload in [stun, oldSTUN, dtls, zrtp, quic] + text { capture.add(payload, at: 0) }
        // What begins like one of them and is none.
        let cut = [Array(stun.dropLast()), Array(dtls.dropLast(12)), Array(zrtp.prefix(6)), Array(quic.prefix(4))]
        for payload in cut + [[20, 3, 3] + dtls.dropFirst(3)] { capture.add(payload, at: 0) }
        let report = try capture.report()
        let counts = Dictionary(uniqueKeysWithValues: report.datagrams.found.map { ($0.kind, $0.count) })
        #expect(counts == [.stun: 2, .dtls: 1, .zrtp: 1, .quic: 1, .sip: 1, .other: 7])
    }

    @Test func mediaInsideOfTURNIsSeen() throws {
        var capture = TestCapture()
        for number in 1...3 as ClosedRange<UInt16> {
            let packet = SamplePackets.rtp(sequence: number, payload: [1, 2, 3])
            capture.add([0x40, 1] + SamplePackets.bigEndian(UInt16(packet.count)) + packet + [0], at: 0)
        }
        capture.add([0x40, 1, 0, 1, 9, 0, 0, 0], at: 0)
        let report = try capture.report()
        #expect(report.streams.count == 1 && report.streams[0].inTurnChannel && report.streams[0].packets == 3)
        #expect(report.datagrams[.turnChannel] == 1)
        #expect(try capture.packets().count == 3)
    }

    @Test func framesThatAreNotLookedAtAreCounted() throws {
        var capture = TestCapture()
        capture.addFrame([0x45, 0, 0, 20, 0, 0, 0x20, 0, 64, 17, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
        for _ in 0..<3 { capture.addFrame([0x45, 0, 0, 20, 0, 0, 0, 0, 64, 6, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]) }
        capture.addFrame([0x45, 0, 1, 20, 0, 0, 0, 0, 64, 17, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
        capture.addFrame([])
        let refused = try capture.report().refused
        #expect(refused.map(\.frames) == [3, 2, 1])
        #expect(refused.map(\.reason) == ["IP protocol 6, not UDP", "cut off by the capture", "IP fragment"])
    }

    /// Without RTP and RTCP on one port, a marked packet of payload type 72 to 95 looks like RTCP.
    @Test func markedPacketsOfHighPayloadTypesBelongToTheirStream() throws {
        var capture = TestCapture()
        for number in 1...20 as ClosedRange<UInt16> {
            let packet = SamplePackets.rtp(
                sequence: number, payload: [UInt8](repeating: 0, count: 100), timestamp: UInt32(number) * 160,
                payloadType: 80, marker: number > 10)
            capture.add(packet, at: 0.02 * Double(number))
        }
        let report = try capture.report()
        #expect(report.streams.count == 1 && report.streams[0].packets == 20 && report.streams[0].markers == 10)
        #expect(try capture.packets().count == 20)
    }

    @Test func ssrcsSelectStreamsAndReports() throws {
        var capture = TestCapture()
        for number in 1...3 as ClosedRange<UInt16> {
            for ssrc in [1, 2] as [UInt32] { capture.add(SamplePackets.rtp(sequence: number, ssrc: ssrc), at: 0) }
        }
        for (sender, source) in [(1, 9), (9, 2), (9, 8)] as [(SSRC, SSRC)] {
            let report = ReceiverReport(ssrc: sender, reports: [ReportBlock(source: source)])
            capture.add(try RTCPCompound([.receiverReport(report)]).encoded(form: .reducedSize), at: 0)
        }
        var options = InspectionOptions()
        options.ssrcs = [1, 2]
        let both = try capture.report(options)
        #expect(both.streams.count == 2 && both.datagrams[.rtcp] == 2 && both.datagrams[.unselected] == 1)
        options.ssrcs = [2]
        let one = try capture.report(options)
        #expect(one.streams.map(\.ssrc) == ["00000002"] && one.senders.map(\.ssrc) == ["00000009"])
        #expect(try capture.packets(options).count == 4)
    }

    // MARK: SRTP

    /// A stream and its RTCP, as `suite` protects them; in the clear without one.
    private func call(
        _ suite: SRTPSuite?, payloadType: UInt8 = 0, rtcpTag: SRTPConfiguration.RTCPTag = .registered, reports: Int = 5
    ) throws -> TestCapture {
        var configuration = SRTPConfiguration()
        configuration.rtcpTag = rtcpTag
        var sender = try SRTPSender(
            masterKey: .random(for: suite ?? .aesCM128_HMACSHA1_80), configuration: configuration)
        var capture = TestCapture()
        for number in 1...40 {
            let packet = SamplePackets.rtp(
                sequence: UInt16(number), payload: [UInt8](repeating: 0xFF, count: 160),
                timestamp: UInt32(160 * number),
                payloadType: payloadType)
            let wire = suite == nil ? packet : try sender.protectRTP(packet)
            capture.add(wire, at: 0.02 * Double(number))
        }
        for number in 0..<reports {
            let packet = SamplePackets.rtcp(cname: String(repeating: "n", count: 10 + number))
            capture.add(suite == nil ? packet : try sender.protectRTCP(packet), at: 1, to: End(host: 2, port: 5005))
        }
        return capture
    }

    private static let rtpTags: [(SRTPSuite?, Int)] = [
        (nil, 0), (.aesCM128_HMACSHA1_80, 10), (.aesCM128_HMACSHA1_32, 4), (.null_HMACSHA1_80, 10),
    ]

    @Test("A tag shows behind payloads of known length", arguments: rtpTags)
    func payloadLength(suite: SRTPSuite?, tag: Int) throws {
        let protection = try call(suite, reports: 0).report().streams[0].protection
        #expect(protection.verdict == (tag > 0 ? .srtp : .plain) && protection.confidence == .high)
        #expect(protection.tagOctets == (tag > 0 ? tag : nil))
        // Nothing shows where the length is not known.
        #expect(try call(suite, payloadType: 96, reports: 0).report().streams[0].protection.verdict == .unknown)
    }

    private static let rtcpTags: [(SRTPSuite, SRTPConfiguration.RTCPTag, Int)] = [
        (.aesCM128_HMACSHA1_80, .registered, 10), (.aesCM128_HMACSHA1_32, .registered, 10),
        (.aesCM128_HMACSHA1_32, .sameAsRTP, 4),
    ]

    @Test("SRTCP shows by its index", arguments: rtcpTags)
    func trailer(suite: SRTPSuite, rtcpTag: SRTPConfiguration.RTCPTag, tag: Int) throws {
        let report = try call(suite, payloadType: 96, rtcpTag: rtcpTag).report()
        #expect(report.datagrams[.srtcp] == 5 && report.datagrams[.rtcp] == 0)
        let protected = try #require(report.sender("11223344")?.protected)
        #expect(protected.tagOctets == tag && protected.mkiOctets == 0 && protected.encrypted)
        #expect(protected.datagrams == 5)
        let protection = report.streams[0].protection
        #expect(protection.verdict == .srtp && protection.confidence == .high)
    }

    @Test func unencryptedSRTCPIsTold() throws {
        let report = try call(.null_HMACSHA1_80, payloadType: 96).report()
        let protected = try #require(report.sender("11223344")?.protected)
        #expect(!protected.encrypted && protected.tagOctets == 10)
        #expect(report.datagrams[.srtcp] == 5)
    }

    @Test func plainRTCPShowsThatNothingIsProtected() throws {
        let report = try call(nil, payloadType: 96).report()
        #expect(report.datagrams[.rtcp] == 5 && report.streams[0].protection.verdict == .plain)
        #expect(report.sender("11223344")?.protected == nil)
    }

    @Test("A handshake on the same path", arguments: [true, false])
    func handshake(isDTLS: Bool) throws {
        var capture = try call(nil, payloadType: 96, reports: 0)
        let zrtp: [UInt8] = [16, 0, 0, 1] + Array("ZRTP".utf8) + [UInt8](repeating: 0, count: 12)
        let dtls: [UInt8] = [22, 0xFE, 0xFD] + [UInt8](repeating: 0, count: 20)
        capture.add(isDTLS ? dtls : zrtp, at: 2, from: End(host: 2), to: End(host: 1, port: 40_000))
        let protection = try capture.report().streams[0].protection
        #expect(protection.verdict == .srtp && protection.confidence == (isDTLS ? .high : .medium))
    }

    // MARK: Limits

    @Test func streamsBeyondTheLimitAreCounted() throws {
        var capture = TestCapture()
        for ssrc in 1...5 as ClosedRange<UInt32> {
            for number in 1...4 as ClosedRange<UInt16> {
                capture.add(SamplePackets.rtp(sequence: number, ssrc: ssrc), at: 0)
            }
            capture.add(SamplePackets.rtcp(ssrc: ssrc), at: 0, to: End(host: 2, port: 5005))
        }
        var options = InspectionOptions()
        options.streamLimit = 3
        let report = try capture.report(options)
        #expect(report.streams.count == 3 && report.datagrams[.untrackedRTP] == 8)
        #expect(report.senders.count == 3 && report.untrackedRTCP == 2)
    }

    /// One forged packet each of 20,000 sources in four seconds, and from the second one on a real stream.
    @Test func forgedSourcesKeepNothingOut() throws {
        var capture = TestCapture()
        for number in 0..<20_000 {
            let time = Double(number) / 5000
            capture.add(SamplePackets.rtp(sequence: 1, ssrc: UInt32(number) + 1_000_000), at: time)
            if number >= 5000, number.isMultiple(of: 100) {
                capture.add(SamplePackets.rtp(sequence: UInt16(number / 100)), at: time)
            }
        }
        var options = InspectionOptions()
        options.streamLimit = 1000
        let report = try capture.report(options)
        // Until the generation of its first packet ends, up to a second passes.
        #expect(report.streams.map(\.ssrc) == ["11223344"] && report.streams[0].packets >= 100)
        #expect(report.datagrams[.unconfirmedRTP] + report.datagrams[.rtp] == 20_150)
    }

    @Test func asManyStreamsAtOnceAsAreFollowed() throws {
        var capture = TestCapture()
        for number in 1...4 as ClosedRange<UInt16> {
            for ssrc in 1...300 as ClosedRange<UInt32> {
                capture.add(SamplePackets.rtp(sequence: number, ssrc: ssrc), at: 0.02 * Double(number))
            }
        }
        var options = InspectionOptions()
        for limit in [300, 200] {
            options.streamLimit = limit
            let report = try capture.report(options)
            #expect(report.streams.count == limit && report.streams.allSatisfy { $0.packets == 4 })
        }
    }

    @Test("Nothing traps, and every frame is counted once", arguments: [1, 2, 3, 4] as [UInt64])
    func garbage(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var capture = TestCapture()
        let beginnings: [[UInt8]] = [
            [], [0x80], [0x80, 200], [0x81, 201, 0, 7], [0xBF, 205], [0x40, 0], [0xB0, 0], [22, 0xFE],
        ]
        for number in 0..<3000 {
            let beginning = beginnings.randomElement(using: &generator) ?? []
            let rest = (0..<Int.random(in: 0...90, using: &generator)).map { _ in
                // Few values, so that fields meet.
                [0, 1, 2, 0x80, 0xFF, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator)
                    ?? 0
            }
            capture.add(beginning + rest, at: Double(number))
        }
        var options = InspectionOptions()
        options.keepsSeries = true
        options.gapThreshold = 1
        let report = try capture.report(options)
        #expect(report.datagrams.found.reduce(0) { $0 + $1.count } == 3000)
        options.ports = [5004]
        #expect(try capture.packets(options).count > 100)
    }
}

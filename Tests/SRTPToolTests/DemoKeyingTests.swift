// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SRTP
import TestSupport
import Testing

@testable import SRTPTool

struct DemoKeyingTests {
    private static let keys = [octets("000102030405060708090a0b0c0d0e0f"), octets("ff")].map {
        MIKEYKeyMaterial(copying: $0.span)
    }

    /// Two streams, reports on the second one by SSRC 9, and by SSRC 8 on nothing.
    private func recording() throws -> Recording {
        let folder = try Folder()
        let report = [0x81, 201, 0, 7] + SamplePackets.bigEndian(9 as UInt32) + SamplePackets.bigEndian(2 as UInt32)
        let frames =
            Frame.stream(1...4, ssrc: 1) + [Frame.media(SamplePackets.rtcp(ssrc: 8))] + Frame.stream(1...4, ssrc: 2)
            + [Frame.media(SamplePackets.rtcp(ssrc: 9)), Frame.media(report + [UInt8](repeating: 0, count: 20))]
        return try Recording(path: folder.file("in", Capture.pcap(frames)))
    }

    private func offerer() throws -> DemoOfferer {
        try DemoOfferer(
            DemoMedia(recording()), ports: [5000, 5002], suite: .aesCM128_HMACSHA1_80, preSharedKey: Self.keys[0])
    }

    private func answerer(_ suite: SRTPSuite = .aesCM128_HMACSHA1_80) throws -> DemoAnswerer {
        try DemoAnswerer(DemoMedia(recording()), ports: [6000, 6002], suite: suite, preSharedKey: Self.keys[0])
    }

    @Test("Whoever reports belongs to the stream that is reported on, or to the first") func media() throws {
        let media = try DemoMedia(recording())
        #expect(media.all.map(\.ssrc) == [1, 2] && media.all.map(\.reporter) == [8, 9])
        #expect(media.places == [1: 0, 2: 1, 8: 0, 9: 1])
        #expect(media.all.map(\.payloadTypes) == [[0], [0]])
    }

    @Test("More streams than a bundle has crypto sessions for are refused") func tooManyStreams() throws {
        let folder = try Folder()
        for count: UInt32 in 127...128 {
            let frames = (1...count).flatMap { Frame.stream(1...1, ssrc: $0) }
            let recording = try Recording(path: folder.file("\(count)", Capture.pcap(frames)))
            if count == 127 {
                #expect(try DemoMedia(recording).all.count == 127)
            } else {
                #expect(throws: ToolError.self) { _ = try DemoMedia(recording) }
            }
        }
    }

    @Test("Crypto sessions have the SSRCs of speaker and listener, and keys of their own") func agreement() throws {
        var offerer = try offerer()
        var answerer = try answerer()
        let offer = try offerer.offer()
        let (answer, listener) = try answerer.answer(offer)
        let speaker = try offerer.accept(answer)
        #expect(offer.contains("m=audio 5000 RTP/SAVP 0\r\n") && answer.contains("m=audio 6002 RTP/SAVP 0\r\n"))
        #expect(speaker.map(\.sending[0].ssrc) == [1, 2] && speaker.map(\.receiving[0].ssrc) == [8, 9])
        #expect(listener.map(\.sending[0].ssrc) == [8, 9] && listener.map(\.receiving[0].ssrc) == [1, 2])
        #expect((speaker + listener).allSatisfy { $0.isAuthenticated && !$0.sharesKeys })

        // An answer to an earlier offer proves nothing about a later one.
        let update = try offerer.offerNewKeys(rolloverCounters: [1: 3])
        #expect(throws: ToolError.self) { _ = try offerer.accept(answer) }
        let updated = try answerer.answer(update)
        #expect(try offerer.accept(updated.text).allSatisfy { $0.isUpdate && $0.hasNewKeys })
        #expect(updated.keys.map(\.receiving[0].rolloverCounter) == [3, 0])
    }

    @Test("A listener with another pre-shared key refuses the offer") func otherKey() async throws {
        let run = DemoRun(
            recording: try recording(), capture: "in", suite: .aesCM128_HMACSHA1_80, speed: 1000,
            impairment: Impairment(rates: .none, seed: 1), preSharedKeys: (Self.keys[0], Self.keys[1]))
        var progress = Progress("playing")
        var refusal: ToolError?
        do { _ = try await run.run(&progress) } catch let error as ToolError { refusal = error }
        #expect(
            refusal?.message.hasPrefix("the listener refuses the offer: MIKEY: ") == true)
    }

    @Test("A listener that takes another suite refuses the offer") func otherSuite() throws {
        var offerer = try offerer()
        var answerer = try answerer(.aesCM128_HMACSHA1_32)
        let offer = try offerer.offer()
        var refusal: ToolError?
        do { _ = try answerer.answer(offer) } catch let error as ToolError { refusal = error }
        #expect(refusal?.message.hasPrefix("the listener refuses the offer: AES_CM_128_HMAC_SHA1_80") == true)
    }

    @Test("The change is in the middle, with packets between its messages where there are enough") func schedule() {
        let schedules = [1, 2, 16, 1000].map { DemoSchedule(packetCount: $0) }
        #expect(schedules.map(\.offer) == [0, 1, 6, 480])
        #expect(schedules.map(\.answer) == [0, 1, 8, 500])
        #expect(schedules.map(\.acknowledgement) == [0, 1, 10, 520])
    }
}

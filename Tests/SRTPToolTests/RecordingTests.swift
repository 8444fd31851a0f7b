// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTPTool

struct RecordingTests {
    private func recording(_ file: [UInt8]) throws -> Recording {
        let folder = try Folder()
        return try Recording(path: folder.file("in", file))
    }

    private func number(_ packet: Recording.Packet) -> Int { Int(packet.octets[2]) << 8 | Int(packet.octets[3]) }

    @Test func mediaAndReportsAreKeptInOrder() throws {
        let other = Frame.media(SamplePackets.rtcp(ssrc: 9), to: 5015)
        let frames = Frame.stream(7...8) + [Frame.media([1, 2]), Frame.media(SamplePackets.rtcp()), other]
        let packets = try recording(Capture.pcap(frames)).packets
        #expect(packets.map(\.kind) == [.rtp, .rtp, .rtcp, .rtcp])
        #expect(packets.map(\.isFromSpeaker) == [true, true, true, false])
        #expect(packets.map(\.time) == [0, 1, 3, 4].map { Duration.milliseconds($0 as Int) })
    }

    @Test func everyStreamWraps() throws {
        let frames = zip(Frame.stream(100..<120), Frame.stream(65530..<65550, ssrc: 2)).flatMap { [$0, $1] }
        var recording = try recording(Capture.pcap(frames))
        recording.forceSequenceWraps()
        for ssrc in [0x1122_3344, 2] as [UInt32] {
            let numbers = recording.packets.filter { $0.ssrc.rawValue == ssrc }.map(number)
            #expect(numbers == Array(65526...65535) + Array(0...9))
        }
    }

    @Test func aPacketThatWasCapturedTwiceIsSentOnce() throws {
        #expect(try recording(Capture.pcap(Frame.stream([1, 1, 2, 1, 2, 3]))).packets.map(number) == [1, 2, 3])
    }

    @Test func timesThatDoNotFitAreNoTrap() throws {
        let frames = Frame.stream(1...3)
        var file = Capture.pcapng(frames)
        // The high halves of the packets' times: all ones, then zero, then all ones.
        let blocks = file.indices.filter { file[$0...].starts(with: [6, 0, 0, 0]) }
        #expect(blocks.count == 3)
        for block in [blocks[0], blocks[2]] { for place in 12..<16 { file[block + place] = 0xFF } }
        let times = try recording(file).packets.map(\.time)
        #expect(times[0] == .zero && times[1] == .zero && times[2] >= .zero)
    }

    @Test func thereMustBeMedia() throws {
        for frames in [[], [Frame.media(SamplePackets.rtcp())]] {
            let error = #expect(throws: ToolError.self) { try recording(Capture.pcap(frames)) }
            #expect(error?.code == .badData && error?.message.contains("holds no RTP packet") == true)
        }
    }
}

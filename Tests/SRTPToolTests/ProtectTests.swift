// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import TestSupport
import Testing

struct ProtectTests {
    /// Packets by kind, as `--json` counts them.
    struct Counts: Decodable, Equatable {
        var packets, rtp, rtcp, others: Int
        var rejected: [String: Int] = [:]
    }

    private func protect(
        _ folder: Folder, _ input: String, _ more: [String] = []
    ) async throws -> Tool.Result {
        try await Tool.run(["protect", input, folder.file("secure.pcap"), "--key-file", folder.key()] + more)
    }

    @Test("A recording there and back", arguments: SRTPSuite.all.filter(\.isUsable))
    func roundTrip(suite: SRTPSuite) async throws {
        let folder = try Folder()
        let (secure, again) = (folder.file("secure.pcap"), folder.file("again.pcap"))
        let keygen = try await Tool.run(["keygen", "--suite", suite.name, "--output", folder.file("key")])
        #expect(keygen.exitCode == 0 && keygen.error.isEmpty)
        let options = ["--key-file", folder.file("key"), "--suite", suite.name]
        let there = try await Tool.run(["protect", Capture.recording, secure] + options)
        #expect(there.exitCode == 0 && there.error.isEmpty)
        #expect(there.output == "protected 852 RTP and 55 RTCP packets, 0 others, to \(secure)\n")
        let back = try await Tool.run(["unprotect", secure, again] + options)
        #expect(back.exitCode == 0 && back.error.isEmpty)
        #expect(back.output == "unprotected 852 RTP and 55 RTCP packets, 0 others, to \(again)\n")

        let (plain, protected) = (try Capture.payloads(Capture.recording), try Capture.payloads(secure))
        #expect(plain.count == 907 && protected.count == 907)
        #expect(try Capture.payloads(again) == plain)
        for (before, after) in zip(plain, protected) {
            let isRTCP = (192...223).contains(before[1])
            // A double suite also puts the octet of an original header block behind its inner tag (RFC 8723 section 4).
            let rtpGrowth = suite.rtpTagByteCount + (suite.cipher == .doubleAESGCM ? 1 : 0)
            #expect(after.count - before.count == (isRTCP ? suite.rtcpTagByteCount + 4 : rtpGrowth))
            #expect(after.prefix(isRTCP ? 8 : 12) == before.prefix(isRTCP ? 8 : 12))
            // A payload of a few octets may be the same by chance.
            guard before.count >= 24 else { continue }
            #expect((after.prefix(before.count) == before[...]) == (suite.cipher == .null))
        }
        #expect(folder.names == ["again.pcap", "key", "secure.pcap"])
    }

    @Test(
        "What is selected",
        arguments: [
            (["--port", "5006"], Counts(packets: 907, rtp: 218, rtcp: 0, others: 689)),
            (["--port", "5004", "--port", "5005"], Counts(packets: 907, rtp: 634, rtcp: 13, others: 260)),
            (["--ssrc", "c1004c85"], Counts(packets: 907, rtp: 634, rtcp: 13, others: 260)),
            (["--ssrc", "0x53DA1309", "--ssrc", "45539bdd"], Counts(packets: 907, rtp: 218, rtcp: 27, others: 662)),
            (["--ssrc", "C1004C85", "--port", "5005"], Counts(packets: 907, rtp: 0, rtcp: 13, others: 894)),
        ])
    func selection(options: [String], counts: Counts) async throws {
        let folder = try Folder()
        let result = try await protect(folder, Capture.recording, options + ["--json"])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        #expect(try result.json() == counts)
        #expect(try Capture.packets(folder.file("secure.pcap")).count == counts.rtp + counts.rtcp)
    }

    @Test func othersMayBeKeptAsTheyAre() async throws {
        let folder = try Folder()
        let arp = Frame.ethernet([0, 1], type: 0x0806)
        let frames = [Frame.media(Array("no RTP".utf8)), arp] + Frame.stream(1...2) + Frame.stream(3...3, ssrc: 5)
        let input = folder.file("plain.pcap", Capture.pcap(frames))
        #expect(try await protect(folder, input, ["--ssrc", "11223344", "--keep-others"]).exitCode == 0)
        let written = try Capture.packets(folder.file("secure.pcap")).map(\.frame)
        #expect(written.count == 5)
        for (position, frame) in frames.enumerated() {
            #expect((written[position] == frame) != [2, 3].contains(position))
        }
    }

    @Test func nothingIsSelected() async throws {
        let folder = try Folder()
        let result = try await protect(folder, Capture.recording, ["--port", "9"])
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.output.isEmpty)
        #expect(result.error.contains("none of its 907 packets"))
        #expect(folder.names == ["key"])
    }

    @Test func aPacketThatComesTwiceIsProtectedTwiceAlike() async throws {
        let folder = try Folder()
        let input = folder.file("plain.pcap", Capture.pcap(Frame.stream([1, 2, 2, 3])))
        #expect(try await protect(folder, input).exitCode == 0)
        let written = try Capture.payloads(folder.file("secure.pcap"))
        #expect(written.count == 4 && written[1] == written[2] && Set(written).count == 3)
    }

    @Test func anotherPacketUnderAUsedNumberIsNotProtected() async throws {
        let folder = try Folder()
        let forged = Frame.media(SamplePackets.rtp(sequence: 2, payload: Array("another".utf8)))
        let input = folder.file("plain.pcap", Capture.pcap(Frame.stream(1...3) + [forged]))
        let result = try await protect(folder, input, ["--json"])
        #expect(result.exitCode == 2 && result.isOneErrorLine)
        #expect(result.error.contains("1 of 4 packets rejected: 1 index reused (first: packet 4:"))
        #expect(try result.json() == Counts(packets: 4, rtp: 3, rtcp: 0, others: 0, rejected: ["index reused": 1]))
        #expect(try Capture.payloads(folder.file("secure.pcap")).count == 3)
    }

    @Test func aPacketThatNoDatagramHoldsIsLeftOut() async throws {
        let folder = try Folder()
        let long = SamplePackets.rtp(sequence: 1, payload: [UInt8](repeating: 1, count: 65_500 - 12))
        let frames = [Frame.ipv4(Frame.udp(long)), Frame.ipv4(Frame.udp(SamplePackets.rtp(sequence: 2)))]
        let input = folder.file("plain.pcap", Capture.pcap(frames, linkType: Capture.rawIP))
        let result = try await protect(folder, input)
        #expect(result.exitCode == 2 && result.isOneErrorLine && result.error.contains("1 too long"))
        #expect(try Capture.payloads(folder.file("secure.pcap")).count == 1)
    }

    @Test func theRolloverCounterIsPartOfTheIndex() async throws {
        let folder = try Folder()
        let (secure, again) = (folder.file("secure.pcap"), folder.file("again.pcap"))
        let input = folder.file("plain.pcap", Capture.pcap(Frame.stream(65534...65538)))
        #expect(try await protect(folder, input, ["--roc", "4294967294"]).exitCode == 0)
        let unprotect = ["unprotect", secure, again, "--key-file", folder.file("key")]
        let without = try await Tool.run(unprotect)
        #expect(without.exitCode == 65 && without.isOneErrorLine && without.error.contains("5 authentication failed"))
        #expect(!folder.names.contains("again.pcap"))
        #expect(try await Tool.run(unprotect + ["--roc", "4294967294"]).exitCode == 0)
        #expect(try Capture.payloads(again) == Capture.payloads(input))
    }
}

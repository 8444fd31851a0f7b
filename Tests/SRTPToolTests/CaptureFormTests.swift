// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The forms in which packets come.
struct CaptureFormTests {
    static let packets =
        (1...4).map { SamplePackets.rtp(sequence: UInt16($0), payload: [UInt8](repeating: UInt8($0), count: 33)) }
        + [SamplePackets.rtcp()]

    enum Form: CaseIterable {
        case ethernet, vlan, ipv6, vlanIPv6, rawIPv4, rawIPv6, pcapng, pcapngRaw

        var file: [UInt8] {
            let packets = CaptureFormTests.packets.map { Frame.udp($0) }
            return switch self {
            case .ethernet: Capture.pcap(packets.map { Frame.ethernet(Frame.ipv4($0)) })
            case .vlan: Capture.pcap(packets.map { Frame.ethernet(Frame.ipv4($0), vlan: 42) })
            case .ipv6: Capture.pcap(packets.map { Frame.ethernet(Frame.ipv6($0), type: 0x86DD) })
            case .vlanIPv6: Capture.pcap(packets.map { Frame.ethernet(Frame.ipv6($0), type: 0x86DD, vlan: 7) })
            case .rawIPv4: Capture.pcap(packets.map { Frame.ipv4($0) }, linkType: Capture.rawIP)
            case .rawIPv6: Capture.pcap(packets.map { Frame.ipv6($0) }, linkType: Capture.rawIP)
            case .pcapng: Capture.pcapng(packets.map { Frame.ethernet(Frame.ipv4($0)) })
            case .pcapngRaw: Capture.pcapng(packets.map { Frame.ipv6($0) }, linkType: Capture.rawIP)
            }
        }
    }

    @Test("There and back", arguments: Form.allCases)
    func roundTrip(form: Form) async throws {
        let folder = try Folder()
        let (plain, secure, again) = (folder.file("plain", form.file), folder.file("secure"), folder.file("again"))
        let there = try await Tool.run(["protect", plain, secure, "--key-file", folder.key()])
        #expect(there.output == "protected 4 RTP and 1 RTCP packets, 0 others, to \(secure)\n")
        #expect(there.exitCode == 0 && there.error.isEmpty)
        let back = try await Tool.run(["unprotect", secure, again, "--key-file", folder.file("key")])
        #expect(back.exitCode == 0 && back.error.isEmpty)
        #expect(
            try Capture.payloads(secure).map(\.count) == Self.packets.map { $0.count + 10 + ($0[1] == 201 ? 4 : 0) })
        #expect(try Capture.payloads(again) == Self.packets)
        // Only lengths and checksums differ from what was there at first.
        #expect(try Capture.packets(again).map(\.frame.count) == Capture.packets(plain).map(\.frame.count))
    }

    @Test func standardInputAndOutputCarryTheCapture() async throws {
        let folder = try Folder()
        let options = ["-", "-", "--key-file", folder.key()]
        let there = try await Tool.run(["protect"] + options, stdin: Form.pcapng.file)
        #expect(there.exitCode == 0 && there.error.isEmpty)
        let back = try await Tool.run(["unprotect"] + options, stdin: there.outputOctets)
        #expect(back.exitCode == 0 && back.error.isEmpty)
        #expect(try Capture.payloads(folder.file("back", back.outputOctets)) == Self.packets)
        #expect(folder.names == ["back", "key"])
    }

    @Test func countsDoNotGetIntoACaptureOnStandardOutput() async throws {
        let folder = try Folder()
        let result = try await Tool.run(
            ["protect", "-", "-", "--json", "--key-file", folder.key()], stdin: Form.ethernet.file)
        #expect(result.exitCode == 0 && result.isOneErrorLine && result.error.contains("--json"))
        #expect(try Capture.payloads(folder.file("out", result.outputOctets)).count == 5)
    }

    @Test func aRejectionIsToldBesideACaptureOnStandardOutput() async throws {
        let folder = try Folder()
        let frames = [Frame.media(Self.packets[0]), Frame.media(SamplePackets.rtp(sequence: 1))]
        let result = try await Tool.run(["protect", "-", "-", "--key-file", folder.key()], stdin: Capture.pcap(frames))
        #expect(result.exitCode == 2 && result.isOneErrorLine)
        #expect(try Capture.payloads(folder.file("out", result.outputOctets)).count == 1)
    }
}

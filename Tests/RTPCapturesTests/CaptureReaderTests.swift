// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import RTPCaptures

@Suite("CaptureReader")
struct CaptureReaderTests {
    let folder: TemporaryFolder
    static let frames: [[UInt8]] = [Array(0..<60), [], Array(100..<117)]

    init() throws { folder = try TemporaryFolder() }

    struct Sample: CustomTestStringConvertible {
        var testDescription: String
        var file: CaptureBuilder
        var packets: [CopiedPacket]
    }

    static var samples: [Sample] {
        [ByteOrder.big, .little].flatMap { order in
            [pcap(order, .microseconds), pcap(order, .nanoseconds), pcapng(order)]
        }
    }

    static func pcap(_ order: ByteOrder, _ resolution: TimestampResolution) -> Sample {
        var file = CaptureBuilder(order)
        file.pcapHeader(resolution, linkType: 113 | 0x5400_0000)
        for frame in frames { file.pcapRecord(1_700_000_000, 123_456, frame, original: 1500) }
        file.pcapRecord(.max, 999_999, [1])
        let nanoseconds: Int64 = resolution == .microseconds ? 123_456_000 : 123_456
        var packets = frames.map {
            CopiedPacket(
                bytes: $0, linkType: .linuxCooked, timestampNanoseconds: 1_700_000_000_000_000_000 + nanoseconds,
                originalByteCount: 1500)
        }
        packets.append(
            CopiedPacket(
                bytes: [1], linkType: .linuxCooked,
                timestampNanoseconds: 4_294_967_295_000_000_000 + (resolution == .microseconds ? 999_999_000 : 999_999),
                originalByteCount: 1))
        return Sample(testDescription: "pcap, \(order), \(resolution)", file: file, packets: packets)
    }

    /// Two sections of different byte orders with every kind of block.
    static func pcapng(_ order: ByteOrder) -> Sample {
        var file = CaptureBuilder(order)
        file.section()
        file.block(0x0BAD) { $0.append(raw: Array(repeating: 7, count: 50)) }
        file.interface(linkType: 1, snapshot: 20, resolution: 9)
        file.interface(linkType: 101)
        file.enhancedPacket(interface: 0, ticks: 1_700_000_000_123_456_789, frames[0], original: 2000)
        file.enhancedPacket(interface: 1, ticks: 1_700_000_000_123_456, frames[1])
        file.simplePacket(original: 60, Array(frames[0].prefix(20)))
        file.simplePacket(original: 17, frames[2])
        file.obsoletePacket(interface: 1, ticks: 5_000_007, frames[2])
        file.block(4) { $0.append(raw: []) }
        file.order = order == .big ? .little : .big
        file.section()
        file.interface(linkType: 276, resolution: 0x80 | 10, offsetSeconds: -1)
        file.interface(linkType: 276, resolution: 12, offsetSeconds: 1_000)
        file.interface(linkType: 276, resolution: 3)
        file.interface(linkType: 276, resolution: 0)
        file.enhancedPacket(interface: 0, ticks: 5 << 10 | 512, frames[2])
        file.enhancedPacket(interface: 1, ticks: 1_999, frames[2])
        file.enhancedPacket(interface: 2, ticks: 7, frames[2])
        file.enhancedPacket(interface: 3, ticks: .max, frames[2])

        func packet(_ type: LinkType, _ time: Int64?, _ bytes: [UInt8], _ original: Int? = nil) -> CopiedPacket {
            CopiedPacket(
                bytes: bytes, linkType: type, timestampNanoseconds: time, originalByteCount: original ?? bytes.count)
        }
        return Sample(
            testDescription: "pcapng, \(order) first", file: file,
            packets: [
                packet(.ethernet, 1_700_000_000_123_456_789, frames[0], 2000),
                packet(.raw, 1_700_000_000_123_456_000, frames[1]),
                packet(.ethernet, nil, Array(frames[0].prefix(20)), 60),
                packet(.ethernet, nil, frames[2]),
                packet(.raw, 5_000_007_000, frames[2]),
                packet(.linuxCooked2, 4_500_000_000, frames[2]),
                packet(.linuxCooked2, 1_000_000_000_001, frames[2]),
                packet(.linuxCooked2, 7_000_000, frames[2]),
                packet(.linuxCooked2, .max, frames[2]),
            ])
    }

    @Test("every format gives its frames, with every size of buffer", arguments: samples)
    func frames(_ sample: Sample) {
        let path = folder.file("whole", sample.file.bytes)
        for bufferByteCount in [1, 16, 17, 61, 128, 1 << 20] {
            let (packets, error) = readAll(path, bufferByteCount: bufferByteCount)
            #expect(error == nil)
            #expect(packets == sample.packets, "buffer of \(bufferByteCount)")
        }
    }

    @Test("a file cut anywhere gives the whole packets before the cut, then says where", arguments: samples)
    func truncation(_ sample: Sample) throws {
        let bytes = sample.file.bytes
        for count in 0..<bytes.count {
            let path = folder.file("cut", Array(bytes.prefix(count)))
            let (packets, error) = readAll(path, bufferByteCount: 64)
            let whole = sample.file.packetEnds.count { $0 <= count }
            #expect(packets == Array(sample.packets.prefix(whole)), "cut at \(count)")
            if sample.file.boundaries.contains(count) {
                #expect(error == nil, "cut at \(count)")
                continue
            }
            let start = sample.file.boundaries.last { $0 < count } ?? 0
            switch error {
            case .notACapture(let octets): #expect(count < 4 && octets == Array(bytes.prefix(count)))
            case .truncated(_, let offset, let needed, let available):
                #expect(count >= 4 && offset == start && available == count - start && needed > available)
            default: Issue.record("cut at \(count): \(String(describing: error))")
            }
        }
    }

    @Test("packets are numbered and located; the reader tells format and progress")
    func positions() throws {
        let sample = Self.pcapng(.little)
        var reader = try CaptureReader(path: folder.file("whole", sample.file.bytes))
        #expect(reader.format == .pcapng)
        #expect(reader.timestampResolution == .nanoseconds)
        #expect(reader.fileByteCount == sample.file.bytes.count)
        var ends: [Int] = []
        while let packet = try reader.next() {
            #expect(packet.number == ends.count + 1)
            let start = packet.fileOffset
            ends.append(sample.file.boundaries.first { $0 > start } ?? 0)
        }
        #expect(ends == sample.file.packetEnds)
        #expect(reader.fileOffset == sample.file.bytes.count)
        #expect(try reader.next() == nil, "the end stays the end")

        let pcap = Self.pcap(.big, .microseconds)
        let other = try CaptureReader(path: folder.file("pcap", pcap.file.bytes))
        #expect(other.format == .pcap)
        #expect(other.timestampResolution == .microseconds)
    }

    @Test("an error stays")
    func stickyError() throws {
        let bytes = Self.pcap(.big, .microseconds).file.bytes
        var reader = try CaptureReader(path: folder.file("cut", bytes.dropLast()))
        let expected = CaptureError.truncated(
            .packetRecord, offset: bytes.count - 17, neededBytes: 17, availableBytes: 16)
        for _ in 0..<3 { _ = try reader.next() }
        for _ in 0..<2 { #expect(throws: expected) { _ = try reader.next() } }
        #expect(
            "\(expected)" == "pcap packet record at octet \(bytes.count - 17) truncated: 17 octets needed, 16 available"
        )
    }

    @Test("what is no capture is named by its first octets")
    func notACapture() {
        let gzip = readAll(folder.file("gzip", [0x1F, 0x8B, 8, 0, 0, 0])).error
        #expect(gzip == .notACapture(firstOctets: [0x1F, 0x8B, 8, 0]))
        #expect(
            gzip?.description
                == "not a capture file: first four octets 0x1f8b0800, expected pcap or pcapng magic")
        #expect(readAll(folder.file("empty", [])).error?.description == "not a capture file: it is empty")
    }

    @Test("files that cannot be read")
    func unreadable() {
        let missing = readAll(folder.file("missing")).error
        #expect(missing == .system(.open, path: folder.path + "/missing", code: ENOENT))
        #expect(missing?.description == "cannot open \(folder.path)/missing: No such file or directory")
        #expect(readAll(folder.path).error == .system(.read, path: folder.path, code: EISDIR))
    }

    @Test("impossible fields are named with their place and what was expected")
    func impossibleFields() {
        func error(_ build: (inout CaptureBuilder) -> Void) -> CaptureError? {
            var file = CaptureBuilder(.little)
            build(&file)
            return readAll(folder.file("bad", file.bytes)).error
        }
        #expect(
            error { $0.pcapHeader(.microseconds, major: 3) }
                == .unexpected(.majorVersion, value: 3, expected: "2", offset: 0))
        #expect(
            error {
                $0.pcapHeader(.microseconds)
                for value in [0, 0, 0xFFFF_FFFF, 1] as [UInt32] { $0.number(value) }
            } == .unexpected(.capturedLength, value: .max, expected: "at most 16777200", offset: 24))
        #expect(
            error { $0.section(major: 2) } == .unexpected(.majorVersion, value: 2, expected: "1", offset: 0))
        #expect(
            error {
                $0.section()
                $0.block(0x0A0D_0D0A) { $0.append(raw: Array(repeating: 9, count: 16)) }
            }
                == .unexpected(
                    .byteOrderMagic, value: 0x0909_0909, expected: "0x1a2b3c4d in either byte order", offset: 36))
        for length in [0, 8, 13, 14, 16, 28] as [UInt32] {
            #expect(
                error {
                    $0.section()
                    $0.number(6 as UInt32)
                    $0.number(length)
                } == .unexpected(.blockLength, value: length, expected: "a multiple of 4, at least 32", offset: 36))
        }
        #expect(
            error {
                $0.section()
                $0.number(6 as UInt32)
                $0.number(0xFFFF_FFFC as UInt32)
            } == .unexpected(.blockLength, value: 0xFFFF_FFFC, expected: "at most 16777216", offset: 36))
        #expect(
            error {
                $0.section()
                $0.number(0xBAD as UInt32)
                $0.number(0xFFFF_FFFC as UInt32)
            } == .truncated(.block, offset: 36, neededBytes: 0xFFFF_FFFC, availableBytes: 8))
        for type in [1, 0xBAD] as [UInt32] {
            #expect(
                error {
                    $0.section()
                    $0.block(type, trailingLength: 24) { $0.append(raw: Array(repeating: 0, count: 8)) }
                } == .unexpected(.trailingBlockLength, value: 24, expected: "20 as before", offset: 36))
        }
        #expect(
            error {
                $0.section()
                $0.simplePacket(original: 1, [1])
            } == .unexpected(.interface, value: 0, expected: "an interface description first", offset: 36))
        #expect(
            error {
                $0.section()
                $0.interface(linkType: 1)
                $0.enhancedPacket(interface: 7, ticks: 0, [1])
            } == .unexpected(.interface, value: 7, expected: "at most 0", offset: 68))
        #expect(
            error {
                $0.section()
                $0.interface(linkType: 1)
                $0.section()
                $0.enhancedPacket(interface: 0, ticks: 0, [1])
            } == .unexpected(.interface, value: 0, expected: "an interface description first", offset: 104))
        #expect(
            error {
                $0.section()
                $0.interface(linkType: 1)
                $0.block(6) { for value in [0, 0, 0, 5, 5, 9] as [UInt32] { $0.number(value) } }
            } == .unexpected(.capturedLength, value: 5, expected: "at most 4", offset: 68))
        #expect(
            error {
                $0.section()
                $0.interface(linkType: 1)
                $0.simplePacket(original: 9, [1, 2, 3, 4])
            } == .unexpected(.capturedLength, value: 9, expected: "at most 4", offset: 68))
        #expect(
            error {
                $0.section()
                $0.block(1) { for value in [1, 0, 0x00FF_0009] as [UInt32] { $0.number(value) } }
            } == .unexpected(.optionLength, value: 255, expected: "at most 0", offset: 36))
    }

    @Test("interfaces are bounded")
    func interfaceLimit() {
        var file = CaptureBuilder(.big)
        file.section()
        var interface = CaptureBuilder(.big)
        interface.interface(linkType: 1)
        let count = PcapngSyntax.maximumInterfaceCount
        for _ in 0...count { file.append(raw: interface.bytes) }
        #expect(
            readAll(folder.file("interfaces", file.bytes)).error
                == .unexpected(
                    .interfaceCount, value: UInt32(count), expected: "fewer", offset: 36 + count * interface.bytes.count
                ))
    }

    @Test("a frame larger than the buffer")
    func largeFrame() {
        var file = CaptureBuilder(.big)
        file.pcapHeader(.microseconds)
        let large = [UInt8](repeating: 5, count: 300_000)
        for frame in [[1], large, [2], large] as [[UInt8]] { file.pcapRecord(0, 0, frame) }
        let (packets, error) = readAll(folder.file("large", file.bytes), bufferByteCount: 4096)
        #expect(error == nil)
        #expect(packets.map(\.bytes) == [[1], large, [2], large])
    }

    @Test("damaged files never trap", arguments: samples)
    func garbage(_ sample: Sample) {
        var generator = SeededGenerator(seed: 4711)
        for _ in 0..<400 {
            var bytes = sample.file.bytes
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                bytes[Int.random(in: 4..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let (packets, _) = readAll(folder.file("damaged", bytes), bufferByteCount: 64)
            for packet in packets { _ = try? parse(packet.bytes, packet.linkType) }

            let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = readAll(folder.file("noise", Array(bytes.prefix(4)) + noise))
        }
    }

    @Test("memory does not grow with the file")
    func constantMemory() throws {
        let path = folder.file("large.pcap")
        let frame = [UInt8](repeating: 0x5A, count: 1400)
        let count = (64 << 20) / 1416
        var writer = try CaptureWriter(path: path, timestampResolution: .microseconds)
        for position in 0..<count {
            try writer.write(frame.span.bytes, linkType: .ethernet, timestampNanoseconds: Int64(position) * 1000)
        }
        try writer.finish()
        let before = residentByteCount()
        var reader = try CaptureReader(path: path)
        var found = 0
        while let packet = try reader.next() {
            found += packet.bytes.byteCount == 1400 ? 1 : 0
        }
        #expect(found == count)
        // Other tests run beside this one, so that a tenth of the file would be too strict.
        #expect(residentByteCount() - before < 32 << 20)
    }

    /// 0 where there is no /proc.
    private func residentByteCount() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (fields?.dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import RTPCaptures

@Suite("CaptureWriter")
struct CaptureWriterTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("what the reader gives, the writer writes, and the reader gives again")
    func roundTrip() throws {
        for sample in CaptureReaderTests.samples where !sample.testDescription.contains("pcapng") {
            let first = folder.file("first.pcap", sample.file.bytes)
            let second = folder.file("second.pcap")
            var reader = try CaptureReader(path: first)
            var writer = try CaptureWriter(
                path: second, timestampResolution: reader.timestampResolution, replacingExisting: true)
            while let packet = try reader.next() { try writer.write(packet) }
            #expect(writer.packetCount == sample.packets.count)
            #expect(writer.linkType == .linuxCooked)
            try writer.finish()
            let copy = readAll(second)
            #expect(copy.error == nil)
            #expect(copy.packets == sample.packets)
            let resolution = try CaptureReader(path: second).timestampResolution
            #expect(resolution == reader.timestampResolution)
        }
        #expect(folder.names == ["first.pcap", "second.pcap"])
    }

    @Test("packets of two link types do not go into one file")
    func mixedLinkTypes() throws {
        var writer = try CaptureWriter(path: folder.file("out"), timestampResolution: .nanoseconds)
        let frame: [UInt8] = [1, 2, 3]
        try writer.write(frame.span.bytes, linkType: .ethernet, timestampNanoseconds: nil)
        let expected = CaptureError.mixedLinkTypes(.ethernet, .raw)
        #expect(
            expected.description
                == "the packets have the link types Ethernet (1) and raw IP (101), and a pcap file holds only one")
        do throws(CaptureError) {
            try writer.write(frame.span.bytes, linkType: .raw, timestampNanoseconds: nil)
            Issue.record("no error")
        } catch {
            #expect(error == expected)
        }
        #expect(writer.packetCount == 1)
    }

    @Test("nothing is left of a file that was not finished, and no file is replaced unasked")
    func publishing() throws {
        let path = folder.file("out.pcap")
        func start(replacingExisting: Bool = false) throws(CaptureError) -> CaptureWriter {
            try CaptureWriter(
                path: path, timestampResolution: .nanoseconds, linkType: .raw, replacingExisting: replacingExisting)
        }
        do {
            var writer = try start()
            let frame = [UInt8](repeating: 1, count: 400_000)
            try writer.write(frame.span.bytes, linkType: .raw, timestampNanoseconds: 1)
            #expect(folder.names.count == 1 && !folder.names.contains("out.pcap"))
        }
        #expect(folder.names == [])

        // Made by another program while we write.
        let late = try start()
        _ = folder.file("out.pcap", [1])
        var failure: CaptureError?
        do throws(CaptureError) { try late.finish() } catch { failure = error }
        #expect(failure == .alreadyExists(path: path))
        #expect(failure?.description == "\(path) exists already")
        #expect(folder.names == ["out.pcap"])

        #expect(throws: CaptureError.alreadyExists(path: path)) { _ = try start() }
        do { _ = try start(replacingExisting: true) }
        #expect(FileManager.default.contents(atPath: path) == Data([1]), "an unfinished one replaces nothing")
        let writer = try start(replacingExisting: true)
        try writer.finish()
        #expect(readAll(path).error == nil)
        #expect(folder.names == ["out.pcap"])
    }

    @Test("where the file cannot be, it says so")
    func unwritable() {
        func failure(_ path: String) -> CaptureError? {
            do throws(CaptureError) {
                let writer = try CaptureWriter(
                    path: path, timestampResolution: .nanoseconds, replacingExisting: true)
                try writer.finish()
                return nil
            } catch {
                return error
            }
        }
        let missing = folder.file("missing/out.pcap")
        #expect(failure(missing) == .system(.create, path: missing, code: ENOENT))
        #expect(failure(folder.path) == .system(.create, path: folder.path, code: EISDIR))
        #expect(failure("/dev/null") == nil, "a device is written to, not replaced")
        #if os(Linux)
        #expect(failure("/dev/full") == .system(.write, path: "/dev/full", code: ENOSPC))
        #endif
    }

    @Test("times outside the format become its nearest")
    func timestamps() throws {
        let path = folder.file("times")
        var writer = try CaptureWriter(path: path, timestampResolution: .microseconds)
        let frame: [UInt8] = [0x45]
        for time in [nil, -1, 1_999_999, .max] as [Int64?] {
            try writer.write(frame.span.bytes, linkType: .raw, timestampNanoseconds: time)
        }
        try writer.finish()
        #expect(readAll(path).packets.map(\.timestampNanoseconds) == [0, 0, 1_999_000, 4_294_967_295_854_775_000])
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import RTPCaptures

/// Builds capture files octet by octet, in the byte order of its choice, and keeps where records end.
struct CaptureBuilder {
    private(set) var bytes: [UInt8] = []
    /// Where a reader may find the end of the file without complaint.
    private(set) var boundaries: [Int] = []
    /// Where the packets end.
    private(set) var packetEnds: [Int] = []
    var order: ByteOrder

    init(_ order: ByteOrder) { self.order = order }

    mutating func number<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: order == .big ? value.bigEndian : value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func pcapHeader(_ resolution: TimestampResolution, linkType: UInt32 = 1, major: UInt16 = 2) {
        number(resolution == .microseconds ? 0xA1B2_C3D4 as UInt32 : 0xA1B2_3C4D)
        number(major)
        number(4 as UInt16)
        for value in [0, 0, 65535, linkType] as [UInt32] { number(value) }
        boundaries.append(bytes.count)
    }

    mutating func pcapRecord(_ seconds: UInt32, _ fraction: UInt32, _ frame: [UInt8], original: UInt32? = nil) {
        for value in [seconds, fraction, UInt32(frame.count), original ?? UInt32(frame.count)] { number(value) }
        bytes += frame
        boundaries.append(bytes.count)
        packetEnds.append(bytes.count)
    }

    mutating func block(_ type: UInt32, trailingLength: UInt32? = nil, _ body: (inout CaptureBuilder) -> Void) {
        var inner = CaptureBuilder(order)
        body(&inner)
        inner.pad()
        number(type)
        number(UInt32(inner.bytes.count + 12))
        bytes += inner.bytes
        number(trailingLength ?? UInt32(inner.bytes.count + 12))
        boundaries.append(bytes.count)
        if [2, 3, 6].contains(type) { packetEnds.append(bytes.count) }
    }

    mutating func pad() {
        while !bytes.count.isMultiple(of: 4) { bytes.append(0) }
    }

    mutating func section(major: UInt16 = 1) {
        block(0x0A0D_0D0A) {
            $0.number(0x1A2B_3C4D as UInt32)
            $0.number(major)
            $0.number(0 as UInt16)
            $0.number(-1 as Int64)
            $0.option(4, Array("test".utf8))
        }
    }

    mutating func option(_ code: UInt16, _ value: [UInt8]) {
        number(code)
        number(UInt16(value.count))
        bytes += value
        pad()
    }

    mutating func interface(
        linkType: UInt16, snapshot: UInt32 = 0, resolution: UInt8? = nil, offsetSeconds: Int64? = nil
    ) {
        block(1) {
            $0.number(linkType)
            $0.number(0 as UInt16)
            $0.number(snapshot)
            $0.option(2, Array("eth".utf8))
            if let resolution { $0.option(9, [resolution]) }
            if let offsetSeconds {
                var value = CaptureBuilder($0.order)
                value.number(offsetSeconds)
                $0.option(14, value.bytes)
            }
            $0.option(0, [])
        }
    }

    mutating func enhancedPacket(interface: UInt32, ticks: UInt64, _ frame: [UInt8], original: UInt32? = nil) {
        block(6) {
            $0.number(interface)
            $0.packetBody(ticks, frame, original)
            $0.pad()
            $0.option(2, [0, 0, 0, 0])
            $0.option(0, [])
        }
    }

    mutating func obsoletePacket(interface: UInt16, ticks: UInt64, _ frame: [UInt8]) {
        block(2) {
            $0.number(interface)
            $0.number(7 as UInt16)
            $0.packetBody(ticks, frame, nil)
        }
    }

    mutating func simplePacket(original: UInt32, _ frame: [UInt8]) {
        block(3) {
            $0.number(original)
            $0.bytes += frame
        }
    }

    mutating func append(raw octets: [UInt8]) { bytes += octets }

    private mutating func packetBody(_ ticks: UInt64, _ frame: [UInt8], _ original: UInt32?) {
        number(UInt32(ticks >> 32))
        number(UInt32(truncatingIfNeeded: ticks))
        number(UInt32(frame.count))
        number(original ?? UInt32(frame.count))
        bytes += frame
    }
}

/// What a reader lent, copied.
struct CopiedPacket: Equatable {
    var bytes: [UInt8]
    var linkType: LinkType
    var timestampNanoseconds: Int64?
    var originalByteCount: Int
}

extension CopiedPacket {
    init(_ packet: borrowing CapturedPacket) {
        bytes = packet.bytes.withUnsafeBytes { Array($0) }
        linkType = packet.linkType
        timestampNanoseconds = packet.timestampNanoseconds
        originalByteCount = packet.originalByteCount
    }
}

/// A folder that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "rtp-captures-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ bytes: [UInt8]? = nil) -> String {
        let file = path + "/" + name
        if let bytes { _ = FileManager.default.createFile(atPath: file, contents: Data(bytes)) }
        return file
    }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// Everything up to the end of the file or the error.
func readAll(_ path: String, bufferByteCount: Int = 1 << 16) -> (packets: [CopiedPacket], error: CaptureError?) {
    var packets: [CopiedPacket] = []
    do throws(CaptureError) {
        var reader = try CaptureReader(path: path, bufferByteCount: bufferByteCount)
        while let packet = try reader.next() { packets.append(CopiedPacket(packet)) }
        return (packets, nil)
    } catch {
        return (packets, error)
    }
}

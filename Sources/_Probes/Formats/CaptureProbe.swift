// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTPCaptures
internal import WireBytes

/// Reads a capture file, finds the datagrams in its frames and writes them with other payloads.
enum CaptureProbe {
    /// What a frame may start with, one that is not known included.
    private static let linkTypes: [LinkType] = [
        .null, .ethernet, .raw, .loop, .linuxCooked, .ipv4, .ipv6, .linuxCooked2, LinkType(rawValue: 12),
        LinkType(rawValue: 147),
    ]

    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        guard let file = MemoryFile(octets) else { return }
        // A small buffer, so that it slides and grows.
        let small = try read(file.path, bufferByteCount: 64)
        let large = try read(file.path, bufferByteCount: 1 << 16)
        try require(small == large, "the size of the buffer matters: \(small), \(large)")
        // The octets as a frame of every kind, too.
        var rewriter = DatagramRewriter()
        for type in linkTypes { try check(octets, type, &rewriter) }
    }

    /// What a reading has come to.
    private struct Outcome: Hashable {
        var frames: [Int] = []
        var error: CaptureError?
    }

    private static func read(_ path: String, bufferByteCount: Int) throws(ProbeFinding) -> Outcome {
        var outcome = Outcome()
        var reader: CaptureReader
        do throws(CaptureError) { reader = try CaptureReader(path: path, bufferByteCount: bufferByteCount) } catch {
            _ = error.description
            outcome.error = error
            return outcome
        }
        _ = (reader.format, reader.timestampResolution, reader.fileByteCount)
        var rewriter = DatagramRewriter()
        while true {
            let frame: [UInt8]
            let linkType: LinkType
            do throws(CaptureError) {
                guard let packet = try reader.next() else { return outcome }
                frame = Array(copying: packet.bytes)
                linkType = packet.linkType
                outcome.frames += [packet.number, packet.fileOffset, frame.count, packet.originalByteCount]
                outcome.frames.append(Int(packet.timestampNanoseconds ?? -1))
            } catch {
                _ = error.description
                outcome.error = error
                break
            }
            _ = linkType.description
            try check(frame.raw, linkType, &rewriter)
        }
        if let error = outcome.error { try checkStays(error, &reader) }
        return outcome
    }

    private static func checkStays(_ error: CaptureError, _ reader: inout CaptureReader) throws(ProbeFinding) {
        do throws(CaptureError) {
            _ = try reader.next()
        } catch let again {
            try require(again == error, "\(error), and then \(again)")
            return
        }
        throw ProbeFinding("a reader goes on after \(error)")
    }

    private static func check(
        _ frame: RawSpan, _ type: LinkType, _ rewriter: inout DatagramRewriter
    ) throws(ProbeFinding) {
        let datagram: UDPDatagram
        do throws(UDPDatagram.Refusal) {
            datagram = try UDPDatagram(parsing: frame, linkType: type)
        } catch {
            _ = error.description
            return
        }
        _ = datagram.description
        let payload = datagram.payloadRange
        try require(
            payload.lowerBound >= 28 && payload.upperBound <= frame.byteCount, "a payload at \(payload)")
        let old = Array(copying: frame.extracting(payload))
        for new in [old, [], old + [UInt8](repeating: 0x5A, count: 14)] {
            try checkRewriting(frame, type, datagram, new, &rewriter)
        }
    }

    /// The frame with `payload` is a frame of the same flow with that payload.
    private static func checkRewriting(
        _ frame: RawSpan, _ type: LinkType, _ datagram: UDPDatagram, _ payload: [UInt8],
        _ rewriter: inout DatagramRewriter
    ) throws(ProbeFinding) {
        let written: [UInt8]
        do throws(CaptureError) {
            written = Array(copying: try rewriter.rewrite(frame, datagram, payload: payload.raw))
        } catch {
            guard case .payloadTooLarge = error else { throw ProbeFinding("a frame is not rewritten: \(error)") }
            return
        }
        let again: UDPDatagram
        do throws(UDPDatagram.Refusal) { again = try UDPDatagram(parsing: written.raw, linkType: type) } catch {
            throw ProbeFinding("a rewritten frame is refused: \(error)")
        }
        try require(
            Array(written[again.payloadRange]) == payload && again.payloadRange.upperBound == written.count,
            "a rewritten frame has another payload")
        try require(again.description == datagram.description, "\(datagram) becomes \(again)")
    }
}

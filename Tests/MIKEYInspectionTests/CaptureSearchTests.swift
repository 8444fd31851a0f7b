// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEYInspection
import RTPCaptures
import TestSupport
import Testing

@Suite("Messages in captures, put together of TCP segments")
struct CaptureSearchTests {
    /// Base64 of octets that are told apart by the number in them, and of no message.
    private static func data(_ number: UInt8, _ count: Int = 30) -> (octets: [UInt8], base64: String) {
        let octets = [UInt8](repeating: number, count: count)
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bits = octets.flatMap { octet in (0..<8).map { octet >> (7 - $0) & 1 } }
        let text = stride(from: 0, to: bits.count, by: 6).map { start in
            digits[bits[start..<start + 6].reduce(0) { $0 << 1 | Int($1) }]
        }
        return (octets, String(text))
    }

    private static func reply(_ number: UInt8, lineEnd: String = "\r\n") -> [UInt8] {
        let body = "v=0\r\na=key-mgmt:mikey \(data(number).base64)" + lineEnd
        return Array("RTSP/1.0 200 OK\r\ncontent-length : \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }

    /// A segment in IPv4.
    private static func segment(
        _ octets: some Collection<UInt8>, at number: UInt32, flags: UInt8 = 0x18, port: UInt16 = 554
    ) -> [UInt8] {
        let tcp =
            SamplePackets.bigEndian(port) + [0x80, 0] + SamplePackets.bigEndian(number)
            + [0, 0, 0, 0, 0x60, flags, 0xFF, 0xFF, 0, 0, 0, 0, 1, 1, 1, 0] + octets
        return [0x45, 0] + SamplePackets.bigEndian(UInt16(20 + tcp.count))
            + [0, 1, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2] + tcp
    }

    /// Segments of a text, of `size` octets each.
    private static func segments(_ text: [UInt8], size: Int, from start: UInt32) -> [[UInt8]] {
        stride(from: 0, to: text.count, by: size).map { offset in
            segment(text[offset..<min(offset + size, text.count)], at: start &+ UInt32(offset))
        }
    }

    /// What is found: the repeated octet of each message, and the places.
    private func found(_ frames: [[UInt8]]) -> (numbers: [UInt8], places: [String]) {
        var search = CaptureSearch()
        var messages: [FoundMessage] = []
        for (number, frame) in frames.enumerated() {
            messages += search.take(frame.span.bytes, linkType: .raw, number: number + 1)
        }
        messages += search.finish()
        let numbers = messages.compactMap { message -> UInt8? in
            guard case .mikey(let octets) = message.content else { return nil }
            return octets == Self.data(octets.first ?? 0).octets ? octets.first : nil
        }
        return (numbers, messages.map(\.place))
    }

    @Test("A text in segments of any length, across the end of sequence numbers", arguments: [1, 2, 7, 60, 1000])
    func segmentLengths(_ size: Int) {
        let text = Self.reply(1) + Self.reply(2, lineEnd: "") + Self.reply(3)
        let (numbers, places) = found(Self.segments(text, size: size, from: .max - 40))
        #expect(numbers == [1, 2, 3])
        #expect(places.allSatisfy { $0.hasPrefix("frame ") && $0.hasSuffix("line 5, key-mgmt") })
        // The frame that completes it.
        #expect(places.first?.hasPrefix("frame \((Self.reply(1).count + size - 1) / size),") == true)
    }

    @Test("Segments out of order, sent again, overlapping; acknowledgements and keep-alives between")
    func order() {
        let text = Self.reply(1) + Self.reply(2)
        let syn = Self.segment([], at: 99, flags: 2)
        let pieces = Self.segments(text, size: 20, from: 100)
        #expect(found([syn] + pieces.reversed()).numbers == [1, 2])
        #expect(found([syn] + pieces.flatMap { [$0, $0] } + pieces).numbers == [1, 2])
        let overlapping = stride(from: 0, to: text.count, by: 10).map { start in
            Self.segment(text[start..<min(start + 35, text.count)], at: 100 + UInt32(start))
        }
        #expect(found([syn] + overlapping).numbers == [1, 2])
        #expect(found([syn] + overlapping.reversed()).numbers == [1, 2])
        // Of octets that came twice the first ones count.
        let spoiled = pieces.map { frame in Array(frame.dropLast()) + [0] }
        #expect(found([syn] + zip(pieces, spoiled).flatMap { [$0, $1] }).numbers == [1, 2])
        let others = [Self.segment([], at: 100), Self.segment([0], at: 99), Self.segment([], at: 99, flags: 2)]
        #expect(found([syn] + pieces.flatMap { [$0] + others }).numbers == [1, 2])
    }

    @Test("Directions and connections are told apart; the same ports again begin anew")
    func connections() {
        let (one, two) = (Self.reply(1), Self.reply(2))
        var mixed: [[UInt8]] = []
        for offset in stride(from: 0, to: one.count, by: 16) {
            for (text, port) in [(one, UInt16(554)), (two, 8554)] {
                mixed.append(
                    Self.segment(text[offset..<min(offset + 16, text.count)], at: UInt32(1 + offset), port: port))
            }
        }
        #expect(found(mixed).numbers == [1, 2])
        let again =
            [Self.segment([], at: 0, flags: 2)] + Self.segments(one, size: 30, from: 1)
            + [Self.segment([], at: 5_000_000, flags: 2)] + Self.segments(two, size: 30, from: 5_000_001)
        #expect(found(again).numbers == [1, 2])
    }

    @Test("What the capture lost is gone, and what stands behind it is not")
    func gaps() {
        let (one, two) = (Self.reply(1), Self.reply(2))
        let lost = Self.segments(one, size: 10, from: 1)
        #expect(
            found(Array(lost[..<2]) + Array(lost[3...]) + Self.segments(two, size: 9, from: UInt32(1 + one.count)))
                .numbers.contains(2))
        // A capture that cuts frames off.
        let cut = Array(Self.segment(one, at: 1).prefix(60))
        #expect(found([cut] + Self.segments(two, size: 50, from: UInt32(1 + one.count))).numbers == [2])
        // More than is kept: the search goes on before the capture ends.
        var search = CaptureSearch()
        var numbers = 0
        _ = search.take(Self.segment([0x41], at: 0).span.bytes, linkType: .raw, number: 1)
        for number in 0..<300 {
            let text = Self.reply(UInt8(number % 200)) + [UInt8](repeating: 0x0A, count: 1200)
            let frame = Self.segment(text, at: UInt32(1000 + number * text.count))
            numbers += search.take(frame.span.bytes, linkType: .raw, number: number).count
        }
        #expect(numbers > 60)
        #expect(search.finish().count + numbers == 300)
    }

    @Test("A capture that begins inside of a connection: what was sent before its first frame is found too")
    func beginning() {
        let (one, two) = (Self.reply(1), Self.reply(2))
        let first = Self.segment(one, at: 1000)
        let second = Self.segment(two, at: 1000 + UInt32(one.count))
        #expect(found([second, first, first, second]).numbers.sorted() == [1, 2])
        #expect(found([Self.segment(one.dropFirst(10), at: 1)]).numbers == [1])
    }

    @Test("Interleaved packets, headers over several lines, texts without headers and wrong lengths")
    func texts() {
        let interleaved: [UInt8] = [0x24, 0, 0, 9, 0x0D, 0x0A, 0x0D, 0x0A, 0x24, 0x0A, 0x0A, 0, 0]
        let folded = Array(
            "SETUP rtsp://a/b RTSP/1.0\r\nKeyMgmt: prot=mikey;\r\n uri=\"\"; data=\"\(Self.data(2).base64)\"\r\n\r\n"
                .utf8)
        let text = interleaved + Self.reply(1) + interleaved + folded + interleaved + Self.reply(3)
        for size in [1, 13, 400] { #expect(found(Self.segments(text, size: size, from: 1)).numbers == [1, 2, 3]) }
        #expect(
            found(Self.segments(Array("a=key-mgmt:mikey \(Self.data(4).base64)".utf8), size: 8, from: 1)).numbers == [4]
        )
        for length in ["99999999999999999999", "x", "-1", ""] {
            let wrong = Array("SIP/2.0 200 OK\r\nl: \(length)\r\n\r\n".utf8) + Self.reply(5)
            #expect(found(Self.segments(wrong, size: 50, from: 1)).numbers == [5])
        }
    }

    @Test("Sequence numbers anywhere, also half of all numbers away", arguments: [0, 1, UInt32.max] as [UInt32])
    func numbers(_ step: UInt32) {
        let text = Self.reply(1)
        var frames = [Self.segment(text.prefix(20), at: 77)]
        for far: UInt32 in [1 << 31, 1 << 30, 3 << 30, 1 << 31 - 1] {
            frames.append(Self.segment([1, 2, 3], at: 97 &+ far &+ step))
        }
        frames.append(Self.segment(text.dropFirst(20), at: 97))
        #expect(found(frames).numbers == [1])
    }

    @Test("Memory is bounded: a text without an end, and more connections than are kept")
    func bounds() {
        var search = CaptureSearch()
        var count = 0
        let line = [UInt8](repeating: 0x42, count: 1000)
        for number in 0..<400 {
            count +=
                search.take(
                    Self.segment(line, at: UInt32(number * 1000)).span.bytes, linkType: .raw, number: number
                ).count
        }
        for number in 0..<600 {
            let open = Array("a=key-mgmt:mikey \(Self.data(UInt8(number % 250)).base64)".utf8)
            let frame = Self.segment(open, at: 1, port: UInt16(1000 + number))
            count += search.take(frame.span.bytes, linkType: .raw, number: 400 + number).count
        }
        // Those that had to make room.
        #expect(count == 600 - 256)
        #expect(search.finish().count == 256)
    }

    @Test("Frames that are not TCP are searched as they are")
    func others() {
        let text = Self.reply(1)
        #expect(found([text, [0x45]]).numbers == [1])
        var udp = Self.segment(text, at: 1)
        udp[9] = 17
        #expect(found([udp]).numbers == [1])
        var malformed = Self.segment(text, at: 1)
        malformed[32] = 0x10
        #expect(found([malformed]).numbers == [1])
    }
}

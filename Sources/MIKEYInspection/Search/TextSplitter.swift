// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Cuts the octets of a TCP stream into messages of RTSP, SIP or HTTP: a start line and headers, a blank line, and as many octets
/// as `Content-Length` says (RFC 2326 sections 4 and 12.14, RFC 3261 section 18.3). What is interleaved with RTSP (RFC 2326
/// section 10.12) is left out.
///
/// What is none of these is one text, up to the next blank line or the limit.
struct TextSplitter: Sendable {
    /// The longest text that is waited for, in octets.
    static let limit = 1 << 18

    private var octets: [UInt8] = []
    /// Up to where there is no blank line.
    private var searched = 0
    /// Where the first text ends, once its headers are there.
    private var end: Int?

    private static let interleaved = UInt8(ascii: "$")

    /// Takes what comes next.
    ///
    /// - Returns: The texts that are whole now.
    mutating func append(_ more: some Collection<UInt8>) -> [[UInt8]] {
        octets += more
        var texts: [[UInt8]] = []
        var start = 0
        while start < octets.count, let end = end ?? findEnd(from: start) {
            guard end <= octets.count else {
                self.end = end
                break
            }
            if octets[start] != Self.interleaved { texts.append(Array(octets[start..<end])) }
            self.end = nil
            (start, searched) = (end, end)
        }
        octets.removeFirst(start)
        searched -= start
        end = end.map { $0 - start }
        return octets.count > Self.limit ? texts + flush() : texts
    }

    /// What is there of an unfinished text.
    mutating func flush() -> [[UInt8]] {
        defer { self = TextSplitter() }
        return octets.isEmpty ? [] : [octets]
    }

    /// Where the text that begins at `start` ends; `nil` where that cannot be told yet.
    private mutating func findEnd(from start: Int) -> Int? {
        if octets[start] == Self.interleaved {
            guard octets.count >= start + 4 else { return nil }
            return start + 4 + Int(octets[start + 2]) << 8 + Int(octets[start + 3])
        }
        guard let body = findBlankLine(from: start) else { return nil }
        return body + min(Self.contentLength(octets[start..<body]), Self.limit)
    }

    /// The place behind the first blank line, which may be the first line.
    private mutating func findBlankLine(from start: Int) -> Int? {
        while let feed = octets[max(start, searched)...].firstIndex(of: 0x0A) {
            searched = feed + 1
            var line = octets[start..<feed]
            if line.last == 0x0D { line.removeLast() }
            if line.isEmpty || line.last == 0x0A { return searched }
        }
        searched = octets.count
        return nil
    }

    private static func contentLength(_ headers: ArraySlice<UInt8>) -> Int {
        for line in headers.split(separator: 0x0A) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), line.startIndex + 16 > colon else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased().filter { $0 != " " && $0 != "\t" }
            guard name == "content-length" || name == "l" else { continue }
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            let digits = value.prefix { (0x30...0x39).contains($0) }
            return digits.prefix(9).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        return 0
    }
}

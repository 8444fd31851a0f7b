// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Reads a file line by line, so that a file of any size takes the memory of its longest line.
struct LineReader {
    /// Lines beyond this are not kept.
    static let maximumByteCount = 1 << 26

    /// One line, without its end.
    enum Line {
        case text([UInt8])
        /// More than ``maximumByteCount`` octets.
        case tooLong
    }

    private let handle: FileHandle
    private var buffer: [UInt8] = []
    /// Where the next line starts in the buffer.
    private var start = 0
    private var isAtEnd = false
    /// The number of the line that ``next()`` returned last, counted from 1.
    private(set) var number = 0

    /// Opens the file and reads its start, without a byte order mark.
    init(path: String) throws {
        handle = try FileHandle(forReadingFrom: URL(filePath: path))
        try fill()
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
    }

    /// The next line; `nil` at the end.
    mutating func next() throws -> Line? {
        var searched = start
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Line.text(Array(buffer[start..<end]))
                start = end + 1
                number += 1
                return isTooLong ? .tooLong : line
            }
            if buffer.count - start > Self.maximumByteCount {
                isTooLong = true
                start = buffer.count
            }
            guard !isAtEnd else {
                guard start < buffer.count || isTooLong else { return nil }
                let line = Line.text(Array(buffer[start...]))
                start = buffer.count
                number += 1
                return isTooLong ? .tooLong : line
            }
            let unsearched = buffer.count - start
            try fill()
            searched = start + unsearched
        }
    }

    /// The first line that is not blank, without moving on; `nil` where there is none.
    mutating func peek() throws -> [UInt8]? {
        while true {
            let lines = buffer[start...].split(separator: UInt8(ascii: "\n"), maxSplits: .max)
            if let position = lines.firstIndex(where: { !$0.allSatisfy(Self.isBlank) }),
                isAtEnd || position + 1 < lines.count || buffer.last == UInt8(ascii: "\n")
            {
                return Array(lines[position])
            }
            guard !isAtEnd, buffer.count - start <= Self.maximumByteCount else { return nil }
            try fill()
        }
    }

    /// Everything that is left.
    mutating func rest() throws -> [UInt8] {
        while !isAtEnd { try fill() }
        let rest = Array(buffer[start...])
        start = buffer.count
        return rest
    }

    /// Whether an octet is white space in JSON.
    static func isBlank(_ octet: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(octet) }

    /// Reads on, dropping the lines that were returned.
    private mutating func fill() throws {
        buffer.removeFirst(start)
        start = 0
        if let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            buffer.append(contentsOf: chunk)
        } else {
            isAtEnd = true
        }
    }
}

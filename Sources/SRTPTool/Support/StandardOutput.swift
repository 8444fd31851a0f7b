// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Standard output, written in large pieces, with errors that say why.
struct StandardOutput {
    private static let flushByteCount = 1 << 16
    private var buffer: [UInt8] = []

    mutating func write(_ text: String) throws(ToolError) {
        buffer += text.utf8
        try flushIfFull()
    }

    mutating func write(_ octets: [UInt8]) throws(ToolError) {
        buffer += octets
        try flushIfFull()
    }

    private mutating func flushIfFull() throws(ToolError) {
        if buffer.count >= Self.flushByteCount { try flush() }
    }

    /// Writes what is left.
    mutating func flush() throws(ToolError) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes {
                Foundation.write(STDOUT_FILENO, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count < 0, errno != EINTR {
                throw ToolError(.output, "standard output: \(String(cString: strerror(errno)))")
            }
            written += max(count, 0)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A window that slides over a file, large enough for the record at hand.
struct InputBuffer: ~Copyable {
    private let file: InputFile
    private var storage: [UInt8]
    private var window = 0..<0
    /// The position in the file of the window's first octet.
    private(set) var offset = 0

    init(path: String, byteCount: Int) throws(CaptureError) {
        file = try InputFile(path: path)
        storage = [UInt8](repeating: 0, count: byteCount)
    }

    /// The octets of the whole file, where that is known.
    var fileByteCount: Int? { file.byteCount }

    /// What lies in the window.
    var bytes: RawSpan {
        @_lifetime(borrow self) get { unsafe storage.span.bytes.extracting(window) }
    }

    /// Reads on until the window holds `count` octets.
    ///
    /// - Returns: `count`, or how many there are where the file ends before.
    mutating func fill(_ count: Int) throws(CaptureError) -> Int {
        guard window.count < count else { return count }
        if window.isEmpty || window.lowerBound > storage.count - count { moveToStart() }
        while window.count < count {
            // Memory follows what the file holds, not what a length in it claims.
            if window.upperBound == storage.count { storage += [UInt8](repeating: 0, count: storage.count) }
            let read = try file.read(into: &storage, at: window.upperBound)
            if read == 0 { return window.count }
            window = window.lowerBound..<window.upperBound + read
        }
        return count
    }

    /// Moves on by `count` octets, however many of them the window holds.
    ///
    /// - Returns: `count`, or how many there were where the file ended before.
    mutating func skip(_ count: Int) throws(CaptureError) -> Int {
        var skipped = 0
        while skipped < count, try fill(1) == 1 {
            let step = min(window.count, count - skipped)
            window = window.lowerBound + step..<window.upperBound
            offset += step
            skipped += step
        }
        return skipped
    }

    private mutating func moveToStart() {
        unsafe storage.withUnsafeMutableBytes {
            unsafe $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[window]))
        }
        window = 0..<window.count
    }
}

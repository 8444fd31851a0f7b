// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The one file of this target that knows the operating system.

internal import WireBytes

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A file with given octets, for readers that take a path.
///
/// On Linux it lies in memory and has no name; elsewhere it is a temporary file that is removed with the value.
struct MemoryFile: ~Copyable {
    /// Where the file can be opened.
    let path: String
    private let descriptor: Int32

    /// A file that holds `octets`; `nil` if the system has none to give.
    init?(_ octets: RawSpan) {
        #if os(Linux)
        let folder = "/dev/shm"
        #else
        let folder = "/tmp"
        #endif
        var name = Array("\(folder)/swift-srtp-probe.XXXXXX".utf8CString)
        descriptor = unsafe name.withUnsafeMutableBufferPointer { name in
            guard let start = name.baseAddress else { return -1 }
            return unsafe mkstemp(start)
        }
        #if os(Linux)
        _ = unsafe unlink(name)
        path = "/proc/self/fd/\(descriptor)"
        #else
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #endif
        guard descriptor >= 0 else { return nil }
        var written = 0
        while written < octets.byteCount {
            let rest = octets.extracting(droppingFirst: written)
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return nil }
            written += count
        }
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
        #if !os(Linux)
        _ = unsafe unlink(path)
        #endif
    }
}

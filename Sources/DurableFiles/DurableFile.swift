// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The one file that knows the operating system.

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What the operating system calls the error `code`.
package func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}

/// A file that keeps other processes out as long as it is open. The operating system lets go of it when the process ends, however
/// it ends.
package final class LockFile: Sendable {
    private let descriptor: Int32

    /// Opens and locks the file at `path`, and makes it where there is none.
    package init(path: String) throws(DurableFileError) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open", path: path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            _ = close(descriptor)
            throw code == EWOULDBLOCK ? .locked(path: path) : .system(call: "flock", path: path, code: code)
        }
    }

    deinit { _ = close(descriptor) }
}

/// A file that is read, and replaced, as a whole.
package enum DurableFile {
    /// The file's octets; `nil` where there is none.
    package static func read(_ path: String) throws(DurableFileError) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .system(call: "open", path: path, code: errno)
        }
        defer { _ = close(descriptor) }
        var octets: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return octets }
            if count > 0 {
                octets += buffer[..<count]
            } else if errno != EINTR {
                throw .system(call: "read", path: path, code: errno)
            }
        }
    }

    /// Gives the file these octets. When this returns they survive a crash of the machine; when it throws, or the machine
    /// crashes before, there are the old ones or the new ones.
    package static func replace(_ path: String, with octets: [UInt8]) throws(DurableFileError) {
        _ = try replaced(path, with: octets)
    }

    /// The same; the new file stays open.
    static func replaced(_ path: String, with octets: [UInt8]) throws(DurableFileError) -> OpenFile {
        let temporary = path + ".new"
        // Who has the lock has this file, too: what is there is left from a process that was killed.
        let file = try OpenFile(replacing: temporary)
        try file.append(octets, to: temporary)
        guard unsafe rename(temporary, path) == 0 else { throw .system(call: "rename", path: path, code: errno) }
        try synchronizeFolder(of: path)
        return file
    }

    /// A name in a folder is durable when the folder is.
    private static func synchronizeFolder(of path: String) throws(DurableFileError) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(call: "open", path: folder, code: errno) }
        defer { _ = close(descriptor) }
        try synchronize(descriptor, folder)
    }

    fileprivate static func synchronize(_ descriptor: Int32, _ path: String) throws(DurableFileError) {
        #if canImport(Darwin)
        // fsync leaves the octets in the drive's cache there.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        guard fsync(descriptor) == 0 else { throw .system(call: "fsync", path: path, code: errno) }
    }
}

/// A file that is written from its beginning on.
final class OpenFile: Sendable {
    private let descriptor: Int32

    /// Opens the file at `path` without what was in it, and makes it where there is none.
    init(replacing path: String) throws(DurableFileError) {
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open", path: path, code: errno) }
    }

    deinit { _ = close(descriptor) }

    /// Writes octets behind those that are there. They survive a crash of the machine when this returns.
    ///
    /// - Parameter path: The name that the file has now.
    func append(_ octets: [UInt8], to path: String) throws(DurableFileError) {
        var written = 0
        while written < octets.count {
            let count = unsafe octets.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
                return unsafe systemWrite(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno != EINTR { throw .system(call: "write", path: path, code: errno) }
            written += max(count, 0)
        }
        try DurableFile.synchronize(descriptor, path)
    }
}

/// A file that is replaced as a whole once, and grows from there.
package struct AppendFile: Sendable {
    package let path: String
    private var file: OpenFile?

    /// The file at `path`. It is to be replaced before anything is appended.
    package init(path: String) { self.path = path }

    /// As ``DurableFile/replace(_:with:)``; what is appended follows these octets.
    package mutating func replace(with octets: [UInt8]) throws(DurableFileError) {
        file = nil
        file = try DurableFile.replaced(path, with: octets)
    }

    /// Writes octets behind those that are there. When this returns they survive a crash of the machine; when it throws, or the
    /// machine crashes before, a part of them may be there, and nothing is to be appended until the file was replaced.
    package mutating func append(_ octets: [UInt8]) throws(DurableFileError) {
        guard let file else { throw .system(call: "write", path: path, code: EBADF) }
        do throws(DurableFileError) {
            try file.append(octets, to: path)
        } catch {
            self.file = nil
            throw error
        }
    }
}

// Under names of their own, as the members above shadow them.
private func systemRead(_ descriptor: Int32, _ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, target, count)
}

private func systemWrite(_ descriptor: Int32, _ source: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, source, count)
}

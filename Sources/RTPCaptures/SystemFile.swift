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
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}

/// A file that is read from its start to its end.
struct InputFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Opens the file at `path`; `-` is the standard input.
    init(path: String) throws(CaptureError) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(.open, path: path, code: errno) }
    }

    deinit {
        if descriptor >= 0, path != "-" { _ = close(descriptor) }
    }

    /// The octets of a regular file; `nil` for a pipe, whose end is not known yet.
    var byteCount: Int? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// Reads into `target` from `offset` on; 0 at the end of the file.
    func read(into target: inout [UInt8], at offset: Int) throws(CaptureError) -> Int {
        while true {
            let count = unsafe target.withUnsafeMutableBytes { bytes in
                let free = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
                return unsafe systemRead(descriptor, free.baseAddress, free.count)
            }
            if count >= 0 { return count }
            guard errno == EINTR else { throw .system(.read, path: path, code: errno) }
        }
    }
}

/// A file that appears under its name only once it is whole.
///
/// The octets go to a temporary file beside it, which is renamed by ``publish()`` and removed where that never
/// happens. Standard output, devices and pipes are written as they are.
struct OutputFile: ~Copyable {
    private let path: String
    private let replacesExisting: Bool
    /// Where the octets are until then; `nil` for what is written as it is.
    private(set) var temporaryPath: String?
    private var descriptor: Int32

    /// Makes the file for `path`; `-` is the standard output.
    init(path: String, replacingExisting: Bool) throws(CaptureError) {
        var status = stat()
        let exists = unsafe path != "-" && stat(path, &status) == 0
        let kind = exists ? status.st_mode & S_IFMT : S_IFREG
        guard kind != S_IFDIR else { throw .system(.create, path: path, code: EISDIR) }
        let temporary = "\(path).\(String(UInt32.random(in: 0...UInt32.max), radix: 16)).partial"
        let opened: Int32
        if path == "-" {
            opened = STDOUT_FILENO
        } else if kind == S_IFREG {
            guard replacingExisting || !exists else { throw .alreadyExists(path: path) }
            opened = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        } else {
            opened = unsafe open(path, O_WRONLY | O_CLOEXEC)
        }
        guard opened >= 0 else { throw .system(.create, path: path, code: errno) }
        self.path = path
        replacesExisting = replacingExisting
        temporaryPath = path != "-" && kind == S_IFREG ? temporary : nil
        descriptor = opened
    }

    deinit {
        if descriptor >= 0, path != "-" { _ = close(descriptor) }
        if let temporaryPath { _ = unsafe unlink(temporaryPath) }
    }

    /// Appends all of `bytes`.
    func write(_ bytes: RawSpan) throws(CaptureError) {
        var written = 0
        while written < bytes.byteCount {
            let rest = bytes.extracting(droppingFirst: written)
            let count = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { throw .system(.write, path: path, code: errno) }
            written += max(count, 0)
        }
    }

    /// Closes the file and gives it its name.
    mutating func publish() throws(CaptureError) {
        if path != "-" {
            let closed = close(descriptor)
            descriptor = -1
            // Some file systems report a full disk only now.
            guard closed == 0 || errno == EINTR else { throw .system(.write, path: path, code: errno) }
        }
        guard let temporaryPath else { return }
        if replacesExisting {
            guard unsafe rename(temporaryPath, path) == 0 else { throw .system(.rename, path: path, code: errno) }
        } else if unsafe link(temporaryPath, path) == 0 {
            // Unlike a rename, a link refuses a file that appeared meanwhile.
            _ = unsafe unlink(temporaryPath)
        } else if errno == EEXIST {
            throw .alreadyExists(path: path)
        } else {
            // A file system without hard links.
            guard unsafe access(path, F_OK) != 0 else { throw .alreadyExists(path: path) }
            guard unsafe rename(temporaryPath, path) == 0 else { throw .system(.rename, path: path, code: errno) }
        }
        self.temporaryPath = nil
    }
}

// Under names of their own, as the members above shadow them.
private func systemRead(_ descriptor: Int32, _ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, target, count)
}

private func systemWrite(_ descriptor: Int32, _ source: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, source, count)
}

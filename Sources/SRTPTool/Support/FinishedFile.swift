// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A text file that appears under its name only when it is whole.
enum FinishedFile {
    /// Makes a file of this mode, less what the process's mask takes away.
    static func write(_ text: String, to path: String, mode: mode_t, replacingExisting: Bool) throws(ToolError) {
        var status = stat()
        let exists = stat(path, &status) == 0
        if exists, !replacingExisting { throw alreadyExists(path) }
        if exists, status.st_mode & S_IFMT != S_IFREG { throw ToolError(.output, "\(path): is no regular file") }
        let temporary = "\(path).\(String(UInt32.random(in: 0...UInt32.max), radix: 16)).partial"
        // With its mode from the start, so that nobody else can open a private one in between.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode)
        guard descriptor >= 0 else { throw failure(path) }
        defer { unlink(temporary) }
        var octets = Array(text.utf8)
        // It may be a key.
        defer { KeyFile.wipe(&octets) }
        let isWritten = Foundation.write(descriptor, octets, octets.count) == octets.count
        let problem = isWritten ? nil : failure(path)
        guard close(descriptor) == 0, problem == nil else { throw problem ?? failure(path) }
        if !replacingExisting {
            // Unlike a rename, a link refuses a file that appeared meanwhile. Not every file system has links.
            if link(temporary, path) == 0 { return }
            if errno == EEXIST || access(path, F_OK) == 0 { throw alreadyExists(path) }
        }
        guard rename(temporary, path) == 0 else { throw failure(path) }
    }

    private static func alreadyExists(_ path: String) -> ToolError {
        ToolError(.output, "\(path) exists already: --force replaces it")
    }

    private static func failure(_ path: String) -> ToolError {
        ToolError(.output, "\(path): \(String(cString: strerror(errno)))")
    }
}

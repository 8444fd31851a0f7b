// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A libsrtp somewhere on this machine: its headers and its library.
struct LibsrtpInstallation {
    let prefix: String
    /// The folder of the headers, `srtp2` or `srtp3`.
    let headers: String
    let library: String

    private static let names = ["srtp3", "srtp2", "srtp"]
    private static let folders = ["lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"]
    private static let endings = [".so", ".so.1", ".dylib", ".a"]

    /// What lies under a prefix; `nil` where headers or library are missing.
    init?(prefix: String) {
        guard let name = Self.names.first(where: { isReadable("\(prefix)/include/\($0)/srtp.h") }) else { return nil }
        let candidates = Self.folders.flatMap { folder in
            Self.endings.map { "\(prefix)/\(folder)/lib\(name)\($0)" }
        }
        guard let library = candidates.first(where: isReadable) else { return nil }
        self.prefix = prefix
        headers = name
        self.library = library
    }

    /// What `LIBSRTP_PREFIX` names.
    static var prefixOfEnvironment: String? { ProcessInfo.processInfo.environment["LIBSRTP_PREFIX"] }

    /// The one that the system has.
    static var installed: LibsrtpInstallation? {
        ["/usr", "/usr/local", "/opt/homebrew"].lazy.compactMap { LibsrtpInstallation(prefix: $0) }.first
    }

    var libraryFolder: String {
        library.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    }

    /// What a static library has to be linked with, as its pkg-config file says; libcrypto where there is none.
    var privateLibraries: [String] {
        guard library.hasSuffix(".a") else { return [] }
        let text = contents("\(libraryFolder)/pkgconfig/lib\(headers).pc").map { String(decoding: $0, as: UTF8.self) }
        let line = text?.split(separator: "\n").first { $0.hasPrefix("Libs.private:") }
        let libraries = line?.split(separator: " ").dropFirst().map(String.init) ?? ["-lcrypto"]
        // What it calls of its own functions stays its own.
        return ["-Wl,-Bsymbolic"] + libraries
    }

    /// What is known of how the library was built: the configuration's name in CMake's export files, and the compiler.
    var build: String? {
        let configuration = ["release", "relwithdebinfo", "minsizerel", "debug", "noconfig"].first {
            isReadable("\(libraryFolder)/cmake/libSRTP/libSRTPTargets-\($0).cmake")
        }
        let parts = [configuration.map { "CMake \($0)" }, Self.compiler(of: library)].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The text that compilers leave in object files.
    private static func compiler(of file: String) -> String? {
        guard let octets = contents(file) else { return nil }
        for mark in ["GCC: (", "clang version "] {
            let pattern = Array(mark.utf8)
            var position = 0
            while position + pattern.count < octets.count {
                if octets[position] == pattern[0], octets[position..<position + pattern.count].elementsEqual(pattern) {
                    return String(decoding: octets[position...].prefix { $0 >= 0x20 && $0 < 0x7F }, as: UTF8.self)
                }
                position += 1
            }
        }
        return nil
    }
}

func isReadable(_ path: String) -> Bool { FileManager.default.isReadableFile(atPath: path) }

/// A file's octets, also of one in `/proc`, whose size is not known; `nil` where it cannot be read.
func contents(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var octets: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&part, 1, part.count, file), count > 0 { octets += part[..<count] }
    return octets
}

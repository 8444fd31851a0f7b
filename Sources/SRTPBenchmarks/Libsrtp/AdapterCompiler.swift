// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Compiles the adapter, whose source is part of the program, on the machine that measures: versions of libsrtp have the same
/// names with other structures and arguments, so what is linked against one cannot be used with another.
enum AdapterCompiler {
    /// Compiles and loads. The adapter sees the libsrtp that it is linked with and no other.
    static func load(_ installation: LibsrtpInstallation) throws(Libsrtp.Problem) -> UnsafeMutableRawPointer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "srtp-bench-\(UUID().uuidString)")
        let source = folder.appending(path: "adapter.c")
        let adapter = folder.appending(path: "adapter.so")
        defer { try? FileManager.default.removeItem(at: folder) }
        let compiler = (ProcessInfo.processInfo.environment["CC"] ?? "cc").split(separator: " ").map(String.init)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            try Data(PackageResources.libsrtp_adapter_c).write(to: source)
            let arguments = flags(installation) + [source.path, installation.library, "-o", adapter.path]
            try run(compiler + arguments + installation.privateLibraries)
        } catch {
            throw Libsrtp.Problem(
                "\(installation.library): the adapter was not compiled (\(compiler.joined(separator: " ")); CC names another "
                    + "C compiler): \(error)")
        }
        guard let handle = dlopen(adapter.path, RTLD_NOW | RTLD_LOCAL) else {
            throw Libsrtp.Problem(
                "\(installation.library): the adapter was not loaded: \(dlerror().map { String(cString: $0) } ?? "")")
        }
        return handle
    }

    private static func flags(_ installation: LibsrtpInstallation) -> [String] {
        [
            "-std=c11", "-O2", "-fPIC", "-shared", "-I\(installation.prefix)/include",
            "-I\(installation.prefix)/include/\(installation.headers)",
            "-DSRTP_HEADER=<\(installation.headers)/srtp.h>", "-DSRTP_TYPES=<\(installation.headers)/crypto_types.h>",
            "-Wl,-rpath,\(installation.libraryFolder)",
        ]
    }

    /// Runs a program to its end. Throws the first line with an error that it prints.
    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return }
        let lines = text.split(separator: "\n")
        throw Libsrtp.Problem(String(lines.first { $0.contains("error") } ?? lines.first ?? "no word of why"))
    }
}

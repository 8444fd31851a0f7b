// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A running program, which is ended with its value, and at the latest when its time is over.
final class Program: Sendable {
    /// What came of a run.
    struct Output {
        /// The exit code; the negative number of the signal that ended the program.
        let exitCode: Int32
        let octets: [UInt8]
        let error: String

        var text: String { String(decoding: octets, as: UTF8.self) }
    }

    private let process: Process
    private let folder: Folder
    private let ends: AsyncStream<Void>

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - input: What it reads from its standard input.
    ///   - limit: The seconds after which the program is killed.
    init(_ executable: URL, _ arguments: [String], input: [UInt8] = [], limit: Int = 180 + Peer.seconds) throws {
        // Files, as a pipe that nobody reads would fill up.
        folder = try Folder()
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = FileHandle(forReadingAtPath: folder.file("input", input))
        process.standardOutput = FileHandle(forWritingAtPath: folder.file("output", []))
        process.standardError = FileHandle(forWritingAtPath: folder.file("error", []))
        let (ends, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        self.process = process
        self.ends = ends
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(limit)) { [weak self] in self?.kill() }
    }

    deinit { kill() }

    /// Runs a program to its end.
    static func run(_ executable: URL, _ arguments: [String], input: [UInt8] = []) async throws -> Output {
        try await Program(executable, arguments, input: input).output()
    }

    /// What it has written to its standard output so far.
    var outputSoFar: String { String(decoding: folder.octets("output"), as: UTF8.self) }

    /// What it has written to its standard error so far.
    var errorSoFar: String { String(decoding: folder.octets("error"), as: UTF8.self) }

    var isRunning: Bool { process.isRunning }

    /// Ends it.
    func end() async {
        kill()
        for await _ in ends {}
    }

    /// A signal that it could handle would not do: it may have inherited them blocked.
    private func kill() {
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits for the end.
    func output() async -> Output {
        for await _ in ends {}
        let code = process.terminationStatus
        return Output(
            exitCode: process.terminationReason == .exit ? code : -code, octets: folder.octets("output"),
            error: errorSoFar)
    }
}

/// A folder that goes away with its value.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "srtp-peers-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file, which is made where there are octets for it.
    func file(_ name: String, _ octets: [UInt8]? = nil, mode: Int = 0o644) -> String {
        let file = path + "/" + name
        if let octets {
            _ = FileManager.default.createFile(
                atPath: file, contents: Data(octets), attributes: [.posixPermissions: NSNumber(value: mode)])
        }
        return file
    }

    func octets(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) } ?? []
    }
}

/// Waits until `condition` holds; throws where it does not come to that.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(30), _ condition: () throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try !condition() {
        try #require(ContinuousClock.now < end, what)
        try await Task.sleep(for: .milliseconds(5))
    }
}

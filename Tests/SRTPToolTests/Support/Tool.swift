// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The built program, run as a person runs it.
enum Tool {
    /// What came of a run.
    struct Result: CustomStringConvertible {
        /// The exit code; the negative number of the signal that ended it.
        let exitCode: Int32
        let outputOctets: [UInt8]
        let error: String

        var output: String { String(decoding: outputOctets, as: UTF8.self) }
        /// Whether standard error holds one line, which names the program.
        var isOneErrorLine: Bool {
            error.hasPrefix("srtp: ") && error.hasSuffix("\n") && error.count { $0 == "\n" } == 1
        }
        var description: String { "exit code \(exitCode), output \(output), error \(error)" }

        /// The output as JSON.
        func json<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data(outputOctets))
        }
    }

    /// What a program is run with.
    struct Setting {
        var executable = Tool.executable
        var folder = FileManager.default.temporaryDirectory.path
        /// What is done with the running program, whose standard input stays open meanwhile.
        var meanwhile: (@Sendable (_ process: Int32, _ input: FileHandle) async throws -> Void)?
    }

    /// No run takes longer.
    static let limit = Duration.seconds(60)

    /// The product `srtp`, which is built beside the tests.
    static let executable: URL = {
        // Writing to a program that has ended is an error, not the end of the tests.
        signal(SIGPIPE, SIG_IGN)
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
        let isInside = bundle.bundleURL.pathExtension == "xctest"
        return (isInside ? bundle.bundleURL.deletingLastPathComponent() : bundle.bundleURL).appending(path: "srtp")
    }()

    /// Runs it to its end.
    static func run(_ arguments: [String], stdin: [UInt8] = [], setting: Setting = Setting()) async throws -> Result {
        await Gate.shared.enter()
        do {
            let result = try await runNow(arguments, stdin: stdin, setting)
            await Gate.shared.leave()
            return result
        } catch {
            await Gate.shared.leave()
            throw error
        }
    }

    private static func runNow(_ arguments: [String], stdin: [UInt8], _ setting: Setting) async throws -> Result {
        // Files, as a pipe that nobody reads would fill up.
        let files = try Folder()
        let (output, error) = (files.file("output", []), files.file("error", []))
        let process = Process()
        process.executableURL = setting.executable
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: setting.folder)
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: error))
        let pipe = Pipe()
        process.standardInput =
            setting.meanwhile == nil ? FileHandle(forReadingAtPath: files.file("input", stdin)) : pipe
        let (ends, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        let number = process.processIdentifier
        let watchdog = Task {
            try await Task.sleep(for: limit)
            kill(number, SIGKILL)
        }
        var problem: (any Error)?
        do { try await setting.meanwhile?(number, pipe.fileHandleForWriting) } catch {
            problem = error
            kill(number, SIGKILL)
        }
        for await _ in ends {}
        watchdog.cancel()
        if let problem { throw problem }
        let code = process.terminationStatus
        return Result(
            exitCode: process.terminationReason == .exit ? code : -code, outputOctets: files.octets("output"),
            error: String(decoding: files.octets("error"), as: UTF8.self))
    }

    /// Lets a few programs run at a time.
    private actor Gate {
        static let shared = Gate()
        private var free = 4
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func enter() async {
            if free > 0 {
                free -= 1
            } else {
                await withCheckedContinuation { waiting.append($0) }
            }
        }

        func leave() {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
    }
}

/// Waits until `condition` holds; throws where it does not come to that.
func eventually(_ condition: () -> Bool) async throws {
    let limit = ContinuousClock.now + Tool.limit
    while !condition() {
        try #require(ContinuousClock.now < limit, "what was waited for did not come")
        try await Task.sleep(for: .milliseconds(5))
    }
}

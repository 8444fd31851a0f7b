// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RTPCaptures

/// Something that the person at the command line can act on: one line and an exit code (sysexits).
struct ToolError: Error {
    enum Code: Int32 {
        case someRejected = 2
        case usage = 64
        case badData = 65
        case missingInput = 66
        case network = 69
        case bug = 70
        case output = 74
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What went wrong with a capture file; `name` is the argument that was given.
    init(_ error: CaptureError, file name: String) {
        switch error {
        case .system(let operation, _, let code):
            let missing = operation == .open || operation == .read
            self.init(missing ? .missingInput : .output, "\(name): \(String(cString: strerror(code)))")
        case .alreadyExists: self.init(.output, "\(name) exists already: --force replaces it")
        case .mixedLinkTypes, .payloadTooLarge, .notACapture, .truncated, .unexpected:
            self.init(.badData, "\(name): \(error)")
        @unknown default: self.init(.badData, "\(name): \(error)")
        }
    }
}

/// Runs a command's body; an error of ours becomes its line on standard error and its exit code.
func reportingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as ToolError { throw report(error) }
}

/// Runs a command's body; an error of ours becomes its line on standard error and its exit code.
func reportingErrors<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async throws -> Value {
    do { return try await body() } catch let error as ToolError { throw report(error) }
}

private func report(_ error: ToolError) -> ExitCode {
    writeToStandardError("srtp: \(error.message)\n")
    return ExitCode(error.code.rawValue)
}

/// Writes text to the standard error stream.
func writeToStandardError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

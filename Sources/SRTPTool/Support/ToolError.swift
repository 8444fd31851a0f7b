// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import NIOCore
import RTPCaptures
import SRTP

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

extension ToolError {
    /// What `command` threw; `nil` where it is no problem but a text to show, or an exit code that was reported already.
    init?(_ error: any Error, parsedBy command: any ParsableCommand.Type) {
        switch error {
        case let error as ToolError: self = error
        case SRTPError.engineFailed: self.init(.bug, "\(error)")
        // The packets' errors are counted where they happen: what comes here is of the options.
        case let error as SRTPError: self.init(.usage, "\(error)")
        case let error as IOError: self.init(.network, "\(error)")
        case is ExitCode, is CleanExit: return nil
        default:
            switch command.exitCode(for: error) {
            case .success: return nil
            case .validationFailure:
                let names = command.configuration.subcommands.map { $0._commandName }
                let name = CommandLine.arguments.dropFirst().first.flatMap { names.contains($0) ? " \($0)" : nil } ?? ""
                let message = command.message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
                self.init(.usage, "\(message) (srtp\(name) --help tells more)")
            default: self.init(.bug, "\(error)")
            }
        }
    }
}

/// Writes text to the standard error stream.
func writeToStandardError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

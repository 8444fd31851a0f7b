// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// What an interrupt cleans up, wherever the program is at that time: waiting for a pipe, say.
enum Interruption {
    // Safety: an atomic pointer to octets that are never changed or freed.
    nonisolated(unsafe) private static let temporaryPath = Atomic<UnsafeMutablePointer<CChar>?>(nil)

    /// From here on, control-C, and what else asks the process to end, removes the file at `path` first.
    static func removes(_ path: String) {
        temporaryPath.store(strdup(path), ordering: .sequentiallyConsistent)
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            sigaddset(&signals, number)
            let previous = signal(number, end)
            // `nohup` stays in force.
            if number == SIGHUP, unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                signal(number, SIG_IGN)
            }
        }
        // A program that is started from a thread of Dispatch finds them blocked.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Calls only what a signal handler may call.
    private static let end: @convention(c) (Int32) -> Void = { _ in
        if let path = Interruption.temporaryPath.load(ordering: .sequentiallyConsistent) { unlink(path) }
        let text: StaticString = "srtp: interrupted, nothing written\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
        _exit(ToolError.Code.output.rawValue)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A line on the terminal for work that takes more than two seconds; nothing where standard error is not a terminal.
struct Progress {
    private let verb: String
    private let isShown = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var hasWritten = false

    init(_ verb: String) { self.verb = verb }

    /// Says how far the work is; writes at most twice a second.
    mutating func update(_ state: @autoclosure () -> String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        guard now - start > .seconds(2), now - last > .milliseconds(500) else { return }
        last = now
        hasWritten = true
        writeToStandardError("\r\u{1B}[K\(verb): \(state())")
    }

    /// Takes the line away again.
    mutating func finish() {
        if hasWritten { writeToStandardError("\r\u{1B}[K") }
        hasWritten = false
    }
}

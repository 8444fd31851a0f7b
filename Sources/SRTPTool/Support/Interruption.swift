// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Control-C as a question that a loop asks, so that it ends by the way that cleans up.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// From here on, an interrupt sets the flag instead of ending the process; a second one ends it.
    static func watch() {
        flag.store(false, ordering: .relaxed)
        signal(SIGINT) { _ in
            Interruption.flag.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
    }

    /// Throws once there was an interrupt.
    static func check() throws(ToolError) {
        if flag.load(ordering: .relaxed) { throw ToolError(.output, "interrupted, nothing written") }
    }
}

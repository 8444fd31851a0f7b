// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A file that nobody else may read.
enum PrivateFile {
    /// Makes a file of mode 0600, which appears under its name only when it is whole.
    static func write(_ text: String, to path: String, replacingExisting: Bool) throws(ToolError) {
        try FinishedFile.write(text, to: path, mode: 0o600, replacingExisting: replacingExisting)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a file was not read, written or locked.
package enum DurableFileError: Error, Hashable, Sendable {
    /// The operating system refused a call.
    case system(call: String, path: String, code: Int32)
    /// Another process has the file.
    case locked(path: String)
}

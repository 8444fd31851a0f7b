// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a row failed: the row is not what it should be, or the package does something else than it says.
struct RowFault: Error, Hashable {
    let field: String
    let expected: String
    let got: String

    init(_ field: String, expected: String, got: String) {
        self.field = field
        self.expected = expected
        self.got = got
    }
}

/// Why a row was not run.
enum SkipReason: Hashable {
    /// The package knows this suite, option or kind, and has not built it.
    case notBuilt(String)
    /// The package is not going to build it.
    case leftOut

    /// The words behind `skipped: `.
    var text: String {
        switch self {
        case .notBuilt(let name): "not built: \(name)"
        case .leftOut: "left out on purpose"
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Something that the package did and must not do.
public struct ProbeFinding: Error, Hashable, Sendable, CustomStringConvertible {
    /// What it was.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// What `body` gives, which must not throw.
func expect<Value, Failure: Error>(
    _ finding: @autoclosure () -> String, _ body: () throws(Failure) -> Value
) throws(ProbeFinding) -> Value {
    do throws(Failure) {
        return try body()
    } catch {
        throw ProbeFinding("\(finding()): \(error)")
    }
}

/// Throws a finding unless `condition` holds.
func require(_ condition: Bool, _ finding: @autoclosure () -> String) throws(ProbeFinding) {
    guard condition else { throw ProbeFinding(finding()) }
}

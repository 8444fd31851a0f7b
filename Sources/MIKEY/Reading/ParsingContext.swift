// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What reading a payload depends on beside its octets, and what was met on the way.
struct ParsingContext {
    let dataType: MIKEYDataType
    private let accepted: MIKEYDeviationSet
    private(set) var met: MIKEYDeviationSet = []

    init(_ dataType: MIKEYDataType, _ mode: MIKEYParsingMode) {
        self.dataType = dataType
        accepted = mode.accepted
    }

    /// Notes a deviation.
    ///
    /// - Throws: `error`, where it is not to be lived with.
    mutating func meet(_ deviation: MIKEYDeviation, orThrow error: @autoclosure () -> MIKEYError) throws(MIKEYError) {
        guard accepted.contains(deviation) else { throw error() }
        met.insert(deviation)
    }
}

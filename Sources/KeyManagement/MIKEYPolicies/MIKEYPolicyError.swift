// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY

/// Why a policy of MIKEY is not one that can be used, or one that is used cannot be written as a policy of MIKEY.
public struct MIKEYPolicyError: Error, Hashable, Sendable {
    /// The parameter that it is about; `nil` for the protocol of the policy.
    public let parameter: MIKEYPolicyParameter.Kind?
    /// What was expected, with the section of the RFC.
    public let expected: String

    init(_ parameter: MIKEYPolicyParameter.Kind?, _ expected: String) {
        self.parameter = parameter
        self.expected = expected
    }

    /// What a responder answers with (RFC 3830 section 6.12): Invalid SPpar, or Invalid SP for another protocol than SRTP.
    public var errorNumber: MIKEYErrorNumber { parameter == nil ? .invalidSP : .invalidSPpar }
}

extension MIKEYPolicyError: CustomStringConvertible {
    public var description: String {
        (parameter.map { "SP parameter \($0.rawValue)" } ?? "SP") + ": expected \(expected)"
    }
}

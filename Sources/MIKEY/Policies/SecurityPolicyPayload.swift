// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A security policy (RFC 3830 section 6.10).
    public struct SecurityPolicy: Hashable, Sendable {
        /// What crypto sessions name it by.
        public let number: UInt8
        /// What protocol it is for.
        public let securityProtocol: MIKEYSecurityProtocol
        /// Its parameters in their order.
        public let parameters: [MIKEYPolicyParameter]

        /// A policy.
        ///
        /// - Throws: ``MIKEYError`` for parameters of more than 65,535 octets in all.
        public init(
            number: UInt8, securityProtocol: MIKEYSecurityProtocol = .srtp, parameters: [MIKEYPolicyParameter]
        ) throws(MIKEYError) {
            self.number = number
            self.securityProtocol = securityProtocol
            self.parameters = parameters
            guard parametersByteCount <= 0xFFFF else {
                throw MIKEYError(.malformed(expected: "at most 65535 octets (RFC 3830 section 6.10)"), in: .sp)
            }
        }

        /// A policy for SRTP.
        public init(number: UInt8, _ policy: MIKEYSRTPPolicy) {
            self.number = number
            securityProtocol = .srtp
            parameters = policy.parameters
        }

        /// What it says of SRTP; `nil` for another protocol.
        public var srtp: MIKEYSRTPPolicy? { securityProtocol == .srtp ? MIKEYSRTPPolicy(unchecked: parameters) : nil }

        private var parametersByteCount: Int { parameters.reduce(0) { $0 + 2 + $1.byteCount } }
    }
}

extension MIKEYPayload.SecurityPolicy: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        number = try reader.uint8()
        securityProtocol = MIKEYSecurityProtocol(rawValue: try reader.uint8())
        let count = Int(try reader.uint16())
        var section = try reader.section(count)
        var parameters: [MIKEYPolicyParameter] = []
        // A parameter has three octets or more.
        parameters.reserveCapacity(min(count / 3, 21))
        while !section.isAtEnd { parameters.append(try MIKEYPolicyParameter(parsing: &section)) }
        self.parameters = parameters
    }

    var bodyByteCount: Int { 4 + parametersByteCount }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(number)
        writer.write(securityProtocol.rawValue)
        writer.write(UInt16(truncatingIfNeeded: parametersByteCount))
        for parameter in parameters { parameter.write(to: &writer) }
    }

    /// Checks the parameters of SRTP. Those of other protocols have no table here.
    func check(_ context: inout ParsingContext) throws(MIKEYError) {
        guard securityProtocol == .srtp else { return }
        let mayRepeat = Self.mayRepeat(context.dataType)
        var seen: UInt32 = 0
        var tagLengthAsKeyLength = false
        for parameter in parameters {
            guard parameter.isKnown else {
                try context.meet(
                    .unknownPolicyParameter, orThrow: MIKEYError(.refused(.unknownPolicyParameter), in: .sp))
                continue
            }
            if let rule = parameter.brokenRule { throw MIKEYError(.malformed(expected: rule), in: .sp) }
            let bit: UInt32 = 1 << UInt32(parameter.kind.rawValue)
            guard seen & bit == 0 || mayRepeat else {
                throw MIKEYError(.malformed(expected: "each parameter once (RFC 3830 section 6.10.1)"), in: .sp)
            }
            seen |= bit
            if parameter.kind == .authenticationKeyLength, [4, 10].contains(parameter.number) {
                tagLengthAsKeyLength = true
            }
        }
        if tagLengthAsKeyLength, seen & 1 << UInt32(MIKEYPolicyParameter.Kind.tagLength.rawValue) == 0 {
            try context.meet(.tagLengthAsKeyLength, orThrow: MIKEYError(.refused(.tagLengthAsKeyLength), in: .sp))
        }
    }

    /// Whether a message of this kind lists several values of a parameter and several policies of one number: what is supported
    /// (RFC 3830 section 5.1.1), or what is offered (RFC 4738 section 3.6).
    static func mayRepeat(_ dataType: MIKEYDataType) -> Bool { dataType == .error || dataType == .rsaRInit }
}

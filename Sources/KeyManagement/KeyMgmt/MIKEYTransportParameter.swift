// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY

/// The parameter `MIKEY` of RTSP 2.0's `Transport` header (RFC 7826 section 18.54 and appendix C.1.4.1).
///
/// RTSP 2.0 has no `KeyMgmt` header (RFC 7826 appendix C.1.4.1). Base64 is written and read with its padding, whose bits are zero.
public struct MIKEYTransportParameter: Equatable, Sendable {
    /// The parameter's name.
    public static let name = "MIKEY"

    /// The message.
    public let data: KeyMgmtData

    /// A parameter with a message.
    public init(_ message: MIKEYMessage) { data = KeyMgmtData(message) }

    /// Reads what stands behind `MIKEY=`.
    public init(parsing value: String) throws(KeyMgmtError) {
        var deviations: Set<KeyMgmtDeviation> = []
        data = try KeyMgmtData(
            protocolID: KeyMgmtData.mikey.utf8, base64: Array(value.utf8), noting: &deviations)
        try deviations.check(isLenient: false)
    }

    /// What stands behind `MIKEY=`, the message included.
    public func secretText() -> String { data.base64() }
}

extension MIKEYTransportParameter: CustomStringConvertible, CustomReflectable {
    /// The parameter, with the message hidden.
    public var description: String { "\(Self.name)=<hidden>" }

    public var customMirror: Mirror { Mirror(self, children: [Self.name: description]) }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
public import SDP

/// Data of a key management protocol in a session description, `a=key-mgmt` (RFC 4567 section 3.1).
///
/// ```
/// a=key-mgmt:mikey AQAFgM0XflABAAAAAAAAAAAAAAsAyO...
/// ```
public struct KeyMgmtAttribute: Equatable, Sendable {
    /// The attribute's name.
    public static let name = "key-mgmt"

    /// The protocol and its data.
    public let data: KeyMgmtData
    /// What reading found against RFC 4567 and lived with.
    public let deviations: Set<KeyMgmtDeviation>

    /// An attribute to be written.
    public init(_ data: KeyMgmtData) {
        self.data = data
        deviations = []
    }

    /// An attribute with a MIKEY message.
    public init(_ message: MIKEYMessage) { self.init(KeyMgmtData(message)) }

    /// Reads what stands behind `a=key-mgmt:`.
    ///
    /// - Parameters:
    ///   - value: The attribute's value.
    ///   - isLenient: Whether what ``KeyMgmtDeviation`` names is noted; else it is refused.
    public init(parsing value: String, isLenient: Bool = false) throws(KeyMgmtError) {
        let octets = Array(value.utf8)
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let words = octets.split(whereSeparator: isBlank)
        guard words.count == 2 else {
            throw .invalid(.line, expected: "a protocol, a space and base64 (RFC 4567 section 3.1)")
        }
        var deviations: Set<KeyMgmtDeviation> = []
        // One space may stand before the protocol, and one must stand before the data.
        let spaces = [words[0].startIndex, words[1].startIndex - words[0].endIndex, octets.count - words[1].endIndex]
        if spaces[0] > 1 || spaces[1] > 1 || spaces[2] > 0 || octets.contains(UInt8(ascii: "\t")) {
            deviations.insert(.surplusSpaces)
        }
        data = try KeyMgmtData(protocolID: words[0], base64: words[1], noting: &deviations)
        self.deviations = deviations
        try deviations.check(isLenient: isLenient)
    }

    /// What stands behind `a=key-mgmt:`, data included.
    public func secretText() -> String { "\(data.protocolID) \(data.base64())" }

    /// The attribute, data included.
    public func attribute() -> SDPAttribute { SDPAttribute(Self.name, secretText()) }
}

extension KeyMgmtAttribute: CustomStringConvertible, CustomReflectable {
    /// The attribute, with its data hidden.
    public var description: String { "\(Self.name):\(data)" }

    public var customMirror: Mirror { Mirror(self, children: ["key-mgmt": description]) }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import KeyManagement

/// A key management message where it was found.
package struct FoundMessage: Sendable {
    /// What was found.
    package enum Content: Sendable {
        /// The octets of a MIKEY message, or of what is said to be one. They may be keys.
        case mikey([UInt8])
        /// A message of another protocol.
        case other(protocolID: String)
        /// A line or header that cannot be read.
        case invalid(KeyMgmtError)
    }

    /// Where: a line and what it is.
    package let place: String
    /// What it is.
    package let content: Content

    /// The protocol; `nil` where it cannot be read.
    package var protocolID: String? {
        switch content {
        case .mikey: KeyMgmtData.mikey
        case .other(let protocolID): protocolID
        case .invalid: nil
        }
    }

    /// Whether it is of another protocol than MIKEY.
    package var isOther: Bool {
        if case .other = content { return true }
        return false
    }

    /// What the line has against RFC 4567.
    package private(set) var deviations: [KeyMgmtDeviation] = []
    /// Whether it is an attribute of a description, where several protocols may be alternatives.
    package private(set) var isAttribute = false

    init(_ place: String, _ data: KeyMgmtData, _ deviations: Set<KeyMgmtDeviation>, isAttribute: Bool = false) {
        self.place = place
        self.isAttribute = isAttribute
        content =
            data.isMIKEY
            ? .mikey(data.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) } })
            : .other(protocolID: data.protocolID)
        self.deviations = deviations.sorted { $0.rawValue < $1.rawValue }
    }

    /// The same at another place.
    init(_ message: FoundMessage, place: String) {
        self.place = place
        content = message.content
        deviations = message.deviations
        isAttribute = message.isAttribute
    }

    init(_ place: String, octets: [UInt8]) {
        self.place = place
        content = .mikey(octets)
    }

    init(_ place: String, _ error: KeyMgmtError) {
        self.place = place
        content = .invalid(error)
    }
}

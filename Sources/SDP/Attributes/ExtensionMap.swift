// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The identifier of a header extension, `a=extmap` (RFC 8285 sections 5 to 8).
public struct ExtensionMap: Hashable, Sendable {
    /// The identifiers that can be used: 1 to 14 in one-byte elements, to 255 in two-byte ones; 15 is none in the former.
    public static let usableIDs: ClosedRange<UInt32> = 1...255
    /// The identifiers that an offer uses for alternatives, to be mapped to others (RFC 8285 section 7).
    public static let provisionalIDs: ClosedRange<UInt32> = 4096...4351

    /// The identifier, at most five digits.
    public var id: UInt32
    /// The direction, where it is another one than the stream's.
    public var direction: MediaDirection?
    /// What the extension is: an absolute URI.
    public var uri: String
    /// What the extension's own specification says of it.
    public var parameters: String?

    /// A header extension's identifier.
    public init(id: UInt32, direction: MediaDirection? = nil, uri: String, parameters: String? = nil) {
        self.id = id
        self.direction = direction
        self.uri = uri
        self.parameters = parameters
    }

    /// What stands behind `a=extmap:`; `nil` where it is malformed.
    public init?(parsing value: String) {
        let words = value.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, SDPGrammar.isVisible(words[1].utf8), words.last?.isEmpty == false else { return nil }
        let entry = words[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard entry[0].utf8.count <= 5, let id: UInt32 = SDPGrammar.number(entry[0].utf8) else { return nil }
        if entry.count == 2 {
            guard let direction = MediaDirection(rawValue: String(entry[1])) else { return nil }
            self.direction = direction
        }
        self.id = id
        uri = String(words[1])
        parameters = words.count == 3 ? String(words[2]) : nil
    }

    /// Whether the identifier can stand in a packet.
    public var isUsable: Bool { Self.usableIDs.contains(id) }

    /// The attribute.
    public var attribute: SDPAttribute {
        let direction = direction.map { "/" + $0.rawValue } ?? ""
        return SDPAttribute("extmap", "\(id)\(direction) \(uri)" + (parameters.map { " " + $0 } ?? ""))
    }
}

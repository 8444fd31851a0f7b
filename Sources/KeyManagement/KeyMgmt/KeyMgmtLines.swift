// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP

/// The `a=key-mgmt` lines of one level of a session description, each read or with what is wrong with it.
public struct KeyMgmtLines: Sendable {
    /// One line.
    public struct Entry: Sendable {
        /// Its place among the lines of its section.
        public let position: Int
        /// The attribute, or why it is invalid.
        public let result: Result<KeyMgmtAttribute, KeyMgmtError>
        /// The protocol, where as much can be read; of an invalid line too, as it was offered.
        public let protocolID: String?
    }

    /// The lines in their order: the first is the most preferred (RFC 4567 section 4.1.2).
    public let entries: [Entry]

    /// Reads the lines of a section.
    public init(of section: some SDPSection, isLenient: Bool = false) {
        var entries: [Entry] = []
        for (position, line) in section.lines.enumerated() {
            guard line.field == "a", line.text.hasPrefix(Self.prefix) else { continue }
            let value = String(line.text.dropFirst(Self.prefix.count))
            let result = Result { () throws(KeyMgmtError) in
                try KeyMgmtAttribute(parsing: value, isLenient: isLenient)
            }
            entries.append(
                Entry(position: position, result: result, protocolID: Self.protocolID(of: result, in: value)))
        }
        self.entries = entries
    }

    private static let prefix = KeyMgmtAttribute.name + ":"

    private static func protocolID(of result: Result<KeyMgmtAttribute, KeyMgmtError>, in value: String) -> String? {
        if case .success(let attribute) = result { return attribute.data.protocolID }
        let word = value.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.first ?? value.utf8[...]
        return KeyMgmtData.isProtocolID(word) ? String(word) : nil
    }

    /// Whether there is no such line at all.
    public var isEmpty: Bool { entries.isEmpty }

    /// The protocols in the order of their lines, which each of their messages repeats (RFC 4567 section 4.1.4); `nil` where one
    /// cannot be read.
    public var protocolIDs: [String]? {
        let ids = entries.compactMap(\.protocolID)
        return ids.count == entries.count ? ids : nil
    }

    /// Whether one of them is meant for MIKEY, valid or not.
    var namesMIKEY: Bool { entries.contains { $0.protocolID?.lowercased() == KeyMgmtData.mikey } }

    /// MIKEY's line; `nil` where there is none.
    ///
    /// - Throws: ``KeyMgmtError`` where it is invalid, and for a second one: lines are alternatives of different protocols (RFC
    ///   4567 section 4.1.2).
    public func mikey() throws(KeyMgmtError) -> KeyMgmtAttribute? {
        let lines = entries.filter { $0.protocolID?.lowercased() == KeyMgmtData.mikey }
        guard lines.count < 2 else {
            throw .invalid(.line, expected: "one line for each protocol (RFC 4567 section 4.1.2)")
        }
        return try lines.first?.result.get()
    }

    /// Throws unless there is one protocol, as RTSP has it (RFC 4567 section 4.2).
    ///
    /// - Returns: What lenient reading lives with.
    public func checkForRTSP(isLenient: Bool = false) throws(KeyMgmtError) -> Set<KeyMgmtDeviation> {
        let deviations: Set<KeyMgmtDeviation> = entries.count > 1 ? [.severalProtocols] : []
        try deviations.check(isLenient: isLenient)
        return deviations
    }
}

extension SessionDescription {
    /// The `a=key-mgmt` lines that apply to a media description: its own, or the session's where it has none (RFC 4567 section
    /// 3.1).
    public func keyMgmtLines(of media: MediaDescription, isLenient: Bool = false) -> KeyMgmtLines {
        let own = KeyMgmtLines(of: media, isLenient: isLenient)
        return own.isEmpty ? KeyMgmtLines(of: self, isLenient: isLenient) : own
    }
}

extension SDPSection {
    /// Puts these lines in place of the `a=key-mgmt` lines of the section, the most preferred protocol first.
    public mutating func setKeyMgmt(_ attributes: [KeyMgmtAttribute]) {
        removeAttributes(named: KeyMgmtAttribute.name)
        for attribute in attributes { append(attribute.attribute()) }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP

/// The `a=crypto` lines of a media description, each read or with what is wrong with it.
public struct CryptoLines: Sendable {
    /// One line.
    public struct Entry: Sendable {
        /// Its place among ``MediaDescription/lines``.
        public let position: Int
        /// The attribute, or why it is invalid.
        public let result: Result<CryptoAttribute, CryptoAttributeError>
    }

    /// The lines in their order: the first is the most preferred.
    public let entries: [Entry]

    /// Reads the lines of a media description.
    ///
    /// Lines that share their tag with another one are invalid, all of them (RFC 4568 section 4.1).
    public init(of media: MediaDescription, isLenient: Bool = false) {
        var entries: [Entry] = []
        for (position, line) in media.lines.enumerated() {
            guard let attribute = Self.crypto(line) else { continue }
            entries.append(
                Entry(
                    position: position,
                    result: Result { () throws(CryptoAttributeError) in
                        try CryptoAttribute(parsing: attribute.value ?? "", isLenient: isLenient)
                    }))
        }
        var counts: [UInt32: Int] = [:]
        for case .success(let attribute) in entries.map(\.result) { counts[attribute.tag, default: 0] += 1 }
        self.entries = entries.map { entry in
            guard case .success(let attribute) = entry.result, counts[attribute.tag] != 1 else { return entry }
            return Entry(
                position: entry.position,
                result: .failure(.invalid(.tag, expected: "a tag of its own in the media (RFC 4568 section 4.1)")))
        }
    }

    /// Whether there is no such line at all.
    public var isEmpty: Bool { entries.isEmpty }

    /// The attributes that are valid.
    public var valid: [CryptoAttribute] { entries.compactMap { try? $0.result.get() } }

    /// What `line` says of keys, where it is an `a=crypto`.
    static func crypto(_ line: SDPLine) -> SDPAttribute? {
        guard line.field == "a", line.text.hasPrefix("crypto:") else { return nil }
        return SDPAttribute("crypto", String(line.text.dropFirst("crypto:".count)))
    }
}

extension SessionDescription {
    /// The `a=crypto` lines before the first `m=`, where they mean nothing (RFC 4568 section 4): places among `lines`.
    public var strayCryptoLines: [Int] { lines.indices.filter { CryptoLines.crypto(lines[$0]) != nil } }

    /// Pairs of places of the same key, which must be unique in the whole description (RFC 4568 section 6.1): places among
    /// `media`, with a line's place among its `lines`. Keys are compared with the first 1,024 different ones, so that a long
    /// description takes no long time.
    public func repeatedKeys(isLenient: Bool = false) -> [CryptoLinePair] {
        var pairs: [CryptoLinePair] = []
        var seen: [(CryptoLinePair.Place, InlineKey)] = []
        for (number, description) in media.enumerated() {
            for entry in CryptoLines(of: description, isLenient: isLenient).entries {
                guard case .success(let attribute) = entry.result else { continue }
                let place = CryptoLinePair.Place(media: number, line: entry.position)
                for key in attribute.allKeys {
                    if let first = seen.first(where: { $0.1.hasSameKey(as: key) }) {
                        pairs.append(CryptoLinePair(first: first.0, second: place))
                    } else if seen.count < 1024 {
                        seen.append((place, key))
                    }
                }
            }
        }
        return pairs
    }
}

/// Two `a=crypto` lines of a session description.
public struct CryptoLinePair: Hashable, Sendable {
    /// Where a line is.
    public struct Place: Hashable, Sendable {
        /// Its media description, counted from 0.
        public let media: Int
        /// Its place among the lines of it.
        public let line: Int
    }

    /// The earlier line.
    public let first: Place
    /// The later line.
    public let second: Place
}

extension CryptoAttribute {
    /// The media's keys and those of forward error correction.
    var allKeys: [InlineKey] {
        sessionParameters.reduce(keys) { keys, parameter in
            if case .fecKey(let more) = parameter { keys + more } else { keys }
        }
    }
}

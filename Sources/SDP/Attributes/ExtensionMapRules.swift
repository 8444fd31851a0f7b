// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Something that RFC 8285 does not allow about the header extensions of a description.
public struct ExtensionMapProblem: Hashable, Sendable {
    /// The media description, counted from 0; `nil` for the session.
    public let media: Int?
    /// What is expected, with the section.
    public let expected: String
}

extension SessionDescription {
    /// What the rules of RFC 8285 sections 5 and 7 forbid: an identifier outside the ranges, one that is used twice, an
    /// extension that is named twice, and names at both levels.
    public var extensionMapProblems: [ExtensionMapProblem] {
        let own = extensionMaps
        let sections = [(Int?.none, own)] + media.enumerated().map { (Int?($0), $1.extensionMaps) }
        return sections.flatMap { section, maps in
            var problems = Self.problems(of: maps)
            if section != nil, !maps.isEmpty, !own.isEmpty {
                problems.append("extmap at one level only, session or media (RFC 8285 section 5)")
            }
            return problems.map { ExtensionMapProblem(media: section, expected: $0) }
        }
    }

    private static func problems(of maps: [ExtensionMap]) -> [String] {
        var problems: [String] = []
        var ids: Set<UInt32> = []
        var extensions: Set<[String]> = []
        for map in maps {
            if !map.isUsable, !ExtensionMap.provisionalIDs.contains(map.id) {
                problems.append("extmap identifiers of 1 to 255 or 4096 to 4351, not \(map.id) (RFC 8285 section 7)")
            } else if map.isUsable, !ids.insert(map.id).inserted {
                problems.append("extmap identifier \(map.id) only once (RFC 8285 section 5)")
            }
            if !extensions.insert([map.uri, map.parameters ?? ""]).inserted {
                problems.append("each extmap URI with the same parameters only once (RFC 8285 section 5)")
            }
        }
        return problems
    }
}

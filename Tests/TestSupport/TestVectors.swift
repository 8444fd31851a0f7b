// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The repository's published vectors.
public enum TestVectors {
    /// The folder `TestVectors`.
    public static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "TestVectors")

    /// The vectors of one file that have the fields of `Row`, `snake_case` being read as `camelCase`; a row of another kind
    /// is left out.
    public static func rows<Row: Decodable>(_ file: String, as: Row.Type = Row.self) throws -> [Row] {
        let data = try Data(contentsOf: folder.appending(path: file))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(File<Row>.self, from: data).vectors.compactMap(\.value)
    }
}

private struct File<Element: Decodable>: Decodable { let vectors: [Maybe<Element>] }

private struct Maybe<Element: Decodable>: Decodable {
    let value: Element?

    init(from decoder: any Decoder) throws { value = try? Element(from: decoder) }
}

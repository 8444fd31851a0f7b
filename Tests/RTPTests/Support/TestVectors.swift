// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files of `TestVectors/` at the top of the package.
enum TestVectors {
    private struct File<Vector: Decodable>: Decodable { var vectors: [Vector] }

    static func cases<Vector: Decodable>(_ name: String) throws -> [Vector] {
        let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        let data = try Data(contentsOf: package.appending(path: "TestVectors").appending(path: name))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(File<Vector>.self, from: data).vectors
    }
}

/// The octets that hexadecimal digits stand for; blanks between them are passed over.
func hex(_ digits: String) -> [UInt8] {
    let digits = digits.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

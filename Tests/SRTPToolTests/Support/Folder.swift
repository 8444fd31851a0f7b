// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder that goes away with its value.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "srtp-tool-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file, which is made where there are octets for it.
    func file(_ name: String, _ octets: [UInt8]? = nil, mode: Int = 0o644) -> String {
        let file = path + "/" + name
        if let octets {
            _ = FileManager.default.createFile(
                atPath: file, contents: Data(octets), attributes: [.posixPermissions: NSNumber(value: mode)])
        }
        return file
    }

    /// A key file that nobody else may read.
    func key(_ text: String = Key.hex + "\n", _ name: String = "key", mode: Int = 0o600) -> String {
        file(name, Array(text.utf8), mode: mode)
    }

    func octets(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: path + "/" + name).map { [UInt8]($0) } ?? []
    }

    func mode(_ name: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path + "/" + name))?[.posixPermissions] as? Int
    }

    /// What the folder holds.
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// A master key and salt, in every form that a key file takes.
enum Key {
    static let octets = [UInt8](100..<130)
    static let hex = octets.map { String($0, radix: 16) }.joined()
    static let base64 = Data(octets).base64EncodedString()
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Finds the vector files at a path.
struct VectorFinder {
    /// What a name says of a file.
    enum Kind {
        case lines
        case document
        case other

        init(_ path: String) {
            let name = path.lowercased()
            self = name.hasSuffix(".jsonl") ? .lines : name.hasSuffix(".json") ? .document : .other
        }
    }

    /// The files to be read, in the order of their names.
    private(set) var files: [String] = []
    /// How many other files the folders hold.
    private(set) var otherFileCount = 0
    /// What could not be read.
    private(set) var problems: [ConformanceReport.Problem] = []

    /// Adds the files at a path: the file itself, whatever its name, or those in a folder and its folders.
    mutating func add(_ path: String) {
        switch Self.isFolder(path) {
        case .some(true): walk(path)
        case .some(false): files.append(path)
        case .none: problems.append(.init(path: path, reason: "no such file or folder"))
        }
    }

    private mutating func walk(_ folder: String) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            problems.append(.init(path: folder, reason: "the folder cannot be read"))
            return
        }
        for name in names {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            if type == .typeDirectory {
                walk(path)
            } else if Kind(name) == .other || Self.isFolder(path) == true {
                // The folder is behind a link, which is not followed: it could lead back here.
                otherFileCount += 1
            } else {
                files.append(path)
            }
        }
    }

    /// Whether a path leads to a folder; `nil` where it leads nowhere.
    private static func isFolder(_ path: String) -> Bool? {
        var isFolder: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return exists ? isFolder.boolValue : nil
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import Testing

@testable import SRTP
@testable import SRTPState

@Suite("The lease store in a file")
struct FileStoreTests {
    @Test("what was written is there for the next process, and the old file gone in one step")
    func persistence() throws {
        let folder = try Folder()
        let path = folder.file("leases")
        var ends: [Int] = []
        for life in 0..<3 {
            let store = try FileIndexLeaseStore(path: path, ifMissing: life == 0 ? .create : .fail)
            let process = try Life(store)
            try process.start(first: 5)
            _ = try process.rtp(process.next()).get()
            try process.settle()
            ends.append(process.next())
        }
        #expect(ends == [6, 6 + 4096 + 1, 6 + 2 * (4096 + 1)])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["leases", "leases.lock"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("a missing file is made only where that is asked for")
    func missing() throws {
        let path = try Folder().file("leases")
        #expect(throws: IndexLeaseError.self) { _ = try FileIndexLeaseStore(path: path) }
        let folder = try Folder()
        #expect(throws: IndexLeaseError.missing(path: folder.file("leases"))) {
            _ = try FileIndexLeaseStore(path: folder.file("leases"))
        }
        _ = try FileIndexLeaseStore(path: folder.file("leases"), ifMissing: .create)
        _ = try FileIndexLeaseStore(path: folder.file("leases"))
    }

    @Test("a store that somebody has is locked")
    func lock() throws {
        let folder = try Folder()
        let path = folder.file("leases")
        do {
            let store = try FileIndexLeaseStore(path: path, ifMissing: .create)
            #expect(throws: IndexLeaseError.locked(path: path + ".lock")) { _ = try FileIndexLeaseStore(path: path) }
            _ = store.nameKey
        }
        _ = try FileIndexLeaseStore(path: path)
    }

    @Test("cut or flipped anywhere, or with impossible numbers, the file is refused and left as it is")
    func corrupted() throws {
        let folder = try Folder()
        let path = folder.file("leases")
        do {
            let process = try Life(FileIndexLeaseStore(path: path, ifMissing: .create))
            try process.start()
        }
        let octets = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func isRefused(_ other: [UInt8]) throws -> Bool {
            try Data(other).write(to: URL(fileURLWithPath: path))
            do {
                _ = try FileIndexLeaseStore(path: path, ifMissing: .create)
                return false
            } catch IndexLeaseError.corrupted {
                return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == other
            }
        }
        #expect(try !isRefused(octets))
        for position in octets.indices {
            #expect(try isRefused(Array(octets[..<position])))
            var flipped = octets
            flipped[position] ^= 4
            #expect(try isRefused(flipped), "octet \(position)")
        }
        #expect(try isRefused(octets + [0]))
        var file = try #require(try LeaseFile(octets))
        for number in [UInt64.max, 1 << 61, 1] {
            for field: WritableKeyPath<IndexLease, UInt64> in [\.first, \.count, \.noted, \.oldest, \.packets] {
                var changed = file
                for key in changed.leases.keys { changed.leases[key]?[keyPath: field] = number }
                if number == 1, [\.count, \.packets, \.noted].contains(field) { continue }
                #expect(try isRefused(changed.encoded()), "\(field) of \(number)")
            }
        }
        file.leases = [:]
        #expect(try !isRefused(file.encoded()))
    }

    @Test("a folder that cannot be written to is an error, and the lease there was stays")
    func unwritable() throws {
        let folder = try Folder()
        let path = folder.file("leases")
        let store = try FileIndexLeaseStore(path: path, ifMissing: .create)
        let process = try Life(store)
        try process.start()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        // A folder in the place of the temporary file: nobody writes to that, not even root.
        try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: true)
        _ = try process.rtp(0).get()
        #expect(throws: IndexLeaseError.system(call: "open", path: path + ".new", code: EISDIR)) {
            try process.settle()
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        try FileManager.default.removeItem(atPath: path + ".new")
        _ = try process.rtp(1).get()
        try process.settle()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) != before)
    }

    @Test("a key's leases can be forgotten; the same key has another name in another store")
    func names() throws {
        let folder = try Folder()
        let store = try FileIndexLeaseStore(path: folder.file("one"), ifMissing: .create)
        let other = try FileIndexLeaseStore(path: folder.file("two"), ifMissing: .create)
        let process = try Life(store)
        try process.start()
        let key = SRTPKeyID(number: 1)
        let name = try #require(try process.leaser.name(of: key, in: process.sender))
        #expect(try IndexLeaser(store: other).name(of: key, in: process.sender) != name)
        #expect(store.leases(underKey: name).count == 2)
        try store.removeLeases(underKey: name)
        #expect(store.leases(underKey: name).isEmpty)
    }
}

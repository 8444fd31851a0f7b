// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import DurableFiles
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import MIKEY

@Suite("The file of a replay store")
struct ReplayLogTests {
    private static let recordByteCount = 64

    /// A message of second `time`; what is older than `start` may be forgotten for it.
    private func message(_ time: Int128, start: Int128 = 0) throws -> MIKEYReplayEntry {
        MIKEYReplayEntry(
            .message(
                try digest(UInt64(time)), at: NTPInstant(units: time << 32), windowStart: NTPInstant(units: start << 32)
            ))
    }

    private func counter(_ value: UInt32, peer: UInt64 = 0) throws -> MIKEYReplayEntry {
        MIKEYReplayEntry(.counter(value, of: try digest(peer)))
    }

    private func digest(_ number: UInt64) throws -> MIKEYReplayEntry.Digest {
        let octets = SamplePackets.bigEndian(number)
        return try .init(octets.span.bytes)
    }

    private func octets(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

    private func write(_ octets: some Collection<UInt8>, _ path: String) throws {
        try Data(octets).write(to: URL(filePath: path))
    }

    // MARK: Crashes

    /// A file with four messages, of which one made room for the last, and two counters; and where each entry was durable.
    private func sample(_ path: String) throws -> (entries: [MIKEYReplayEntry], ends: [Int]) {
        let entries = [
            try message(10), try counter(5), try message(20), try message(30), try counter(6),
            try message(40, start: 15),
        ]
        let store = try FileMIKEYReplayStore(path: path, ifMissing: .create(capacity: 3))
        var ends: [Int] = []
        for entry in entries {
            try store.remember(entry)
            ends.append(try octets(path).count)
        }
        return (entries, ends)
    }

    @Test("MIKEY-33 cut at any octet, the file still has every record that was whole, and goes on")
    func cuts() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        let (entries, ends) = try sample(path)
        let whole = try octets(path)
        // The last one has two records: what was forgotten for it, and its own.
        #expect(whole.count == (1 + 6 + 1) * Self.recordByteCount && ends.last == whole.count)
        for count in Self.recordByteCount...whole.count {
            try write(whole[..<count], path)
            for life in 0...1 {
                let store = try FileMIKEYReplayStore(path: path)
                for (entry, end) in zip(entries, ends) where end <= count {
                    #expect(throws: MIKEYReplayError.self, "\(count) octets") { try store.memory().check(entry) }
                }
                if life == 1 {
                    #expect(throws: MIKEYReplayError.replayed) { try store.remember(message(50, start: 35)) }
                } else {
                    for (entry, end) in zip(entries, ends) where end > count { try store.memory().check(entry) }
                    try store.remember(message(50, start: 35))
                }
            }
        }
        for count in 0..<Self.recordByteCount {
            try write(whole[..<count], path)
            #expect(throws: MIKEYReplayError.corrupted(path: path)) { _ = try FileMIKEYReplayStore(path: path) }
            #expect(try octets(path) == Array(whole[..<count]))
        }
    }

    @Test("a last record whose place is there and whose check value is not, was not written")
    func emptyPlace() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        let entries = try sample(path).entries
        let whole = try octets(path)
        let last = whole.count - Self.recordByteCount
        for written in [0, 1, 56] {
            let zeros = [UInt8](repeating: 0, count: Self.recordByteCount - written)
            try write(whole[..<(last + written)] + zeros, path)
            let store = try FileMIKEYReplayStore(path: path)
            #expect(throws: MIKEYReplayError.beforeMemory) { try store.memory().check(entries[0]) }
            #expect(throws: MIKEYReplayError.replayed) { try store.memory().check(entries[3]) }
            try store.remember(entries[5])
        }
        // In its middle the file has no such places.
        try write(whole[..<last] + [UInt8](repeating: 0, count: 2 * Self.recordByteCount), path)
        #expect(throws: MIKEYReplayError.damaged(path: path, offset: last)) {
            _ = try FileMIKEYReplayStore(path: path)
        }
    }

    // MARK: Damage

    @Test("MIKEY-33 a file with an octet flipped, or a record lost, doubled or moved, is refused and left as it is")
    func damage() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        _ = try sample(path)
        let whole = try octets(path)
        for position in whole.indices {
            var flipped = whole
            flipped[position] ^= 1
            try write(flipped, path)
            let record = position / Self.recordByteCount * Self.recordByteCount
            let expected: MIKEYReplayError =
                position < 12 ? .corrupted(path: path) : .damaged(path: path, offset: record)
            #expect(throws: expected) { _ = try FileMIKEYReplayStore(path: path, ifMissing: .create()) }
            #expect(try octets(path) == flipped)
        }
        var records = stride(from: 0, to: whole.count, by: Self.recordByteCount)
            .map { Array(whole[$0..<$0 + Self.recordByteCount]) }
        for position in 1..<records.count - 1 {
            for change in 0..<3 {
                var changed = records
                switch change {
                case 0: changed.remove(at: position)
                case 1: changed.insert(records[position], at: position)
                default: changed.swapAt(position, position + 1)
                }
                try write(changed.joined(), path)
                #expect(throws: MIKEYReplayError.self) { _ = try FileMIKEYReplayStore(path: path) }
            }
        }
        records.append(records[1])
        try write(records.joined(), path)
        #expect(throws: MIKEYReplayError.damaged(path: path, offset: whole.count)) {
            _ = try FileMIKEYReplayStore(path: path)
        }
        let text = MIKEYReplayError.damaged(path: "replays", offset: 128).description
        #expect(text == "replays: damaged at octet 128")
    }

    // MARK: Failures

    @Test("MIKEY-33 what cannot be written is not accepted, wherever writing ends", arguments: 0...64)
    func full(_ room: Int) throws {
        let folder = try Folder()
        let path = folder.file("replays")
        let full = MIKEYReplayError.system(call: "write", path: path, code: ENOSPC)
        let disk = Disk()
        do {
            let store = try FileMIKEYReplayStore(
                path: path, ifMissing: .create(), writingTo: FullFile(AppendFile(path: path), disk))
            try store.remember(message(1))
            disk.room = room
            for _ in 0..<2 { #expect(throws: full) { try store.remember(message(2)) } }
            #expect(try octets(path).count == 2 * Self.recordByteCount + room)
            #expect(throws: full) { try store.remember(counter(1)) }
            #expect(store.memory().messageCount == 1 && store.memory().counterCount == 0)
        }
        // A crash now loses nothing that was accepted.
        do {
            let store = try FileMIKEYReplayStore(path: path)
            #expect(throws: MIKEYReplayError.replayed) { try store.remember(message(1)) }
            #expect(store.memory().messageCount == (room < Self.recordByteCount ? 1 : 2))
        }
    }

    @Test("MIKEY-33 once there is room again, the store goes on behind what is whole")
    func roomAgain() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        let disk = Disk()
        let store = try FileMIKEYReplayStore(
            path: path, ifMissing: .create(), writingTo: FullFile(AppendFile(path: path), disk))
        for number: Int128 in 1...5 {
            disk.room = 10
            #expect(throws: MIKEYReplayError.self) { try store.remember(message(number)) }
            disk.room = nil
            try store.remember(message(number))
            #expect(throws: MIKEYReplayError.replayed) { try store.remember(message(number)) }
        }
        #expect(try ReplayRecord.memory(octets(path), path: path) == store.memory())
        #expect(try octets(path).count == 6 * Self.recordByteCount)
    }

    // MARK: Size and cost

    @Test("the file stays in proportion to what is remembered, and says the same after each record")
    func compaction() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        let capacity = 8
        let store = try FileMIKEYReplayStore(path: path, ifMissing: .create(capacity: capacity))
        var largest = 0
        for number in 1...400 {
            try store.remember(counter(UInt32(number), peer: UInt64(number % 3)))
            try store.remember(message(Int128(number), start: Int128(number) - 6))
            let file = try octets(path)
            largest = max(largest, file.count)
            #expect(try ReplayRecord.memory(file, path: path) == store.memory())
        }
        #expect(largest > 100 * 64 / 2 && largest <= (4 * capacity + 69) * Self.recordByteCount)
        #expect(store.memory().counterCount == 3 && store.memory().messageCount >= 6)
        #expect(throws: MIKEYReplayError.replayed) { try store.remember(message(395)) }
        #expect(throws: MIKEYReplayError.beforeMemory) { try store.remember(message(1)) }
    }

    @Test("an accepted message costs one record, however many are remembered")
    func cost() throws {
        let disk = Disk()
        var log = try ReplayLog(MIKEYReplayMemory(capacity: 20_000), FullFile(nil, disk))
        for number: Int128 in 1...10_000 { try log.remember(message(number)) }
        #expect(log.memory.messageCount == 10_000)
        #expect(disk.written == [Self.recordByteCount: 10_001])
        try log.remember(counter(1))
        #expect(disk.written == [Self.recordByteCount: 10_002])
    }
}

/// How much more can be written, and what was: how often so many octets at once.
private final class Disk: Sendable {
    private let state = Mutex((room: Int?.none, written: [Int: Int]()))

    /// Octets that can still be written; `nil` for as many as wanted.
    var room: Int? {
        get { state.withLock { $0.room } }
        set { state.withLock { $0.room = newValue } }
    }

    var written: [Int: Int] { state.withLock { $0.written } }

    /// Takes room for as many of these octets as there is.
    func take(_ count: Int) -> Int {
        state.withLock { state in
            let taken = min(count, state.room ?? count)
            state.room = state.room.map { $0 - taken }
            state.written[taken, default: 0] += 1
            return taken
        }
    }
}

/// A file on a disk that can be full.
private struct FullFile: RecordFile {
    private var file: AppendFile?
    private let disk: Disk

    init(_ file: AppendFile?, _ disk: Disk) {
        self.file = file
        self.disk = disk
    }

    mutating func replace(with octets: [UInt8]) throws(DurableFileError) {
        if let room = disk.room, room < octets.count { throw failure }
        _ = disk.take(octets.count)
        try file?.replace(with: octets)
    }

    mutating func append(_ octets: [UInt8]) throws(DurableFileError) {
        let isFull = disk.room != nil
        let taken = disk.take(octets.count)
        try file?.append(Array(octets.prefix(taken)))
        if isFull { throw failure }
    }

    private var failure: DurableFileError {
        .system(call: "write", path: file?.path ?? "", code: ENOSPC)
    }
}

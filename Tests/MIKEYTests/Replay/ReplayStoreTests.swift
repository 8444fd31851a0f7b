// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import TestSupport
import Testing

@testable import MIKEY

/// A folder that goes away with the value.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "replays-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

@Suite("Replay stores")
struct ReplayStoreTests {
    private let now: Int64 = 2_085_978_490  // the 64 bits start over within the window

    private func accept(_ store: some MIKEYReplayStore, _ timestamp: MIKEYTimestamp, _ message: String) throws {
        try MIKEYReplayGuard(store: store).accept(
            timestamp, message: Array(message.utf8).span.bytes, peer: [1], now: WallClockTime(seconds: now))
    }

    private func time(_ offset: Int64) -> MIKEYTimestamp {
        .ntpUTC(UInt64(truncatingIfNeeded: now + offset + 2_208_988_800) << 32 | 5)
    }

    @Test("MIKEY-33 what a process accepted, the next one refuses: messages and counters")
    func persistence() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        for life in 0..<3 {
            let store = try FileMIKEYReplayStore(path: path, ifMissing: life == 0 ? .create() : .fail)
            for former in 0..<life {
                #expect(throws: MIKEYReplayError.replayed) { try accept(store, time(Int64(former) * 10), "\(former)") }
                #expect(throws: MIKEYReplayError.counterNotIncreasing) {
                    try accept(store, .counter(UInt32(former)), "")
                }
            }
            try accept(store, time(Int64(life) * 10), "\(life)")
            try accept(store, .counter(UInt32(life)), "")
            #expect(store.memory().messageCount == life + 1 && store.memory().counterCount == 1)
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["replays", "replays.lock"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("what was forgotten stays forgotten over a restart, and the capacity stays")
    func forgotten() throws {
        let folder = try Folder()
        do {
            let store = try FileMIKEYReplayStore(path: folder.file("a"), ifMissing: .create(capacity: 1))
            try accept(store, time(-300), "old")
            let later = try WallClockTime(seconds: now + 10)
            try MIKEYReplayGuard(store: store).accept(
                time(0), message: [7].span.bytes, peer: [1], now: later)
        }
        let store = try FileMIKEYReplayStore(path: folder.file("a"))
        #expect(store.memory().capacity == 1)
        #expect(throws: MIKEYReplayError.beforeMemory) { try accept(store, time(-300), "old") }
        #expect(throws: MIKEYReplayError.full(capacity: 1)) { try accept(store, time(0), "other") }
    }

    @Test("a missing file is made only where that is asked for, and one that somebody has is locked")
    func missingAndLocked() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        #expect(throws: MIKEYReplayError.missing(path: path)) { _ = try FileMIKEYReplayStore(path: path) }
        let store = try FileMIKEYReplayStore(path: path, ifMissing: .create())
        #expect(throws: MIKEYReplayError.locked(path: path + ".lock")) { _ = try FileMIKEYReplayStore(path: path) }
        #expect(store.memory().messageCount == 0)
        let nowhere = folder.file("none/replays")
        #expect(throws: MIKEYReplayError.system(call: "open", path: nowhere + ".lock", code: ENOENT)) {
            _ = try FileMIKEYReplayStore(path: nowhere, ifMissing: .create())
        }
    }

    @Test("where the file cannot be written anew it is not opened, and left as it is")
    func unwritable() throws {
        let folder = try Folder()
        let path = folder.file("replays")
        do {
            let store = try FileMIKEYReplayStore(path: path, ifMissing: .create())
            try accept(store, time(0), "a")
        }
        let octets = try Data(contentsOf: URL(filePath: path))
        // Where the new file would be written there is a folder.
        try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: false)
        #expect(throws: MIKEYReplayError.system(call: "open", path: path + ".new", code: EISDIR)) {
            _ = try FileMIKEYReplayStore(path: path)
        }
        #expect(try Data(contentsOf: URL(filePath: path)) == octets)
        try FileManager.default.removeItem(atPath: path + ".new")
        #expect(throws: MIKEYReplayError.replayed) { try accept(FileMIKEYReplayStore(path: path), time(0), "a") }
    }

    @Test("a memory is read from its octets, and not from any that were cut or flipped")
    func encoding() throws {
        let store = MemoryMIKEYReplayStore(startTime: try WallClockTime(seconds: now - 1000), capacity: 5)
        try accept(store, time(0), "a")
        var memory = store.memory()
        try memory.remember(MIKEYReplayEntry(.counter(1, of: .init([7].span.bytes))))
        let octets = try memory.encoded()
        #expect(try MIKEYReplayMemory(encoded: octets) == memory)
        var wrong = (0..<octets.count).map { Array(octets[..<$0]) } + [octets + [0]]
        for position in octets.indices {
            var flipped = octets
            flipped[position] ^= 1
            wrong.append(flipped)
        }
        for wrong in wrong { #expect(try MIKEYReplayMemory(encoded: wrong) == nil) }
    }

    @Test("a capacity is at least 1 and at most 2^20")
    func capacities() {
        #expect(MIKEYReplayMemory(capacity: -1).capacity == 1)
        #expect(MIKEYReplayMemory(capacity: .max).capacity == 1 << 20)
        #expect(MIKEYReplayMemory().capacity == 4096)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import DurableFiles

/// A file that grows by records.
protocol RecordFile: Sendable {
    /// Gives the file these octets, durably and wholly or not at all.
    mutating func replace(with octets: [UInt8]) throws(DurableFileError)
    /// Writes octets behind those that are there, durably. Where it throws, a part of them may be there.
    mutating func append(_ octets: [UInt8]) throws(DurableFileError)
}

extension AppendFile: RecordFile {}

/// A replay memory, and the file that has each of its changes as a record.
///
/// A change counts when its record is durable. The file is written anew, which leaves out what no longer counts, when it is opened,
/// when more than half of its records are such, and before anything is written behind what could not be.
struct ReplayLog: Sendable {
    private(set) var memory: MIKEYReplayMemory
    private var file: any RecordFile
    /// Records behind the head.
    private var recordCount = 0
    /// The check value of the last record.
    private var check = ReplayRecord.Check.start
    /// Whether it is known what stands at the end of the file.
    private var isWhole = false

    /// Few records are not worth a new file.
    private static let spareRecords = 64

    /// Writes a file with this memory.
    init(_ memory: MIKEYReplayMemory, _ file: any RecordFile) throws(MIKEYReplayError) {
        self.memory = memory
        self.file = file
        try rewrite(memory)
    }

    /// Remembers a message or a counter. Where it throws, it is not remembered.
    mutating func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        let changes = try memory.changes(toRemember: entry)
        guard isWhole, recordCount <= 2 * memory.changeCount + Self.spareRecords else {
            var changed = memory
            for change in changes { try changed.apply(change) }
            try rewrite(changed)
            memory = changed
            return
        }
        // One record at a time: only the last one of a file can be cut off.
        for change in changes { try append(change) }
    }

    private mutating func append(_ change: MIKEYReplayMemory.Change) throws(MIKEYReplayError) {
        var check = check
        let octets = try ReplayRecord.encode(change, &check)
        isWhole = false
        do throws(DurableFileError) { try file.append(octets) } catch { throw MIKEYReplayError(error) }
        isWhole = true
        self.check = check
        recordCount += 1
        try memory.apply(change)
    }

    private mutating func rewrite(_ memory: MIKEYReplayMemory) throws(MIKEYReplayError) {
        let changes = memory.allChanges
        var check = ReplayRecord.Check.start
        var octets = try ReplayRecord.head(capacity: memory.capacity, &check)
        octets.reserveCapacity((1 + changes.count) * ReplayRecord.byteCount)
        for change in changes { octets += try ReplayRecord.encode(change, &check) }
        isWhole = false
        do throws(DurableFileError) { try file.replace(with: octets) } catch { throw MIKEYReplayError(error) }
        isWhole = true
        self.check = check
        recordCount = changes.count
    }
}

extension MIKEYReplayError {
    init(_ error: DurableFileError) {
        switch error {
        case .system(let call, let path, let code): self = .system(call: call, path: path, code: code)
        case .locked(let path): self = .locked(path: path)
        }
    }
}

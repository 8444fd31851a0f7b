// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import DurableFiles
public import RTP
internal import Synchronization

/// A store in a file, which one process at a time may have.
///
/// The file is a log: a record of 64 octets for each message that is accepted, durable before the message has any effect. The last
/// record may have been cut off by a crash; its message had none. The file is written anew, durably and under another name first,
/// when it is opened, when most of it no longer counts, and after it could not be written. It has at most 256 octets for each
/// message of its capacity, and 5 kilobytes. `PATH.lock` beside it keeps other processes out.
///
/// What cannot be written is not accepted. A file in which any other record was altered is refused. One that is missing is made
/// anew only where the caller says so, since a store that was lost is a store that forgets. The same goes for a file that was put
/// back from an older copy, or cut to fewer records, or a virtual machine from a snapshot; nobody here can find that out.
///
/// A store that was lost is made anew with new keys. With the same keys that is safe once no responder has run for as long as the
/// window is wide, and where no peer counts.
public final class FileMIKEYReplayStore: MIKEYReplayStore {
    /// What to do where there is no file.
    public enum MissingFile: Hashable, Sendable {
        /// Refuse: for keys under which messages may have been accepted before.
        case fail
        /// Make an empty store: right where the keys are new.
        case create(capacity: Int = 4096)
    }

    private let lock: LockFile
    private let kept: Mutex<ReplayLog>

    /// Opens the store at `path` and locks it until the object goes away.
    ///
    /// - Throws: ``MIKEYReplayError/missing(path:)``, ``MIKEYReplayError/locked(path:)``, ``MIKEYReplayError/corrupted(path:)``,
    ///   ``MIKEYReplayError/damaged(path:offset:)``, and ``MIKEYReplayError/system(call:path:code:)``.
    public convenience init(path: String, ifMissing: MissingFile = .fail) throws(MIKEYReplayError) {
        try self.init(path: path, ifMissing: ifMissing, writingTo: AppendFile(path: path))
    }

    /// The same with another way to write the file.
    init(path: String, ifMissing: MissingFile, writingTo file: any RecordFile) throws(MIKEYReplayError) {
        let lock: LockFile
        let octets: [UInt8]?
        do throws(DurableFileError) {
            lock = try LockFile(path: path + ".lock")
            octets = try DurableFile.read(path)
        } catch {
            throw MIKEYReplayError(error)
        }
        let memory: MIKEYReplayMemory
        if let octets {
            guard let known = try ReplayRecord.memory(octets, path: path) else { throw .corrupted(path: path) }
            memory = known
        } else {
            guard case .create(let capacity) = ifMissing else { throw .missing(path: path) }
            memory = MIKEYReplayMemory(capacity: capacity)
        }
        self.lock = lock
        kept = Mutex(try ReplayLog(memory, file))
    }

    /// `nil`: the file outlives the process.
    public var remembersSince: WallClockTime? { nil }

    /// What is remembered now.
    public func memory() -> MIKEYReplayMemory { kept.withLock { $0.memory } }

    /// Remembers a message; that is durable afterwards.
    public func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        try kept.withLock { (kept: inout sending ReplayLog) throws(MIKEYReplayError) in
            try kept.remember(entry)
        }
    }
}

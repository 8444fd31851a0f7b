// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import DurableFiles
public import RTP
internal import Synchronization

/// A store in a file, which one process at a time may have.
///
/// The file is replaced as a whole with every message that is accepted, durably, before the message has any effect: after a crash
/// there is the old file or the new one. `PATH.lock` beside it keeps other processes out. 4,096 messages are 200 kilobytes: where
/// many arrive each second a store of another kind serves better.
///
/// A file that was altered or cut is refused. One that is missing is made anew only where the caller says so, since a store that
/// was lost is a store that forgets. The same goes for a file that was put back from an older copy, or a virtual machine from a
/// snapshot; nobody here can find that out.
public final class FileMIKEYReplayStore: MIKEYReplayStore {
    /// What to do where there is no file.
    public enum MissingFile: Hashable, Sendable {
        /// Refuse: for keys under which messages may have been accepted before.
        case fail
        /// Make an empty store: right where the keys are new.
        case create(capacity: Int = 4096)
    }

    private let path: String
    private let lock: LockFile
    private let kept: Mutex<MIKEYReplayMemory>

    /// Opens the store at `path` and locks it until the object goes away.
    ///
    /// - Throws: ``MIKEYReplayError/missing(path:)``, ``MIKEYReplayError/locked(path:)``,
    ///   ``MIKEYReplayError/corrupted(path:)``, and ``MIKEYReplayError/system(call:path:code:)``.
    public init(path: String, ifMissing: MissingFile = .fail) throws(MIKEYReplayError) {
        let lock = try Self.callingSystem { () throws(DurableFileError) in try LockFile(path: path + ".lock") }
        let memory: MIKEYReplayMemory
        if let octets = try Self.callingSystem({ () throws(DurableFileError) in try DurableFile.read(path) }) {
            guard let known = try MIKEYReplayMemory(encoded: octets) else { throw .corrupted(path: path) }
            memory = known
        } else {
            guard case .create(let capacity) = ifMissing else { throw .missing(path: path) }
            memory = MIKEYReplayMemory(capacity: capacity)
            try Self.write(memory, path)
        }
        self.path = path
        self.lock = lock
        kept = Mutex(memory)
    }

    private static func write(_ memory: MIKEYReplayMemory, _ path: String) throws(MIKEYReplayError) {
        let octets = try memory.encoded()
        try callingSystem { () throws(DurableFileError) in try DurableFile.replace(path, with: octets) }
    }

    private static func callingSystem<R>(_ body: () throws(DurableFileError) -> R) throws(MIKEYReplayError) -> R {
        do throws(DurableFileError) {
            return try body()
        } catch {
            switch error {
            case .system(let call, let path, let code): throw .system(call: call, path: path, code: code)
            case .locked(let path): throw .locked(path: path)
            }
        }
    }

    /// `nil`: the file outlives the process.
    public var remembersSince: WallClockTime? { nil }

    /// What is remembered now.
    public func memory() -> MIKEYReplayMemory { kept.withLock { $0 } }

    /// Changes what is remembered; the change is durable afterwards.
    public func update(
        _ change: (inout MIKEYReplayMemory) throws(MIKEYReplayError) -> Void
    ) throws(MIKEYReplayError) {
        try kept.withLock { (kept: inout sending MIKEYReplayMemory) throws(MIKEYReplayError) in
            var changed = kept
            try change(&changed)
            try Self.write(changed, path)
            kept = changed
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import DurableFiles
internal import Synchronization

/// Leases in a file, which one process at a time may have.
///
/// The file is replaced as a whole with every change: a temporary file is written and made durable, takes the file's name, and the
/// folder is made durable. After a crash there is the old file or the new one. `PATH.lock` beside it keeps other processes out.
///
/// A file that was altered or cut is refused. A file that is missing is made anew only where the caller says so, since a store that
/// was lost is a store that forgets: under master keys that were used with it, indices would be used twice. The same goes for a
/// file that was put back from an older copy, or a virtual machine from a snapshot; nobody here can find that out.
public final class FileIndexLeaseStore: IndexLeaseStore {
    /// What to do where there is no file.
    public enum MissingFile: Hashable, Sendable {
        /// Refuse: for master keys that may have been used before.
        case fail
        /// Make an empty store: right where master keys are new, or are lost together with the store.
        case create
    }

    private let path: String
    private let lock: LockFile
    private let file: Mutex<LeaseFile>

    /// Opens the store at `path` and locks it until the object goes away.
    ///
    /// - Throws: ``IndexLeaseError/missing(path:)``, ``IndexLeaseError/locked(path:)``, ``IndexLeaseError/corrupted(path:)``, and
    ///   ``IndexLeaseError/system(call:path:code:)``.
    public init(path: String, ifMissing: MissingFile = .fail) throws(IndexLeaseError) {
        let lock = try Self.callingSystem { () throws(DurableFileError) in try LockFile(path: path + ".lock") }
        let file: LeaseFile
        if let octets = try Self.callingSystem({ () throws(DurableFileError) in try DurableFile.read(path) }) {
            guard let known = try Self.callingEngine({ () throws(CryptoError) in try LeaseFile(octets) }) else {
                throw .corrupted(path: path)
            }
            file = known
        } else {
            guard ifMissing == .create else { throw .missing(path: path) }
            file = try Self.callingEngine { () throws(CryptoError) in try LeaseFile() }
            try Self.write(file, path)
        }
        self.path = path
        self.lock = lock
        self.file = Mutex(file)
    }

    private static func callingEngine<R>(_ body: () throws(CryptoError) -> R) throws(IndexLeaseError) -> R {
        do throws(CryptoError) { return try body() } catch { throw .engineFailed }
    }

    private static func callingSystem<R>(_ body: () throws(DurableFileError) -> R) throws(IndexLeaseError) -> R {
        do throws(DurableFileError) {
            return try body()
        } catch {
            switch error {
            case .system(let call, let path, let code): throw .system(call: call, path: path, code: code)
            case .locked(let path): throw .locked(path: path)
            }
        }
    }

    private static func write(_ file: LeaseFile, _ path: String) throws(IndexLeaseError) {
        let octets = try callingEngine { () throws(CryptoError) in try file.encoded() }
        try callingSystem { () throws(DurableFileError) in try DurableFile.replace(path, with: octets) }
    }

    // MARK: Leases

    /// The store's own key, made with it.
    public var nameKey: [UInt8] { file.withLock { $0.nameKey } }

    /// The leases under the master key of this name.
    public func leases(underKey name: [UInt8]) -> [IndexLease] {
        file.withLock { file in file.leases.values.filter { $0.stream.key == name } }
    }

    /// Writes leases; they are durable afterwards.
    public func update(
        _ streams: [IndexLease.Stream],
        _ change: ([IndexLease.Stream: IndexLease]) throws(IndexLeaseError) -> [IndexLease]
    ) throws(IndexLeaseError) {
        try file.withLock { (file: inout sending LeaseFile) throws(IndexLeaseError) in
            var known: [IndexLease.Stream: IndexLease] = [:]
            for stream in streams { known[stream] = file.leases[stream] }
            let new = try change(known)
            guard !new.isEmpty else { return }
            var changed = file
            for lease in new { changed.leases[lease.stream] = lease }
            try Self.write(changed, path)
            file = changed
        }
    }

    /// Forgets the leases under a master key that never comes back, by the name that it has in this store; see
    /// ``IndexLeaser/name(of:in:)``.
    public func removeLeases(underKey name: [UInt8]) throws(IndexLeaseError) {
        try file.withLock { (file: inout sending LeaseFile) throws(IndexLeaseError) in
            var changed = file
            changed.leases = file.leases.filter { $0.key.key != name }
            try Self.write(changed, path)
            file = changed
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import DurableFiles

/// Why a message is refused as old, or a replay store fails.
@nonexhaustive
public enum MIKEYReplayError: Error, Hashable, Sendable {
    /// T is before the window around the clock.
    case tooOld
    /// T is behind the window around the clock.
    case tooNew
    /// T is in the window, but not newer than what the store may have forgotten: the message may have been seen.
    case beforeMemory
    /// The message was accepted before.
    case replayed
    /// The counter is not above the last one of this peer.
    case counterNotIncreasing
    /// T is a counter, and the store forgets what counters it has seen when the process ends.
    case counterNeedsDurableStore
    /// The store is full of messages that are still to be remembered; further ones are refused until their time is over.
    case full(capacity: Int)

    /// The operating system refused a call.
    case system(call: String, path: String, code: Int32)
    /// There is no store at the path. One that was lost cannot be made anew under the same keys: see
    /// ``FileMIKEYReplayStore``.
    case missing(path: String)
    /// Another process has the store.
    case locked(path: String)
    /// The file is not a store of this version.
    case corrupted(path: String)
    /// The record at this offset of the file is not the one that was written. What was remembered is not known any more.
    case damaged(path: String, offset: Int)
    /// libcrypto failed.
    case engineFailed
    /// A store of another kind failed.
    case storeFailed(String)
}

extension MIKEYReplayError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .tooOld: "the timestamp is too old"
        case .tooNew: "the timestamp is ahead of the clock"
        case .beforeMemory: "the timestamp is older than what is remembered"
        case .replayed: "the message was accepted before"
        case .counterNotIncreasing: "the counter is not above the last one"
        case .counterNeedsDurableStore: "counters need a replay store that outlives the process"
        case .full(let capacity): "the replay store is full, \(capacity) messages"
        case .system(let call, let path, let code): "\(path): \(call): \(systemMessage(code))"
        case .missing(let path): "\(path): no such replay store"
        case .locked(let path): "\(path): in use by another process"
        case .corrupted(let path): "\(path): not a replay store of this version"
        case .damaged(let path, let offset): "\(path): damaged at octet \(offset)"
        case .engineFailed: "libcrypto failed"
        case .storeFailed(let reason): reason
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import DurableFiles
public import RTP

/// Why there is no lease.
@nonexhaustive
public enum IndexLeaseError: Error, Hashable, Sendable {
    /// The operating system refused a call.
    case system(call: String, path: String, code: Int32)
    /// There is no store at the path. One that was lost cannot be made anew under the same master keys: see
    /// ``FileIndexLeaseStore``.
    case missing(path: String)
    /// There is a store at the path already.
    case alreadyExists(path: String)
    /// Another process has the store.
    case locked(path: String)
    /// The file is not a store of this version, or was cut or altered.
    case corrupted(path: String)
    /// So many processes in a row have ended without having said that they sent anything that a further lease would be out of the
    /// receivers' reach, 2^15 packets. The stream needs a new master key.
    case tooManyRestarts(SSRC)
    /// libcrypto failed.
    case engineFailed
    /// A store of another kind failed.
    case storeFailed(String)
}

extension IndexLeaseError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .system(let call, let path, let code): "\(path): \(call): \(systemMessage(code))"
        case .missing(let path): "\(path): no such lease store"
        case .alreadyExists(let path): "\(path): exists already"
        case .locked(let path): "\(path): in use by another process"
        case .corrupted(let path): "\(path): not a lease store, or damaged"
        case .tooManyRestarts(let ssrc): "SSRC \(ssrc): too many restarts without a packet, a new master key is needed"
        case .engineFailed: "libcrypto failed"
        case .storeFailed(let reason): reason
        }
    }
}

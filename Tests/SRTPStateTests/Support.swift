// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import Synchronization
import TestSupport

@testable import SRTP
@testable import SRTPState

/// A store in memory, which can be made to fail, and which says how often it was written.
final class MemoryStore: IndexLeaseStore {
    struct State {
        var leases: [IndexLease.Stream: IndexLease] = [:]
        var writes = 0
        var failure: IndexLeaseError?
    }

    let state = Mutex(State())

    var nameKey: [UInt8] { [UInt8](repeating: 9, count: 32) }

    func leases(underKey name: [UInt8]) -> [IndexLease] {
        state.withLock { state in state.leases.values.filter { $0.stream.key == name } }
    }

    func update(
        _ streams: [IndexLease.Stream],
        _ change: ([IndexLease.Stream: IndexLease]) throws(IndexLeaseError) -> [IndexLease]
    ) throws(IndexLeaseError) {
        try state.withLock { (state: inout sending State) throws(IndexLeaseError) in
            if let failure = state.failure { throw failure }
            for lease in try change(state.leases) { state.leases[lease.stream] = lease }
            state.writes += 1
        }
    }

    var writes: Int { state.withLock { $0.writes } }

    func fail(_ failure: IndexLeaseError?) { state.withLock { $0.failure = failure } }
}

/// A process that sends under the sample key, until it ends.
final class Life {
    var sender: SRTPSender
    let leaser: IndexLeaser

    init(
        _ store: some IndexLeaseStore, key: UInt8 = 0, resumes: Bool = true,
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = SRTPConfiguration()
        configuration.indexLeasing = .refusingUsedIndices
        configure(&configuration)
        sender = try SRTPSender(masterKey: Self.key(key), configuration: configuration)
        leaser = IndexLeaser(store: store)
        if resumes { try leaser.resume(&sender) }
    }

    static func key(_ first: UInt8) throws -> SRTPMasterKey {
        let octets = (0..<30).map { first &+ UInt8($0) }
        return try SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: octets.span)
    }

    func rtp(_ number: Int, ssrc: UInt32 = 1, payload: [UInt8] = [1, 2, 3]) -> Result<[UInt8], SRTPError> {
        do throws(SRTPError) {
            return .success(
                try sender.protectRTP(
                    SamplePackets.rtp(sequence: UInt16(truncatingIfNeeded: number), ssrc: ssrc, payload: payload)))
        } catch {
            return .failure(error)
        }
    }

    func rtcp(ssrc: UInt32 = 1) -> Result<[UInt8], SRTPError> {
        do throws(SRTPError) { return .success(try sender.protectRTCP(SamplePackets.rtcp(ssrc: ssrc))) } catch {
            return .failure(error)
        }
    }

    /// What was asked for is durable and granted.
    func settle() throws { try leaser.serveAndWait(&sender) }

    /// The first packets of a stream, which goes on where it can.
    func start(_ ssrc: UInt32 = 1, first: UInt16 = 0) throws {
        try sender.requestLeases(for: SSRC(ssrc), firstSequenceNumber: first)
        try settle()
    }

    func next(_ ssrc: UInt32 = 1) -> Int { Int(sender.nextUsableIndex(of: SSRC(ssrc)) ?? 0) }
}

/// A folder of its own, gone with the object.
final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("srtp-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

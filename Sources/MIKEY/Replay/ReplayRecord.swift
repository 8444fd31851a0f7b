// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A record of a replay store's file: 56 octets and a check value of 8 octets over them and the record before.
///
///     head       "MIKEYRPL", version (4), capacity (4), zeros (40)
///     message    1, digest (32), time (16), zeros (7)
///     counter    2, digest of the peer's name (32), counter (4), zeros (19)
///     forgotten  3, zeros (32), time of the newest message that was forgotten (16), zeros (7)
///
/// The size divides that of a disk's sectors, so that a record is written wholly or not at all. The check values find damage, and
/// records that are lost, doubled or in another order; not malice.
enum ReplayRecord {
    static let byteCount = 64
    private static let bodyByteCount = 56
    private static let checkByteCount = byteCount - bodyByteCount
    private static let magic = Array("MIKEYRPL".utf8)
    private static let version: UInt32 = 2

    /// Links a record to the one before.
    struct Check: Hashable {
        fileprivate var octets = [UInt8](repeating: 0, count: checkByteCount)

        /// Before the first record.
        static let start = Check()
    }

    /// The first record of a file.
    static func head(capacity: Int, _ check: inout Check) throws(MIKEYReplayError) -> [UInt8] {
        var writer = ByteWriter(reserving: byteCount)
        writer.write(bytes: magic)
        writer.write(version)
        writer.write(UInt32(clamping: capacity))
        return try finish(writer, &check)
    }

    /// The record of a change.
    static func encode(_ change: MIKEYReplayMemory.Change, _ check: inout Check) throws(MIKEYReplayError) -> [UInt8] {
        var writer = ByteWriter(reserving: byteCount)
        switch change {
        case .message(let digest, let time):
            writer.write(UInt8(1))
            writer.write(bytes: digest)
            time.write(to: &writer)
        case .counter(let counter, let peer):
            writer.write(UInt8(2))
            writer.write(bytes: peer)
            writer.write(counter)
        case .forgotten(let newest):
            writer.write(UInt8(3))
            writer.writeZeros(MIKEYReplayEntry.Digest.byteCount)
            newest.write(to: &writer)
        }
        return try finish(writer, &check)
    }

    private static func finish(_ writer: ByteWriter, _ check: inout Check) throws(MIKEYReplayError) -> [UInt8] {
        var writer = writer
        writer.writeZeros(bodyByteCount - writer.count)
        check = try next(check, writer.bytes[...])
        writer.write(bytes: check.octets)
        return writer.bytes
    }

    private static func next(_ check: Check, _ body: ArraySlice<UInt8>) throws(MIKEYReplayError) -> Check {
        let covered = check.octets + body
        let digest = try unsafe MIKEYReplayEntry.Digest(covered.span.bytes)
        return Check(octets: Array(digest.octets.prefix(checkByteCount)))
    }
}

// MARK: Reading

extension ReplayRecord {
    /// What a file's records come to.
    ///
    /// The last record may have been cut off when it was written: a part of it is there, or its place without its check value.
    /// Nobody was told that it is remembered, and it does not count.
    ///
    /// - Returns: `nil` where the file is not a store of this version.
    /// - Throws: ``MIKEYReplayError/damaged(path:offset:)`` where a record is not the one that was written.
    static func memory(_ file: [UInt8], path: String) throws(MIKEYReplayError) -> MIKEYReplayMemory? {
        guard file.count >= byteCount, var memory = memory(head: file[..<byteCount]) else { return nil }
        var check = Check.start
        for start in stride(from: 0, through: file.count - byteCount, by: byteCount) {
            let body = file[start..<start + bodyByteCount]
            let found = Check(octets: Array(file[(start + bodyByteCount)...].prefix(checkByteCount)))
            check = try next(check, body)
            // The last one's place, without its check value.
            if found != check, found == .start, start > 0, start + byteCount == file.count { break }
            guard found == check else { throw .damaged(path: path, offset: start) }
            guard start > 0 else { continue }
            guard let change = change(body), (try? memory.apply(change)) != nil else {
                throw .damaged(path: path, offset: start)
            }
        }
        return memory
    }

    private static func memory(head: ArraySlice<UInt8>) -> MIKEYReplayMemory? {
        let octets = Array(head)
        var reader = ByteReader(unsafe octets.span.bytes)
        guard octets.starts(with: magic), reader.skip(magic.count), reader.readUInt32() == version,
            let capacity = reader.readUInt32()
        else { return nil }
        return MIKEYReplayMemory(capacity: Int(capacity))
    }

    private static func change(_ body: ArraySlice<UInt8>) -> MIKEYReplayMemory.Change? {
        let octets = Array(body)
        var reader = ByteReader(unsafe octets.span.bytes)
        guard let kind = reader.readUInt8(), let digest = reader.readBytes(MIKEYReplayEntry.Digest.byteCount) else {
            return nil
        }
        let name = [UInt8](copying: digest)
        switch kind {
        case 1: return NTPInstant(&reader).map { .message(name, at: $0) }
        case 2: return reader.readUInt32().map { .counter($0, of: name) }
        case 3: return NTPInstant(&reader).map { .forgotten(upTo: $0) }
        default: return nil
        }
    }
}

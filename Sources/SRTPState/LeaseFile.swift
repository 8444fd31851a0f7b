// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// The octets of a file store: a header, the leases, and the SHA-256 of all before.
///
/// ```
/// | "SRTPLEAS" | version (4 octets, 1) | name key (32) | number of leases (4) | lease ... | SHA-256 (32) |
/// lease: | key name (32) | SSRC (4) | 0 SRTP, 1 SRTCP | first (8) | count (8) | noted (8) | oldest (8) | packets (8) |
/// ```
struct LeaseFile {
    let nameKey: [UInt8]
    var leases: [IndexLease.Stream: IndexLease] = [:]

    private static let magic = Array("SRTPLEAS".utf8)
    private static let version: UInt32 = 1
    private static let digestByteCount = 32

    /// A new store.
    init() throws(CryptoError) {
        nameKey = try SecretBytes.make(count: LeaseName.byteCount) {
            (bytes: inout MutableRawSpan) throws(CryptoError) in
            try SecureRandom.fill(&bytes)
        }.withBytes { [UInt8](copying: $0) }
    }

    /// The octets, leases in the order of their names.
    func encoded() throws(CryptoError) -> [UInt8] {
        var writer = ByteWriter(reserving: 80 + leases.count * 77)
        writer.write(bytes: Self.magic)
        writer.write(Self.version)
        writer.write(bytes: nameKey)
        writer.write(UInt32(leases.count))
        for lease in leases.values {
            writer.write(bytes: lease.stream.key)
            writer.write(lease.stream.ssrc.rawValue)
            writer.write(UInt8(lease.stream.kind == .rtp ? 0 : 1))
            for number in [lease.first, lease.count, lease.noted, lease.oldest, lease.packets] { writer.write(number) }
        }
        let octets = writer.bytes
        return octets + (try unsafe SHA256.digest(octets.span.bytes))
    }

    /// Reads what ``encoded()`` made; `nil` for anything else.
    init?(_ octets: [UInt8]) throws(CryptoError) {
        let body = Array(octets.dropLast(Self.digestByteCount))
        let digest = try unsafe SHA256.digest(body.span.bytes)
        guard digest == Array(octets.suffix(Self.digestByteCount)), body.starts(with: Self.magic) else { return nil }
        let bytes = unsafe body.span.bytes
        var reader = ByteReader(bytes)
        guard reader.skip(Self.magic.count), reader.readUInt32() == Self.version,
            let nameKey = reader.readBytes(LeaseName.byteCount), let count = reader.readUInt32()
        else { return nil }
        self.nameKey = [UInt8](copying: nameKey)
        for _ in 0..<count {
            guard let lease = Self.readLease(&reader), leases.updateValue(lease, forKey: lease.stream) == nil else {
                return nil
            }
        }
        guard reader.isAtEnd else { return nil }
    }

    private static func readLease(_ reader: inout ByteReader) -> IndexLease? {
        guard let name = reader.readBytes(LeaseName.byteCount), let ssrc = reader.readUInt32(),
            let kind = reader.readUInt8(), kind < 2, let first = reader.readUInt64(), let count = reader.readUInt64(),
            let noted = reader.readUInt64(), let oldest = reader.readUInt64(), let packets = reader.readUInt64()
        else { return nil }
        let lease = IndexLease(
            stream: IndexLease.Stream(key: [UInt8](copying: name), ssrc: SSRC(ssrc), kind: kind == 0 ? .rtp : .rtcp),
            first: first, count: count, noted: noted, oldest: oldest, packets: packets)
        return lease.isPossible ? lease : nil
    }
}

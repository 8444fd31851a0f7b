// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import RTP
import WireBytes

@testable import SRTP

/// The keystream of a packet, straight from the cipher and its session keys, for tests that lay out packets by themselves.
enum Keystream {
    /// The keystream that the payload, and with Cryptex CSRCs and extension, are exclusive-ored with.
    static func payload(of packet: [UInt8], rolloverCounter: UInt32 = 0, suite: SRTPSuite, count: Int) throws -> [UInt8]
    {
        try make(packet, rolloverCounter, suite, suite.cipher.kind, key: 0, salt: 2, suite.sessionSaltByteCount, count)
    }

    /// The keystream for a header extension (RFC 6904 section 3).
    static func header(of packet: [UInt8], rolloverCounter: UInt32 = 0, suite: SRTPSuite, count: Int) throws -> [UInt8]
    {
        let kind: PacketCipher.Kind =
            switch suite.cipher.kind {
            case .aesGCM: .aesCM
            case .ariaGCM: .ariaCTR
            case let kind: kind
            }
        return try make(packet, rolloverCounter, suite, kind, key: 6, salt: 7, 14, count)
    }

    private static func make(
        _ packet: [UInt8], _ rolloverCounter: UInt32, _ suite: SRTPSuite, _ kind: PacketCipher.Kind, key: UInt8,
        salt: UInt8, _ saltByteCount: Int, _ count: Int
    ) throws -> [UInt8] {
        var stream = [UInt8](repeating: 0, count: count)
        guard kind != .null else { return stream }
        var cipher = try cipher(suite, kind, key: key, salt: salt, saltByteCount)
        var span = stream.mutableSpan
        var bytes = span.mutableBytes
        let done = cipher.keystream(counter: counter(of: packet, rolloverCounter, kind), into: &bytes)
        precondition(done, "no keystream")
        return stream
    }

    /// The cipher of a suite under the sample key; the outer half of a double suite.
    static func cipher(
        _ suite: SRTPSuite, _ kind: PacketCipher.Kind, key: UInt8, salt: UInt8, _ saltByteCount: Int
    ) throws -> PacketCipher {
        let isDouble = suite.cipher == .doubleAESGCM
        let keyByteCount = suite.sessionKeyByteCount
        let master = try sampleKey(suite)
        let keyOctets = try master.sessionKey(
            label: key, quotient: 0, count: isDouble ? 2 * keyByteCount : keyByteCount)
        let saltOctets = try master.sessionKey(
            label: salt, quotient: 0, count: isDouble ? 2 * saltByteCount : saltByteCount)
        return try PacketCipher(
            kind: kind, encryptionKey: secret(keyOctets.suffix(keyByteCount)),
            salt: secret(saltOctets.suffix(saltByteCount)), authenticationKey: nil)
    }

    private static func secret(_ octets: ArraySlice<UInt8>) -> SecretBytes {
        let copy = Array(octets)
        return SecretBytes(copying: copy.span.bytes)
    }

    /// The counter block of an RTP packet before the salt; for f8 the whole IV.
    static func counter(of packet: [UInt8], _ rolloverCounter: UInt32, _ kind: PacketCipher.Kind) -> CounterBlock {
        let ssrc = UInt64(number(packet[8..<12]))
        guard kind != .aesF8 else {
            let flags = UInt64(packet[1]) << 16 | UInt64(number(packet[2..<4]))
            return CounterBlock(
                high: flags << 32 | UInt64(number(packet[4..<8])), low: ssrc << 32 | UInt64(rolloverCounter))
        }
        let index = UInt64(rolloverCounter) << 16 | UInt64(number(packet[2..<4]))
        return CounterBlock(high: ssrc, low: index << 16)
    }
}

/// Octet by octet.
func exclusiveOr(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> [UInt8] {
    zip(left, right).map { $0 ^ $1 }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// What the engine is to do with one packet: plain numbers, no policy.
///
/// ```
/// | 0 ... cipherStart | cipherStart ... cipherEnd | ... authenticatedEnd | tag |
///   in the clear        exclusive-ored              trailing words
/// ```
///
/// The same value serves one packet at a time and batches, so that an engine which works on many packets at once
/// needs nothing but an array of them.
package struct PacketJob: Hashable, Sendable {
    /// Where the encrypted portion begins and ends; empty where nothing is encrypted.
    package var cipherStart: Int
    package var cipherEnd: Int
    /// The octets that the MAC covers, from the start of the packet.
    package var authenticatedEnd: Int
    /// Four octets that the MAC covers behind those but that are not sent: SRTP's rollover counter.
    package var hiddenTrailer: UInt32?
    /// Where the tag lies, and how much of the MAC it is.
    package var tagStart: Int
    package var tagCount: Int
    /// The counter block before the salt: SSRC and packet index in their places.
    package var counter: CounterBlock

    package init(
        cipherStart: Int, cipherEnd: Int, authenticatedEnd: Int, hiddenTrailer: UInt32?, tagStart: Int, tagCount: Int,
        counter: CounterBlock
    ) {
        self.cipherStart = cipherStart
        self.cipherEnd = cipherEnd
        self.authenticatedEnd = authenticatedEnd
        self.hiddenTrailer = hiddenTrailer
        self.tagStart = tagStart
        self.tagCount = tagCount
        self.counter = counter
    }
}

/// The engine's seam: session keys made ready, and the two operations on a packet that need them.
///
/// This is all that SRTP asks of a provider of cryptography per packet. libcrypto serves it here; another engine would
/// take the same jobs, many at a time.
@safe  // Safety: every pointer is formed from a buffer after its bounds were compared with the job's.
package struct PacketCipher: ~Copyable, Sendable {
    /// `nil` for the NULL cipher.
    private let cipher: AESCounterMode?
    /// The session salt times 2^16, as a block.
    private let salt: SecretBytes
    private let mac: HMACSHA1

    /// A cipher under session keys. Without `encryptionKey` the encrypted portion stays as it is.
    package init(
        encryptionKey: borrowing SecretBytes?, salt: borrowing SecretBytes, authenticationKey: borrowing SecretBytes
    ) throws(CryptoError) {
        let cipher = try Self.makeCipher(encryptionKey)
        let mac = try HMACSHA1(key: authenticationKey)
        self.cipher = cipher
        self.mac = mac
        self.salt = SecretBytes(paddingOnTheRight: salt, to: 16)
    }

    private static func makeCipher(_ key: borrowing SecretBytes?) throws(CryptoError) -> AESCounterMode? {
        switch key {
        case .some(let key): try AESCounterMode(key: key)
        case .none: nil
        }
    }

    /// The MAC over a packet's authenticated portion; `nil` if the engine failed.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package func authenticationCode(of job: PacketJob, _ packet: RawSpan) -> HMACSHA1.MAC? {
        precondition(job.authenticatedEnd >= 0 && job.authenticatedEnd <= packet.byteCount, "job outside its packet")
        return unsafe packet.withUnsafeBytes { packet in
            unsafe mac.compute(
                UnsafeRawBufferPointer(start: packet.baseAddress, count: job.authenticatedEnd),
                trailer: job.hiddenTrailer)
        }
    }

    /// Exclusive-ors keystream into the encrypted portion, in place. `false` if the engine failed: the portion's octets
    /// are then undefined.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package func applyKeystream(of job: PacketJob, to packet: inout MutableRawSpan) -> Bool {
        guard job.cipherStart < job.cipherEnd else { return true }
        precondition(job.cipherStart >= 0 && job.cipherEnd <= packet.byteCount, "job outside its packet")
        return unsafe packet.withUnsafeMutableBytes { packet in
            guard let base = packet.baseAddress else { return false }
            let portion = unsafe base + job.cipherStart
            return unsafe apply(job, from: UnsafeRawPointer(portion), to: portion)
        }
    }

    /// Exclusive-ors keystream into the encrypted portion on its way from `packet` to the same place in `output`. `false`
    /// if the engine failed: the portion in `output` is then undefined.
    ///
    /// - Precondition: the job's numbers lie inside both, and the two do not overlap.
    package func applyKeystream(of job: PacketJob, from packet: RawSpan, to output: inout MutableRawSpan) -> Bool {
        guard job.cipherStart < job.cipherEnd else { return true }
        precondition(
            job.cipherStart >= 0 && job.cipherEnd <= packet.byteCount && job.cipherEnd <= output.byteCount,
            "job outside its packet")
        return unsafe output.withUnsafeMutableBytes { output in
            unsafe packet.withUnsafeBytes { packet in
                guard let from = packet.baseAddress, let to = output.baseAddress else { return false }
                return unsafe apply(job, from: from + job.cipherStart, to: to + job.cipherStart)
            }
        }
    }

    /// The encrypted portion at `input`, exclusive-ored with keystream, to `output`: the same place or not overlapping.
    @unsafe
    private func apply(_ job: PacketJob, from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer) -> Bool {
        let count = job.cipherEnd - job.cipherStart
        switch cipher {
        case .some(let cipher):
            let block = job.counter ^ CounterBlock(bigEndian: salt)
            return unsafe cipher.apply(iv: block, from: input, to: output, count: count)
        case .none:
            if unsafe input != UnsafeRawPointer(output) {
                unsafe output.copyMemory(from: input, byteCount: count)
            }
            return true
        }
    }

    /// Whether the tag that the packet carries is the MAC over its authenticated portion. Takes the same time whichever
    /// octets differ. `nil` if the engine failed.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package func tagMatches(_ job: PacketJob, in packet: RawSpan) -> Bool? {
        precondition(
            job.tagStart >= 0 && job.tagCount <= HMACSHA1.byteCount && job.tagStart <= packet.byteCount - job.tagCount,
            "job outside its packet")
        guard let mac = authenticationCode(of: job, packet) else { return nil }
        let tag = packet.extracting(job.tagStart..<job.tagStart + job.tagCount)
        let code = mac.span
        return ConstantTime.areEqual(unsafe code.bytes.extracting(first: job.tagCount), tag)
    }
}

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
///
/// Public only because the compiler (6.3.1) hardly ever inlines what is `package` into another module; no product offers
/// this module.
public struct PacketJob: Hashable, Sendable {
    /// The octets that can be encrypted under one counter: 2^16 blocks.
    @inlinable
    public static var maximumCipherByteCount: Int { 1 << 20 }

    /// Where the encrypted portion begins and ends; empty where nothing is encrypted.
    public var cipherStart: Int
    public var cipherEnd: Int
    /// The octets that the MAC covers, from the start of the packet.
    public var authenticatedEnd: Int
    /// Four octets that the MAC covers behind those but that are not sent: SRTP's rollover counter.
    public var hiddenTrailer: UInt32?
    /// Where the tag lies, and how much of the MAC it is.
    public var tagStart: Int
    public var tagCount: Int
    /// The counter block before the salt: SSRC and packet index in their places.
    public var counter: CounterBlock

    @inlinable
    @inline(__always)
    public init(
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

/// The engine's seam: session keys made ready, and the operations on a packet that need them.
///
/// This is all that SRTP asks of a provider of cryptography per packet. libcrypto serves it here, encryption and MAC in one
/// call in which the two overlap in time; another engine would take the same jobs, many at a time.
///
/// Operations mutate, although no key changes: they work in the context's own memory.
@safe  // Safety: the context is owned, freed once; pointers into a packet follow a comparison of the bounds.
package struct PacketCipher: ~Copyable, @unchecked Sendable {
    /// What came of opening a packet.
    package enum Opened: Sendable {
        /// The tag matched, and the encrypted portion is decrypted.
        case opened
        /// The tag did not match, and nothing was written.
        case tagDiffers
        /// The engine failed: the encrypted portion's octets are undefined.
        case failed
    }

    private let context: OpaquePointer

    /// A cipher under session keys. Without `encryptionKey` the encrypted portion stays as it is.
    package init(
        encryptionKey: borrowing SecretBytes?, salt: borrowing SecretBytes, authenticationKey: borrowing SecretBytes,
        route: HMACSHA1.Route = .savedStates
    ) throws(CryptoError) {
        // The session salt times 2^16, as a block.
        let salt = SecretBytes(paddingOnTheRight: salt, to: 16)
        let made: OpaquePointer?
        switch encryptionKey {
        case .some(let key):
            guard [16, 24, 32].contains(key.count) else { throw .unsupportedKeyLength(key.count) }
            unsafe made = key.withBytes { unsafe Self.makeContext($0, salt, authenticationKey, route) }
        case .none:
            unsafe made = Self.makeContext(RawSpan(), salt, authenticationKey, route)
        }
        guard let made = unsafe made else { throw .engineFailed }
        unsafe context = made
    }

    private static func makeContext(
        _ key: RawSpan, _ salt: borrowing SecretBytes, _ authenticationKey: borrowing SecretBytes,
        _ route: HMACSHA1.Route
    ) -> OpaquePointer? {
        let throughEVP: Int32 = route == .evp ? 1 : 0
        return unsafe key.withUnsafeBytes { key in
            unsafe salt.withUnsafeOctets { salt in
                unsafe authenticationKey.withUnsafeOctets { authentication in
                    unsafe csrtp_packet_cipher_new(
                        key.baseAddress, key.count, salt.baseAddress, authentication.baseAddress, authentication.count,
                        throughEVP)
                }
            }
        }
    }

    deinit { unsafe csrtp_packet_cipher_free(context) }

    /// The way that MACs take.
    package var route: HMACSHA1.Route {
        unsafe csrtp_packet_cipher_is_through_evp(context) == 1 ? .evp : .savedStates
    }

    // MARK: Sealing

    /// Encrypts a packet in place and writes its tag. `false` if the engine failed: the encrypted portion's octets are then
    /// undefined.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package mutating func seal(_ job: PacketJob, in packet: inout MutableRawSpan) -> Bool {
        checkBounds(of: job, in: packet.byteCount)
        checkTag(of: job, in: packet.byteCount)
        return unsafe packet.withUnsafeMutableBytes { packet in
            guard let base = packet.baseAddress else { return false }
            return unsafe seal(job, from: UnsafeRawPointer(base), to: base, base + job.tagStart, job.tagCount)
        }
    }

    /// As ``seal(_:in:)``, but from `packet` to the same place in `output`, which holds already what the MAC covers and is
    /// not encrypted.
    ///
    /// - Precondition: the job's numbers lie inside `output`, its encrypted portion also inside `packet`, and the two do
    ///   not overlap.
    package mutating func seal(_ job: PacketJob, from packet: RawSpan, to output: inout MutableRawSpan) -> Bool {
        checkBounds(of: job, in: output.byteCount)
        checkTag(of: job, in: output.byteCount)
        precondition(job.cipherEnd <= packet.byteCount, "job outside its packet")
        return unsafe output.withUnsafeMutableBytes { output in
            unsafe packet.withUnsafeBytes { packet in
                guard let from = packet.baseAddress, let to = output.baseAddress else { return false }
                return unsafe seal(job, from: from, to: to, to + job.tagStart, job.tagCount)
            }
        }
    }

    /// As ``seal(_:in:)``, but gives back the whole MAC instead of writing a tag; `nil` if the engine failed.
    package mutating func sealUntagged(_ job: PacketJob, in packet: inout MutableRawSpan) -> HMACSHA1.MAC? {
        checkBounds(of: job, in: packet.byteCount)
        return unsafe packet.withUnsafeMutableBytes { packet in
            guard let base = packet.baseAddress else { return nil }
            return unsafe sealUntagged(job, from: UnsafeRawPointer(base), to: base)
        }
    }

    /// As ``seal(_:from:to:)``, but gives back the whole MAC instead of writing a tag; `nil` if the engine failed.
    package mutating func sealUntagged(
        _ job: PacketJob, from packet: RawSpan, to output: inout MutableRawSpan
    ) -> HMACSHA1.MAC? {
        checkBounds(of: job, in: output.byteCount)
        precondition(job.cipherEnd <= packet.byteCount, "job outside its packet")
        return unsafe output.withUnsafeMutableBytes { output in
            unsafe packet.withUnsafeBytes { packet in
                guard let from = packet.baseAddress, let to = output.baseAddress else { return nil }
                return unsafe sealUntagged(job, from: from, to: to)
            }
        }
    }

    @unsafe
    private mutating func sealUntagged(
        _ job: PacketJob, from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer
    ) -> HMACSHA1.MAC? {
        var mac = HMACSHA1.MAC(repeating: 0)
        var octets = mac.mutableSpan
        let done = unsafe octets.withUnsafeMutableBufferPointer { mac in
            guard let tag = mac.baseAddress else { return false }
            return unsafe seal(job, from: input, to: output, tag, mac.count)
        }
        return done ? mac : nil
    }

    @unsafe
    @inline(__always)
    private mutating func seal(
        _ job: PacketJob, from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer,
        _ tag: UnsafeMutableRawPointer, _ tagCount: Int
    ) -> Bool {
        unsafe csrtp_packet_cipher_seal(
            context, input, output, job.cipherStart, job.cipherEnd, job.authenticatedEnd, job.counter.low,
            job.counter.high, job.hiddenTrailer ?? 0, job.hiddenTrailer == nil ? 0 : 1, tag, tagCount) == 1
    }

    /// Exclusive-ors keystream into the encrypted portion in place, without a MAC: takes sealing back. `false` if the
    /// engine failed: the portion's octets are then undefined.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package mutating func applyKeystream(of job: PacketJob, to packet: inout MutableRawSpan) -> Bool {
        checkBounds(of: job, in: packet.byteCount)
        return unsafe packet.withUnsafeMutableBytes { bytes in
            unsafe csrtp_packet_cipher_apply(
                context, bytes.baseAddress, bytes.baseAddress, job.cipherStart, job.cipherEnd, job.counter.low,
                job.counter.high) == 1
        }
    }

    // MARK: Opening

    /// Compares the tag that a packet carries with the MAC over its authenticated portion, in a time that does not depend
    /// on which octets differ, and decrypts it in place only where they agree.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package mutating func open(_ job: PacketJob, in packet: inout MutableRawSpan) -> Opened {
        checkBounds(of: job, in: packet.byteCount)
        checkTag(of: job, in: packet.byteCount)
        return unsafe packet.withUnsafeMutableBytes { packet in
            guard let base = packet.baseAddress else { return .failed }
            return unsafe open(job, from: UnsafeRawPointer(base), to: base)
        }
    }

    /// As ``open(_:in:)``, but what is decrypted goes to the same place in `output`, and `packet` is only read.
    ///
    /// - Precondition: the job's numbers lie inside `packet`, its encrypted portion also inside `output`, and the two do
    ///   not overlap.
    package mutating func open(_ job: PacketJob, from packet: RawSpan, to output: inout MutableRawSpan) -> Opened {
        checkBounds(of: job, in: packet.byteCount)
        checkTag(of: job, in: packet.byteCount)
        precondition(job.cipherEnd <= output.byteCount, "job outside its packet")
        return unsafe output.withUnsafeMutableBytes { output in
            unsafe packet.withUnsafeBytes { packet in
                guard let from = packet.baseAddress, let to = output.baseAddress else { return .failed }
                return unsafe open(job, from: from, to: to)
            }
        }
    }

    @unsafe
    @inline(__always)
    private mutating func open(
        _ job: PacketJob, from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer
    ) -> Opened {
        let opened = unsafe csrtp_packet_cipher_open(
            context, input, output, job.cipherStart, job.cipherEnd, job.authenticatedEnd, job.counter.low,
            job.counter.high, job.hiddenTrailer ?? 0, job.hiddenTrailer == nil ? 0 : 1, input + job.tagStart,
            job.tagCount)
        switch opened {
        case 1: return .opened
        case CSRTP_TAG_DIFFERS: return .tagDiffers
        default: return .failed
        }
    }

    // MARK: Jobs

    // Compared as unsigned numbers: a negative one is larger than any packet.

    @inline(__always)
    private func checkBounds(of job: PacketJob, in byteCount: Int) {
        precondition(
            UInt(bitPattern: job.cipherStart) <= UInt(bitPattern: job.cipherEnd)
                && UInt(bitPattern: job.cipherEnd) <= UInt(bitPattern: job.authenticatedEnd)
                && UInt(bitPattern: job.authenticatedEnd) <= UInt(bitPattern: byteCount), "job outside its packet")
    }

    @inline(__always)
    private func checkTag(of job: PacketJob, in byteCount: Int) {
        precondition(
            UInt(bitPattern: job.tagCount) <= UInt(bitPattern: min(HMACSHA1.byteCount, byteCount))
                && UInt(bitPattern: job.tagStart) <= UInt(bitPattern: byteCount &- job.tagCount),
            "job outside its packet")
    }
}

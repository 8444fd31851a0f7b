// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import CSRTPShims

/// The engine's seam: session keys made ready, and the operations on a packet that need them.
///
/// This is all that SRTP asks of a provider of cryptography per packet. libcrypto serves it here, encryption and MAC in one
/// call in which the two overlap in time; another engine would take the same jobs, many at a time.
///
/// Whatever the kind, a tag is compared in a time that does not depend on which octets differ, and before anything is
/// decrypted: octets that are not authentic are never decrypted into the caller's memory.
///
/// Operations mutate, although no key changes: they work in the context's own memory.
///
/// Public, as are the two operations of every packet, only because the compiler (6.3.1) does not inline what is `package` into
/// another module, `@inlinable` or not; no product offers this module.
@safe  // Safety: the context is owned, freed once; pointers into a packet follow a comparison of the bounds.
public struct PacketCipher: ~Copyable, @unchecked Sendable {
    /// What came of opening a packet.
    public enum Opened: Sendable {
        /// The tag matched, and the encrypted portion is decrypted.
        case opened
        /// The tag did not match, and nothing was written.
        case tagDiffers
        /// The engine failed: the encrypted portion's octets are undefined.
        case failed

        @inlinable
        @inline(__always)
        init(_ result: Int32) {
            switch result {
            case 1: self = .opened
            case CSRTP_TAG_DIFFERS: self = .tagDiffers
            default: self = .failed
            }
        }
    }

    /// What was found in comparing a tag only.
    package enum Verified: Sendable {
        case tagMatches
        case tagDiffers
        case failed
    }

    /// What encrypts and, with GCM, authenticates.
    package enum Kind: Sendable, CaseIterable {
        /// The payload stays as it is.
        case null
        /// RFC 3711 section 4.1.1, RFC 6188.
        case aesCM
        /// RFC 3711 section 4.1.2.
        case aesF8
        /// RFC 8269 section 2.1.
        case ariaCTR
        /// RFC 7714.
        case aesGCM
        /// RFC 8269 section 2.2.
        case ariaGCM

        /// Whether the cipher makes tags itself; HMAC-SHA1 makes those of the others.
        package var isAEAD: Bool { self == .aesGCM || self == .ariaGCM }

        /// The octets of a whole tag.
        package var tagByteCount: Int { isAEAD ? PacketCipher.aeadTagByteCount : HMACSHA1.byteCount }

        /// The salts that it takes, in octets, where its key has `keyByteCount`. Counter mode pads a shorter salt than 14
        /// with zeros on the right.
        fileprivate func saltByteCounts(keyByteCount: Int) -> ClosedRange<Int> {
            switch self {
            case .null: 0...Int.max
            case .aesCM, .ariaCTR: 0...14
            case .aesF8: 0...keyByteCount
            case .aesGCM, .ariaGCM: 12...12
            }
        }

        fileprivate var cValues: (mode: csrtp_mode, cipher: csrtp_block_cipher) {
            switch self {
            case .null: (CSRTP_NULL_CIPHER, CSRTP_AES)
            case .aesCM: (CSRTP_COUNTER_MODE, CSRTP_AES)
            case .aesF8: (CSRTP_F8, CSRTP_AES)
            case .ariaCTR: (CSRTP_COUNTER_MODE, CSRTP_ARIA)
            case .aesGCM: (CSRTP_GCM, CSRTP_AES)
            case .ariaGCM: (CSRTP_GCM, CSRTP_ARIA)
            }
        }
    }

    /// The octets of a tag of GCM.
    package static let aeadTagByteCount = 16

    /// What this cipher is.
    package let kind: Kind
    @usableFromInline let context: OpaquePointer

    /// A cipher under session keys.
    ///
    /// - Parameters:
    ///   - encryptionKey: 16, 24 or 32 octets; `nil` for ``Kind/null`` and only for that.
    ///   - salt: 12 octets for GCM; up to 14 for counter mode, up to the key's length for f8.
    ///   - authenticationKey: The key of HMAC-SHA1. `nil` for GCM, which has none, and for a cipher that only encrypts:
    ///     sealing and opening then fail.
    ///   - route: The way through libcrypto, for MACs and for GCM.
    /// - Throws: ``CryptoError/unsupportedKeyLength(_:)``, ``CryptoError/unsupportedSaltLength(_:)``, or
    ///   ``CryptoError/engineFailed``.
    package init(
        kind: Kind, encryptionKey: borrowing SecretBytes?, salt: borrowing SecretBytes,
        authenticationKey: borrowing SecretBytes?, route: HMACSHA1.Route = .savedStates
    ) throws(CryptoError) {
        let keyByteCount = Self.byteCount(of: encryptionKey)
        guard kind == .null ? keyByteCount == 0 : [16, 24, 32].contains(keyByteCount) else {
            throw .unsupportedKeyLength(keyByteCount)
        }
        guard kind.saltByteCounts(keyByteCount: keyByteCount).contains(salt.count) else {
            throw .unsupportedSaltLength(salt.count)
        }
        guard !kind.isAEAD || Self.byteCount(of: authenticationKey) == 0 else {
            throw .unsupportedKeyLength(Self.byteCount(of: authenticationKey))
        }
        let (mode, cipher) = kind.cValues
        let made = unsafe Self.withOctets(of: encryptionKey) { key in
            unsafe salt.withUnsafeOctets { salt in
                unsafe Self.withOctets(of: authenticationKey) { authentication in
                    unsafe csrtp_packet_cipher_new(
                        mode, cipher, key.baseAddress, key.count, salt.baseAddress, salt.count,
                        authentication.baseAddress, authentication.count, route == .evp ? 1 : 0)
                }
            }
        }
        guard let made = unsafe made else { throw .engineFailed }
        self.kind = kind
        unsafe context = made
    }

    // Never inlined: two looks at the same optional in one function crash the optimiser of Swift 6.3.

    @inline(never)
    private static func byteCount(of bytes: borrowing SecretBytes?) -> Int {
        switch bytes {
        case .some(let bytes): bytes.count
        case .none: 0
        }
    }

    /// Lends the octets of a secret that may not be there: no address then.
    @unsafe
    @inline(never)
    private static func withOctets<R>(
        of bytes: borrowing SecretBytes?, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R {
        switch bytes {
        case .some(let bytes): unsafe bytes.withUnsafeOctets(body)
        case .none: unsafe body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    deinit { unsafe csrtp_packet_cipher_free(context) }

    /// The way that MACs and GCM take.
    package var route: HMACSHA1.Route {
        unsafe csrtp_packet_cipher_is_through_evp(context) == 1 ? .evp : .savedStates
    }

    // MARK: Sealing

    /// Encrypts a packet in place and writes its tag. `false` if the engine failed: the encrypted portion's octets are then
    /// undefined.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    @inlinable
    @inline(__always)
    public mutating func seal(_ job: PacketJob, in packet: inout MutableRawSpan) -> Bool {
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
    ///
    /// GCM's tag is the first 16 octets, with zeros behind it.
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
            return unsafe seal(job, from: input, to: output, tag, kind.tagByteCount)
        }
        return done ? mac : nil
    }

    @unsafe
    @inlinable
    @inline(__always)
    mutating func seal(
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
    @inlinable
    @inline(__always)
    public mutating func open(_ job: PacketJob, in packet: inout MutableRawSpan) -> Opened {
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
    @inlinable
    @inline(__always)
    mutating func open(
        _ job: PacketJob, from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer
    ) -> Opened {
        let opened = unsafe csrtp_packet_cipher_open(
            context, input, output, job.cipherStart, job.cipherEnd, job.authenticatedEnd, job.counter.low,
            job.counter.high, job.hiddenTrailer ?? 0, job.hiddenTrailer == nil ? 0 : 1, input + job.tagStart,
            job.tagCount)
        return Opened(opened)
    }

    /// Compares the tag that a packet carries, and writes nothing.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package mutating func verify(_ job: PacketJob, in packet: RawSpan) -> Verified {
        checkBounds(of: job, in: packet.byteCount)
        checkTag(of: job, in: packet.byteCount)
        let verified = unsafe packet.withUnsafeBytes { packet in
            guard let base = packet.baseAddress else { return 0 as Int32 }
            return unsafe csrtp_packet_cipher_verify(
                context, base, job.cipherStart, job.cipherEnd, job.authenticatedEnd, job.counter.low, job.counter.high,
                job.hiddenTrailer ?? 0, job.hiddenTrailer == nil ? 0 : 1, base + job.tagStart, job.tagCount)
        }
        switch verified {
        case 1: return .tagMatches
        case CSRTP_TAG_DIFFERS: return .tagDiffers
        default: return .failed
        }
    }

    // MARK: Jobs

    @inlinable
    @inline(__always)
    func checkBounds(of job: PacketJob, in byteCount: Int) { job.checkBounds(in: byteCount) }

    @inlinable
    @inline(__always)
    func checkTag(of job: PacketJob, in byteCount: Int) { job.checkTag(in: byteCount) }
}

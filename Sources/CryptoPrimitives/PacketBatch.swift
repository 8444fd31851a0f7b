// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// So that what is inlined into other modules can fill in the structure of C.
public import CSRTPShims

/// Packets to be sealed or opened together, in place, each under its own cipher.
///
/// Octets and results are those of ``PacketCipher/seal(_:in:)`` and ``PacketCipher/open(_:in:)``, job by job; only the time
/// differs. The packets of one batch do not overlap; ciphers may be shared.
///
/// The multi-buffer engine's GCM decrypts while it hashes. Where the tag differs, the packet's octets are given back before
/// ``open()`` returns.
///
/// Public for the reason that ``PacketJob`` is.
@safe  // Safety: the jobs are owned, freed once, and written only below `capacity`.
public struct PacketBatch: ~Copyable {
    /// The jobs that a batch holds at most.
    @inlinable
    public static var capacity: Int { Int(CSRTP_BATCH_CAPACITY) }

    /// Frees the jobs. A class, since the compiler (6.3.1) does not survive a `deinit` of the batch itself where one is inlined
    /// into another module.
    @safe  // Safety: allocated and freed once.
    private final class Memory {
        let jobs: UnsafeMutablePointer<csrtp_packet_job>

        init() {
            unsafe jobs = .allocate(capacity: PacketBatch.capacity)
            unsafe jobs.initialize(repeating: csrtp_packet_job(), count: PacketBatch.capacity)
        }

        deinit { unsafe jobs.deallocate() }
    }

    @usableFromInline
    var filled = 0
    /// The memory's own pointer, one step nearer.
    @usableFromInline
    let jobs: UnsafeMutablePointer<csrtp_packet_job>
    private let memory: Memory
    private let engine: csrtp_batch_engine

    /// An empty batch with room for ``capacity`` jobs.
    package init(engine: BatchEngine = .automatic) {
        self.engine = engine.cValue
        memory = Memory()
        unsafe jobs = memory.jobs
    }

    /// The jobs there are.
    @inlinable
    public var count: Int { filled }

    /// Adds a job.
    ///
    /// The batch keeps the addresses of `packet` and of the cipher's keys until it is sealed or opened for the last time:
    /// both stay where they are until then, the packet also untouched by anyone else.
    ///
    /// - Precondition: there is room, and the job's numbers lie inside the packet's `byteCount` octets.
    @unsafe
    @inlinable
    @inline(__always)
    public mutating func append(
        _ job: PacketJob, _ cipher: borrowing PacketCipher, packet: UnsafeMutableRawPointer, byteCount: Int
    ) {
        precondition(count < Self.capacity, "the batch is full")
        job.checkBounds(in: byteCount)
        job.checkTag(in: byteCount)
        unsafe jobs[count] = csrtp_packet_job(
            cipher: cipher.context, packet: packet.assumingMemoryBound(to: UInt8.self), cipher_start: job.cipherStart,
            cipher_end: job.cipherEnd, authenticated_end: job.authenticatedEnd, tag_start: job.tagStart,
            tag_count: job.tagCount, iv_low: job.counter.low, iv_high: job.counter.high,
            trailer: job.hiddenTrailer ?? 0, has_trailer: job.hiddenTrailer == nil ? 0 : 1, result: 0)
        filled += 1
    }

    /// Encrypts each packet and writes its tag; ``sealed(_:)`` then says what came of it.
    package mutating func seal() { unsafe csrtp_seal_batch(jobs, count, engine) }

    /// Compares each packet's tag and decrypts those whose tag agrees; ``opened(_:)`` then says what came of it.
    package mutating func open() { unsafe csrtp_open_batch(jobs, count, engine) }

    /// Whether the job at `position` was sealed. `false` if the engine failed: the encrypted portion's octets are then
    /// undefined.
    ///
    /// - Precondition: there is one at `position`, and the batch was sealed.
    @inlinable
    @inline(__always)
    public func sealed(_ position: Int) -> Bool { result(position) == 1 }

    /// What came of opening the job at `position`.
    ///
    /// - Precondition: there is one at `position`, and the batch was opened.
    @inlinable
    @inline(__always)
    public func opened(_ position: Int) -> PacketCipher.Opened { PacketCipher.Opened(result(position)) }

    @inlinable
    @inline(__always)
    func result(_ position: Int) -> Int32 {
        precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such job")
        return unsafe Int32(jobs[position].result)
    }

    /// Takes the opening of the job at `position` back: its octets are as they came. `false` if the engine failed.
    ///
    /// - Precondition: the job was opened.
    package mutating func close(_ position: Int) -> Bool {
        precondition(result(position) == 1, "not opened")
        let job = unsafe jobs[position]
        return unsafe csrtp_packet_cipher_apply(
            job.cipher, job.packet, job.packet, job.cipher_start, job.cipher_end, job.iv_low, job.iv_high) == 1
    }

    /// Forgets the jobs, with the addresses in them.
    package mutating func removeAll() {
        for position in 0..<filled {
            unsafe jobs[position].cipher = nil
            unsafe jobs[position].packet = nil
        }
        filled = 0
    }
}

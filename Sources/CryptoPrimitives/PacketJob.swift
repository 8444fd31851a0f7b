// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the engine is to do with one packet: plain numbers, no policy.
///
/// ```
/// | 0 ... cipherStart | cipherStart ... cipherEnd | ... authenticatedEnd | tag |
///   in the clear        exclusive-ored              trailing words
/// ```
///
/// A cipher that authenticates by itself (GCM) takes as associated data the octets before `cipherStart` and then the hidden
/// trailer. Its tag is 16 octets, and nothing else is authenticated: `authenticatedEnd` is `cipherEnd`.
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

    /// The octets of the longest tag: a whole HMAC-SHA1.
    @inlinable
    public static var maximumTagByteCount: Int { 20 }

    /// Where the encrypted portion begins and ends; empty where nothing is encrypted.
    public var cipherStart: Int
    public var cipherEnd: Int
    /// The octets that the MAC covers, from the start of the packet.
    public var authenticatedEnd: Int
    /// Four octets that are authenticated behind those but do not lie there: SRTP's rollover counter for HMAC-SHA1, SRTCP's
    /// E flag and index for GCM, whose tag comes before them (RFC 7714 section 9.2).
    public var hiddenTrailer: UInt32?
    /// Where the tag lies, and how much of the MAC it is.
    public var tagStart: Int
    public var tagCount: Int
    /// The counter block before the salt: SSRC and packet index in their places, for counter mode and for GCM, which takes
    /// its IV from octets 2 to 13. For f8 the whole IV (RFC 3711 sections 4.1.2.2 and 4.1.2.3), which has no salt in it.
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

    // Compared as unsigned numbers: a negative one is larger than any packet.

    /// - Precondition: the portions lie inside a packet of `byteCount` octets.
    @inlinable
    @inline(__always)
    func checkBounds(in byteCount: Int) {
        precondition(
            UInt(bitPattern: cipherStart) <= UInt(bitPattern: cipherEnd)
                && UInt(bitPattern: cipherEnd) <= UInt(bitPattern: authenticatedEnd)
                && UInt(bitPattern: authenticatedEnd) <= UInt(bitPattern: byteCount), "job outside its packet")
    }

    /// - Precondition: the tag lies inside a packet of `byteCount` octets.
    @inlinable
    @inline(__always)
    func checkTag(in byteCount: Int) {
        precondition(
            UInt(bitPattern: tagCount) <= UInt(bitPattern: min(Self.maximumTagByteCount, byteCount))
                && UInt(bitPattern: tagStart) <= UInt(bitPattern: byteCount &- tagCount), "job outside its packet")
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// Where the parts of an SRTP packet lie, with everything that options put there. Only read from the packet; nothing is changed
/// by it.
///
/// ```
/// with a MAC:            | header | payload | MKI | carried counter | tag |
/// authenticated cipher:  | header | payload | tag | MKI | carried counter |
/// ```
/// The payload of a double suite ends in the inner tag and the original header block.
struct RTPFrame {
    let header: RTPHeader
    /// Whether CSRCs and extension are encrypted with the payload (RFC 9335).
    let isCryptex: Bool
    /// Whether an empty extension is added, so that the receiver sees that the CSRCs are encrypted.
    let addsBlock: Bool
    /// The octets before MKI and tag, as they are on the wire.
    let bodyByteCount: Int
    let mki: Range<Int>
    let carriedCounter: Range<Int>
    let tag: Range<Int>

    /// Reads a packet that is to be protected.
    init(plain packet: RawSpan, _ profile: borrowing PacketProfile) throws(SRTPError) {
        let header: RTPHeader
        do throws(RTPError) { header = try RTPHeader(parsing: packet) } catch { throw .malformed(error) }
        isCryptex = try Self.usesCryptex(header, profile.cryptex)
        addsBlock = isCryptex && !header.hasExtension
        var body = packet.byteCount + (addsBlock ? Cryptex.blockHeaderByteCount : 0)
        body += Self.innerByteCount(profile)
        self.header = header
        bodyByteCount = body
        let trailer = Trailer(header.sequenceNumber, profile)
        (mki, carriedCounter, tag) = trailer.ranges(from: body, isAEAD: profile.rtp.isAEAD)
        try checkLength(profile)
    }

    /// Reads a packet that is to be unprotected.
    init(protected packet: RawSpan, _ profile: borrowing PacketProfile) throws(SRTPError) {
        let trailer = Trailer(packet.bigEndianUInt16(at: 2) ?? 0, profile)
        let body = packet.byteCount - trailer.byteCount
        let inner = Self.innerByteCount(profile)
        guard body - inner >= RTPHeader.minimumByteCount else {
            throw .truncated(
                neededBytes: RTPHeader.minimumByteCount + trailer.byteCount + inner,
                availableBytes: packet.byteCount)
        }
        let header: RTPHeader
        do throws(RTPError) {
            header = try RTPHeader(parsing: packet.extracting(first: body - inner))
        } catch {
            throw .malformed(error)
        }
        isCryptex = try Self.isCryptex(header, profile.cryptex)
        addsBlock = false
        self.header = header
        bodyByteCount = body
        (mki, carriedCounter, tag) = trailer.ranges(from: body, isAEAD: profile.rtp.isAEAD)
        try checkLength(profile)
    }

    /// The octets that the inner half of a double suite adds, at least.
    private static func innerByteCount(_ profile: borrowing PacketProfile) -> Int {
        profile.rtpSuite.cipher == .doubleAESGCM ? DoubleEncryption.overhead : 0
    }

    private func checkLength(_ profile: borrowing PacketProfile) throws(SRTPError) {
        let encrypted = bodyByteCount - Self.innerByteCount(profile) - cipherStart
        guard encrypted <= PacketJob.maximumCipherByteCount else {
            throw .packetTooLong(payloadBytes: encrypted, limitBytes: PacketJob.maximumCipherByteCount)
        }
    }

    /// Whether the packet has a tag.
    var isAuthenticated: Bool { !tag.isEmpty }

    /// The packet's length when protected.
    var protectedByteCount: Int { max(mki.upperBound, carriedCounter.upperBound, tag.upperBound) }

    /// Where the encrypted portion begins, once arranged for Cryptex.
    var cipherStart: Int { isCryptex ? CryptexArrangement.cipherStart : header.byteCount }

    /// What the engine does with the packet at `index`.
    func job(at index: PacketIndex, in packet: RawSpan, _ form: PacketForm) -> PacketJob {
        let counter =
            form.kind == .aesF8
            ? F8Vector.rtp(packet, rolloverCounter: index.rolloverCounter) : RTPLayout.counter(header.ssrc, index)
        return PacketJob(
            cipherStart: cipherStart, cipherEnd: bodyByteCount, authenticatedEnd: bodyByteCount,
            hiddenTrailer: form.isAEAD ? nil : index.rolloverCounter, tagStart: tag.lowerBound, tagCount: tag.count,
            counter: counter)
    }

    // MARK: Cryptex

    /// Whether a packet is sent with its CSRCs and extension encrypted (RFC 9335 section 5.1).
    private static func usesCryptex(_ header: RTPHeader, _ cryptex: Cryptex) throws(SRTPError) -> Bool {
        guard cryptex != .off, header.hasExtension || header.csrcCount > 0 else { return false }
        guard !header.hasExtension || Cryptex.encryptedProfile(header.extensionProfile) != nil else {
            guard cryptex == .offered, Cryptex.decryptedProfile(header.extensionProfile) == nil else {
                throw .cryptexRequired(header.ssrc)
            }
            return false
        }
        return true
    }

    /// Whether a packet came with its CSRCs and extension encrypted (RFC 9335 section 5.2).
    private static func isCryptex(_ header: RTPHeader, _ cryptex: Cryptex) throws(SRTPError) -> Bool {
        let isMarked = header.hasExtension && Cryptex.decryptedProfile(header.extensionProfile) != nil
        guard cryptex != .off else { return false }
        guard isMarked || cryptex == .offered || !header.hasExtension && header.csrcCount == 0 else {
            throw .cryptexRequired(header.ssrc)
        }
        return isMarked
    }

    // MARK: Behind the body

    /// The octets behind the body.
    private struct Trailer {
        let mki: Int
        let counter: Int
        let tag: Int

        init(_ sequenceNumber: UInt16, _ profile: borrowing PacketProfile) {
            mki = profile.rtp.mkiByteCount
            guard let carried = profile.carriedCounter else {
                counter = 0
                tag = profile.rtp.tagByteCount
                return
            }
            let isCarried = carried.isCarried(by: sequenceNumber)
            counter = isCarried ? CarriedRolloverCounter.counterByteCount : 0
            tag =
                profile.rtp.isAEAD
                ? profile.rtp.tagByteCount
                : isCarried
                    ? carried.tagByteCount - CarriedRolloverCounter.counterByteCount
                    : carried.plainTagByteCount
        }

        var byteCount: Int { mki + counter + tag }

        func ranges(from body: Int, isAEAD: Bool) -> (mki: Range<Int>, counter: Range<Int>, tag: Range<Int>) {
            if isAEAD {
                let mkiStart = body + tag
                let counterStart = mkiStart + mki
                return (mkiStart..<counterStart, counterStart..<counterStart + counter, body..<mkiStart)
            }
            let counterStart = body + mki
            let tagStart = counterStart + counter
            return (body..<counterStart, counterStart..<tagStart, tagStart..<tagStart + tag)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// One master key of a context: what it derives, what finds it, what it was used for.
struct KeyEntry: ~Copyable, Sendable {
    private(set) var id: SRTPKeyID
    let mki: [UInt8]
    let fingerprint: [UInt8]
    /// The packets between two derivations, as a power of two; `nil` for one derivation.
    let rateShift: UInt64?
    let validIndices: ClosedRange<UInt64>?
    let options: SRTPKeyOptions
    var use: KeyUse
    var rtp: SessionCache
    var rtcp: SessionCache
    private let derivation: KeyDerivation

    init(
        _ masterKey: borrowing SRTPMasterKey, _ options: SRTPKeyOptions, id: SRTPKeyID,
        profile: borrowing PacketProfile
    ) throws(CryptoError) {
        let derivation = try masterKey.derivation()
        let fingerprint = try derivation.fingerprint()
        let rtp = try SessionKeys.rtp(profile, derivation, at: 0)
        let rtcp = try SessionKeys.rtcp(profile, derivation, at: 0)
        self.id = id
        self.options = options
        mki = options.mki
        self.fingerprint = fingerprint
        rateShift = options.derivationRate == 0 ? nil : UInt64(options.derivationRate.trailingZeroBitCount)
        validIndices = options.validIndices
        use = KeyUse(options.lifetime)
        self.rtp = SessionCache(rtp)
        self.rtcp = SessionCache(rtcp)
        self.derivation = derivation
    }

    /// Where the session keys for an SRTP packet are. Derives them where they are not there yet; may allocate then.
    @inline(__always)
    mutating func rtpSession(at index: PacketIndex, _ profile: borrowing PacketProfile) throws(SRTPError) -> Int {
        guard let rateShift else { return 0 }
        return try rtpSession(quotient: index.wire >> rateShift, profile)
    }

    private mutating func rtpSession(
        quotient: UInt64, _ profile: borrowing PacketProfile
    ) throws(SRTPError) -> Int {
        if let position = rtp.position(of: quotient) { return position }
        do throws(CryptoError) {
            rtp.insert(try SessionKeys.rtp(profile, derivation, at: quotient), quotient: quotient)
        } catch {
            throw .engineFailed
        }
        return 0
    }

    /// The same for an SRTCP packet: its 31-bit index, divided as a 48-bit one (RFC 3711 erratum 3712).
    @inline(__always)
    mutating func rtcpSession(at index: RTCPIndex, _ profile: borrowing PacketProfile) throws(SRTPError) -> Int {
        guard let rateShift else { return 0 }
        let quotient = UInt64(index.wire) >> rateShift
        if let position = rtcp.position(of: quotient) { return position }
        do throws(CryptoError) {
            rtcp.insert(try SessionKeys.rtcp(profile, derivation, at: quotient), quotient: quotient)
        } catch {
            throw .engineFailed
        }
        return 0
    }

    /// Goes on as the key that was saved.
    mutating func resume(_ saved: SRTPStateSnapshot.Key) {
        id = SRTPKeyID(number: saved.number)
        use.restore(saved.use)
    }

    /// Whether the key is for this SRTP index.
    @inline(__always)
    func isValid(at index: UInt64) -> Bool { validIndices?.contains(index) ?? true }
}

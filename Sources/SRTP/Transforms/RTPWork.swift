// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// What is done to one SRTP packet with options, in the order in which the options stack up.
///
/// Sending: elements of the header extension are encrypted, the payload passes the inner half, CSRCs and extension are arranged for
/// Cryptex, everything is encrypted and tagged, the arrangement is taken back. Receiving goes the other way.
struct RTPWork {
    let frame: RTPFrame
    let index: PacketIndex
    /// Whether elements of the header extension are encrypted (RFC 6904).
    let isMasked: Bool
    /// The octets of the packet before it is protected.
    let length: Int

    private var csrcCount: Int { frame.header.csrcCount }

    // MARK: Sending

    /// Encrypts the packet and writes its tag. `false` if the engine failed.
    @_lifetime(packet: copy packet)
    func seal(
        _ packet: inout MutableRawSpan, with keys: inout SessionKeys, mask: inout HeaderExtensionMask?,
        _ profile: borrowing PacketProfile
    ) -> Bool {
        let form = profile.rtp
        guard applyMask(&packet, &keys, &mask, form) else { return false }
        if frame.addsBlock { CryptexArrangement.addBlock(to: &packet, csrcCount: csrcCount, length: length) }
        if keys.inner != nil {
            guard
                DoubleEncryption.seal(frame.header, at: index, in: &packet, length: length, with: &keys.inner)
            else { return false }
        }
        let job = frame.job(at: index, in: packet.bytes, form)
        guard frame.isCryptex else { return keys.packet.seal(job, in: &packet) }
        let profile = frame.addsBlock ? Cryptex.oneByteProfile : frame.header.extensionProfile
        guard let encrypted = Cryptex.encryptedProfile(profile) else { return false }
        CryptexArrangement.setProfile(encrypted, in: &packet, csrcCount: csrcCount)
        CryptexArrangement.arrange(&packet, csrcCount: csrcCount)
        if form.isAEAD {
            let done = keys.packet.seal(job, in: &packet)
            CryptexArrangement.restore(&packet, csrcCount: csrcCount)
            return done
        }
        guard keys.packet.applyKeystream(of: job, to: &packet) else { return false }
        CryptexArrangement.restore(&packet, csrcCount: csrcCount)
        guard let mac = keys.packet.mac(of: job, in: packet.bytes) else { return false }
        unsafe packet.store(mac.span.bytes, count: frame.tag.count, at: frame.tag.lowerBound)
        return true
    }

    /// Takes sealing back: the packet is as it was. Not for double suites.
    @_lifetime(packet: copy packet)
    func undo(
        _ packet: inout MutableRawSpan, with keys: inout SessionKeys, mask: inout HeaderExtensionMask?,
        _ profile: borrowing PacketProfile
    ) -> Bool {
        guard applyKeystream(&packet, &keys, profile.rtp) else { return false }
        if frame.addsBlock {
            CryptexArrangement.removeBlock(
                from: &packet, csrcCount: csrcCount, length: length + Cryptex.blockHeaderByteCount)
        } else if frame.isCryptex {
            CryptexArrangement.setProfile(frame.header.extensionProfile, in: &packet, csrcCount: csrcCount)
        }
        return applyMask(&packet, &keys, &mask, profile.rtp)
    }

    // MARK: Receiving

    /// What came of opening a packet.
    enum Opened {
        /// The packet is plain, and this long.
        case opened(Int)
        /// The tag differs; the packet's octets are as before, and another buffer holds nothing of it.
        case tagDiffers
        /// The outer tag is right and the inner one is not; likewise.
        case innerDiffers
        case failed
    }

    /// Checks the tag of a packet and decrypts it in place.
    @_lifetime(packet: copy packet)
    func open(
        _ packet: inout MutableRawSpan, with keys: inout SessionKeys, mask: inout HeaderExtensionMask?,
        _ profile: borrowing PacketProfile
    ) -> Opened {
        let form = profile.rtp
        let job = frame.job(at: index, in: packet.bytes, form)
        let opened: PacketCipher.Opened
        if frame.isCryptex && form.isAEAD {
            CryptexArrangement.arrange(&packet, csrcCount: csrcCount)
            opened = keys.packet.open(job, in: &packet)
            CryptexArrangement.restore(&packet, csrcCount: csrcCount)
        } else if frame.isCryptex {
            opened = check(packet.bytes, job, &keys)
            if opened == .opened, !applyKeystream(&packet, &keys, form) { return .failed }
        } else {
            opened = keys.packet.open(job, in: &packet)
        }
        return finish(opened, &packet, &keys, &mask, form)
    }

    /// The same from `wire`, which is only read, to `output`, which has room for the packet's body.
    @_lifetime(output: copy output)
    func open(
        _ wire: RawSpan, into output: inout MutableRawSpan, with keys: inout SessionKeys,
        mask: inout HeaderExtensionMask?, _ profile: borrowing PacketProfile
    ) -> Opened {
        let form = profile.rtp
        let job = frame.job(at: index, in: wire, form)
        var opened: PacketCipher.Opened
        var isWritten = false
        if frame.isCryptex && form.isAEAD {
            isWritten = true
            output.copy(wire, upTo: frame.bodyByteCount)
            CryptexArrangement.arrange(&output, csrcCount: csrcCount)
            var associated = InlineArray<16, UInt8>(repeating: 0)
            for place in 0..<CryptexArrangement.cipherStart { associated[place] = output.bytes.octet(at: place) ?? 0 }
            var text = output._mutatingExtracting(CryptexArrangement.cipherStart..<frame.bodyByteCount)
            opened = unsafe keys.packet.openAEAD(
                counter: job.counter, associatedData: associated.span.bytes, tag: wire.extracting(frame.tag), in: &text)
            CryptexArrangement.restore(&output, csrcCount: csrcCount)
        } else if frame.isCryptex {
            opened = check(wire, job, &keys)
            if opened == .opened {
                isWritten = true
                output.copy(wire, upTo: frame.bodyByteCount)
                if !applyKeystream(&output, &keys, form) { opened = .failed }
            }
        } else {
            opened = keys.packet.open(job, from: wire, to: &output)
            isWritten = opened != .tagDiffers
            if opened == .opened { output.copy(wire, upTo: job.cipherStart) }
        }
        let result = finish(opened, &output, &keys, &mask, form)
        if case .opened = result { return result }
        if isWritten { output.clear(upTo: frame.bodyByteCount) }
        return result
    }

    /// What is left to do for a packet whose outer half is open.
    @_lifetime(packet: copy packet)
    private func finish(
        _ opened: PacketCipher.Opened, _ packet: inout MutableRawSpan, _ keys: inout SessionKeys,
        _ mask: inout HeaderExtensionMask?, _ form: PacketForm
    ) -> Opened {
        switch opened {
        case .opened: break
        case .tagDiffers: return .tagDiffers
        case .failed: return .failed
        }
        var end = frame.bodyByteCount
        if keys.inner != nil {
            guard
                let inner = DoubleEncryption.open(
                    frame.header, at: index, in: &packet, length: end, with: &keys.inner)
            else { return applyKeystream(&packet, &keys, form) ? .innerDiffers : .failed }
            end = inner
        }
        if frame.isCryptex, let plain = Cryptex.decryptedProfile(frame.header.extensionProfile) {
            CryptexArrangement.setProfile(plain, in: &packet, csrcCount: csrcCount)
        }
        return applyMask(&packet, &keys, &mask, form) ? .opened(end) : .failed
    }

    /// Whether the tag of `wire` is right. Nothing is written.
    func verify(
        _ wire: RawSpan, with keys: inout SessionKeys, scratch: inout [UInt8], _ form: PacketForm
    ) -> PacketCipher.Opened {
        let job = frame.job(at: index, in: wire, form)
        guard frame.isCryptex && form.isAEAD && csrcCount > 0 else { return check(wire, job, &keys) }
        // The associated data and the text do not lie in one piece each.
        if scratch.count < frame.protectedByteCount {
            scratch = Array(repeating: 0, count: frame.protectedByteCount)
        }
        var octets = scratch.mutableSpan
        var copy = unsafe octets.mutableBytes
        copy.copy(wire, upTo: frame.protectedByteCount)
        CryptexArrangement.arrange(&copy, csrcCount: csrcCount)
        return check(copy.bytes, job, &keys)
    }

    private func check(_ wire: RawSpan, _ job: PacketJob, _ keys: inout SessionKeys) -> PacketCipher.Opened {
        switch keys.packet.verify(job, in: wire) {
        case .tagMatches: .opened
        case .tagDiffers: .tagDiffers
        case .failed: .failed
        }
    }

    /// Takes opening back: the packet is as it came, but for an inner half.
    @_lifetime(packet: copy packet)
    func close(
        _ packet: inout MutableRawSpan, with keys: inout SessionKeys, mask: inout HeaderExtensionMask?,
        _ profile: borrowing PacketProfile
    ) -> Bool {
        guard applyMask(&packet, &keys, &mask, profile.rtp) else { return false }
        if frame.isCryptex {
            CryptexArrangement.setProfile(frame.header.extensionProfile, in: &packet, csrcCount: csrcCount)
        }
        return applyKeystream(&packet, &keys, profile.rtp)
    }

    // MARK: Steps

    /// Exclusive-ors keystream into the encrypted portion, which is arranged for it and put back.
    @_lifetime(packet: copy packet)
    private func applyKeystream(_ packet: inout MutableRawSpan, _ keys: inout SessionKeys, _ form: PacketForm) -> Bool {
        let job = frame.job(at: index, in: packet.bytes, form)
        if frame.isCryptex { CryptexArrangement.arrange(&packet, csrcCount: csrcCount) }
        let done = keys.packet.applyKeystream(of: job, to: &packet)
        if frame.isCryptex { CryptexArrangement.restore(&packet, csrcCount: csrcCount) }
        return done
    }

    /// Exclusive-ors keystream into the chosen elements of the header extension.
    @_lifetime(packet: copy packet)
    private func applyMask(
        _ packet: inout MutableRawSpan, _ keys: inout SessionKeys, _ mask: inout HeaderExtensionMask?,
        _ form: PacketForm
    ) -> Bool {
        // The NULL cipher has no header keys, and its keystream is zeros.
        guard isMasked, mask != nil, keys.header != nil else { return true }
        let counter =
            form.kind == .aesF8
            ? F8Vector.rtp(packet.bytes, rolloverCounter: index.rolloverCounter)
            : RTPLayout.counter(frame.header.ssrc, index)
        return mask?.apply(to: frame.header, in: &packet) { keystream in
            keys.header?.keystream(counter: counter, into: &keystream) == true
        } == true
    }
}

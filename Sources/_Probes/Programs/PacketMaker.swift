// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP
internal import WireBytes

/// Protects packets at any index, again and again, which no sender does: it takes a new one whenever the last one has a
/// history with the packet's SSRC.
struct PacketMaker: ~Copyable {
    private let settings: ProgramSettings
    private var rtpSender: SRTPSender?
    private var rtpSSRCs: Set<SSRC> = []
    private var rtcpSender: SRTPSender?
    private var isRTCPEncrypted = true

    init(_ settings: ProgramSettings) { self.settings = settings }

    /// The SRTP packet of `plain` at a rollover counter.
    mutating func rtp(_ plain: [UInt8], at rolloverCounter: UInt32) throws(ProbeFinding) -> [UInt8] {
        guard let ssrc = plain.raw.bigEndianUInt32(at: 8) else { throw ProbeFinding("no SSRC in \(plain)") }
        if !rtpSSRCs.insert(SSRC(ssrc)).inserted || rtpSender == nil {
            rtpSSRCs = [SSRC(ssrc)]
            rtpSender = try settings.makeSender(SRTPConfiguration())
        }
        do throws(SRTPError) {
            try rtpSender?.setRolloverCounter(rolloverCounter, of: SSRC(ssrc))
            guard let packet = try rtpSender?.protectRTP(plain) else { return [] }
            return packet
        } catch {
            throw ProbeFinding("a fresh sender refuses: \(error)")
        }
    }

    /// The SRTCP packet of `plain` at an index.
    mutating func rtcp(_ plain: [UInt8], at index: UInt32, isEncrypted: Bool) throws(ProbeFinding) -> [UInt8] {
        guard let number = plain.raw.bigEndianUInt32(at: 4) else { throw ProbeFinding("no SSRC in \(plain)") }
        let ssrc = SSRC(number)
        if isEncrypted != isRTCPEncrypted || (rtcpSender?.nextRTCPIndex(of: ssrc) ?? .max) > index {
            var configuration = SRTPConfiguration()
            configuration.rtcpEncryption = isEncrypted ? .required : .off
            isRTCPEncrypted = isEncrypted
            rtcpSender = try settings.makeSender(configuration)
        }
        do throws(SRTPError) {
            try rtcpSender?.setNextRTCPIndex(index, of: ssrc)
            guard let packet = try rtcpSender?.protectRTCP(plain) else { return [] }
            return packet
        } catch {
            throw ProbeFinding("a fresh sender refuses: \(error)")
        }
    }
}

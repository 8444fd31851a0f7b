// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// What a context must know, and what it must say of a packet because of it.
struct ContextModel {
    let configuration: SRTPConfiguration
    let suite: SRTPSuite
    private(set) var streams: [SSRC: StreamModel] = [:]
    private(set) var isKeyExhausted = false

    init(_ settings: ProgramSettings) {
        configuration = settings.configuration
        suite = settings.suite
    }

    /// The stream of `ssrc`, a new one where there is none.
    func stream(_ ssrc: SSRC) -> StreamModel { streams[ssrc] ?? StreamModel() }

    /// Why no packet of `ssrc` can be taken, whatever it is.
    private func refusal(of ssrc: SSRC) -> SRTPRefusal? {
        if isKeyExhausted { return .keyExhausted }
        return streams[ssrc] == nil && streams.count >= configuration.streamLimit ? .tooManyStreams : nil
    }

    /// What must be said of an RTP packet at `index` before its tag is looked at.
    func refusalOfRTP(_ ssrc: SSRC, at index: Int, isSender: Bool) -> SRTPRefusal? {
        if let refusal = refusal(of: ssrc) { return refusal }
        switch stream(ssrc).rtp.verdict(on: index, width: configuration.replayWindow) {
        case .fresh: return nil
        case .exhausted: return .indexExhausted
        case .seen: return isSender ? .indexReused : .replayed
        case .tooOld: return isSender ? .indexTooOld : .replayed
        }
    }

    /// What a receiver must say of an RTCP packet at `index` before its tag is looked at.
    func refusalOfRTCP(_ ssrc: SSRC, at index: UInt32) -> SRTPRefusal? {
        if let refusal = refusal(of: ssrc) { return refusal }
        let verdict = stream(ssrc).rtcp.verdict(on: Int(index), width: configuration.rtcpReplayWindow)
        return verdict == .fresh ? nil : .replayed
    }

    /// What a sender must say of an RTCP packet.
    func refusalOfNextRTCP(_ ssrc: SSRC) -> SRTPRefusal? {
        if let refusal = refusal(of: ssrc) { return refusal }
        return stream(ssrc).nextRTCPIndex > 0x7FFF_FFFF ? .indexExhausted : nil
    }

    /// Notes an RTP packet that was sent or accepted.
    mutating func markRTP(_ ssrc: SSRC, at index: Int) {
        streams[ssrc, default: StreamModel()].markRTP(index)
        if stream(ssrc).rtp.count >= configuration.limits.rtpPackets { isKeyExhausted = true }
    }

    /// Notes an RTCP packet that was sent or accepted.
    mutating func markRTCP(_ ssrc: SSRC, at index: UInt32) {
        streams[ssrc, default: StreamModel()].rtcp.mark(Int(index))
        streams[ssrc, default: StreamModel()].nextRTCPIndex = Int(index) + 1
        if stream(ssrc).rtcp.count >= configuration.limits.rtcpPackets { isKeyExhausted = true }
    }

    /// Sets a rollover counter; `false` where that must be refused.
    mutating func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) -> Bool {
        guard streams[ssrc] != nil || streams.count < configuration.streamLimit else { return false }
        return streams[ssrc, default: StreamModel()].setRolloverCounter(counter)
    }

    /// Sets the next SRTCP index; `false` where that must be refused.
    mutating func setNextRTCPIndex(_ index: UInt32, of ssrc: SSRC) -> Bool {
        guard index <= 0x7FFF_FFFF, Int(index) >= stream(ssrc).nextRTCPIndex,
            streams[ssrc] != nil || streams.count < configuration.streamLimit
        else { return false }
        streams[ssrc, default: StreamModel()].nextRTCPIndex = Int(index)
        return true
    }

    /// Whether a receiver refuses unencrypted RTCP packets, and a sender encrypts.
    var requiresRTCPEncryption: Bool {
        switch configuration.rtcpEncryption {
        case .automatic: suite.cipher != .null
        case .required: true
        case .off: false
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP
import TestSupport
import Testing

/// Two parties that share a key, and the time.
enum Parties {
    static let now = WallClockTime(seconds: 1_800_000_000)

    static let preSharedKey = MIKEYCredential.preSharedKey(
        MIKEYKeyMaterial(copying: octets("00112233445566778899").span))

    static func responder(_ credential: MIKEYCredential = preSharedKey) -> MIKEYResponderConfiguration {
        switch credential {
        case .protectedChannel(let permission):
            MIKEYResponderConfiguration(credential: credential, replay: .channel(permission))
        default:
            MIKEYResponderConfiguration(
                credential: credential,
                replay: .guarded(MIKEYReplayGuard(store: MemoryMIKEYReplayStore(startTime: now.earlier(by: 10_000)))))
        }
    }

    static func answerer(_ policy: KeyMgmtPolicy = KeyMgmtPolicy()) throws -> KeyMgmtAnswerer {
        let credential = policy.preset == .rfc3830 ? preSharedKey : try policy.channel.nullCredential()
        return KeyMgmtAnswerer(responder(credential), policy: policy)
    }

    static func offerer(_ preset: MIKEYPreset = .rfc3830) throws -> KeyMgmtOfferer {
        let credential = preset == .rfc3830 ? preSharedKey : try KeyMgmtChannel.protected.nullCredential()
        return try KeyMgmtOfferer(preset.initiator(credential), preset: preset)
    }

    /// A description with these media.
    static func description(_ transports: [MediaTransport] = [.rtpSAVP], port: UInt16 = 5004) -> SessionDescription {
        var description = SessionDescription(
            origin: Origin(sessionID: "1", sessionVersion: "1", address: "192.0.2.1"),
            connection: ConnectionData(address: "192.0.2.1"))
        description.media = transports.map { transport in
            MediaDescription(Media(type: "audio", port: port, transport: transport, formats: ["0"]))
        }
        return description
    }

    /// A message of a camera: NULL encryption, NULL MAC.
    static func camera(
        csbID: UInt32 = 7, streams: [MIKEYCryptoSessions.Stream] = [.init(ssrc: SSRC(0x1122_3344))],
        policies: [MIKEYSRTPPolicy], random: [UInt8]? = Array(1...16), keys: [MIKEYPayload.KeyData],
        extensions: [MIKEYPayload.GeneralExtension] = []
    ) throws -> MIKEYMessage {
        var payloads: [MIKEYPayload] = [.timestamp(.init(.ntpUTC(UInt64(2_208_988_800 + now.seconds) << 32)))]
        if let random { payloads.append(.random(try .init(random))) }
        payloads += policies.enumerated().map { .securityPolicy(.init(number: UInt8($0), $1)) }
        payloads += extensions.map { .generalExtension($0) }
        payloads.append(.kemac(try .init(clear: MIKEYKeyDataChain(keys: keys), mac: .null)))
        return try MIKEYMessage(
            MIKEYHeader(.preSharedKey, csbID: csbID, cryptoSessions: try MIKEYCryptoSessions(.srtpID(streams))),
            payloads: payloads, mode: .lenient)
    }

    /// A TEK, with its salt beside it or behind the key.
    static func tek(
        _ seed: UInt8 = 1, joined: Bool = false, validity: MIKEYKeyValidity = .null
    ) throws -> MIKEYPayload.KeyData {
        let all = (0..<30).map { seed &+ $0 }
        guard !joined else {
            return try MIKEYPayload.KeyData(.tek, key: MIKEYKeyMaterial(copying: all.span), validity: validity)
        }
        let (key, salt) = (Array(all.prefix(16)), Array(all.suffix(14)))
        return try MIKEYPayload.KeyData(
            .tek, key: MIKEYKeyMaterial(copying: key.span), salt: MIKEYKeyMaterial(copying: salt.span),
            validity: validity)
    }
}

extension WallClockTime {
    init(seconds: Int64) {
        guard let time = try? WallClockTime(seconds: seconds, nanoseconds: 0) else { fatalError("nanoseconds are 0") }
        self = time
    }

    func earlier(by seconds: Int64) -> WallClockTime { WallClockTime(seconds: self.seconds - seconds) }
    func later(by seconds: Int64) -> WallClockTime { WallClockTime(seconds: self.seconds + seconds) }
}

/// Whether what one side protects is what the other side gets.
func passes(
    _ sender: inout SRTPSender, _ receiver: inout SRTPReceiver, ssrc: SSRC?, sequence: UInt16 = 1
) throws -> Bool {
    let ssrc = try #require(ssrc).rawValue
    let packet = SamplePackets.rtp(sequence: sequence, ssrc: ssrc)
    let report = SamplePackets.rtcp(ssrc: ssrc)
    let isRTP = try receiver.unprotectRTP(sender.protectRTP(packet)) == packet
    return try receiver.unprotectRTCP(sender.protectRTCP(report)) == report && isRTP
}

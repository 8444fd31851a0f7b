// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// What a program starts with: suite and configuration, drawn from its script, and a key that never changes.
struct ProgramSettings {
    /// Operations of a program at most, so that one run stays short.
    static let maximumOperationCount = 64
    static let ssrcs: [SSRC] = [0x1122_3344, 0, 0xFFFF_FFFF, 0x1122_3345]

    private static let suites = SRTPSuite.all.filter(\.isUsable)

    let suite: SRTPSuite
    let options: ProgramOptions
    var configuration = SRTPConfiguration()

    init(_ script: inout Script) {
        let first = Int(script.octet())
        suite = Self.suites[first % Self.suites.count]
        // The lowest octets mean no options, as they did before there were any.
        options = first < Self.suites.count ? ProgramOptions(suite) : ProgramOptions(suite, &script)
        options.apply(to: &configuration)
        configuration.replayWindow = script.choice([128, 64, 65, 127, 129, 200, 1024])
        configuration.rtcpReplayWindow = script.choice([128, 64, 100, 129, 512])
        let flags = script.octet()
        configuration.rtcpEncryption = [.automatic, .required, .off, .automatic][Int(flags & 3)]
        configuration.streamLimit = [1024, 3, 2, 1][Int(flags >> 2 & 3)]
        let allowsRepeats = flags & 16 != 0 && suite.cipher != .doubleAESGCM
        configuration.repeatedPackets = allowsRepeats ? .allowedWhenIdentical : .refused
        if flags & 32 != 0 { configuration.limits.rtpPackets = UInt64(flags >> 6) * 8 + 1 }
        if flags & 64 != 0 { configuration.limits.rtcpPackets = UInt64(flags >> 6) * 4 + 1 }
    }

    /// The octets between an RTCP packet and its index: the tag of an authenticated cipher (RFC 7714 section 9.2).
    var octetsBeforeRTCPIndex: Int { suite.cipher.isAuthenticated ? suite.rtcpTagByteCount : 0 }

    /// A sender with the key and the options, configured otherwise where that is asked for.
    func makeSender(_ configuration: SRTPConfiguration? = nil) throws(ProbeFinding) -> SRTPSender {
        var configuration = configuration ?? self.configuration
        options.apply(to: &configuration)
        do throws(SRTPError) {
            return try SRTPSender(masterKey: makeKey(), options: options.key, configuration: configuration)
        } catch {
            throw ProbeFinding("no sender: \(error)")
        }
    }

    /// A receiver with the key.
    func makeReceiver() throws(ProbeFinding) -> SRTPReceiver {
        do throws(SRTPError) {
            return try SRTPReceiver(masterKey: makeKey(), options: options.key, configuration: configuration)
        } catch {
            throw ProbeFinding("no receiver: \(error)")
        }
    }

    private func makeKey() throws(SRTPError) -> SRTPMasterKey {
        let octets = (0..<suite.masterKeyByteCount + suite.masterSaltByteCount).map { UInt8($0) }
        return try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
    }
}

extension Script {
    /// An index near `base`, or far away from it where the script says so.
    mutating func index(near base: Int) -> Int {
        let octet = octet()
        switch octet {
        case 0..<128: return base + 1 + Int(octet >> 5)
        case 128..<192: return base - Int(octet - 128) * 3
        case 192..<240:
            let steps = [63, 64, 127, 128, 129, 1023, 1024, 32_767, 32_768, 32_769, 65_535, 65_536]
            let step = steps[Int(octet - 192) % steps.count]
            return octet < 216 ? base + step : base - step
        default: return base + Int(Int16(bitPattern: number16()))
        }
    }

    /// A rollover counter, often not far above `current`.
    mutating func rolloverCounter(near current: UInt32) -> UInt32 {
        let octet = octet()
        switch octet {
        case 0..<64: return current &+ UInt32(octet & 3)
        case 64..<96: return current &- 1
        case 96..<160: return [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF][Int(octet) % 6]
        default: return number32()
        }
    }

    /// A plain RTP packet with the sequence number of `index`.
    mutating func rtpPacket(_ ssrc: SSRC, at index: Int, variant: UInt8) throws(ProbeFinding) -> [UInt8] {
        let shape = octet()
        var builder = RTPPacketBuilder(
            payloadType: shape & 0x7F, sequenceNumber: UInt16(truncatingIfNeeded: index),
            timestamp: UInt32(truncatingIfNeeded: index) &* 160, ssrc: ssrc)
        builder.marker = shape & 0x80 != 0
        if shape & 8 != 0 { builder.csrcs = [SSRC(rawValue: UInt32(variant)), 2] }
        if shape & 16 != 0 {
            builder.headerExtension = HeaderExtension(profile: 0xBEDE, data: [0x10, variant, 0, 0])
        }
        if shape & 32 != 0 { builder.paddingByteCount = shape & 7 }
        let count = [0, 1, 15, 16, 17, 63, 160, 1200][Int(shape & 7)]
        let payload = [UInt8](repeating: variant, count: count)
        let packet = builder
        return try expect("no packet") { () throws(RTPError) in try packet.encoded(payload: payload.raw) }
    }

    /// A plain RTCP datagram.
    mutating func rtcpPacket(_ ssrc: SSRC, variant: UInt8) throws(ProbeFinding) -> [UInt8] {
        let shape = octet()
        let report = ReceiverReport(ssrc: ssrc, reports: shape & 1 == 0 ? [] : [ReportBlock(source: 7)])
        var packets: [RTCPPacket] = [.receiverReport(report)]
        if shape & 2 != 0 {
            let name = ApplicationDefined.Name(rawValue: 0x7465_7374)
            let data = [UInt8](repeating: variant, count: Int(shape >> 2 & 15) * 4)
            packets.append(.applicationDefined(ApplicationDefined(ssrc: ssrc, name: name, data: data)))
        }
        let compound = RTCPCompound(packets)
        return try expect("no packet") { () throws(RTPError) in try compound.encoded(form: .reducedSize) }
    }
}

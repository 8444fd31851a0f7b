// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import TestSupport

/// A sender that tests can hold in a class and compare the answers of.
final class Sending {
    var context: SRTPSender

    init(
        _ suite: SRTPSuite = .aesCM128_HMACSHA1_80, options: SRTPKeyOptions = SRTPKeyOptions(),
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = SRTPConfiguration()
        configure(&configuration)
        let key = try sampleKey(suite)
        context = try SRTPSender(masterKey: key, options: options, configuration: configuration)
    }

    func rtp(_ packet: [UInt8]) -> Result<[UInt8], SRTPError> {
        do throws(SRTPError) { return .success(try context.protectRTP(packet)) } catch { return .failure(error) }
    }

    func rtcp(_ packet: [UInt8]) -> Result<[UInt8], SRTPError> {
        do throws(SRTPError) { return .success(try context.protectRTCP(packet)) } catch { return .failure(error) }
    }

    /// The packet with this sequence number, protected at this rollover counter.
    static func wire(
        _ packet: [UInt8], rolloverCounter: UInt32 = 0, suite: SRTPSuite = .aesCM128_HMACSHA1_80
    ) throws -> [UInt8] {
        let sending = try Sending(suite)
        try sending.context.setRolloverCounter(rolloverCounter, of: ssrc(of: packet))
        return try sending.rtp(packet).get()
    }

    /// The RTCP packet, protected at this index.
    static func wireRTCP(
        _ packet: [UInt8], index: UInt32, suite: SRTPSuite = .aesCM128_HMACSHA1_80, encrypted: Bool? = nil
    ) throws -> [UInt8] {
        let sending = try Sending(suite) {
            if let encrypted { $0.rtcpEncryption = encrypted ? .required : .off }
        }
        try sending.context.setNextRTCPIndex(index, of: SSRC(number(packet[4..<8])))
        return try sending.rtcp(packet).get()
    }

    var state: SRTPStateSnapshot { context.snapshot }
}

/// A receiver that tests can hold in a class and compare the answers of.
final class Receiving {
    var context: SRTPReceiver

    init(
        _ suite: SRTPSuite = .aesCM128_HMACSHA1_80, options: SRTPKeyOptions = SRTPKeyOptions(),
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = SRTPConfiguration()
        configure(&configuration)
        let key = try sampleKey(suite)
        context = try SRTPReceiver(masterKey: key, options: options, configuration: configuration)
    }

    func rtp(_ packet: [UInt8]) -> Result<[UInt8], SRTPError> {
        do throws(SRTPError) { return .success(try context.unprotectRTP(packet)) } catch { return .failure(error) }
    }

    func rtcp(_ packet: [UInt8]) -> Result<[UInt8], SRTPError> {
        do throws(SRTPError) { return .success(try context.unprotectRTCP(packet)) } catch { return .failure(error) }
    }

    var state: SRTPStateSnapshot { context.snapshot }
}

/// The suites that are built.
let builtSuites = SRTPSuite.all.filter(\.isUsable)

/// The SSRC of the sample packets.
let sample: SSRC = 0x1122_3344

/// A fixed master key and salt, counting up, of the lengths that the suite takes.
func sampleKey(_ suite: SRTPSuite = .aesCM128_HMACSHA1_80, first: UInt8 = 0) throws -> SRTPMasterKey {
    let count = suite.masterKeyByteCount + suite.masterSaltByteCount
    let octets = (0..<count).map { first &+ UInt8($0) }
    return try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
}

/// The SSRC of an RTP packet.
func ssrc(of packet: [UInt8]) -> SSRC { SSRC(number(packet[8..<12])) }

/// The big-endian number that the octets write.
func number(_ octets: some Sequence<UInt8>) -> UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }

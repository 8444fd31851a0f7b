// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// An RTP packet that is to be protected and unprotected, each in place and out of place by contexts of their own.
struct RTPCase {
    let contexts: any PacketContexts
    let ssrc: SSRC
    let rolloverCounter: UInt32
    let plain: [UInt8]
    let plainField: String
    let protected: [UInt8]
    let protectedField: String
    let unprotected: [UInt8]
    let unprotectedField: String

    func check() throws(RowFault) {
        for route in PacketCall<SRTPError>.Route.allCases {
            let sent: [UInt8]
            do throws(SRTPError) {
                var sender = try contexts.makeSender(.automatic)
                try sender.setRolloverCounter(rolloverCounter, of: ssrc)
                sent = try PacketCall(&sender, .rtp, plain, route).output()
            } catch {
                throw RowFault(plainField, expected: "a packet that can be protected", got: "\(error)")
            }
            try RowFault.compare(protectedField, expected: protected, got: sent, where: "protecting \(route.rawValue)")
        }
        for route in PacketCall<SRTPError>.Route.allCases {
            let received: [UInt8]
            do throws(SRTPError) {
                var receiver = try contexts.makeReceiver(.automatic)
                try receiver.setRolloverCounter(rolloverCounter, of: ssrc)
                received = try PacketCall(&receiver, .rtp, protected, route).output()
            } catch {
                throw RowFault(protectedField, expected: "a packet that is accepted", got: "\(error)")
            }
            try RowFault.compare(
                unprotectedField, expected: unprotected, got: received, where: "unprotecting \(route.rawValue)")
        }
    }
}

/// The same of an RTCP packet.
struct RTCPCase {
    let contexts: any PacketContexts
    let ssrc: SSRC
    let index: UInt32
    let isEncrypted: Bool
    let plain: [UInt8]
    let plainField: String
    let protected: [UInt8]
    let protectedField: String

    func check() throws(RowFault) {
        let encryption: SRTPConfiguration.RTCPEncryption = isEncrypted ? .required : .off
        for route in PacketCall<SRTPError>.Route.allCases {
            let sent: [UInt8]
            do throws(SRTPError) {
                var sender = try contexts.makeSender(encryption)
                try sender.setNextRTCPIndex(index, of: ssrc)
                sent = try PacketCall(&sender, .rtcp, plain, route).output()
            } catch {
                throw RowFault(plainField, expected: "a packet that can be protected", got: "\(error)")
            }
            try RowFault.compare(protectedField, expected: protected, got: sent, where: "protecting \(route.rawValue)")
        }
        for route in PacketCall<SRTPError>.Route.allCases {
            let received: [UInt8]
            do throws(SRTPError) {
                var receiver = try contexts.makeReceiver(encryption)
                received = try PacketCall(&receiver, .rtcp, protected, route).output()
            } catch {
                throw RowFault(protectedField, expected: "a packet that is accepted", got: "\(error)")
            }
            try RowFault.compare(plainField, expected: plain, got: received, where: "unprotecting \(route.rawValue)")
        }
    }
}

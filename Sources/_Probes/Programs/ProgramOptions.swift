// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP
internal import WireBytes

/// The options of a program's contexts, and what each does to a packet, worked out without the library's own layouts.
struct ProgramOptions {
    /// The octets of the tag where a rollover counter is carried, and of that where it is not.
    private static let carryingTagByteCount = 14
    private static let counterByteCount = 4

    let suite: SRTPSuite
    var key = SRTPKeyOptions()
    var cryptex = Cryptex.off
    var headerEncryption: HeaderExtensionEncryption?
    var carriedCounter: CarriedRolloverCounter?

    /// No options.
    init(_ suite: SRTPSuite) { self.suite = suite }

    /// Options as the script says, of those that go with the suite.
    init(_ suite: SRTPSuite, _ script: inout Script) {
        self.init(suite)
        let chosen = script.octet()
        let detail = script.octet()
        if chosen & 1 != 0 {
            let count = [1, 4, 128, 255][Int(detail & 3)]
            key.mki = (0..<count).map { UInt8(truncatingIfNeeded: $0) ^ detail }
        }
        if chosen & 2 != 0 { key.derivationRate = [1, 2, 16, 256, 1 << 16, 1 << 24][Int(detail >> 2) % 6] }
        if chosen & 4 != 0, suite.cipher != .doubleAESGCM { cryptex = detail & 64 == 0 ? .offered : .required }
        if chosen & 8 != 0 {
            headerEncryption = HeaderExtensionEncryption([1, 3], style: detail & 128 == 0 ? .rfc6904 : .libsrtp)
        }
        if chosen & 16 != 0, suite.cipher != .doubleAESGCM {
            // The modes that leave no packet unauthenticated.
            let rate = UInt16(detail & 7) + 1
            carriedCounter =
                suite.cipher.isAuthenticated
                ? CarriedRolloverCounter(.unauthenticated, rate: rate)
                : detail & 8 == 0
                    ? CarriedRolloverCounter(.authenticated, rate: rate, tagByteCount: Self.carryingTagByteCount)
                    : CarriedRolloverCounter(.unauthenticatedBetween, tagByteCount: Self.carryingTagByteCount)
        }
    }

    func apply(to configuration: inout SRTPConfiguration) {
        configuration.cryptex = cryptex
        configuration.headerEncryption = headerEncryption
        configuration.carriedRolloverCounter = carriedCounter
    }

    // MARK: What becomes of a packet

    private func isCarried(_ sequenceNumber: UInt16) -> Bool {
        carriedCounter.map { sequenceNumber % $0.rate == 0 } ?? false
    }

    /// Whether CSRCs are encrypted in an empty extension that the packet does not have.
    private func addsBlock(_ header: RTPHeader) -> Bool {
        cryptex != .off && header.csrcCount > 0 && !header.hasExtension
    }

    /// By how much a packet grows.
    func growth(of header: RTPHeader) -> Int {
        var octets = key.mki.count + (addsBlock(header) ? 4 : 0)
        if suite.cipher == .doubleAESGCM {
            octets += suite.rtpTagByteCount + 1
        } else if suite.cipher.isAuthenticated {
            octets += suite.rtpTagByteCount + (isCarried(header.sequenceNumber) ? Self.counterByteCount : 0)
        } else {
            octets += carriedCounter == nil ? suite.rtpTagByteCount : Self.carryingTagByteCount
        }
        return octets
    }

    /// The packet as a receiver gives it.
    func delivered(_ plain: [UInt8]) -> [UInt8] {
        guard let header = try? RTPHeader(parsing: plain.raw), addsBlock(header) else { return plain }
        var packet = plain
        packet[0] |= 0x10
        packet.insert(contentsOf: [0xBE, 0xDE, 0, 0], at: header.byteCount)
        return packet
    }

    /// Why a sender must refuse a packet, whatever its index.
    func refusal(of header: RTPHeader, in packet: [UInt8]) -> SRTPRefusal? {
        var isCryptex = cryptex != .off && (header.hasExtension || header.csrcCount > 0)
        if isCryptex, header.hasExtension, header.extensionProfile != 0xBEDE, header.extensionProfile != 0x1000 {
            if cryptex == .required || [0xC0DE, 0xC2DE].contains(header.extensionProfile) { return .cryptexRequired }
            isCryptex = false
        }
        guard headerEncryption != nil, !isCryptex, var elements = HeaderExtensionCursor(header) else { return nil }
        do throws(RTPError) {
            while try elements.next(in: packet.raw) != nil {}
        } catch {
            return .malformedHeaderExtension
        }
        return nil
    }

    /// The rollover counter that an SRTP packet carries.
    func carriedCounter(in wire: [UInt8]) -> UInt32? {
        guard carriedCounter != nil, let sequence = wire.raw.bigEndianUInt16(at: 2), isCarried(sequence) else {
            return nil
        }
        let behind = suite.cipher.isAuthenticated ? 0 : Self.carryingTagByteCount - Self.counterByteCount
        return wire.raw.bigEndianUInt32(at: wire.count - behind - Self.counterByteCount)
    }
}

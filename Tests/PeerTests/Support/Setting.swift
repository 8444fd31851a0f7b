// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import TestSupport
import Testing

/// The keys that both sides have.
enum SharedKey {
    /// Key and salt of the suites that take 16 and 14 octets.
    static let octets = octets(.aesCM128_HMACSHA1_80)
    static let hex = TestSupport.hex(octets)
    static let base64 = Data(octets).base64EncodedString()

    /// Key and salt, joined; each `number` has others.
    static func octets(_ suite: SRTPSuite, number: Int = 0) -> [UInt8] {
        (0..<suite.masterKeyByteCount + suite.masterSaltByteCount)
            .map { UInt8(truncatingIfNeeded: 100 + 89 * number + $0) }
    }

    static func master(_ suite: SRTPSuite, number: Int = 0) throws -> SRTPMasterKey {
        let octets = octets(suite, number: number)
        return try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
    }
}

/// What both sides of an exchange are set to.
struct Setting: Sendable, CustomTestStringConvertible {
    /// How many packets go out under a key before it is the next one's turn.
    static let packetsPerTurn = 500

    var suite: SRTPSuite
    /// The MKIs of the master keys; by default there is one key, and no MKI.
    var mkis: [[UInt8]] = [[]]
    /// What the rollover counter of each stream is set to on both sides before its first packet.
    var rolloverCounter: UInt32?
    var configuration = SRTPConfiguration()

    init(_ suite: SRTPSuite, _ configuration: SRTPConfiguration = SRTPConfiguration()) {
        self.suite = suite
        self.configuration = configuration
    }

    /// The suite with this name; a trap where there is none, since only tests write such names.
    init(named name: String) {
        guard let suite = SRTPSuite.named(name) else { fatalError("not a suite: \(name)") }
        self.suite = suite
    }

    init(_ suite: SRTPSuite, mkis: [[UInt8]]) {
        self.suite = suite
        self.mkis = mkis
    }

    init(_ suite: SRTPSuite, rolloverCounter: UInt32) {
        self.suite = suite
        self.rolloverCounter = rolloverCounter
    }

    init(_ suite: SRTPSuite, _ headerEncryption: HeaderExtensionEncryption, mkis: [[UInt8]] = [[]]) {
        self.suite = suite
        self.mkis = mkis
        configuration.headerEncryption = headerEncryption
    }

    /// The octets of the tag on an SRTCP packet.
    var rtcpTagByteCount: Int {
        configuration.rtcpTag == .sameAsRTP
            ? min(suite.rtpTagByteCount, suite.rtcpTagByteCount) : suite.rtcpTagByteCount
    }

    /// The master key that the packet in this place goes out under.
    func keyNumber(at place: Int) -> Int { place / Self.packetsPerTurn % mkis.count }

    func options(_ number: Int) -> SRTPKeyOptions {
        var options = SRTPKeyOptions()
        options.mki = mkis[number]
        return options
    }

    var testDescription: String {
        var parts = [suite.name]
        if let mki = mkis.first, !mki.isEmpty {
            parts.append(mkis.count == 1 ? "MKI of \(mki.count)" : "\(mkis.count) keys in turn, MKIs of \(mki.count)")
        }
        if let rolloverCounter { parts.append("ROC \(rolloverCounter)") }
        if let encryption = configuration.headerEncryption { parts.append("header extensions .\(encryption.style)") }
        if configuration.rtcpTag == .sameAsRTP { parts.append("SRTCP tags of \(suite.rtpTagByteCount)") }
        if configuration.rtcpEncryption == .required { parts.append("SRTCP encrypted") }
        return parts.joined(separator: ", ")
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import TestSupport
import Testing

// One after the other: tens of thousands of packets keep a processor busy, and the live tests need one as well.
@Suite("libsrtp", .needs(.libsrtp), .serialized)
struct LibsrtpTests {
    @Test("10,000 RTP and 10,000 RTCP packets each way come out as they were", arguments: Setting.suites)
    func suite(_ setting: Setting) async throws { try await expectAll(of: .arbitrary, setting) }

    @Test("10,000 RTP and 2,000 RTCP packets each way come out as they were", arguments: Setting.options)
    func options(_ setting: Setting) async throws { try await expectAll(of: .fit(for: setting), setting) }

    private func expectAll(of traffic: Traffic, _ setting: Setting) async throws {
        let exchange = try await Exchange(traffic, setting)
        await exchange.print()
        #expect(exchange.received.refusals.isEmpty && exchange.taken.refusals.isEmpty)
        #expect(exchange.received.results == exchange.plain)
        #expect(exchange.taken.results == exchange.plain)
        // Once our SRTCP index begins with 1 as libsrtp's does.
        #expect(try exchange.isSameOnTheWire())
    }

    @Test("both refuse the same packets: changed ones, and those that came before", arguments: Setting.suites)
    func theSameRefusals(_ setting: Setting) async throws {
        let secured = try protect(Array(Traffic.arbitrary.packets.prefix(2000)), setting)
        var random = SeededGenerator(seed: 9)
        var arriving: [MediaPacket] = []
        for packet in secured {
            // Not where the packet could be taken apart otherwise: a timestamp or NTP time, or the tag's last octets. Behind a
            // GCM tag comes the SRTCP index.
            let hasIndexLast = packet.kind == .rtcp && setting.suite.cipher.isAuthenticated
            let tag = packet.octets.indices.dropLast(hasIndexLast ? 4 : 0).suffix(4)
            let places = Array(packet.kind == .rtp ? 4..<8 : 8..<12) + tag
            let place = places[Int.random(in: places.indices, using: &random)]
            var changed = packet
            changed.octets[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            arriving += [changed, packet, packet]
        }
        let ours = try unprotect(arriving, setting)
        let theirs = try await LibsrtpPeer.run(.unprotect, arriving, setting)
        #expect(ours.results == theirs.results && ours.results.count == 2000)
        #expect(ours.refusals == theirs.refusals)
        let kinds = secured.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
        for (kind, count) in kinds {
            #expect(ours.refusals["\(kind): authentication failed"] == count)
            #expect(ours.refusals["\(kind): replayed"] == count)
        }
    }
}

extension Setting {
    /// The suites that libsrtp has as they are registered.
    static let suites: [Setting] = [
        "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32",
        "AEAD_AES_128_GCM", "AEAD_AES_256_GCM", "NULL_HMAC_SHA1_80", "NULL_HMAC_SHA1_32",
    ].map(Setting.init(named:))

    /// The options that libsrtp has, where it has them right.
    static let options: [Setting] = identified + counted + encryptingHeaders

    private static let aes256 = suites[2].suite
    private static let gcm128 = suites[4].suite
    private static let gcm256 = suites[5].suite
    private static let twoMKIs: [[UInt8]] = [[0, 0, 0, 1], [0, 0, 0, 2]]

    private static var identified: [Setting] {
        let lengths = [1, 4, 128].flatMap { count in
            [SRTPSuite.aesCM128_HMACSHA1_80, gcm128].map { Setting($0, mkis: [[UInt8](repeating: 0xA5, count: count)]) }
        }
        // SRTCP tags as long as SRTP's: libsrtp looks for the MKI where they would begin.
        var short = Setting(.aesCM128_HMACSHA1_32, mkis: twoMKIs)
        short.configuration.rtcpTag = .sameAsRTP
        return lengths + [.aesCM128_HMACSHA1_80, aes256, gcm256].map { Setting($0, mkis: twoMKIs) } + [short]
    }

    private static var counted: [Setting] {
        [0, 1, 0xFFFF_FFFE].flatMap { counter in
            [.aesCM128_HMACSHA1_80, gcm256].map { Setting($0, rolloverCounter: counter) }
        }
    }

    private static var encryptingHeaders: [Setting] {
        [.aesCM128_HMACSHA1_80, aes256, gcm128, gcm256].map { Setting($0, .odd(.libsrtp)) }
            + [.aesCM128_HMACSHA1_80, aes256].map { Setting($0, .odd(.rfc6904)) }
            + [Setting(gcm256, .odd(.libsrtp), mkis: twoMKIs)]
    }
}

extension HeaderExtensionEncryption {
    /// Every second element is encrypted.
    static func odd(_ style: Style) -> HeaderExtensionEncryption {
        HeaderExtensionEncryption(Set(stride(from: 1, through: 255, by: 2)), style: style)
    }
}

extension Traffic {
    /// For the suites.
    static let arbitrary = Traffic(rtpCount: 10_000, rtcpCount: 10_000, seed: 3711)
    /// For the options, which are many.
    static let mostlyRTP = Traffic(rtpCount: 10_000, rtcpCount: 2_000, seed: 3711)
    /// Every stream passes the end of the sequence numbers once.
    static let wrappingOnce = Traffic(rtpCount: 10_000, rtcpCount: 2_000, seed: 3711, leaps: false)
    static let elements = Traffic(
        rtpCount: 10_000, rtcpCount: 2_000, seed: 6904, extensions: .elements(paddedBetween: false))
    static let paddedElements = Traffic(
        rtpCount: 10_000, rtcpCount: 2_000, seed: 6904, extensions: .elements(paddedBetween: true))

    /// Packets on which libsrtp is right under these options, or does as the option's name says.
    static func fit(for setting: Setting) -> Traffic {
        switch setting.configuration.headerEncryption?.style {
        case .rfc6904: elements
        case .libsrtp: paddedElements
        case nil: setting.rolloverCounter == nil ? mostlyRTP : wrappingOnce
        }
    }
}

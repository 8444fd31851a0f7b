// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import TestSupport
import Testing

extension LibsrtpTests {
    /// Where libsrtp 2.5.0 is not as the RFCs say, and the two do not understand each other. Tests/Peers/README.md has the list.
    @Suite(
        "deviations of 2.5.0",
        .enabled("another version of libsrtp may be right there") { await LibsrtpPeer.version == "libsrtp2 2.5.0" })
    struct Deviations {
        private static let twoMKIs: [[UInt8]] = [[0, 0, 0, 1], [0, 0, 0, 2]]
        private static let gcm256 = Setting(named: "AEAD_AES_256_GCM").suite

        /// Both sides have keys, but not the same: RFC 6188 derives them with AES-192, and its vectors are among ours.
        @Test(
            "AES-192: no packet is accepted either way, as libsrtp derives the session keys with AES-256",
            arguments: ["AES_192_CM_HMAC_SHA1_80", "AES_192_CM_HMAC_SHA1_32"])
        func aes192(_ name: String) async throws {
            let setting = Setting(named: name)
            let exchange = try await Exchange(.mostlyRTP, setting)
            await exchange.print()
            let all = ["rtp: authentication failed": 10_000, "rtcp: authentication failed": 2_000]
            #expect(exchange.received.refusals == all && exchange.taken.refusals == all)

            // libsrtp understands itself, so that it is not a suite that it cannot do.
            let arriving = Traffic.mostlyRTP.arriving(exchange.theirs)
            let again = try await LibsrtpPeer.run(.unprotect, arriving, setting)
            #expect(again.results == exchange.plain)

            // And its tags are right under the AES-256 key and salt that begin with the 38 octets and end with zeros.
            let suite = Setting(named: name.replacing("192", with: "256")).suite
            let octets = SharedKey.octets(setting.suite) + [UInt8](repeating: 0, count: 8)
            var receiver = try SRTPReceiver(masterKey: SRTPMasterKey(suite: suite, keyAndSalt: octets.span))
            #expect(receiver.unprotect(arriving).refusals.isEmpty)
        }

        @Test(
            "MKI with tags of 4 and 10 octets: libsrtp finds none in SRTCP packets, we find it",
            arguments: ["AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_32"])
        func misplacedMKI(_ name: String) async throws {
            let exchange = try await Exchange(
                .mostlyRTP, Setting(Setting(named: name).suite, mkis: Self.twoMKIs))
            await exchange.print()
            #expect(exchange.received.results == exchange.plain)
            #expect(exchange.taken.refusals == ["rtcp: bad MKI": 2_000])
            #expect(exchange.taken.results == exchange.plain.filter { $0.kind == .rtp })
            #expect(try exchange.isSameOnTheWire())
        }

        @Test("NULL cipher: libsrtp refuses SRTCP packets with the E bit, and sends none")
        func encryptedBit() async throws {
            var setting = Setting(.null_HMACSHA1_80)
            setting.configuration.rtcpEncryption = .required
            let exchange = try await Exchange(.mostlyRTP, setting)
            await exchange.print()
            #expect(exchange.received.refusals == ["rtcp: encryption required": 2_000])
            #expect(exchange.taken.refusals == ["rtcp: cannot check": 2_000])
            let rtp = exchange.plain.filter { $0.kind == .rtp }
            #expect(exchange.received.results == rtp && exchange.taken.results == rtp)
        }

        @Test(
            "RFC 6904, padding between elements: libsrtp spends no keystream on it, so that elements behind it differ")
        func paddedElements() async throws {
            let exchange = try await Exchange(.paddedElements, Setting(.aesCM128_HMACSHA1_80, .odd(.rfc6904)))
            await exchange.print()
            expectOnlyHeadersDiffer(exchange)
        }

        @Test("RFC 6904 under GCM: libsrtp derives 12 octets of header salt of the 14, so that all elements differ")
        func headerSalt() async throws {
            let exchange = try await Exchange(.elements, Setting(Self.gcm256, .odd(.rfc6904)))
            await exchange.print()
            expectOnlyHeadersDiffer(exchange)
        }

        /// Every packet is accepted; several thousand RTP packets come out with other octets in their header extensions, and none
        /// with other octets elsewhere.
        private func expectOnlyHeadersDiffer(_ exchange: Exchange) {
            for outcome in [exchange.received, exchange.taken] {
                #expect(outcome.refusals.isEmpty && outcome.results.count == exchange.plain.count)
                let differing = zip(outcome.results, exchange.plain).filter { $0 != $1 }
                #expect(differing.count > 1000)
                #expect(
                    differing.allSatisfy { result, plain in
                        guard let header = try? RTPHeader(parsing: plain.octets.span.bytes),
                            result.kind == .rtp && result.octets.count == plain.octets.count
                        else { return false }
                        return plain.octets.indices.allSatisfy {
                            header.extensionRange.contains($0) || result.octets[$0] == plain.octets[$0]
                        }
                    })
            }
        }

        @Test("RFC 6904, an extension that is not RFC 8285's: libsrtp refuses the packet, we leave it as it is")
        func otherExtension() async throws {
            let setting = Setting(.aesCM128_HMACSHA1_80, .odd(.libsrtp))
            let packet = MediaPacket(
                kind: .rtp, octets: SamplePackets.rtp(sequence: 1, extensionWords: [0x1234_5678], profile: 0x4321))
            let secured = try protect([packet], setting)
            #expect(try unprotect(secured, setting).results == [packet])
            let theirs = try await LibsrtpPeer.run(.protect, [packet], setting)
            let taken = try await LibsrtpPeer.run(.unprotect, secured, setting)
            #expect(theirs.refusals == ["rtp: parse error": 1] && taken.refusals == ["rtp: parse error": 1])
        }
    }
}

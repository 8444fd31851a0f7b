// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing
import WireBytes

@testable import SRTP

@Suite("Secrets stay where they are")
struct SecretsTests {
    @Test("SRTP-60 nothing that a key, a context or an error says of itself holds key octets")
    func descriptions() throws {
        let octets: [UInt8] = octets("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6")
        let key = try SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: octets.span)
        var receiver = try SRTPReceiver(masterKey: key)
        var texts: [String] = []
        do throws(SRTPError) {
            _ = try receiver.unprotectRTP(SamplePackets.rtp(sequence: 1) + [UInt8](repeating: 0, count: 10))
        } catch {
            texts += [String(describing: error), String(reflecting: error)]
        }
        texts.append(String(reflecting: receiver.snapshot))
        texts.append(String(reflecting: receiver.statistics))
        for length in [29, 31] {
            do throws(SRTPError) {
                let wrong = Array((octets + octets).prefix(length))
                _ = try SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: wrong.span)
            } catch {
                texts += [String(describing: error), String(reflecting: error)]
            }
        }
        #expect(texts.count == 8)
        // Master and session keys (RFC 3711 B.3), in hex and as lists of numbers.
        let secrets = [
            "e1f97a0d", "0ec675ad", "c61e7a93", "30cbbc08", "cebe321f", "225, 249", "14, 198", "198, 30", "206, 190",
        ]
        for text in texts {
            for secret in secrets { #expect(!text.lowercased().contains(secret), "\(text)") }
        }
    }

    @Test("SRTP-60 a random key is another one each time, of the suite's lengths", arguments: SRTPSuite.all)
    func randomKeys(_ suite: SRTPSuite) throws {
        let keys = try (0..<3).map { _ in
            try SRTPMasterKey.random(for: suite).withKeyAndSalt { Array(copying: $0) }
        }
        #expect(Set(keys).count == 3)
        #expect(keys.allSatisfy { $0.count == suite.masterKeyByteCount + suite.masterSaltByteCount })
    }

    @Test("a key of another length than the suite's is refused")
    func keyLengths() {
        for length in [0, 1, 16, 29, 31, 46] {
            #expect(throws: SRTPError.self) {
                let octets = [UInt8](repeating: 1, count: length)
                _ = try SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: octets.span)
            }
        }
    }
}

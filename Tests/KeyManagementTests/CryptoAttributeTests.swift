// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyManagement
import SDP
import SRTP
import TestSupport
import Testing

/// A key and salt of 30 octets.
let key30 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
/// Another one.
let other30 = "MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm"

private struct Line: Decodable {
    struct Key: Decodable { let masterKey, masterSalt: String; let lifetimePackets: UInt64; let mki, mkiLength: Int }
    let line, suite: String
    let tag: UInt32
    let keys: [Key]
    let sessionParams: [String]
}

@Suite("a=crypto")
struct CryptoAttributeTests {
    static let suite = "AES_CM_128_HMAC_SHA1_80"

    private func error(_ value: String, isLenient: Bool = false) -> CryptoAttributeError? {
        do throws(CryptoAttributeError) { _ = try CryptoAttribute(parsing: value, isLenient: isLenient) } catch {
            return error
        }
        return nil
    }

    private func part(_ value: String) -> CryptoAttributePart? {
        if case .invalid(let part, _)? = error(value) { part } else { nil }
    }

    @Test("SDP-04 the lines of RFC 4568 are read part by part and written as they stand there")
    func published() throws {
        let rows = try TestVectors.rows("rfc4568.json", as: Line.self)
        #expect(rows.count == 6)
        for row in rows {
            let attribute = try CryptoAttribute(parsing: String(row.line.dropFirst("a=crypto:".count)))
            #expect(attribute.tag == row.tag && attribute.suiteName == row.suite && attribute.deviations.isEmpty)
            #expect(attribute.sessionParameters.map(\.description) == row.sessionParams)
            let suite = try #require(attribute.suite)
            #expect(attribute.keys.count == row.keys.count)
            for (key, expected) in zip(attribute.keys, row.keys) {
                let octets = try key.masterKey(for: suite).withKeyAndSalt { $0.withUnsafeBytes { hex($0) } }
                #expect(octets == expected.masterKey + expected.masterSalt)
                #expect(key.lifetime?.packets == expected.lifetimePackets)
                #expect(key.lifetime?.packetLimit == expected.lifetimePackets - 1)
                #expect(key.mki?.number == "\(expected.mki)" && key.mki?.octets.count == expected.mkiLength)
            }
            #expect("a=" + attribute.attribute().text == row.line)
        }
    }

    @Test("SDP-04 spaces and tabs of any number stand between the parts")
    func spaces() throws {
        let value = "1 \t AES_CM_128_HMAC_SHA1_80\tinline:\(key30)  KDR=1\t\tWSH=64"
        let attribute = try CryptoAttribute(parsing: value)
        #expect(attribute.secretText() == "1 AES_CM_128_HMAC_SHA1_80 inline:\(key30) KDR=1 WSH=64")
    }

    @Test("SDP-04 a part that is malformed is named")
    func malformed() {
        let cases: [(String, CryptoAttributePart)] = [
            ("", .tag), ("x \(Self.suite) inline:\(key30)", .tag), ("1234567890 \(Self.suite) inline:\(key30)", .tag),
            ("-1 \(Self.suite) inline:\(key30)", .tag), ("1", .suite), ("1 AES-CM inline:\(key30)", .suite),
            ("1 \(Self.suite)", .key(1)), ("1 \(Self.suite) \(key30)", .key(1)),
            ("1 \(Self.suite) uri:\(key30)", .key(1)), ("1 \(Self.suite) inline:", .key(1)),
            ("1 \(Self.suite) inline", .key(1)), ("1 \(Self.suite) inline:\(key30);", .key(2)),
            ("1 \(Self.suite) inline:\(key30)|2^20|1:4|x", .key(1)),
            ("1 \(Self.suite) inline:\(key30)|1:4|2^20", .key(1)),
            ("1 \(Self.suite) inline:\(key30)|", .lifetime(ofKey: 1)),
            ("1 \(Self.suite) inline:\(key30)|2^20|2^20", .mki(ofKey: 1)),
        ]
        for (value, expected) in cases { #expect(part(value) == expected, "\(value.prefix(30))") }
    }

    @Test("SDP-05 base64 is whole, and key and salt have the length that the suite takes", arguments: SRTPSuite.all)
    func lengths(suite: SRTPSuite) throws {
        let right = suite.masterKeyByteCount + suite.masterSaltByteCount
        for count in 1...100 {
            let text = base64([UInt8](repeating: 0xA5, count: count))
            let value = "7 \(suite.name) inline:\(text)"
            if count == right {
                #expect(try CryptoAttribute(parsing: value).secretText() == value)
            } else {
                #expect(part(value) == .key(1), "\(count)")
            }
        }
    }

    @Test(
        "SDP-05 what is no base64 is refused",
        arguments: [
            "=", "====", "A", "AAAAA", "AA=A", "AAA==", "AAAA=", "AA===", "A A=", "AA-_", "AAAÄ", "AB!D", "=AAA",
        ])
    func notBase64(text: String) {
        #expect(part("1 unknown inline:\(text)") == .key(1))
        #expect(error("1 unknown inline:\(text)", isLenient: true) != nil)
    }

    @Test(
        "SDP-06 lifetimes of 1 to 2^48, in digits or as a power",
        arguments: [
            ("2^0", 1), ("1", 1), ("2^31", 1 << 31), ("2147483648", 1 << 31), ("2^48", 1 << 48),
            ("281474976710656", UInt64(1 << 48)), ("1000", 1000),
        ])
    func lifetimes(text: String, packets: UInt64) throws {
        let value = "1 \(Self.suite) inline:\(key30)|\(text)"
        let attribute = try CryptoAttribute(parsing: value)
        #expect(attribute.keys[0].lifetime?.packets == packets && attribute.keys[0].mki == nil)
        #expect(attribute.secretText() == value)
    }

    @Test(
        "SDP-06 other lifetimes make the attribute invalid",
        arguments: [
            "0", "2^49", "281474976710657", "2^", "2^-1", "-1", "^20", "2^2^2", "1e3", "18446744073709551616",
            "99999999999999999999999999", "2^99999999999999999999",
        ])
    func wrongLifetimes(text: String) {
        #expect(part("1 \(Self.suite) inline:\(key30)|\(text)") == .lifetime(ofKey: 1))
    }

    @Test(
        "SDP-06 an MKI is a number in 1 to 128 octets",
        arguments: [
            ("1:1", "01"), ("255:1", "ff"), ("256:2", "0100"), ("1066:4", "0000042a"), ("65535:3", "00ffff"),
            ("18446744073709551616:9", "010000000000000000"),
        ])
    func identifiers(text: String, expected: String) throws {
        let value = "1 \(Self.suite) inline:\(key30)|\(text)"
        let attribute = try CryptoAttribute(parsing: value)
        #expect(attribute.keys[0].mki?.octets == octets(expected) && attribute.keys[0].lifetime == nil)
        #expect(attribute.secretText() == value)
        #expect(MasterKeyIdentifier(octets: octets(expected))?.text == text)
    }

    @Test("SDP-06 an MKI of 128 octets all of ones comes back")
    func longestIdentifier() throws {
        let longest = try #require(MasterKeyIdentifier(octets: [UInt8](repeating: 0xFF, count: 128)))
        #expect(longest.number.count == 309)
        let attribute = try CryptoAttribute(parsing: "1 \(Self.suite) inline:\(key30)|\(longest.text)")
        #expect(attribute.keys[0].mki == longest)
    }

    @Test(
        "SDP-06 other MKIs make the attribute invalid",
        arguments: [
            "0:1", "256:1", "1:0", "1:129", "1:", ":1", "1:4:4", "x:1", "1:x", "-1:4", "1:99999999999999999999",
            "\(String(repeating: "9", count: 400)):128",
        ])
    func wrongIdentifiers(text: String) {
        #expect(part("1 \(Self.suite) inline:\(key30)|\(text)") == .mki(ofKey: 1))
        #expect(part("1 \(Self.suite) inline:\(key30)|2^20|\(text)") == .mki(ofKey: 1))
    }

    @Test("SDP-06 several keys have MKIs of one length, each its own, and keys of their own")
    func severalKeys() throws {
        let two = try CryptoAttribute(parsing: "1 \(Self.suite) inline:\(key30)|1:4;inline:\(other30)|2^20|2:4")
        #expect(two.keys.map { $0.mki?.number } == ["1", "2"])
        #expect(part("1 \(Self.suite) inline:\(key30);inline:\(other30)") == .mki(ofKey: 1))
        #expect(part("1 \(Self.suite) inline:\(key30)|1:4;inline:\(other30)") == .mki(ofKey: 2))
        #expect(part("1 \(Self.suite) inline:\(key30)|1:4;inline:\(other30)|2:3") == .mki(ofKey: 2))
        #expect(part("1 \(Self.suite) inline:\(key30)|1:4;inline:\(other30)|1:4") == .mki(ofKey: 2))
        #expect(part("1 \(Self.suite) inline:\(key30)|1:4;inline:\(key30)|2:4") == .key(2))
        let many = (1...65).map { "inline:\(base64([UInt8](repeating: UInt8($0), count: 30)))|\($0):1" }
        #expect(
            try CryptoAttribute(parsing: "1 \(Self.suite) " + many.dropLast().joined(separator: ";")).keys.count == 64)
        #expect(part("1 \(Self.suite) " + many.joined(separator: ";")) == .key(65))
    }

    @Test("SDP-07 every session parameter is read and written")
    func parameters() throws {
        let all =
            "KDR=24 UNENCRYPTED_SRTP UNENCRYPTED_SRTCP UNAUTHENTICATED_SRTP FEC_ORDER=SRTP_FEC "
            + "FEC_KEY=inline:\(other30)|2^20|7:1 WSH=1024 -future=1"
        let value = "1 \(Self.suite) inline:\(key30) \(all)"
        let attribute = try CryptoAttribute(parsing: value)
        let expected: [String] = [
            "KDR", "UNENCRYPTED_SRTP", "UNENCRYPTED_SRTCP", "UNAUTHENTICATED_SRTP", "FEC_ORDER", "FEC_KEY", "WSH", "-",
        ]
        #expect(attribute.sessionParameters.map(\.name) == expected)
        #expect(
            attribute.sessionParameters.map(\.isNegotiated) == [false, true, true, true, false, false, false, false])
        #expect(attribute.secretText() == value)
        #expect(
            !attribute.description.contains(other30)
                && attribute.description.contains("FEC_KEY=inline:<hidden>|2^20|7:1"))
    }

    @Test(
        "SDP-07 a parameter that is unknown without a dash, or malformed, makes the attribute invalid",
        arguments: [
            "FUTURE", "KDR=0", "KDR=25", "KDR=", "KDR", "KDR=x", "WSH=63", "WSH=", "WSH=-1", "FEC_ORDER=",
            "FEC_ORDER=fec",
            "UNENCRYPTED_SRTP=1", "UNENCRYPTED_SRTCP=", "FEC_ORDER", "-", "--x", "KDR=1 KDR=1", "WSH=64 WSH=65", "é",
            "FEC_KEY=inline:\(key30)",
        ])
    func wrongParameters(text: String) {
        let count = text.split(separator: " ").count
        #expect(part("1 \(Self.suite) inline:\(key30) \(text)") == .sessionParameter(count), "\(text)")
    }

    @Test("SDP-08 what peers write otherwise is refused, or named where reading is lenient")
    func deviations() throws {
        let unpadded = "A" + base64([UInt8](repeating: 7, count: 46)).dropFirst().filter { $0 != "=" }
        let cases: [(String, CryptoDeviation)] = [
            (" 1 \(Self.suite) inline:\(key30)", .surplusSpaces), ("1 \(Self.suite) inline:\(key30) ", .surplusSpaces),
            ("1 \(Self.suite) inline:\(key30)|1:4; inline:\(other30)|2:4", .spaceBetweenKeys),
            ("1 \(Self.suite.lowercased()) inline:\(key30)", .otherCase),
            ("1 \(Self.suite) Inline:\(key30)", .otherCase),
            ("1 \(Self.suite) inline:\(key30) kdr=1", .otherCase),
            ("1 AES_CM_256_HMAC_SHA1_80 inline:\(base64([UInt8](repeating: 7, count: 46)))", .oldSuiteName),
            ("1 AES_256_CM_HMAC_SHA1_80 inline:\(unpadded)", .missingPadding),
            ("1 AES_256_CM_HMAC_SHA1_80 inline:\(unpadded.dropLast())x==", .surplusBits),
            ("01 \(Self.suite) inline:\(key30)", .leadingZeros),
            ("1 \(Self.suite) inline:\(key30)|2^020", .leadingZeros),
            ("1 \(Self.suite) inline:\(key30)|01:4", .leadingZeros),
            ("1 \(Self.suite) inline:\(key30)|1:04", .leadingZeros),
            ("1 \(Self.suite) inline:\(key30) KDR=01", .leadingZeros),
            ("1 \(Self.suite) inline:\(key30)||1:4", .emptyLifetime),
        ]
        #expect(Set(cases.map(\.1)) == Set(CryptoDeviation.allCases))
        for (value, deviation) in cases {
            #expect(error(value) == .refused(deviation), "\(deviation)")
            let lenient = try CryptoAttribute(parsing: value, isLenient: true)
            #expect(lenient.deviations == [deviation])
            let again = try CryptoAttribute(parsing: lenient.secretText())
            #expect(again.secretText() == lenient.secretText() && again.keys == lenient.keys)
        }
    }

    @Test("a suite that is not registered is kept, so that the rest of an offer can be read")
    func unknownSuite() throws {
        for name in ["FUTURE_SUITE_80", "SRTP_AES128_CM_SHA1_80"] {
            let attribute = try CryptoAttribute(parsing: "3 \(name) inline:AAAA")
            #expect(attribute.suite == nil && attribute.suiteName == name && attribute.keys[0].byteCount == 3)
            #expect(attribute.secretText() == "3 \(name) inline:AAAA")
        }
    }

    @Test("SDP-11 no key is in a description, a dump or an error")
    func secrets() throws {
        let value = "1 \(Self.suite) inline:\(key30)|2^20|1:4 FEC_KEY=inline:\(other30)"
        let attribute = try CryptoAttribute(parsing: value)
        var dumped = ""
        dump(attribute, to: &dumped)
        dump(attribute.keys, to: &dumped)
        dump(attribute.sessionParameters, to: &dumped)
        let wrong = [
            "1 \(Self.suite) \(key30)", "1 \(Self.suite) inline:\(key30)\(key30)", "\(key30) x", "1 \(key30)+ x",
            "1 \(Self.suite) inline:\(key30)|\(key30)", "1 \(Self.suite) inline:\(key30) \(key30)",
        ]
        let texts = wrong.map { "\(String(describing: error($0)))" }
        for text in texts + [
            "\(attribute)", String(reflecting: attribute), "\(attribute.keys)", "\(attribute.sessionParameters)",
            dumped,
            "\(attribute.attribute())", String(reflecting: attribute.keys[0]),
        ] {
            #expect(!text.contains(key30.prefix(8)) && !text.contains(other30.prefix(8)), "\(text)")
        }
    }
}

/// Base64 by Foundation, as something to compare with.
func base64(_ octets: [UInt8]) -> String { Data(octets).base64EncodedString() }

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import TestSupport
import Testing

@Suite("KeyMgmt and MIKEY in RTSP")
struct KeyMgmtHeaderTests {
    private func failure(of value: String, isLenient: Bool = false) -> KeyMgmtError? {
        do throws(KeyMgmtError) {
            _ = try KeyMgmtHeader(parsing: value, isLenient: isLenient)
            return nil
        } catch {
            return error
        }
    }

    private var message: MIKEYMessage {
        get throws { try KeyMgmtAttribute(parsing: "mikey " + KeyMgmtLineTests.published).data.message() }
    }

    @Test("MIKEY-48 quoted values may have semicolons and commas in them, and a header several specifications")
    func quotedValues() throws {
        let header = try KeyMgmtHeader(
            parsing: """
                prot=mikey;uri="rtsp://a/b;c=1,d?e=;data";data="AAAA",prot=keyp1;data="AAAB" ,\tprot=mikey ; \
                uri="rtsp://a/f"; data="AAAC"
                """)
        #expect(header.specifications.map(\.uri) == ["rtsp://a/b;c=1,d?e=;data", nil, "rtsp://a/f"])
        #expect(header.specifications.map(\.data.protocolID) == ["mikey", "keyp1", "mikey"])
        #expect(header.mikey(about: "rtsp://a/f")?.byteCount == 3)
        #expect(header.mikey(about: "rtsp://a/other") == nil)
        let again = try KeyMgmtHeader(parsing: header.secretText())
        #expect(again.specifications.map(\.data) == header.specifications.map(\.data))
        #expect(!"\(header)".contains("AAAA"))
    }

    @Test(
        "PEER-12 spaces, an empty URI and none at all are right, and so is the example of RFC 4567 section 5.3, folded",
        arguments: [
            "prot=mikey;uri=\"\";data=\"AAAA\"", "prot=mikey; data=\"AAAA\"", "Prot = mikey ; Data = \"AAAA\"",
            "prot=mikey; uri=\"rtsp://movie.example.com/action\";\r\n        data=\"AAAA\"",
        ])
    func spaces(_ value: String) throws {
        let header = try KeyMgmtHeader(parsing: value)
        #expect(header.deviations.isEmpty && header.specifications[0].data.byteCount == 3)
        let uri = header.specifications[0].uri ?? ""
        #expect(header.secretText() == "prot=mikey;uri=\"\(uri)\";data=\"AAAA\"")
        #expect(header.specifications[0].isAboutRequest == uri.isEmpty)
        #expect(header.mikey(about: "rtsp://movie.example.com/action") != nil)
    }

    @Test(
        "PEER-12 the protocol in capitals is refused, and named in lenient reading; what is written has small letters")
    func capitals() throws {
        let value = "prot=MIKEY;uri=\"\";data=\"AAAA\""
        #expect(failure(of: value) == .refused(.otherCase))
        let header = try KeyMgmtHeader(parsing: value, isLenient: true)
        #expect(header.deviations == [.otherCase] && header.secretText().hasPrefix("prot=mikey;"))
    }

    @Test("PEER-23 several protocols for one URI are refused, and named in lenient reading")
    func severalProtocols() throws {
        let value = "prot=mikey;data=\"AAAA\",prot=keyp1;data=\"AAAA\""
        #expect(failure(of: value) == .refused(.severalProtocols))
        #expect(try KeyMgmtHeader(parsing: value, isLenient: true).deviations == [.severalProtocols])
        #expect(failure(of: "prot=mikey;data=\"AAAA\",prot=mikey;data=\"AAAB\"", isLenient: true) != nil)
    }

    @Test(
        "MIKEY-48 what is not the grammar of RFC 4567 section 3.2 is refused, leniently too",
        arguments: [
            "", "prot=mikey", "prot=mikey;", "prot=mikey;data=AAAA", "prot=mikey;data=\"AAAA", "data=\"AAAA\"",
            "prot=mikey;data=\"AAAA\",", "prot=mikey;data=\"AAAA\";", "prot=mikey;data=\"AAAA\"x",
            "prot=mi-key;data=\"AAAA\"", "prot=;data=\"AAAA\"", "prot=mikey;uri=rtsp://a;data=\"AAAA\"",
            "prot=mikey;uri=\"a b\";data=\"AAAA\"", "prot=mikey;uri=\"a\"data=\"AAAA\"", "prot=mikey;data=\"\"",
            "prot=mikey;data=\"A,AA\"", "prot mikey;data=\"AAAA\"", "prot=mikey data=\"AAAA\"",
            String(repeating: "prot=mikey;data=\"AAAA\",", count: 65) + "prot=mikey;data=\"AAAA\"",
        ])
    func refused(_ value: String) {
        for isLenient in [false, true] {
            guard case .invalid = failure(of: value, isLenient: isLenient) else {
                Issue.record("\(value) is not refused")
                continue
            }
        }
    }

    @Test("MIKEY-48 a URI that could end the header is not written", arguments: ["a\"b", "a b", "a\r\nb", "\u{E9}"])
    func uri(_ uri: String) throws {
        let message = try message
        #expect(throws: KeyMgmtError.self) { _ = try KeyMgmtHeader(message, uri: uri) }
        #expect(try KeyMgmtHeader(message, uri: "").secretText().hasPrefix("prot=mikey;uri=\"\";data=\"AQAFgM0X"))
    }

    @Test(
        "MIKEY-49 a failure is 463 in RTSP 1.0 and 466 in RTSP 2.0, with or without an error message; 403 where none came"
    )
    func failures() throws {
        let error = try MIKEYMessage(
            MIKEYHeader(.error, csbID: 1, cryptoSessions: try MIKEYCryptoSessions(.srtpID([]))),
            payloads: [.timestamp(.init(.ntpUTC(1))), .error(.init(.invalidSPpar))])
        for message in [nil, error] {
            let failure = RTSPKeyManagementFailure.keyManagementFailed(message)
            #expect(failure.statusCode(.v1) == 463 && failure.statusCode(.v2) == 466)
            #expect(failure.reasonPhrase(.v1) == "Key management failure")
            let header = try failure.header(uri: "rtsp://a")
            #expect(try header?.mikey(about: "rtsp://a")?.message() == message)
            #expect(try failure.transportParameter?.data.message() == message)
            #expect(RTSPKeyManagementFailure(statusCode: 463, version: .v1, message: message) == failure)
            #expect(RTSPKeyManagementFailure(statusCode: 466, version: .v2, message: message) == failure)
        }
        #expect(RTSPKeyManagementFailure.messageExpected.statusCode(.v1) == 403)
        #expect(RTSPKeyManagementFailure.messageExpected.statusCode(.v2) == 403)
        #expect(try RTSPKeyManagementFailure.messageExpected.header(uri: "") == nil)
        #expect(RTSPKeyManagementFailure(statusCode: 463, version: .v2) == nil)
        #expect(RTSPKeyManagementFailure(statusCode: 466, version: .v1) == nil)
        // Only an error message says what went wrong.
        #expect(
            RTSPKeyManagementFailure(statusCode: 463, version: .v1, message: try message) == .keyManagementFailed(nil))
    }

    @Test("MIKEY-49 the MIKEY parameter of RTSP 2.0 is base64 without flaws")
    func transportParameter() throws {
        let parameter = try MIKEYTransportParameter(parsing: KeyMgmtLineTests.published)
        #expect(try parameter.data.message() == message && parameter == MIKEYTransportParameter(try message))
        #expect(parameter.secretText() == KeyMgmtLineTests.published && "\(parameter)" == "MIKEY=<hidden>")
        for value in ["", "AAA", "AAB=", " AAAA", "\"AAAA\""] {
            #expect(throws: KeyMgmtError.self) { _ = try MIKEYTransportParameter(parsing: value) }
        }
    }
}

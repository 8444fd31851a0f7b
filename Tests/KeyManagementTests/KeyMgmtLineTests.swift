// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import SDP
import TestSupport
import Testing

private struct Row: Decodable {
    let lines: [String]
    let keyMgmtIsPlaceholder: Bool
}

@Suite("a=key-mgmt")
struct KeyMgmtLineTests {
    /// The message of RFC 4567 section 5.1.
    static let published = """
        AQAFgM0XflABAAAAAAAAAAAAAAsAyONQ6gAAAAAGEEoo2pee4hp2UaDX8ZE22YwKAAAPZG9uYWxkQGR1Y2suY29tAQAAAAAAAQAk0JKpgaVkDaawi9\
        whVBtBt0KZ14ymNuu62+Nv3ozPLygwK/GbAV9iemnGUIZ19fWQUOSrzKTAv9zV
        """

    private func failure(of value: String, isLenient: Bool = false) -> KeyMgmtError? {
        do throws(KeyMgmtError) {
            _ = try KeyMgmtAttribute(parsing: value, isLenient: isLenient)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "MIKEY-47 a line is a protocol, one space and base64, with at most one space before it", arguments: ["", " "])
    func grammar(_ space: String) throws {
        let attribute = try KeyMgmtAttribute(parsing: space + "mikey " + Self.published)
        #expect(attribute.data.isMIKEY && attribute.deviations.isEmpty && attribute.data.byteCount == 132)
        #expect(attribute.secretText() == "mikey " + Self.published)
        let message = try attribute.data.message()
        #expect(message.header.csbID == 0xCD17_7E50 && KeyMgmtAttribute(message) == attribute)
        #expect(!"\(attribute)".contains(Self.published.prefix(20)))
        #expect(!"\(String(reflecting: attribute))".contains(Self.published.prefix(20)))
    }

    @Test(
        "MIKEY-47 what is not the grammar of RFC 4567 section 3.1 is refused, leniently too",
        arguments: [
            "", "mikey", "mikey ", " ", "mi-key AAAA", "mikey AAA=A", "mikey AAAAA", "mikey AA AA", "mikey A\u{E9}AA",
            "mikey ====", "\u{E9} AAAA", "mikey:AAAA",
        ])
    func refused(_ value: String) {
        for isLenient in [false, true] {
            guard case .invalid = failure(of: value, isLenient: isLenient) else {
                Issue.record("\(value) is not refused")
                continue
            }
        }
    }

    @Test(
        "PEER-22 several spaces, capitals and poor base64 are refused, and named in lenient reading",
        arguments: [
            ("  mikey AAAA", KeyMgmtDeviation.surplusSpaces), ("mikey  AAAA", .surplusSpaces),
            ("mikey AAAA ", .surplusSpaces), ("mikey\tAAAA", .surplusSpaces), ("MIKEY AAAA", .otherCase),
            ("mikey AAA", .missingPadding), ("mikey AAB=", .surplusBits),
        ])
    func deviations(_ value: String, _ deviation: KeyMgmtDeviation) throws {
        #expect(failure(of: value) == .refused(deviation))
        let attribute = try KeyMgmtAttribute(parsing: value, isLenient: true)
        #expect(attribute.deviations == [deviation] && attribute.data.isMIKEY)
        #expect("\(deviation)".hasPrefix(deviation.name + ": ") && deviation.rule.contains("RFC "))
    }

    @Test("MIKEY-47 lines of a media go before those of the session, in their order")
    func levels() throws {
        var description = SessionDescription(
            origin: Origin(sessionID: "1", sessionVersion: "1", address: "192.0.2.1"),
            connection: ConnectionData(address: "192.0.2.1"))
        description.setKeyMgmt([
            try KeyMgmtAttribute(parsing: "mikey AAAA"), try KeyMgmtAttribute(parsing: "keyp1 AAAB"),
        ])
        var own = MediaDescription(Media(type: "audio", port: 1, transport: .rtpSAVP, formats: ["0"]))
        own.setKeyMgmt([try KeyMgmtAttribute(parsing: "keyp2 AAAC"), try KeyMgmtAttribute(parsing: "mikey AAAD")])
        description.media = [own, MediaDescription(own.media)]
        let read = try SessionDescription(parsing: description.encoded())
        let lines = read.media.map { read.keyMgmtLines(of: $0) }
        #expect(lines.map(\.protocolIDs) == [["keyp2", "mikey"], ["mikey", "keyp1"]])
        #expect(try lines.map { try $0.mikey()?.secretText() } == ["mikey AAAD", "mikey AAAA"])
    }

    @Test("PEER-23 another protocol beside MIKEY is right in SDP, and one at each level in RTSP")
    func severalProtocols() throws {
        var media = MediaDescription(Media(type: "audio", port: 1, transport: .rtpSAVP, formats: ["0"]))
        media.append(SDPAttribute("key-mgmt", "mikey AAAA"))
        #expect(try KeyMgmtLines(of: media).checkForRTSP().isEmpty)
        media.append(SDPAttribute("key-mgmt", "keyp1 AAAA"))
        let lines = KeyMgmtLines(of: media)
        #expect(try lines.mikey()?.data.byteCount == 3)
        #expect(throws: KeyMgmtError.refused(.severalProtocols)) { _ = try lines.checkForRTSP() }
        #expect(try lines.checkForRTSP(isLenient: true) == [.severalProtocols])
        media.append(SDPAttribute("key-mgmt", "mikey AAAB"))
        #expect(throws: KeyMgmtError.self) { _ = try KeyMgmtLines(of: media).mikey() }
    }

    @Test("MIKEY-47 an invalid line is still one of the protocols that are offered")
    func invalidLine() throws {
        var media = MediaDescription(Media(type: "audio", port: 1, transport: .rtpSAVP, formats: ["0"]))
        for value in ["mikey AAAA", "keyp1 727gkdOshsuiSDF9sdhsdKnD/dhsoSJokdo7eWD..."] {
            media.append(SDPAttribute("key-mgmt", value))
        }
        #expect(KeyMgmtLines(of: media).protocolIDs == ["mikey", "keyp1"])
        media.append(SDPAttribute("key-mgmt", "- AAAA"))
        #expect(KeyMgmtLines(of: media).protocolIDs == nil)
    }

    @Test("The descriptions of RFC 4567: each line that is not cut short is read and written as it was")
    func examples() throws {
        let rows = try TestVectors.rows("rfc4567.json", as: Row.self).filter { $0.lines.first == "v=0" }
        #expect(rows.count == 6)
        for row in rows {
            let description = try SessionDescription(parsing: row.lines.joined(separator: "\r\n") + "\r\n")
            for lines in [KeyMgmtLines(of: description)] + description.media.map({ KeyMgmtLines(of: $0) }) {
                #expect(lines.protocolIDs?.first == "mikey" || lines.isEmpty)
                guard !row.keyMgmtIsPlaceholder, let line = try lines.mikey() else { continue }
                #expect(row.lines.contains("a=key-mgmt:" + line.secretText()))
                _ = try line.data.message()
            }
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import SDP
import SRTP

/// What a line of a session description means, in a few words.
enum SDPMeaning {
    static func of(_ line: SDPLine) -> String {
        guard let field = line.field else { return "no field" }
        guard field != "a" else { return attribute(line.text) }
        return fields[field] ?? "a field that RFC 8866 does not have"
    }

    private static let fields: [Character: String] = [
        "v": "the version of the format", "o": "who made the session, and its version", "s": "the name of the session",
        "i": "a title", "u": "where to read more", "e": "an email address", "p": "a telephone number",
        "c": "the address on which media is received", "b": "a bandwidth", "t": "when the session is active",
        "r": "when it repeats", "z": "changes of the clock meanwhile", "k": "a key, obsolete (RFC 8866 section 5.12)",
        "m": "a media stream: type, port, transport, formats",
    ]

    private static func attribute(_ text: String) -> String {
        let name = text.prefix { $0 != ":" }
        let value = String(text.dropFirst(name.count + 1))
        switch name {
        case "crypto": return crypto(value)
        case "key-mgmt": return keyMgmt(value)
        case "extmap": return ExtensionMap(parsing: value).map(headerExtension) ?? "a header extension (RFC 8285)"
        case "rtpmap":
            return PayloadMap(parsing: value).map {
                "payload type \($0.payloadType) is \($0.encoding), \($0.clockRateHz) Hz"
            }
                ?? "an encoding"
        case "ssrc":
            return SourceAttribute(parsing: value).map { "\($0.name) of SSRC \(String($0.ssrc, radix: 16))" }
                ?? "an attribute of a source (RFC 5576)"
        default: return attributes[String(name)] ?? "an attribute that is not looked into"
        }
    }

    private static let attributes = [
        "sendrecv": "media flows both ways", "sendonly": "media flows from this side",
        "recvonly": "media flows to this side",
        "inactive": "no media flows", "fmtp": "parameters of a format", "rtcp": "where RTCP is received (RFC 3605)",
        "rtcp-mux": "RTP and RTCP share a port (RFC 5761)", "rtcp-rsize": "RTCP may be of reduced size (RFC 5506)",
        "extmap-allow-mixed": "one-byte and two-byte header extensions may be mixed (RFC 8285 section 6)",
        "mid": "the name of the stream (RFC 5888)", "group": "streams that belong together (RFC 5888)",
        "fingerprint": "of the certificate that DTLS is to show (RFC 8122)",
        "setup": "which side starts DTLS (RFC 8842)", "ssrc-group": "sources that belong together (RFC 5576)",
        "rtcp-fb": "feedback that may be sent (RFC 4585)", "ptime": "milliseconds of media in a packet",
        "control": "the URL of the stream (RFC 7826)",
    ]

    private static func headerExtension(_ map: ExtensionMap) -> String {
        let way = map.direction.map { ", \($0.rawValue)" } ?? ""
        return "header extension \(map.id)\(way) is \(map.uri)"
    }

    private static func keyMgmt(_ value: String) -> String {
        guard let data = try? KeyMgmtAttribute(parsing: value, isLenient: true).data else {
            return "a key management message (RFC 4567), invalid"
        }
        guard data.isMIKEY else { return "a message of \(data.protocolID) (RFC 4567)" }
        guard let message = try? data.message(mode: .lenient) else { return "a MIKEY message (RFC 4567), invalid" }
        let header = message.header
        let suites = message.policies.compactMap { try? SRTPPolicy($0, accepting: message.deviations).suite.name }
        let count = header.cryptoSessions.count
        return
            (["MIKEY, \(header.dataType)", "\(count) crypto session\(count == 1 ? "" : "s")"] + suites
            + (header.expectsResponse ? ["expects an answer"] : [])).joined(separator: ", ")
    }

    private static func crypto(_ value: String) -> String {
        guard let crypto = try? CryptoAttribute(parsing: value, isLenient: true) else {
            return "a security description (RFC 4568), invalid"
        }
        let keys = crypto.keys.map { key in
            "a key of \(key.byteCount) octets" + (key.lifetime.map { " for less than \($0.packets) packets" } ?? "")
                + (key.mki.map { " with MKI \($0.number) in \($0.octets.count) octets" } ?? "")
        }
        let suite = crypto.suite == nil ? "a suite that is not registered" : crypto.suiteName
        return (["tag \(crypto.tag): \(suite)"] + keys + crypto.sessionParameters.map(\.description))
            .joined(separator: ", ")
    }
}

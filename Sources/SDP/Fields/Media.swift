// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What starts a media description, `m=` (RFC 8866 section 5.14).
public struct Media: Hashable, Sendable {
    /// The type: `audio`, `video`, `text`, `application`, `message`, `image`.
    public var type: String
    /// The port that media is sent to; 0 rejects or ends the stream (RFC 3264 sections 5.1 and 6).
    public var port: UInt16
    /// The number of ports, at least 1, where there are several.
    public var portCount: UInt32?
    /// The transport and profile.
    public var transport: MediaTransport
    /// The formats, at least one: for RTP the payload types.
    public var formats: [String]

    /// A media line. Nothing is checked before a description with it is encoded.
    public init(
        type: String, port: UInt16, portCount: UInt32? = nil, transport: MediaTransport, formats: [String]
    ) {
        self.type = type
        self.port = port
        self.portCount = portCount
        self.transport = transport
        self.formats = formats
    }

    init(parsing value: ArraySlice<UInt8>) throws(SDPFault) {
        let words = SDPGrammar.words(value)
        guard words.count >= 4, SDPGrammar.isToken(words[0]) else {
            throw SDPFault("a media type, a port, a transport and at least one format")
        }
        type = SDPGrammar.text(words[0])
        let ports = words[1].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard ports.count <= 2, let port: UInt16 = SDPGrammar.number(ports[0]) else {
            throw SDPFault("a port from 0 to 65535, perhaps with a slash and a number of ports")
        }
        self.port = port
        if ports.count == 2 {
            guard let count: UInt32 = SDPGrammar.number(ports[1]), count > 0 else {
                throw SDPFault("a number of ports behind the slash")
            }
            portCount = count
        }
        guard SDPGrammar.isProtocol(words[2]) else { throw SDPFault("a transport such as RTP/SAVP") }
        transport = MediaTransport(rawValue: SDPGrammar.text(words[2]))
        guard words[3...].allSatisfy({ SDPGrammar.isToken($0) }) else { throw SDPFault("formats that are tokens") }
        formats = words[3...].map { SDPGrammar.text($0) }
    }

    /// What stands behind `m=`.
    public var text: String {
        let ports = "\(port)" + (portCount.map { "/\($0)" } ?? "")
        return "\(type) \(ports) \(transport.rawValue) " + formats.joined(separator: " ")
    }
}

/// The `proto` of a media line: transport and RTP profile, kept as it was spelt.
public struct MediaTransport: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// Plain RTP (RFC 3551).
    public static let rtpAVP = MediaTransport(rawValue: "RTP/AVP")
    /// Plain RTP with feedback (RFC 4585).
    public static let rtpAVPF = MediaTransport(rawValue: "RTP/AVPF")
    /// SRTP (RFC 3711).
    public static let rtpSAVP = MediaTransport(rawValue: "RTP/SAVP")
    /// SRTP with feedback (RFC 5124).
    public static let rtpSAVPF = MediaTransport(rawValue: "RTP/SAVPF")
    /// SRTP keyed by DTLS over UDP (RFC 5764 section 8).
    public static let dtlsSAVP = MediaTransport(rawValue: "UDP/TLS/RTP/SAVP")
    /// SRTP with feedback, keyed by DTLS over UDP (RFC 5764 section 8).
    public static let dtlsSAVPF = MediaTransport(rawValue: "UDP/TLS/RTP/SAVPF")

    /// The last part: the RTP profile.
    private var profile: Substring { rawValue.split(separator: "/").last ?? "" }

    /// Whether it is RTP, secure or not.
    public var isRTP: Bool { rawValue.split(separator: "/").dropLast().last == "RTP" }
    /// Whether it is SRTP.
    public var isSecure: Bool { isRTP && (profile == "SAVP" || profile == "SAVPF") }
    /// Whether RTCP feedback may be sent early.
    public var hasFeedback: Bool { isRTP && (profile == "AVPF" || profile == "SAVPF") }
    /// Whether the keys come from a DTLS handshake, so that there is no `a=crypto`.
    public var isKeyedByDTLS: Bool {
        isSecure && rawValue.split(separator: "/").contains { $0 == "TLS" || $0 == "DTLS" }
    }
}

extension MediaTransport: CustomStringConvertible {
    public var description: String { rawValue }
}

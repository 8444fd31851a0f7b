// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A media description: an `m=` and the lines behind it (RFC 8866 section 5.14).
public struct MediaDescription: SDPSection, Hashable, Sendable {
    public static let fieldOrder: [[Character]] = [["i"], ["c"], ["b"], ["k"], ["a"]]

    /// What its `m=` says. Setting it writes that line anew.
    public var media: Media {
        didSet { line = SDPLine("m", media.text) }
    }
    /// Its `m=`, as it was read.
    public private(set) var line: SDPLine
    /// The lines behind its `m=`.
    public var lines: [SDPLine] = []

    /// A media description without further lines.
    public init(_ media: Media) { self.init(media, line: SDPLine("m", media.text)) }

    init(_ media: Media, line: SDPLine) {
        self.media = media
        self.line = line
    }

    /// What its payload types stand for (RFC 8866 section 6.6).
    public var payloadMaps: [PayloadMap] { parsed("rtpmap") { PayloadMap(parsing: $0) } }

    /// The parameters of its formats (RFC 8866 section 6.15).
    public var formatParameters: [FormatParameters] { parsed("fmtp") { FormatParameters(parsing: $0) } }

    /// The encoding of a payload type, where `a=rtpmap` names it.
    public func payloadMap(of payloadType: UInt8) -> PayloadMap? {
        payloadMaps.first { $0.payloadType == payloadType }
    }

    /// Where RTCP is received, where `a=rtcp` says so (RFC 3605).
    public var rtcpDestination: RTCPDestination? { parsed("rtcp") { RTCPDestination(parsing: $0) }.first }

    /// Whether RTP and RTCP share a port (RFC 5761 section 5.1.1).
    public var multiplexesRTCP: Bool { hasAttribute("rtcp-mux") }

    /// Whether RTCP may be of reduced size (RFC 5506 section 5).
    public var allowsReducedSizeRTCP: Bool { hasAttribute("rtcp-rsize") }

    /// The port on which RTCP is received: that of `a=rtcp`, the RTP port itself where they share one, else the next one;
    /// `nil` where there is none.
    public var rtcpPort: UInt16? {
        if multiplexesRTCP { return media.port }
        return rtcpDestination?.port ?? (media.port == .max ? nil : media.port + 1)
    }

    /// What is said of single sources (RFC 5576).
    public var sourceAttributes: [SourceAttribute] { parsed("ssrc") { SourceAttribute(parsing: $0) } }

    /// The identification tag (RFC 5888).
    public var identification: String? { attributes(named: "mid").first?.value }
}

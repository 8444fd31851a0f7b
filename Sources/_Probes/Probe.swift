// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// Entry points on octets for fuzzing and for tests of malformed input, without any promise: not an interface of the
/// package.
///
/// Every probe takes any octets at all. It never traps; where the package does something that it must not, the probe
/// says so by throwing a ``ProbeFinding``.
public enum Probe: String, CaseIterable, Sendable {
    /// An RTP packet: read, and written again.
    case rtp
    /// The form in the first octet, RFC 8285 elements behind it.
    case headerExtension = "header-extension"
    /// An RTCP datagram: read in both forms, and written again.
    case rtcp
    /// A datagram of any protocol.
    case datagramClass = "datagram-class"
    /// A pcap or pcapng file, and the frames in it.
    case capture
    /// A program for a receiver, mostly of RTP.
    case srtpReceive = "srtp-receive"
    /// A program for a receiver, mostly of RTCP.
    case srtcpReceive = "srtcp-receive"
    /// A program for a sender.
    case srtpSend = "srtp-send"
    /// A vector file.
    case vectors
    /// A session description: read, and written again.
    case sdp
    /// What stands behind `a=crypto:`: read, and written again.
    case cryptoAttribute = "crypto-attribute"
    /// A MIKEY message: read in both modes, and written again.
    case mikey
    /// A program for both parties of a pre-shared key exchange.
    case mikeyExchange = "mikey-exchange"
    /// Messages with a key, a text, or a text in TCP segments: searched, and explained.
    case mikeyInspect = "mikey-inspect"
    /// What stands behind `a=key-mgmt:`: read, written again, and made into contexts.
    case keyMgmtAttribute = "key-mgmt-attribute"
    /// What stands behind `KeyMgmt:` or `MIKEY=`: likewise.
    case keyMgmtHeader = "key-mgmt-header"

    /// Runs the probe.
    ///
    /// - Throws: ``ProbeFinding`` for a fault of the package, not for one of the octets.
    public func run(_ octets: RawSpan) throws(ProbeFinding) {
        switch self {
        case .rtp: try RTPProbe.run(octets)
        case .headerExtension: try HeaderExtensionProbe.run(octets)
        case .rtcp: try RTCPProbe.run(octets)
        case .datagramClass: try DatagramClassProbe.run(octets)
        case .capture: try CaptureProbe.run(octets)
        case .srtpReceive: try ReceiverProgram.run(octets, mostly: .rtp)
        case .srtcpReceive: try ReceiverProgram.run(octets, mostly: .rtcp)
        case .srtpSend: try SenderProgram.run(octets)
        case .vectors: try VectorsProbe.run(octets)
        case .sdp: try SDPProbe.run(octets)
        case .cryptoAttribute: try CryptoAttributeProbe.run(octets)
        case .mikey: try MIKEYProbe.run(octets)
        case .mikeyExchange: try MIKEYExchangeProgram.run(octets)
        case .mikeyInspect: try MIKEYInspectProbe.run(octets)
        case .keyMgmtAttribute: try KeyMgmtProbe.runAttribute(octets)
        case .keyMgmtHeader: try KeyMgmtProbe.runHeader(octets)
        }
    }
}

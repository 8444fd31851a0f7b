// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where RTCP is received where it is not the next port, `a=rtcp` (RFC 3605 section 2.1).
public struct RTCPDestination: Hashable, Sendable {
    /// The port.
    public var port: UInt16
    /// The address, where it is another one than that of RTP.
    public var connection: ConnectionData?

    /// A port, and perhaps an address.
    public init(port: UInt16, connection: ConnectionData? = nil) {
        self.port = port
        self.connection = connection
    }

    /// What stands behind `a=rtcp:`; `nil` where it is malformed.
    public init?(parsing value: String) {
        let octets = Array(value.utf8)
        let end = octets.firstIndex(of: UInt8(ascii: " ")) ?? octets.endIndex
        guard let port: UInt16 = SDPGrammar.number(octets[..<end]) else { return nil }
        self.port = port
        guard end < octets.endIndex else { return }
        guard let connection = try? ConnectionData(parsing: octets[end...].dropFirst()) else { return nil }
        self.connection = connection
    }

    /// The attribute.
    public var attribute: SDPAttribute { SDPAttribute("rtcp", "\(port)" + (connection.map { " " + $0.text } ?? "")) }
}

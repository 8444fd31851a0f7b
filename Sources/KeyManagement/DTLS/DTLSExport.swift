// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SRTP

/// Which side of a DTLS handshake an endpoint was.
public enum DTLSRole: Hashable, Sendable {
    case client
    case server
}

/// The keys that a DTLS-SRTP handshake gives (RFC 5764 section 4.2). The handshake itself belongs to a TLS library.
public struct DTLSExport: ~Copyable, Sendable {
    /// The label of the exporter (RFC 5705), which has no context.
    public static let label = "EXTRACTOR-dtls_srtp"

    /// The key of what this side sends.
    public let local: SRTPMasterKey
    /// The key of what this side receives.
    public let remote: SRTPMasterKey

    /// The octets to ask the exporter for.
    public static func byteCount(for suite: SRTPSuite) -> Int {
        2 * (suite.masterKeyByteCount + suite.masterSaltByteCount)
    }

    /// The most packets of each kind that the four profiles of RFC 5764 section 4.1.2 allow under one key; `nil` for the
    /// profiles of other RFCs, which have the limits of SRTP itself.
    public static func packetLimit(for suite: SRTPSuite) -> UInt64? {
        switch suite.dtlsProfile {
        case 1, 2, 5, 6: 1 << 31
        default: nil
        }
    }

    /// Splits what the exporter gave: the client's key, the server's key, the client's salt, the server's salt.
    ///
    /// - Parameters:
    ///   - exported: Exactly ``byteCount(for:)`` octets, which the caller wipes.
    ///   - suite: The suite that was agreed on.
    ///   - role: Which side this one was.
    public init(_ exported: Span<UInt8>, suite: SRTPSuite, role: DTLSRole) throws(DTLSSRTPError) {
        let expected = Self.byteCount(for: suite)
        guard exported.count == expected else {
            throw .wrongExporterLength(octets: exported.count, expected: expected)
        }
        let keyBytes = suite.masterKeyByteCount
        let saltBytes = suite.masterSaltByteCount
        let keys = exported.extracting(first: 2 * keyBytes)
        let salts = exported.extracting(last: 2 * saltBytes)
        do throws(SRTPError) {
            let client = try SRTPMasterKey(
                suite: suite, key: keys.extracting(first: keyBytes), salt: salts.extracting(first: saltBytes))
            let server = try SRTPMasterKey(
                suite: suite, key: keys.extracting(last: keyBytes), salt: salts.extracting(last: saltBytes))
            switch role {
            case .client:
                local = client
                remote = server
            case .server:
                local = server
                remote = client
            }
        } catch {
            throw .wrongExporterLength(octets: exported.count, expected: expected)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY

/// The version of RTSP, which tells how keys travel and how failures are reported.
public enum RTSPVersion: Hashable, Sendable {
    /// RFC 2326: keys in SDP and in the `KeyMgmt` header (RFC 4567).
    case v1
    /// RFC 7826: keys in the `Transport` header.
    case v2
}

/// Why a server does not set up a stream, as far as that is about keys.
public enum RTSPKeyManagementFailure: Equatable, Sendable {
    /// The request has no key management message although one is expected (RFC 4567 section 4.2, RFC 7826 appendix C.1.4.1).
    case messageExpected
    /// Key management failed: 463 in RTSP 1.0, 466 in RTSP 2.0. Perhaps with an error message of MIKEY that says how.
    case keyManagementFailed(MIKEYMessage?)

    /// The status of the response: 403, 463 or 466.
    public func statusCode(_ version: RTSPVersion) -> Int {
        switch (self, version) {
        case (.messageExpected, _): 403
        case (.keyManagementFailed, .v1): 463
        case (.keyManagementFailed, .v2): 466
        }
    }

    /// The words behind the status.
    public func reasonPhrase(_ version: RTSPVersion) -> String {
        switch (self, version) {
        case (.messageExpected, _): "Forbidden"
        case (.keyManagementFailed, .v1): "Key management failure"
        case (.keyManagementFailed, .v2): "Key Management Error"
        }
    }

    /// The value of the `KeyMgmt` header of the response in RTSP 1.0; `nil` where it has none (RFC 4567 section 3.2).
    public func header(uri: String) throws(KeyMgmtError) -> KeyMgmtHeader? {
        guard case .keyManagementFailed(let message?) = self else { return nil }
        return try KeyMgmtHeader(message, uri: uri)
    }

    /// The `MIKEY` parameter of the response in RTSP 2.0; `nil` where it has none.
    public var transportParameter: MIKEYTransportParameter? {
        guard case .keyManagementFailed(let message?) = self else { return nil }
        return MIKEYTransportParameter(message)
    }

    /// What a client reads from a response; `nil` for a status that says nothing about keys: 463 is another one in RTSP 2.0 (RFC 7826
    /// section 17.4.27).
    ///
    /// - Parameters:
    ///   - statusCode: Of a response to a request for which keys may have been expected: 403 has other reasons too.
    ///   - message: The MIKEY message of its header or parameter, where it has one that can be read and is an error message. It is
    ///     to be acted upon only where an exchange finds it authentic (RFC 3830 section 5.1.2).
    public init?(statusCode: Int, version: RTSPVersion, message: MIKEYMessage? = nil) {
        switch (statusCode, version) {
        case (403, _): self = .messageExpected
        case (463, .v1), (466, .v2):
            self = .keyManagementFailed(message.flatMap { $0.header.dataType == .error ? $0 : nil })
        default: return nil
        }
    }
}

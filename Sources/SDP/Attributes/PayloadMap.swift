// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a payload type stands for, `a=rtpmap` (RFC 8866 section 6.6).
public struct PayloadMap: Hashable, Sendable {
    /// The payload type, 0 to 127.
    public var payloadType: UInt8
    /// The name of the encoding; case does not matter.
    public var encoding: String
    /// The clock rate in Hz.
    public var clockRateHz: UInt32
    /// For audio the number of channels, where it is named.
    public var parameters: String?

    /// A payload type's encoding.
    public init(payloadType: UInt8, encoding: String, clockRateHz: UInt32, parameters: String? = nil) {
        self.payloadType = payloadType
        self.encoding = encoding
        self.clockRateHz = clockRateHz
        self.parameters = parameters
    }

    /// What stands behind `a=rtpmap:`; `nil` where it is malformed.
    public init?(parsing value: String) {
        let words = value.split(separator: " ")
        guard words.count == 2, let payloadType: UInt8 = SDPGrammar.number(words[0].utf8), payloadType < 128 else {
            return nil
        }
        let parts = words[1].split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, SDPGrammar.isToken(parts[0].utf8),
            let rate: UInt32 = SDPGrammar.number(parts[1].utf8), rate > 0, parts.last?.isEmpty == false
        else { return nil }
        self.init(
            payloadType: payloadType, encoding: String(parts[0]), clockRateHz: rate,
            parameters: parts.count == 3 ? String(parts[2]) : nil)
    }

    /// The attribute.
    public var attribute: SDPAttribute {
        SDPAttribute("rtpmap", "\(payloadType) \(encoding)/\(clockRateHz)" + (parameters.map { "/" + $0 } ?? ""))
    }
}

/// The parameters of a format, `a=fmtp` (RFC 8866 section 6.15).
public struct FormatParameters: Hashable, Sendable {
    /// The format: a payload type for RTP.
    public var format: String
    /// The parameters, as the format writes them.
    public var text: String

    /// What stands behind `a=fmtp:`; `nil` where it is malformed.
    public init?(parsing value: String) {
        guard let space = value.firstIndex(of: " ") else { return nil }
        format = String(value[..<space])
        text = String(value[space...].drop { $0 == " " })
        guard SDPGrammar.isToken(format.utf8), !text.isEmpty else { return nil }
    }

    /// The value of a parameter, of those that are written `name=value` with semicolons between.
    public func value(of name: String) -> String? {
        for parameter in text.split(separator: ";") {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let found = parts[0].drop { $0 == " " }
            if found.lowercased() == name.lowercased() { return String(parts[1]) }
        }
        return nil
    }
}

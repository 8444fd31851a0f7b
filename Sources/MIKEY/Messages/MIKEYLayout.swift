// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where the parts of a message stand in its octets, so that MACs and signatures can be computed over them.
public struct MIKEYLayout: Hashable, Sendable {
    /// The header with its CS ID map.
    public let header: Range<Int>
    /// Each payload, its next payload octet included.
    public let payloads: [Range<Int>]
    /// The MAC of KEMAC or V, or the signature of SIGN, where one of these is the last payload.
    ///
    /// What it covers is, in most modes, everything before it (RFC 3830 section 5.2).
    public let authenticator: Range<Int>?
    /// The MAC of KEMAC, wherever that stands. In public-key modes it covers KEMAC alone, with 0 for the next payload.
    public let kemacMAC: Range<Int>?
    /// The length and the octets of Initiator Data in TICKET: the MAC of TRANSFER_INIT leaves them out (RFC 6043 section 5.5).
    public let initiatorData: Range<Int>?

    init(_ message: MIKEYMessage) {
        var position = message.header.byteCount
        header = 0..<position
        var payloads: [Range<Int>] = []
        payloads.reserveCapacity(message.payloads.count)
        var kemacMAC: Range<Int>?
        var initiatorData: Range<Int>?
        for payload in message.payloads {
            let range = position..<position + payload.byteCount
            position = range.upperBound
            payloads.append(range)
            switch payload {
            case .kemac(let kemac): kemacMAC = position - kemac.mac.count..<position
            case .ticket(let ticket):
                let inside = ticket.initiatorRange
                initiatorData = range.lowerBound + inside.lowerBound..<range.lowerBound + inside.upperBound
            default: break
            }
        }
        self.payloads = payloads
        self.kemacMAC = kemacMAC
        self.initiatorData = initiatorData
        authenticator = message.payloads.last?.authenticator.map { position - $0.count..<position }
    }
}

extension MIKEYPayload {
    /// The MAC or signature with which the payload ends.
    var authenticator: [UInt8]? {
        switch self {
        case .kemac(let kemac): kemac.mac
        case .verification(let verification): verification.data
        case .sign(let sign): sign.signature
        default: nil
        }
    }

    /// The same payload with another MAC or signature of the same length.
    func with(authenticator octets: [UInt8]) -> MIKEYPayload? {
        switch self {
        case .kemac(let kemac): kemac.with(mac: octets).map { .kemac($0) }
        case .verification(let verification):
            (try? Verification(verification.algorithm, data: octets)).map { .verification($0) }
        case .sign(let sign) where sign.signature.count == octets.count:
            (try? SIGN(sign.type, signature: octets)).map { .sign($0) }
        default: nil
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The kind of a message (RFC 3830 table 6.1.a and what later RFCs register).
@nonexhaustive
public enum MIKEYDataType: UInt8, CaseIterable, Hashable, Sendable {
    /// Initiator's pre-shared key message (RFC 3830 section 3.1).
    case preSharedKey = 0
    /// Verification message of a pre-shared key message.
    case preSharedKeyVerification = 1
    /// Initiator's public-key transport message (RFC 3830 section 3.2).
    case publicKey = 2
    /// Verification message of a public-key message.
    case publicKeyVerification = 3
    /// Initiator's DH exchange message (RFC 3830 section 3.3).
    case dhInit = 4
    /// Responder's DH exchange message.
    case dhResponse = 5
    /// Error message (RFC 3830 section 5.1.2).
    case error = 6
    /// Initiator's DHHMAC exchange message (RFC 4650 section 3).
    case dhhmacInit = 7
    /// Responder's DHHMAC exchange message.
    case dhhmacResponse = 8
    /// Initiator's RSA-R message (RFC 4738 section 3).
    case rsaRInit = 9
    /// Responder's RSA-R message.
    case rsaRResponse = 10
    /// Ticket request, pre-shared key (RFC 6043 section 4.2.1).
    case requestInitPSK = 11
    /// Ticket request, public key.
    case requestInitPK = 12
    /// Ticket request's response.
    case requestResponse = 13
    /// Ticket transfer (RFC 6043 section 4.2.2).
    case transferInit = 14
    /// Ticket transfer's response.
    case transferResponse = 15
    /// Ticket resolve, pre-shared key (RFC 6043 section 4.2.3).
    case resolveInitPSK = 16
    /// Ticket resolve, public key.
    case resolveInitPK = 17
    /// Ticket resolve's response.
    case resolveResponse = 18
    /// Request for private keys, pre-shared key (RFC 6267 section 4.2.1).
    case requestKeyPSK = 19
    /// Request for private keys, public key.
    case requestKeyPKE = 20
    /// Response with private keys.
    case requestKeyResponse = 21
    /// Initiator's first IBAKE message (RFC 6267 section 4.2.2).
    case ibakeInit1 = 22
    /// Responder's first IBAKE message.
    case ibakeResponse1 = 23
    /// Initiator's second IBAKE message.
    case ibakeInit2 = 24
    /// Responder's second IBAKE message.
    case ibakeResponse2 = 25
    /// Initiator's SAKKE message (RFC 6509 section 2.1).
    case sakke = 26
}

extension MIKEYDataType {
    /// Whether it belongs to MIKEY-TICKET (RFC 6043).
    public var isTicket: Bool { (11...18).contains(rawValue) }

    /// Whether it belongs to MIKEY-IBAKE (RFC 6267).
    public var isIBAKE: Bool { (19...25).contains(rawValue) }

    /// Whether it belongs to DHHMAC (RFC 4650).
    public var isDHHMAC: Bool { self == .dhhmacInit || self == .dhhmacResponse }

    /// Whether it answers another message, so that what it refers to may stand there.
    public var isResponse: Bool {
        switch self {
        case .preSharedKeyVerification, .publicKeyVerification, .dhResponse, .error, .dhhmacResponse, .rsaRResponse,
            .requestResponse, .transferResponse, .resolveResponse, .requestKeyResponse, .ibakeResponse1,
            .ibakeResponse2:
            true
        default: false
        }
    }

    /// Whether section 3.5 of RFC 4738 or section 2.2.2 of RFC 6509 names error 13 for a message that cannot be parsed.
    var hasUnsupportedTypeError: Bool { self == .rsaRInit || self == .rsaRResponse || self == .sakke }
}

extension MIKEYDataType: CustomStringConvertible {
    /// The name that its RFC uses.
    public var description: String {
        switch self {
        case .preSharedKey: "Pre-shared"
        case .preSharedKeyVerification: "PSK ver msg"
        case .publicKey: "Public key"
        case .publicKeyVerification: "PK ver msg"
        case .dhInit: "D-H init"
        case .dhResponse: "D-H resp"
        case .error: "Error"
        case .dhhmacInit: "DHHMAC init"
        case .dhhmacResponse: "DHHMAC resp"
        case .rsaRInit: "RSA-R I_MSG"
        case .rsaRResponse: "RSA-R R_MSG"
        case .requestInitPSK: "REQUEST_INIT_PSK"
        case .requestInitPK: "REQUEST_INIT_PK"
        case .requestResponse: "REQUEST_RESP"
        case .transferInit: "TRANSFER_INIT"
        case .transferResponse: "TRANSFER_RESP"
        case .resolveInitPSK: "RESOLVE_INIT_PSK"
        case .resolveInitPK: "RESOLVE_INIT_PK"
        case .resolveResponse: "RESOLVE_RESP"
        case .requestKeyPSK: "REQUEST_KEY_PSK"
        case .requestKeyPKE: "REQUEST_KEY_PKE"
        case .requestKeyResponse: "REQUEST_KEY_RESP"
        case .ibakeInit1: "I_MESSAGE_1"
        case .ibakeResponse1: "R_MESSAGE_1"
        case .ibakeInit2: "I_MESSAGE_2"
        case .ibakeResponse2: "R_MESSAGE_2"
        case .sakke: "SAKKE msg"
        }
    }
}

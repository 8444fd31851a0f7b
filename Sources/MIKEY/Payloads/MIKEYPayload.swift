// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A payload of a message.
@nonexhaustive
public enum MIKEYPayload: Equatable, Sendable {
    /// Key data transport (RFC 3830 section 6.2).
    case kemac(KEMAC)
    /// Envelope data (RFC 3830 section 6.3).
    case pke(PKE)
    /// DH data (RFC 3830 section 6.4).
    case dh(DH)
    /// Signature (RFC 3830 section 6.5).
    case sign(SIGN)
    /// T (RFC 3830 section 6.6).
    case timestamp(Timestamp)
    /// ID (RFC 3830 section 6.7).
    case identity(Identity)
    /// CERT (RFC 3830 section 6.7).
    case certificate(Certificate)
    /// CHASH (RFC 3830 section 6.8).
    case certificateHash(CertificateHash)
    /// V (RFC 3830 section 6.9).
    case verification(Verification)
    /// SP (RFC 3830 section 6.10).
    case securityPolicy(SecurityPolicy)
    /// RAND (RFC 3830 section 6.11).
    case random(Random)
    /// ERR (RFC 3830 section 6.12).
    case error(ErrorReport)
    /// TR (RFC 6043 section 6.4).
    case timestampWithRole(TimestampWithRole)
    /// IDR (RFC 6043 section 6.6).
    case identityWithRole(IdentityWithRole)
    /// RANDR (RFC 6043 section 6.8).
    case randomWithRole(RandomWithRole)
    /// TP (RFC 6043 section 6.10).
    case ticketPolicy(TicketPolicy)
    /// TICKET (RFC 6043 section 6.10).
    case ticket(Ticket)
    /// Key data, inside of KEMAC only (RFC 3830 section 6.13).
    case keyData(KeyData)
    /// General extension (RFC 3830 section 6.15).
    case generalExtension(GeneralExtension)
    /// IBAKE (RFC 6267 section 6.1.1).
    case ibake(IBAKE)
    /// ESK (RFC 6267 section 6.1.2).
    case esk(ESK)
    /// SK, inside of ESK only (RFC 6267 section 6.1.5).
    case secretKey(SecretKey)
    /// ECCPT, inside of IBAKE only (RFC 6267 section 6.1.4).
    case ecPoint(ECPoint)
    /// SAKKE (RFC 6509 section 4.2).
    case sakke(SAKKE)

    /// What kind of payload it is.
    public var type: MIKEYPayloadType {
        switch self {
        case .kemac: .kemac
        case .pke: .pke
        case .dh: .dh
        case .sign: .sign
        case .timestamp: .t
        case .identity: .id
        case .certificate: .cert
        case .certificateHash: .chash
        case .verification: .v
        case .securityPolicy: .sp
        case .random: .rand
        case .error: .err
        case .timestampWithRole: .tr
        case .identityWithRole: .idr
        case .randomWithRole: .randr
        case .ticketPolicy: .tp
        case .ticket: .ticket
        case .keyData: .keyData
        case .generalExtension: .generalExtension
        case .ibake: .ibake
        case .esk: .esk
        case .secretKey: .sk
        case .ecPoint: .eccpt
        case .sakke: .sakke
        }
    }

    /// The number of octets, the one for the next payload included where there is one.
    public var byteCount: Int {
        var counter = BodyByteCounter()
        return (hasNextPayload ? 1 : 0) + showBody(to: &counter)
    }

    /// Writes what stands behind the next payload octet.
    func writeBody(to writer: inout ByteWriter) { showBody(to: &writer) }

    /// Whether it begins with an octet for the next payload: all but SIGN do.
    var hasNextPayload: Bool {
        if case .sign = self { return false }
        return true
    }
}

extension MIKEYPayload {
    /// Reads a payload behind its next payload octet.
    init(
        parsing reader: inout FieldReader, as type: MIKEYPayloadType, _ context: inout ParsingContext
    ) throws(MIKEYError) {
        switch type {
        case .kemac: self = .kemac(try KEMAC(parsing: &reader, &context))
        case .pke: self = .pke(try PKE(parsing: &reader, &context))
        case .dh: self = .dh(try DH(parsing: &reader, &context))
        case .sign: self = .sign(try SIGN(parsing: &reader, &context))
        case .t: self = .timestamp(try Timestamp(parsing: &reader, &context))
        case .id: self = .identity(try Identity(parsing: &reader, &context))
        case .cert: self = .certificate(try Certificate(parsing: &reader, &context))
        case .chash: self = .certificateHash(try CertificateHash(parsing: &reader, &context))
        case .v: self = .verification(try Verification(parsing: &reader, &context))
        case .sp: self = .securityPolicy(try SecurityPolicy(parsing: &reader, &context))
        case .rand: self = .random(try Random(parsing: &reader, &context))
        case .err: self = .error(try ErrorReport(parsing: &reader, &context))
        case .tr: self = .timestampWithRole(try TimestampWithRole(parsing: &reader, &context))
        case .idr: self = .identityWithRole(try IdentityWithRole(parsing: &reader, &context))
        case .randr: self = .randomWithRole(try RandomWithRole(parsing: &reader, &context))
        case .tp: self = .ticketPolicy(try TicketPolicy(parsing: &reader, &context))
        case .ticket: self = .ticket(try Ticket(parsing: &reader, &context))
        case .keyData: self = .keyData(try KeyData(parsing: &reader, &context))
        case .generalExtension: self = .generalExtension(try GeneralExtension(parsing: &reader, &context))
        case .ibake: self = .ibake(try IBAKE(parsing: &reader, &context))
        case .esk: self = .esk(try ESK(parsing: &reader, &context))
        case .sk: self = .secretKey(try SecretKey(parsing: &reader, &context))
        case .eccpt: self = .ecPoint(try ECPoint(parsing: &reader, &context))
        case .sakke: self = .sakke(try SAKKE(parsing: &reader, &context))
        default: throw reader.error(.unknownPayload(type.rawValue))
        }
    }

    /// Shows what stands behind the next payload octet.
    private func showBody<Result>(to visitor: inout some PayloadBodyVisitor<Result>) -> Result {
        switch self {
        case .kemac(let body): visitor.visit(body)
        case .pke(let body): visitor.visit(body)
        case .dh(let body): visitor.visit(body)
        case .sign(let body): visitor.visit(body)
        case .timestamp(let body): visitor.visit(body)
        case .identity(let body): visitor.visit(body)
        case .certificate(let body): visitor.visit(body)
        case .certificateHash(let body): visitor.visit(body)
        case .verification(let body): visitor.visit(body)
        case .securityPolicy(let body): visitor.visit(body)
        case .random(let body): visitor.visit(body)
        case .error(let body): visitor.visit(body)
        case .timestampWithRole(let body): visitor.visit(body)
        case .identityWithRole(let body): visitor.visit(body)
        case .randomWithRole(let body): visitor.visit(body)
        case .ticketPolicy(let body): visitor.visit(body)
        case .ticket(let body): visitor.visit(body)
        case .keyData(let body): visitor.visit(body)
        case .generalExtension(let body): visitor.visit(body)
        case .ibake(let body): visitor.visit(body)
        case .esk(let body): visitor.visit(body)
        case .secretKey(let body): visitor.visit(body)
        case .ecPoint(let body): visitor.visit(body)
        case .sakke(let body): visitor.visit(body)
        }
    }
}

/// Sees the body of a payload, whatever its type, without a box for it.
private protocol PayloadBodyVisitor<Result> {
    associatedtype Result

    mutating func visit(_ body: some PayloadBody) -> Result
}

private struct BodyByteCounter: PayloadBodyVisitor {
    func visit(_ body: some PayloadBody) -> Int { body.bodyByteCount }
}

extension ByteWriter: PayloadBodyVisitor {
    fileprivate mutating func visit(_ body: some PayloadBody) { body.writeBody(to: &self) }
}

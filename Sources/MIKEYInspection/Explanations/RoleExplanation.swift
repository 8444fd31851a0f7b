// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CaptureInspection
internal import MIKEY

extension PartBuilder {
    /// Payloads of RFC 6043, RFC 6267 and RFC 6509.
    mutating func otherBody(of payload: MIKEYPayload) {
        switch payload {
        case .timestampWithRole(let body):
            number(
                "ts_role", body.role.rawValue, name(body.role.rawValue, of: ["", "issue", "start", "end", "rekeying"]))
            time(body.value)
        case .identityWithRole(let body):
            number("id_role", body.role.rawValue, name(body.role.rawValue, of: Self.identityRoles))
            identity(body.value)
        case .randomWithRole(let body):
            number(
                "rand_role", body.role.rawValue, name(body.role.rawValue, of: ["", "initiator", "responder", "KMS"]))
            random(body.octets)
        case .ticketPolicy(let body): ticketPolicy(body.policy)
        case .ticket(let body):
            ticketPolicy(body.policy)
            number("ticket_data_length", UInt16(truncatingIfNeeded: body.data.count))
            octets("ticket_data", body.data)
            let count = body.initiatorData.map { 1 + $0.reduce(0) { $0 + $1.byteCount } } ?? 0
            number("initiator_data_length", UInt16(truncatingIfNeeded: count))
            if let data = body.initiatorData { chainWithFirst(data) }
        case .ibake(let body): longField("encrypted_data", body.encrypted)
        case .esk(let body): longField("encrypted_data", body.encrypted)
        case .sakke(let body):
            number("sakke_params", body.parameterSet, body.parameterSet == 1 ? "RFC 6509 appendix A" : nil)
            number(
                "id_scheme", body.identifierScheme,
                name(body.identifierScheme, of: ["", "tel URI with monthly keys (RFC 6509)", "3GPP MIKEY-SAKKE UID"]))
            longField("sakke_data", body.data)
        // SK and ECCPT stand inside of what is encrypted only.
        default: break
        }
    }

    private static let identityRoles = [
        "", "initiator", "responder", "KMS", "PSK", "application", "initiator's KMS", "responder's KMS",
    ]

    private mutating func longField(_ name: String, _ octets: [UInt8]) {
        number(name + "_length", UInt16(truncatingIfNeeded: octets.count))
        self.octets(name, octets)
    }

    private mutating func chainWithFirst(_ payloads: [MIKEYPayload]) {
        next(payloads.first?.type ?? .last)
        chain(payloads)
    }

    private mutating func ticketPolicy(_ policy: MIKEYTicketPolicy) {
        number("ticket_type", policy.type, name(policy.type, of: ["", "MIKEY base ticket", "3GPP base ticket"]))
        number("subtype", policy.subtype)
        number("version", policy.version)
        bits("prf", .unsigned(UInt64(policy.prf.rawValue)), policy.prf.name)
        let letters = "DEFGHIJKLMNO".enumerated().filter { policy.flags.rawValue & 1 << UInt16(11 - $0.offset) != 0 }
        bits("flags", .text(String(letters.map(\.element))), "those that are set (RFC 6043 section 6.10)")
        skip(3)
        let count = 1 + policy.payloads.reduce(0) { $0 + $1.byteCount }
        number("tp_data_length", UInt16(truncatingIfNeeded: count))
        chainWithFirst(policy.payloads)
    }
}

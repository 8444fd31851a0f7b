// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import KeyManagement
import MIKEY
import MIKEYInspection

/// What there is to say about a message, for people and for programs.
struct MessageReport {
    /// The file, and where in it.
    let place: String
    let message: FoundMessage
    /// `nil` where there are no octets to look at.
    let inspection: MIKEYInspection?
    let isLenient: Bool
    let showsSecrets: Bool

    /// What is wrong, each with the rule.
    var faults: [String] {
        var faults: [String] = []
        if case .invalid(let error) = message.content { faults.append("\(error)") }
        if !isLenient { faults += message.deviations.map { "\($0)" } }
        if let fault = inspection?.fault { faults.append("\(fault)") }
        if inspection?.authenticity == .wrong { faults.append("the MAC is not that of the key (RFC 3830 section 5.2)") }
        if let refusal = inspection?.refusal { faults.append("a responder refuses it: \(refusal)") }
        return faults
    }

    /// What is lived with, each with the rule.
    private var deviations: [(name: String, rule: String)] {
        message.deviations.map { ($0.name, $0.rule) } + (inspection?.deviations ?? []).map { ($0.name, $0.rule) }
    }

    private var title: String {
        switch message.content {
        case .other(let protocolID): "protocol \(protocolID), which is not looked into"
        case .invalid: "cannot be read"
        case .mikey:
            "\(inspection?.byteCount ?? 0) octets, "
                + (inspection?.message.map { "\($0.header.dataType)" } ?? "no message")
        }
    }

    private var sessions: [SessionReport] {
        guard let agreement = inspection?.agreement else { return [] }
        return agreement.sessions.map {
            SessionReport($0, deviations: agreement.deviations, showsSecrets: showsSecrets)
        }
    }
}

// MARK: Text

extension MessageReport {
    var lines: [String] {
        var lines = ["\(PlainText.printable(place)): \(title)"]
        if let inspection {
            lines += inspection.parts.flatMap { $0.lines() }
            lines.append("  " + inspection.authenticity.text)
            if !inspection.decrypted.isEmpty {
                lines.append("  key data, decrypted")
                lines += inspection.decrypted.flatMap { $0.lines() }
            }
            for session in sessions { lines += session.lines }
            lines += inspection.notes.map { "  note: \($0)" }
        }
        lines += deviations.map { "  deviation: \($0.name): \($0.rule)" }
        lines += faults.map { "  ! \($0)" }
        return lines
    }
}

extension MIKEYInspection.Authenticity {
    var text: String {
        switch self {
        case .verified: "authentic: the MAC is that of the key"
        case .wrong: "not authentic"
        case .unprotected: "has no MAC: authentic only where its channel is"
        case .unknown(let reason): "not verified: \(reason)"
        }
    }

    fileprivate var name: String {
        switch self {
        case .verified: "verified"
        case .wrong: "wrong"
        case .unprotected: "unprotected"
        case .unknown: "unknown"
        }
    }
}

// MARK: JSON

extension MessageReport {
    var fields: [ExplainedField] {
        var fields = [ExplainedField("place", .text(place))]
        switch message.content {
        case .mikey: fields.append(ExplainedField("protocol", .text("mikey")))
        case .other(let protocolID): fields.append(ExplainedField("protocol", .text(protocolID)))
        case .invalid: break
        }
        if let inspection {
            fields += [
                ExplainedField("length", .unsigned(UInt64(inspection.byteCount))),
                ExplainedField("parts", .list(inspection.parts.map { .fields($0.fields) })),
                ExplainedField("authenticity", .text(inspection.authenticity.name)),
                ExplainedField("decrypted", .list(inspection.decrypted.map { .fields($0.fields) })),
                ExplainedField("sessions", .list(sessions.map { .fields($0.fields) })),
                ExplainedField("notes", .list(inspection.notes.map { .text($0) })),
            ]
        }
        let deviations = deviations.map { deviation in
            ExplainedValue.fields([
                ExplainedField("name", .text(deviation.name)), ExplainedField("rule", .text(deviation.rule)),
            ])
        }
        return fields + [
            ExplainedField("deviations", .list(deviations)),
            ExplainedField("faults", .list(faults.map { .text($0) })),
        ]
    }
}

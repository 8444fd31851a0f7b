// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One kind of row: its fields, and what is done with it.
struct RowKind: Sendable {
    /// The name in failures; for rows with a `type` or `kind`, that.
    let name: String
    /// The fields that must be there, `type` and `kind` aside.
    let required: Set<String>
    /// The fields that may be there.
    let optional: Set<String>
    /// Runs a row whose fields are all known. Returns why it was not run; throws where it failed.
    let run: @Sendable (RowFields) throws(RowFault) -> SkipReason?

    init(
        _ name: String, required: Set<String>, optional: Set<String> = [],
        run: @escaping @Sendable (RowFields) throws(RowFault) -> SkipReason?
    ) {
        self.name = name
        self.required = required
        self.optional = optional
        self.run = run
    }
}

/// A row with its kind found out.
struct Row {
    /// What failures call the row.
    let name: String
    /// The row's own name for itself.
    let id: String?
    private let fields: RowFields
    private let kind: Result<RowKind, RowFault>

    /// The row in a line of a `.jsonl` file, and in any file where it has a `type`.
    init(_ value: JSONValue, inDocument: Bool) {
        guard case .object(let values) = value else {
            name = "row"
            id = nil
            fields = RowFields([:])
            kind = .failure(RowFault("json", expected: "an object", got: "\(value)"))
            return
        }
        fields = RowFields(values)
        id =
            switch values["id"] {
            case .text(let text): text
            case .integer(let number): "\(number)"
            default: nil
            }
        if inDocument, values["type"] == nil {
            kind = PublishedKinds.kind(of: fields)
            name = (try? kind.get().name) ?? Self.name(values["kind"])
        } else {
            kind = RowTypes.kind(of: fields)
            name = (try? kind.get().name) ?? Self.name(values["type"])
        }
    }

    /// Runs the row. Returns why it was not run; throws where it failed.
    func run() throws(RowFault) -> SkipReason? {
        let kind = try kind.get()
        try fields.check(required: kind.required, optional: kind.optional)
        return try kind.run(fields)
    }

    private static func name(_ value: JSONValue?) -> String {
        if case .text(let text) = value { JSONValue.shortened(text) } else { "row" }
    }
}

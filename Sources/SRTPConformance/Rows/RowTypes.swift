// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The rows of `.jsonl` files, by their `type`.
enum RowTypes {
    /// The kind that a row's `type` names.
    static func kind(of fields: RowFields) -> Result<RowKind, RowFault> {
        do throws(RowFault) {
            let type = try fields.text("type")
            guard let kind = byName[type] else {
                let known = all.map(\.name).joined(separator: ", ")
                return .failure(RowFault("type", expected: "one of \(known)", got: JSONValue.quoted(type)))
            }
            return .success(kind)
        } catch {
            return .failure(error)
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let context: Set<String> = ["suite", "master_key", "master_salt", "ssrc"]
    private static let common: Set<String> = ["type", "id"]

    private static let all: [RowKind] = [
        RowKind(
            "rtp", required: context.union(["roc", "seq", "rtp", "srtp"]),
            optional: common.union(RowOptions.fields).union(["rtp_out"]), run: RTPRow.run),
        RowKind(
            "rtcp", required: context.union(["index", "e_flag", "rtcp", "srtcp"]),
            optional: common.union(RowOptions.fields).union(["rtcp_suite"]), run: RTCPRow.run),
        RowKind(
            "reject", required: context,
            optional: common.union(RowOptions.fields).union([
                "rtcp_suite", "roc", "seq", "index", "e_flag", "srtp", "srtcp", "before", "after", "reason",
            ]), run: RejectRow.run),
        RowKind(
            "kdf", required: ["master_key", "master_salt", "kdr", "srtp_index", "srtcp_index"],
            optional: common.union(["cipher", "suite"]).union(KDFRow.outputs.map(\.field)), run: KDFRow.run),
        RowKind(
            "mikey", required: ["message", "valid"], optional: common.union(["mode"]), run: MIKEYMessageRow.run),
        RowKind(
            "mikey-kdf", required: ["prf", "inkey", "label", "bits", "outkey"], optional: common,
            run: MIKEYKeyDerivationRow.run),
        RowKind(
            "mikey-exchange", required: ["mode", "messages", "accepted"],
            optional: common.union(MIKEYExchangeRow.options), run: MIKEYExchangeRow.run),
    ]
}

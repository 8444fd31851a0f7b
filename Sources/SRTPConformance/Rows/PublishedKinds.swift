// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The rows of `.json` files: those of the RFCs, and of any other file that writes its vectors in the same way.
///
/// A row is known by its `kind` where it has one, and else by the fields that only its kind has. What becomes of each kind
/// stands in this table and nowhere else.
enum PublishedKinds {
    private enum Mark {
        case kind
        case fields(Set<String>)
    }

    /// The kind of a row.
    static func kind(of fields: RowFields) -> Result<RowKind, RowFault> {
        do throws(RowFault) {
            guard fields.has("kind") else {
                let names = Set(fields.names)
                if let found = marked.first(where: { $0.mark.isSubset(of: names) }) { return .success(found.kind) }
                let got = fields.names.isEmpty ? "none" : fields.names.joined(separator: ", ")
                return .failure(RowFault("kind", expected: "a kind, or the fields of one", got: got))
            }
            let name = try fields.text("kind")
            guard let kind = byName[name] else {
                let known = byName.keys.sorted().joined(separator: ", ")
                return .failure(RowFault("kind", expected: "one of \(known)", got: JSONValue.quoted(name)))
            }
            return .success(kind)
        } catch {
            return .failure(error)
        }
    }

    private static let byName = Dictionary(
        uniqueKeysWithValues: all.compactMap { entry in
            if case .kind = entry.mark { (entry.kind.name, entry.kind) } else { nil }
        })

    private static let marked: [(mark: Set<String>, kind: RowKind)] = all.compactMap { entry in
        if case .fields(let mark) = entry.mark { (mark, entry.kind) } else { nil }
    }

    /// Fields that tell a reader where a row is from.
    private static let informational: Set<String> = ["id", "note", "title", "verified", "published", "where"]

    /// A row that is known by its `kind`.
    private static func kind(
        _ name: String, _ required: Set<String>, optional: Set<String> = [],
        run: @escaping @Sendable (RowFields) throws(RowFault) -> SkipReason?
    ) -> (mark: Mark, kind: RowKind) {
        (
            .kind,
            RowKind(
                name, required: required, optional: optional.union(informational).union(["kind"]), run: run)
        )
    }

    /// A row that is known by the fields which it must have.
    private static func fields(
        _ name: String, _ required: Set<String>, optional: Set<String> = [],
        run: @escaping @Sendable (RowFields) throws(RowFault) -> SkipReason?
    ) -> (mark: Mark, kind: RowKind) {
        (
            .fields(required),
            RowKind(name, required: required, optional: optional.union(informational), run: run)
        )
    }

    private static func notBuilt(_ name: String) -> @Sendable (RowFields) throws(RowFault) -> SkipReason? {
        { (_: RowFields) throws(RowFault) in .notBuilt(name) }
    }

    private static let sessionKeyPacket: Set<String> = ["suite", "session_key", "roc", "seq", "ssrc"]

    private static let all: [(mark: Mark, kind: RowKind)] = [
        // Run.
        kind(
            "aes-cm-keystream",
            ["session_key", "session_salt", "roc", "seq", "ssrc", "offset", "keystream_octets", "blocks"],
            optional: ["keystream_blocks", "keystream_sha256", "keystream_sha256_note"], run: KeystreamVector.run),
        kind(
            "kdf", ["prf", "master_key", "master_salt", "label", "index_div_kdr", "output"],
            optional: ["x", "first_input_block", "output_length", "full_block_output", "output_gcm_profile"],
            run: KDFVector.run),
        fields("hmac-sha1", ["key", "data", "hmac_sha1"], optional: ["hmac_sha1_96"], run: HMACSHA1Vector.run),
        fields(
            "header-extension", ["form", "block", "elements", "padding_octets"], optional: ["instantiated", "appbits"],
            run: HeaderExtensionVector.run),
        fields(
            "master-key-packet", ["suite", "roc", "master_key", "master_salt", "rtp_packet", "srtp_packet"],
            optional: ["session_key", "session_salt", "auth_key"], run: MasterKeyPacketVector.run),
        kind(
            "rtt", ["ntp_sec", "ntp_frac", "lsr", "a", "dlsr", "rtt"], optional: ["rtt_seconds"],
            run: RoundTripVector.run),
        kind(
            "loss",
            [
                "base_seq", "max_seq", "cycles", "received", "expected_prior", "received_prior", "cumulative_lost",
                "fraction_lost_byte",
            ], optional: ["expected", "extended_max"], run: LossVector.run),
        kind("jitter", ["steps"], run: JitterVector.run),
        kind(
            "sdp", ["lines"], optional: ["key_mgmt_is_placeholder", "crypto_lines"], run: SessionDescriptionVector.run),
        fields(
            "sdes-line", ["line", "suite", "keys"], optional: ["tag", "session_params"],
            run: SecurityDescriptionVector.run),
        fields(
            "sdes-key", ["key_param", "master_key", "master_salt"],
            optional: ["lifetime", "lifetime_packets", "mki", "mki_length", "mki_octets"], run: InlineKeyVector.run),

        fields(
            "hmac-sha256", ["key", "data", "hmac_sha256"], optional: ["hmac_sha256_full_computed"],
            run: HMACSHA256Vector.run),
        fields(
            "aes-key-wrap", ["kek", "key_data", "wrapped"], optional: ["initial_value"], run: KeyWrapVector.run),

        fields(
            "mikey-constant", ["derives", "constant"], optional: ["decimal", "chunk_of_e"],
            run: MIKEYConstantVector.run),

        // Packets from their session keys.
        fields(
            "session-key-packet",
            [
                "suite", "session_key", "session_salt", "protocol", "operation", "ssrc", "plain_packet",
                "protected_packet",
            ],
            optional: [
                "aad", "ciphertext", "ctr_blocks", "defective", "e_flag", "esrtcp_word", "gcm_ghash", "gcm_hash_key_h",
                "gcm_k0", "ghash_steps", "iv", "plaintext", "roc", "seq", "srtcp_index", "tag",
            ], run: SessionKeyPacketVector.run),
        kind(
            "srtp-ctr-packet",
            sessionKeyPacket.union(["session_salt", "auth_key", "rtp_header", "rtp_payload", "srtp_packet"]),
            optional: ["authenticated_portion_and_roc", "auth_tag", "encrypted_payload", "iv"],
            run: PrintedPacketVector.run),
        kind(
            "srtp-gcm-packet", sessionKeyPacket.union(["session_salt", "rtp_payload", "srtp_packet"]),
            optional: ["aad", "ciphertext", "encrypted_payload_and_tag", "iv", "tag"], run: PrintedPacketVector.run),
        kind(
            "aes-f8", ["session_key", "session_salt", "roc", "rtp_header", "rtp_payload", "ciphertext"],
            optional: ["blocks", "iv", "iv_prime", "iv_rule", "key_mask_m", "key_xor_mask"], run: F8Vector.run),
        kind(
            "header-extension-encryption",
            [
                "header_key", "header_salt", "ssrc", "roc", "seq", "encrypted_ids", "extension_plain",
                "extension_encrypted",
            ],
            optional: [
                "defined_by_profile", "initial_counter", "keystream", "length_words", "mask", "masked_keystream",
                "text_issue",
            ], run: HeaderEncryptionVector.run),

        kind("mikey-message", ["base64"], optional: ["octets", "parsed"], run: MIKEYMessageVector.run),

        // Left out on purpose.
        kind(
            "srtp-ctr",
            sessionKeyPacket.union(["session_salt", "auth_key", "rtp_header", "rtp_payload", "encrypted_payload"]),
            optional: [
                "auth_tag", "cipher_verified", "correct_tag_with_printed_key", "defective", "iv",
                "printed_tag_is_hmac_of_header_and_plaintext_without_roc", "tag_verified",
            ], run: SEEDVector.run),
        kind(
            "srtp-ccm", sessionKeyPacket.union(["nonce", "aad", "rtp_payload", "encrypted_payload", "tag"]),
            run: SEEDVector.run),
        kind(
            "srtp-gcm", sessionKeyPacket.union(["nonce", "aad", "rtp_payload", "encrypted_payload", "tag"]),
            run: SEEDVector.run),

        // Not built.
        kind(
            "rtcp-interval",
            ["members", "senders", "rtcp_bw_octets_per_second", "we_sent", "avg_rtcp_size", "initial"],
            optional: ["deterministic_interval_td", "max_after_randomisation", "min_after_randomisation"],
            run: notBuilt("RTCP timing")),
        kind("rtsp", ["lines"], optional: ["key_mgmt_is_placeholder"], run: RTSPMessageVector.run),
        fields(
            "eccsi", ["KSAK", "KPAK", "SSK", "ID", "Sig"],
            optional: [
                "G", "HE", "HE_input", "HS", "HS_input", "J", "Jx", "M", "N", "PVT", "Y", "checks", "curve", "curve_b",
                "hash", "j", "n", "p", "q", "r", "s", "s_prime", "v",
            ], run: notBuilt("ECCSI")),
        fields(
            "sakke", ["SSV", "b", "Rbx", "Rby", "H"],
            optional: [
                "Kbx", "Kby", "TESTx", "TESTy", "Zx", "Zy", "checks", "encapsulated_data_note", "g_pow_r", "hash",
                "mask", "mask_hash_input", "n", "parameter_set", "r", "r_from_receiver", "r_hash_input", "w", "z",
            ], run: notBuilt("SAKKE")),
        fields(
            "sakke-hash-to-range", ["M", "modulus", "hash", "result"], optional: ["A", "h", "v", "checks"],
            run: notBuilt("SAKKE")),
        fields(
            "sakke-parameters", ["p", "q", "Px", "Py", "g"], optional: ["n", "hash", "checks"],
            run: notBuilt("SAKKE")),
    ]
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement
internal import SDP

/// `sdp`: a session description is read without a malformed line, written again as it was, has as many valid `a=crypto` lines as the
/// row says, and only valid `a=key-mgmt` lines, unless they stand for others.
enum SessionDescriptionVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        var text = ""
        for (position, value) in try fields.list("lines").enumerated() {
            guard case .text(let line) = value else {
                throw fields.fault("lines[\(position)]", expected: "a text", got: "\(value)")
            }
            text += line + "\r\n"
        }
        let description: SessionDescription
        do throws(SDPError) { description = try SessionDescription(parsing: text) } catch {
            throw fields.fault("lines", expected: "a session description", got: "\(error)")
        }
        for deviation in description.deviations {
            switch deviation.kind {
            // The examples of RFC 4567 and RFC 4568 are so.
            case .outOfOrder, .notAllowed: continue
            default: throw fields.fault("lines[\(deviation.line - 1)]", expected: "none wrong", got: deviation.problem)
            }
        }
        try RowFault.compareSecret("lines", expected: Array(text.utf8), got: description.octets)
        let isPlaceholder = fields.has("key_mgmt_is_placeholder") ? try fields.flag("key_mgmt_is_placeholder") : false
        if !isPlaceholder {
            let levels = [KeyMgmtLines(of: description)] + description.media.map { KeyMgmtLines(of: $0) }
            for case .failure(let error) in levels.flatMap(\.entries).map(\.result) {
                throw fields.fault("lines", expected: "valid a=key-mgmt", got: "\(error)")
            }
        }
        let lines = description.media.map { CryptoLines(of: $0) }
        for case .failure(let error) in lines.flatMap(\.entries).map(\.result) {
            throw fields.fault("lines", expected: "valid a=crypto", got: "\(error)")
        }
        let count = lines.reduce(0) { $0 + $1.valid.count }
        if fields.has("crypto_lines") {
            let expected = try fields.integer("crypto_lines", in: 0...1_000_000)
            guard count == expected else {
                throw fields.fault("crypto_lines", expected: "\(expected)", got: "\(count)")
            }
        }
        return nil
    }
}

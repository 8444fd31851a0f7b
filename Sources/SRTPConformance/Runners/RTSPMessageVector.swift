// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement

/// `rtsp`: the `KeyMgmt` headers of a message are read as they stand, and written and read again as the same.
enum RTSPMessageVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let isPlaceholder = fields.has("key_mgmt_is_placeholder") ? try fields.flag("key_mgmt_is_placeholder") : false
        var count = 0
        for (position, value) in try fields.list("lines").enumerated() {
            guard case .text(let line) = value else {
                throw fields.fault("lines[\(position)]", expected: "a text", got: "\(value)")
            }
            guard let colon = line.firstIndex(of: ":"),
                line[..<colon].lowercased() == KeyMgmtHeader.name.lowercased()
            else { continue }
            count += 1
            let place = "lines[\(position)]"
            // The RFC cuts data short with dots, in the middle of a group of base64.
            let text = isPlaceholder && line.hasSuffix("...\"") ? line.dropLast(4) + "\"" : line
            try check(String(text[text.index(after: colon)...]), isLenient: isPlaceholder, fields, place)
        }
        guard count > 0 else { throw fields.fault("lines", expected: "a KeyMgmt header", got: "none") }
        return nil
    }

    private static func check(
        _ value: String, isLenient: Bool, _ fields: RowFields, _ place: String
    ) throws(RowFault) {
        do throws(KeyMgmtError) {
            let header = try KeyMgmtHeader(parsing: value, isLenient: isLenient)
            let again = try KeyMgmtHeader(parsing: header.secretText())
            guard again.specifications.map(\.data) == header.specifications.map(\.data),
                again.specifications.map(\.uri) == header.specifications.map({ $0.uri ?? "" })
            else {
                throw KeyMgmtError.invalid(.line, expected: "the same header when it is written and read")
            }
        } catch {
            throw fields.fault(place, expected: "a KeyMgmt header", got: "\(error)")
        }
    }
}

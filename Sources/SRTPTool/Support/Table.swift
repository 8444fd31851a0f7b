// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Columns of text, as wide as their widest cell.
struct Table {
    private var rows: [[String]] = []

    init(_ header: [String]) { rows.append(header) }

    mutating func append(_ row: [String]) { rows.append(row) }

    /// The table's lines, with a rule below the header; columns that hold only numbers are set to the right.
    var text: String {
        let columns = rows[0].indices
        let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let isNumeric = columns.map { column in
            rows.count > 1
                && rows.dropFirst().allSatisfy { $0[column].allSatisfy { $0.isNumber || "-.%".contains($0) } }
        }
        let lines = rows.map { row in
            columns.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return isNumeric[column] ? space + row[column] : row[column] + space
            }.joined(separator: "  ").trimmingTrailingSpaces
        }
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}

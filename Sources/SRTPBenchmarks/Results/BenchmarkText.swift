// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SRTP

extension BenchmarkResults {
    /// Tables for people.
    public var text: String {
        var lines = [
            "\(machine.cpu), \(machine.coreCount) cores, Linux \(machine.kernel), \(machine.libcrypto), \(machine.compiler)"
        ]
        for one in libsrtp {
            lines.append(
                "\(one.name): \(one.version), \(one.library) (\(one.build ?? "build unknown")), primitives from \(one.cryptoLibrary)"
                    + (one.isCryptoLibraryOurs ? ", the same as ours" : ""))
        }
        if !machine.isOptimized { lines.append("built without optimisation: these figures mean nothing") }
        lines += notes
        for group in BenchmarkGroup.allCases {
            let members = rows.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            lines += ["", "\(group.rawValue): \(group.explanation)"] + Self.table(members)
        }
        return lines.joined(separator: "\n")
    }

    /// A line a row: what it took by side, and what that is to the others.
    private static func table(_ rows: [Row]) -> [String] {
        let found = Set(rows.flatMap(\.sides.keys))
        let order = [SideName.product].filter(found.contains) + found.sorted()
        var names: [String] = []
        for name in order where !names.contains(name) && !name.hasPrefix("\(SideName.floor) by ") { names.append(name) }
        let ratios = [
            SideName.floor, SideName.multiBufferFloor, "CTR", "one at a time", "one stream", "libsrtp",
            "libsrtp installed",
        ].filter { name in rows.contains { $0.ratios[name] != nil } }
        var cells = [["", ""] + names + ratios.map { "/ \($0)" }]
        for row in rows {
            let digits = row.unit == "ns" ? 1 : 2
            let label = row.id.split(separator: "/").dropFirst().joined(separator: " ")
            cells.append(
                [label, row.unit] + names.map { row.sides[$0].map { number($0.median, digits) } ?? "-" }
                    + ratios.map { row.ratios[$0].map(ratio) ?? "-" })
        }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }
    }

    private static func ratio(_ spread: Spread) -> String {
        "\(number(spread.median, 3)) (\(number(spread.minimum, 3))-\(number(spread.maximum, 3)))"
    }

    /// A number with a fixed count of digits behind the point.
    static func number(_ value: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

extension BenchmarkGroup {
    /// What its rows are.
    var explanation: String {
        switch self {
        case .singles: "one packet a call, one stream"
        case .streams: "one packet a call, streams in shuffled order"
        case .batches: "packets in one call of transformBatch"
        case .creation: "contexts, streams and session keys"
        case .memory: "resident octets"
        case .cores: "two senders on two threads"
        case .keystream: "libcrypto's CTR mode against ECB over counter blocks"
        case .messages: "key management messages, read and encoded again"
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The results, as a table for people and as JSON for programs.
struct Report {
    let machine: Machine
    let roundCount: Int
    let rows: [Comparison]
    let limits: [Int: Double]

    /// Nanoseconds a packet that others were measured at on a machine of the same kind (AMD EPYC, OpenSSL 3.0.19): libsrtp
    /// on OpenSSL, and a C program on EVP's CTR mode with HMAC from saved states. For orientation; only the ratios compare.
    private static let published: [Int: (libsrtpProtect: Int, libsrtpUnprotect: Int, evp: Int)] = [
        20: (319, 309, 222), 160: (418, 533, 264), 500: (653, 827, 511), 1200: (1074, 1083, 896),
    ]

    /// The rows whose ratio is above its limit.
    var broken: [Comparison] {
        rows.filter { row in limits[row.payloadByteCount].map { row.ratio.median > $0 } ?? false }
    }

    var text: String {
        var lines = [
            "\(machine.cpu), \(machine.coreCount) cores, \(machine.libcrypto)",
            "AES_CM_128_HMAC_SHA1_80, 12-octet header, in place; ns a packet, median of \(roundCount) rounds (lowest-highest)",
            "",
            "direction  payload  product              floor                ratio                  libsrtp  C on EVP",
        ]
        for row in rows {
            let reference = Self.published[row.payloadByteCount]
            let libsrtp = row.direction == .protect ? reference?.libsrtpProtect : reference?.libsrtpUnprotect
            lines.append(
                padded(row.direction.rawValue, 11) + padded("\(row.payloadByteCount)", 9)
                    + padded(cell(row.product, 1), 21) + padded(cell(row.floor, 1), 21) + padded(cell(row.ratio, 3), 23)
                    + padded(libsrtp.map { "\($0)" } ?? "", 9) + (reference.map { "\($0.evp)" } ?? ""))
        }
        lines += ["", "libsrtp and C on EVP: measured before on a machine of this kind; for orientation."]
        for row in broken {
            let limit = limits[row.payloadByteCount] ?? 0
            lines.append(
                "over the limit: \(row.direction.rawValue) at \(row.payloadByteCount): "
                    + "\(decimal(row.ratio.median, 3)) > \(limit)")
        }
        return lines.joined(separator: "\n")
    }

    var json: String {
        let rows = rows.map { row in
            """
            {"direction":"\(row.direction.rawValue)","payload":\(row.payloadByteCount),\
            "product_ns":\(object(row.product, 1)),"floor_ns":\(object(row.floor, 1)),"ratio":\(object(row.ratio, 3))}
            """
        }
        return """
            {"cpu":"\(machine.cpu)","cores":\(machine.coreCount),"libcrypto":"\(machine.libcrypto)",\
            "suite":"AES_CM_128_HMAC_SHA1_80","rounds":\(roundCount),"rows":[\(rows.joined(separator: ","))],\
            "within_limits":\(broken.isEmpty)}
            """
    }

    private func cell(_ timing: Timing, _ digits: Int) -> String {
        "\(decimal(timing.median, digits)) (\(decimal(timing.minimum, digits))-\(decimal(timing.maximum, digits)))"
    }

    private func object(_ timing: Timing, _ digits: Int) -> String {
        """
        {"median":\(decimal(timing.median, digits)),"min":\(decimal(timing.minimum, digits)),\
        "max":\(decimal(timing.maximum, digits))}
        """
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    /// A positive number with this many digits behind the point.
    private func decimal(_ number: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((number * Double(scale)).rounded())
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

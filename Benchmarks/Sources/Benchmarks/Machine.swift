// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CLibcrypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the numbers come from.
struct Machine {
    let cpu: String
    let coreCount: Int
    let libcrypto: String

    static var current: Machine {
        Machine(
            cpu: cpuModel ?? "unknown CPU", coreCount: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            libcrypto: String(cString: OpenSSL_version(OPENSSL_VERSION)))
    }

    /// The first model name in `/proc/cpuinfo`, with family and model numbers, since virtual machines shorten the name.
    private static var cpuModel: String? {
        guard let file = fopen("/proc/cpuinfo", "r") else { return nil }
        defer { fclose(file) }
        var fields: [String: String] = [:]
        var line = [CChar](repeating: 0, count: 4096)
        while fields["model name"] == nil || fields["cpu family"] == nil || fields["model"] == nil,
            fgets(&line, Int32(line.count), file) != nil
        {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let halves = text.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != "\t" && $0 != "\n" } }
            if halves.count == 2, fields[halves[0]] == nil { fields[halves[0]] = String(halves[1].drop { $0 == " " }) }
        }
        guard let name = fields["model name"] else { return nil }
        return "\(name) (family \(fields["cpu family"] ?? "?"), model \(fields["model"] ?? "?"))"
    }
}

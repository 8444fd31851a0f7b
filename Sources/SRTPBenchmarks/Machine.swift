// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CBenchmarkFloor
import Foundation

extension BenchmarkResults.Machine {
    /// This one.
    static var current: Self {
        var system = utsname()
        uname(&system)
        let kernel = withUnsafeBytes(of: &system.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let multiBuffer = String(cString: multi_buffer_floor_description())
        var isOptimized = true
        assert({ isOptimized = false }() == ())
        return Self(
            cpu: cpuModel ?? "unknown CPU", coreCount: ProcessInfo.processInfo.activeProcessorCount, kernel: kernel,
            libcrypto: String(cString: floor_libcrypto_version()), compiler: compiler, isOptimized: isOptimized,
            multiBuffer: multiBuffer.isEmpty ? nil : multiBuffer,
            date: Date.now.formatted(.iso8601.year().month().day()))
    }

    private static var compiler: String {
        #if compiler(>=6.4)
        "Swift 6.4 or newer"
        #else
        "Swift 6.3"
        #endif
    }

    /// The first model name in `/proc/cpuinfo`, with family and model numbers, since virtual machines shorten the name.
    private static var cpuModel: String? {
        guard let octets = contents("/proc/cpuinfo") else { return nil }
        var fields: [Substring: String] = [:]
        for line in String(decoding: octets, as: UTF8.self).split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            guard halves.count == 2 else { continue }
            let name = halves[0].split(separator: "\t").first ?? ""
            if fields[name] == nil { fields[name] = String(halves[1].drop { $0 == " " }) }
        }
        guard let name = fields["model name"] else { return nil }
        let flags = Set((fields["flags"] ?? "").split(separator: " "))
        let known = [("aes", "AES"), ("sha_ni", "SHA"), ("avx512f", "AVX-512"), ("vaes", "VAES")]
        let features = known.filter { flags.contains(Substring($0.0)) }.map(\.1)
        return
            "\(name) (family \(fields["cpu family"] ?? "?"), model \(fields["model"] ?? "?"); \(features.joined(separator: ", ")))"
    }
}

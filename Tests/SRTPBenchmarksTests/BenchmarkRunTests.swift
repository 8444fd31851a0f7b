// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import SRTPBenchmarks
import Testing

/// Runs that are far too short to tell a time: that the sides make the same octets is checked in each of them. One after the
/// other, since libsrtp is not made to be set up on two threads at once.
@Suite(.serialized)
struct BenchmarkRunTests {
    private static let main = SRTPSuite.aesCM128_HMACSHA1_80

    private static func options(_ groups: Set<BenchmarkGroup>) -> BenchmarkOptions {
        var options = BenchmarkOptions()
        options.groups = groups
        options.suites = [main]
        options.payloads = [20]
        options.rounds = 1
        options.packetsPerRound = 1
        options.streamCounts = [1, 200]
        options.batchCounts = [1, 32]
        options.libsrtpPrefix = nil
        options.usesLibsrtp = false
        return options
    }

    @Test("every suite, RTP and RTCP, both ways") func everySuite() throws {
        var options = Self.options([.singles])
        options.suites = []
        options.usesLibsrtp = true
        let results = try BenchmarkRun(options).run()
        let suites = SRTPSuite.all.filter(\.isUsable)
        #expect(results.rows.count == suites.count * 4)
        #expect(Set(results.rows.map(\.id)).count == results.rows.count)
        for row in results.rows {
            let suite = try #require(row.suite.flatMap(SRTPSuite.named))
            #expect(row.sides["swift-srtp"] != nil)
            let hasFloor = [.null, .aesCM, .aesGCM].contains(suite.cipher)
            #expect((row.ratios["floor"] != nil) == hasFloor, "\(row.id)")
            // Those that are there have the suites that everyone has.
            for library in results.libsrtp where suite == Self.main { #expect(row.ratios[library.name] != nil) }
        }
        // It derives keys of another length (Tests/Peers/README.md).
        for library in results.libsrtp where library.version.hasSuffix(" 2.5.0") {
            #expect(
                results.notes.contains("\(library.name) is left out of AES_192_CM_HMAC_SHA1_80: it makes other octets"))
        }
    }

    @Test func everyGroupHasItsRows() throws {
        let results = try BenchmarkRun(Self.options(Set(BenchmarkGroup.allCases))).run()
        for group in BenchmarkGroup.allCases where group != .cores || results.machine.coreCount > 1 {
            #expect(results.rows.contains { $0.group == group }, "\(group)")
        }
        for row in results.rows {
            for spread in Array(row.sides.values) + Array(row.ratios.values) {
                #expect(spread.minimum <= spread.median && spread.median <= spread.maximum, "\(row.id)")
                #expect(spread.minimum > 0 || row.group == .memory, "\(row.id)")
            }
        }
        let streams = results.rows.filter { $0.group == .streams }
        #expect(streams.compactMap(\.streams) == [1, 200, 1, 200])
        #expect(streams.allSatisfy { $0.ratios["one stream"] != nil })
        let batches = results.rows.filter { $0.group == .batches }
        #expect(batches.compactMap(\.batch) == [1, 32, 32, 1, 32, 32])
        #expect(batches.compactMap(\.streams) == [1, 1, 32, 1, 1, 32])
        #expect(batches.allSatisfy { $0.ratios["one at a time"] != nil })
    }

    @Test func theJSONHasWhatTheTextHas() throws {
        let results = try BenchmarkRun(Self.options([.singles])).run()
        let again = try JSONDecoder().decode(BenchmarkResults.self, from: Data(results.json().utf8))
        #expect(again.format == 1 && again.rows.map(\.id) == results.rows.map(\.id))
        #expect(again.rows.map(\.ratios) == results.rows.map(\.ratios))
        #expect(again.text == results.text)
        #expect(again.text.contains("AES_CM_128_HMAC_SHA1_80 rtp protect 20 octets"))
        #expect(again.text.contains(results.machine.libcrypto))
    }

    @Test func whatIsNotThereIsOneLine() throws {
        var options = Self.options([])
        options.usesLibsrtp = true
        func notes(_ prefix: String?) throws -> [String] {
            options.libsrtpPrefix = prefix
            return try BenchmarkRun(options).run().notes.filter { $0.contains("LIBSRTP_PREFIX") }
        }
        #expect(try notes(nil) == ["LIBSRTP_PREFIX is not set: no comparison with a libsrtp built on OpenSSL"])
        #expect(
            try notes("/nowhere")
                == ["LIBSRTP_PREFIX=/nowhere: no include/srtp3/srtp.h or include/srtp2/srtp.h with its library"])
    }

    @Test func aLibraryThatIsNoneIsOneLine() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "srtp-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for path in ["include/srtp3", "lib"] {
            try FileManager.default.createDirectory(at: folder.appending(path: path), withIntermediateDirectories: true)
        }
        for path in ["include/srtp3/srtp.h", "include/srtp3/crypto_types.h", "lib/libsrtp3.so"] {
            try Data("nothing".utf8).write(to: folder.appending(path: path))
        }
        var options = Self.options([])
        options.usesLibsrtp = true
        options.libsrtpPrefix = folder.path
        let results = try BenchmarkRun(options).run()
        #expect(!results.libsrtp.contains { $0.name == "libsrtp" })
        let note = try #require(results.notes.first { $0.hasPrefix(folder.path) })
        #expect(note.contains("the adapter") && !note.contains("\n"))
    }
}

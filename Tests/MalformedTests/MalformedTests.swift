// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import _Probes

/// Every input that broke something once, or looks as if it could, through every probe: none traps, every refusal is a
/// typed error, and what the package promises of any octets holds for these.
@Suite("Malformed input")
struct MalformedTests {
    static let folder = TestVectors.folder.appending(path: "malformed")

    /// The names of the inputs.
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { !$0.hasSuffix(".md") }.sorted()

    @Test("the folder is there, and every parser has inputs in it")
    func folderIsComplete() {
        let prefixes = [
            "rtp-", "header-extension-", "rtcp-", "pcap-", "pcapng-", "frame-", "vectors-", "srtp-send-", "sdp-",
            "crypto-attribute-", "mikey-", "key-mgmt-",
        ]
        for prefix in prefixes {
            #expect(Self.names.contains { $0.hasPrefix(prefix) }, "no input \(prefix)*")
        }
    }

    @Test("no probe finds a fault with a malformed input", arguments: names)
    func everyProbe(_ name: String) throws {
        let octets = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
        for probe in Probe.allCases { try probe.run(octets.span.bytes) }
    }

    @Test("no probe finds a fault with a malformed input that is cut off", arguments: names)
    func everyPrefix(_ name: String) throws {
        let octets = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
        guard octets.count <= 256 else { return }
        let parsers: [Probe] = [
            .rtp, .headerExtension, .rtcp, .datagramClass, .capture, .sdp, .cryptoAttribute, .mikey, .mikeyInspect,
            .keyMgmtAttribute, .keyMgmtHeader,
        ]
        for length in octets.indices {
            for probe in parsers { try probe.run(octets.span.bytes.extracting(first: length)) }
        }
    }
}

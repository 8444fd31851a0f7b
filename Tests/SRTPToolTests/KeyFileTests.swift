// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import Testing

@testable import SRTPTool

struct KeyFileTests {
    private static let base64 = Key.base64

    /// The octets that a key file gives.
    private func read(_ text: String) throws -> [UInt8] {
        let folder = try Folder()
        let keys = try KeyFile.read([folder.key(text)], for: .aesCM128_HMACSHA1_80)
        try #require(keys.count == 1)
        return try keys[0].masterKey().withKeyAndSalt { key in key.withUnsafeBytes { [UInt8]($0) } }
    }

    /// What is said of a key file that cannot be used.
    private func problem(_ text: String) -> ToolError? {
        #expect(throws: ToolError.self) { try read(text) }
    }

    @Test(
        "A key is read from",
        arguments: [
            Key.hex, Key.hex.uppercased(), Key.base64, "inline:" + Key.base64, "INLINE:" + Key.base64,
            "inline:\(Key.base64)|2^20", "inline:\(Key.base64)|1048576", "  \(Key.hex)\t", "\(Key.hex) # mine",
            "# first\n\n\(Key.hex)\n# last\n\n", "# first\r\n\(Key.base64)\r\n", "\r\n\r\n\(Key.hex)\r\n",
        ])
    func forms(text: String) throws {
        #expect(try read(text) == Key.octets)
    }

    @Test func paddingMayBeMissing() throws {
        // 30 octets need none; 32, for which the length then is wrong, would.
        let octets = [UInt8](0..<32)
        let bare = Data(octets).base64EncodedString().filter { $0 != "=" }
        #expect(problem(bare)?.message.contains("found 32") == true)
        #expect(problem(bare + "=")?.message.contains("found 32") == true)
        #expect(try read(Key.base64 + "==") == Key.octets)
    }

    @Test("A key of another length is told with both lengths", arguments: [0, 1, 16, 29, 31, 46])
    func lengths(count: Int) {
        let octets = (0..<count).map { UInt8(200 + $0) }
        for text in [octets.map { String($0, radix: 16) }.joined(), "inline:" + Data(octets).base64EncodedString()] {
            let error = problem(text)
            #expect(error?.code == .badData)
            let message = error?.message ?? ""
            guard !text.isEmpty, text != "inline:" else { continue }
            #expect(message.contains("expected 30 octets") && message.contains("master key 16, salt 14"))
            #expect(message.contains("\(count)"))
            #expect(text.count < 20 || !message.contains(text.prefix(20)))
        }
    }

    @Test(
        "No key is read from",
        arguments: [
            "", "\n", "# nothing", "no key at all", "inline:", "inline:no key", "0\(Key.hex)", "\(Key.hex) \(Key.hex)",
            "\(Key.base64)=\(Key.base64)", "\(Key.base64)= more", "\(Key.base64)===", "\(Key.hex)|2^20",
            "inline:\(Key.hex)", "inline:\(Key.base64)|", "inline:\(Key.base64)|soon", "inline:\(Key.base64)|2^20|2^20",
        ])
    func garbage(text: String) {
        #expect(problem(text)?.code == .badData)
    }

    @Test func aKeyThatComesTwiceIsToldWithItsLines() {
        let message = problem("# one\n\n\(Key.hex)\n\n\n\(Key.base64)\n")?.message
        #expect(message?.contains("line 6: the same key as") == true && message?.contains("line 3,") == true)
        #expect(problem("\n\n\nnothing")?.message.contains("line 4:") == true)
    }

    @Test("MKI, lifetime and key derivation rate of a line", arguments: ["|2^20|1:4", "|1:4"])
    func options(behind: String) throws {
        let folder = try Folder()
        let line = try KeyFile.read([folder.key("inline:\(Key.base64)\(behind) kdr=16")], for: .aesCM128_HMACSHA1_80)[0]
        let lifetime: UInt64? = behind.contains("2^20") ? (1 << 20) - 1 : nil
        #expect(line.options.mki == [0, 0, 0, 1])
        #expect(line.options.derivationRate == 16)
        #expect(line.options.lifetime == lifetime)
        let named = try KeyFile.read(
            [folder.key("\(Key.hex) mki=0a0B lifetime=7", "named")], for: .aesCM128_HMACSHA1_80)[0]
        #expect(named.options.mki == [10, 11])
        #expect(named.options.lifetime == 7)
        #expect(named.options.derivationRate == nil)
        for wrong in ["mki=0", "mki=", "mki=xy", "kdr=3", "kdr=33554432", "lifetime=many"] {
            #expect(problem("\(Key.hex) \(wrong)")?.code == .badData)
        }
    }

    @Test(
        "No message holds octets of the key", arguments: ["\(Key.hex)00", "\(Key.hex)\n\(Key.hex)", "\(Key.base64)=="])
    func silence(text: String) {
        let text = text.hasSuffix("==") ? "inline:\(Key.base64)|\(Key.base64)" : text
        let message = problem(text)?.message ?? Key.hex
        for start in stride(from: 0, to: 40, by: 4) {
            #expect(!message.contains(Key.hex.dropFirst(start).prefix(8)))
            #expect(!message.contains(Key.base64.dropFirst(start).prefix(8)))
        }
    }
}

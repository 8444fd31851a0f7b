// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import RTP
import SRTP

/// What is written behind the key on a line of a key file.
struct KeyLineOptions {
    private(set) var binding = KeyBinding()
    private(set) var suite: SRTPSuite?
    private(set) var rolloverCounter: UInt32?
    var mki: [UInt8]?
    private(set) var derivationRate: UInt32?
    var lifetime: UInt64?

    /// Reads `name=value` words. A word that is none is not shown: it may be part of a key.
    init(_ words: some Collection<Substring>, at place: String) throws(ToolError) {
        var names: Set<Substring> = []
        for (position, word) in words.enumerated() {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2,
                ["ssrc", "port", "suite", "roc", "mki", "kdr", "lifetime"].contains(parts[0])
            else {
                throw ToolError(
                    .badData,
                    "\(place): word \(position + 2): expected ssrc=HEX, port=N, suite=NAME, roc=N, mki=HEX, kdr=N or lifetime=N"
                )
            }
            guard names.insert(parts[0]).inserted else {
                throw ToolError(.badData, "\(place): \(parts[0])= twice, expected one, with commas between values")
            }
            try read(parts[0], parts[1], at: place)
        }
    }

    private mutating func read(_ name: Substring, _ value: Substring, at place: String) throws(ToolError) {
        let values = value.split(separator: ",", omittingEmptySubsequences: false)
        switch name {
        case "ssrc":
            for value in values { binding.ssrcs.insert(try Self.argument(value, at: place, ArgumentReading.ssrc)) }
        case "port":
            for value in values { binding.ports.insert(try Self.number(value, at: "\(place): port=")) }
        case "suite": suite = try Self.argument(value, at: place, ArgumentReading.suite)
        case "mki": mki = try Self.argument(value, at: place, ArgumentReading.mki)
        case "kdr": derivationRate = try Self.argument(value, at: place, ArgumentReading.derivationRate)
        case "lifetime": lifetime = try Self.number(value, at: "\(place): lifetime=")
        default: rolloverCounter = try Self.number(value, at: "\(place): roc=")
        }
    }

    private static func number<Number: FixedWidthInteger>(_ text: Substring, at place: String) throws(ToolError)
        -> Number
    {
        guard text.allSatisfy(\.isASCII), text.first?.isNumber == true, let number = Number(text) else {
            throw ToolError(.badData, "\(place): expected a number from 0 to \(Number.max)")
        }
        return number
    }

    /// Reads a value as the command line does.
    private static func argument<Value>(
        _ text: Substring, at place: String, _ read: (String) throws -> Value
    ) throws(ToolError) -> Value {
        do {
            return try read(String(text))
        } catch let error as ValidationError {
            throw ToolError(.badData, "\(place): \(error.message)")
        } catch {
            throw ToolError(.bug, "\(place): \(error)")
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// When a session is active, `t=` (RFC 8866 section 5.9), in seconds since 1900; 0 where it is not bounded.
public struct Timing: Hashable, Sendable {
    /// The start, 0 or at least 10 digits.
    public var start: UInt64
    /// The end, 0 or at least 10 digits.
    public var stop: UInt64

    /// A session that is always active.
    public static let permanent = Timing(start: 0, stop: 0)

    /// From `start` to `stop`.
    public init(start: UInt64, stop: UInt64) {
        self.start = start
        self.stop = stop
    }

    init(parsing value: ArraySlice<UInt8>) throws(SDPFault) {
        let words = SDPGrammar.words(value)
        guard words.count == 2, SDPGrammar.isTime(words[0]), SDPGrammar.isTime(words[1]),
            let start: UInt64 = SDPGrammar.number(words[0]), let stop: UInt64 = SDPGrammar.number(words[1])
        else { throw SDPFault("two times, each 0 or seconds since 1900 of at least 10 digits") }
        self.start = start
        self.stop = stop
    }

    /// What stands behind `t=`.
    public var text: String { "\(start) \(stop)" }
}

/// The grammar of `r=` and `z=` (RFC 8866 sections 5.10 and 5.11), which are kept as text.
enum Repetition {
    static func checkRepeats(_ value: ArraySlice<UInt8>) throws(SDPFault) {
        let words = SDPGrammar.words(value)
        guard words.count >= 3, words[0].first != UInt8(ascii: "0"), words.allSatisfy({ SDPGrammar.isTypedTime($0) })
        else { throw SDPFault("an interval, a duration and offsets, each a number with d, h, m, s or nothing") }
    }

    static func checkZones(_ value: ArraySlice<UInt8>) throws(SDPFault) {
        let words = SDPGrammar.words(value)
        let holds = words.enumerated().allSatisfy { position, word in
            guard position.isMultiple(of: 2) else {
                return SDPGrammar.isTypedTime(word.first == UInt8(ascii: "-") ? word.dropFirst() : word)
            }
            return SDPGrammar.isTime(word)
        }
        guard words.count.isMultiple(of: 2), holds else { throw SDPFault("pairs of a time and an offset") }
    }
}

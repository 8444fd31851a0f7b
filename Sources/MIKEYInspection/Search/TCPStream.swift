// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One direction of a TCP connection: puts segments into their order, and cuts what they carry into texts.
///
/// Of octets that came several times the first ones count, and a connection may have begun before the capture did.
struct TCPStream: Sendable {
    /// A text with the number of the frame that completed it.
    typealias Text = (octets: [UInt8], frame: Int)

    /// A segment behind octets that did not come yet.
    private struct Early: Sendable {
        let sequenceNumber: UInt32
        let octets: [UInt8]
        let missing: Int
    }

    /// The last frame with a segment.
    private(set) var lastFrame = 0
    /// The number of the next octet; `nil` before the first segment.
    private var next: UInt32?
    /// The number of the first octet that was seen.
    private var first: UInt32 = 0
    /// Whether nothing can stand before that.
    private var isComplete = false
    private var early: [Early] = []
    private var splitter = TextSplitter()

    private static let earlyLimit = 1024

    /// Takes a segment.
    ///
    /// - Parameter missing: The octets behind the others that were not captured.
    /// - Returns: The texts that it completes.
    mutating func take(
        _ octets: [UInt8], at sequenceNumber: UInt32, isSYN: Bool, missing: Int, frame: Int
    ) -> [Text] {
        var texts: [[UInt8]] = []
        var start = sequenceNumber
        if isSYN {
            start &+= 1
            // The same ports again.
            if next != nil, first != start { texts += giveUp() }
            if next == nil { (next, first, isComplete) = (start, start, true) }
        }
        lastFrame = frame
        guard !octets.isEmpty || missing > 0 else { return texts.map { ($0, frame) } }
        let expected = next ?? start
        if next == nil { (next, first) = (start, start) }
        let end = start &+ UInt32(truncatingIfNeeded: octets.count + missing)
        if !isComplete, end.distance(from: first) <= 0 {
            // It was sent before what was captured first.
            first = start
            texts.append(octets)
        } else if start.distance(from: expected) > 0 {
            early.append(Early(sequenceNumber: start, octets: octets, missing: missing))
            if early.count > Self.earlyLimit || early.reduce(0, { $0 + $1.octets.count }) > TextSplitter.limit {
                texts += skipGap()
            }
        } else {
            texts += append(Early(sequenceNumber: start, octets: octets, missing: missing))
            texts += takeEarly()
        }
        return texts.map { ($0, frame) }
    }

    /// What is left of the texts.
    mutating func finished() -> [Text] {
        let frame = lastFrame
        return giveUp().map { ($0, frame) }
    }

    /// Takes what is not there yet of a segment that begins at the next octet or before it.
    private mutating func append(_ segment: Early) -> [[UInt8]] {
        guard let next else { return [] }
        // Not the other way round, which half of all numbers away is the same.
        let known = -segment.sequenceNumber.distance(from: next)
        let rest = segment.octets.count + segment.missing - known
        guard rest > 0 else { return [] }
        self.next = next &+ UInt32(truncatingIfNeeded: rest)
        var texts = splitter.append(segment.octets.dropFirst(known))
        if segment.missing > 0 { texts += splitter.flush() }
        return texts
    }

    /// Takes the segments that came early and are next now.
    private mutating func takeEarly() -> [[UInt8]] {
        var texts: [[UInt8]] = []
        while let next, let place = firstEarly(from: next), early[place].sequenceNumber.distance(from: next) <= 0 {
            texts += append(early.remove(at: place))
        }
        return texts
    }

    private func firstEarly(from next: UInt32) -> Int? {
        early.indices.min {
            early[$0].sequenceNumber.distance(from: next) < early[$1].sequenceNumber.distance(from: next)
        }
    }

    /// Goes on behind octets that do not come.
    private mutating func skipGap() -> [[UInt8]] {
        guard let next, let place = firstEarly(from: next) else { return [] }
        let texts = splitter.flush()
        self.next = early[place].sequenceNumber
        return texts + takeEarly()
    }

    /// Ends with all that there is.
    private mutating func giveUp() -> [[UInt8]] {
        var texts: [[UInt8]] = []
        while !early.isEmpty { texts += skipGap() }
        texts += splitter.flush()
        (next, isComplete) = (nil, false)
        return texts
    }
}

extension UInt32 {
    /// How far it is behind `other`, in the arithmetic of sequence numbers (RFC 9293 section 3.4).
    fileprivate func distance(from other: UInt32) -> Int { Int(Int32(bitPattern: self &- other)) }
}

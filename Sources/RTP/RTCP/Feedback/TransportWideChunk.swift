// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How the status of several packets is told in 16 bits.
///
/// ```
/// |0| S |      run length, 13 bits        |   all of them have symbol S
/// |1|0|   14 symbols of one bit           |   0: not received, 1: received, small delta
/// |1|1|   7 symbols of two bits           |
/// ```
public struct TransportWideChunk: RawRepresentable, Hashable, Sendable {
    /// What is told of one packet.
    @frozen
    public enum Symbol: UInt8, Hashable, Sendable {
        /// The packet did not arrive.
        case notReceived
        /// It arrived, and its delta has one octet.
        case smallDelta
        /// It arrived, and its delta has two octets.
        case largeDelta
        /// Reserved in the draft; in use for a packet that arrived, and has no delta.
        case noDelta
    }

    /// The chunk as it is on the wire.
    public let rawValue: UInt16

    /// The chunk of these bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The packets that the chunk has room for: 0 to 8191, 14 or 7.
    public var symbolCount: Int {
        switch rawValue >> 14 {
        case 2: 14
        case 3: 7
        default: Int(rawValue & 0x1FFF)
        }
    }

    /// What is told of the packet at `position`.
    ///
    /// - Precondition: `position` is not negative and below ``symbolCount``.
    public func symbol(at position: Int) -> Symbol {
        precondition(position >= 0 && position < symbolCount, "symbol outside its chunk")
        let bits =
            switch rawValue >> 14 {
            case 2: rawValue >> UInt16(13 - position) & 1
            case 3: rawValue >> UInt16(2 * (6 - position)) & 3
            default: rawValue >> 13 & 3
            }
        return Symbol(bits)
    }

    /// The octets of the deltas of the chunk's first `count` packets.
    func deltaByteCount(ofFirst count: Int) -> Int {
        // A run is not walked over: two octets may promise 8191 packets.
        if rawValue & 0x8000 == 0 { return Symbol(rawValue >> 13).deltaByteCount * count }
        return (0..<count).reduce(0) { $0 + symbol(at: $1).deltaByteCount }
    }

    /// What is told of those of the chunk's first `count` packets that have a delta.
    func symbolsWithDelta(ofFirst count: Int) -> [Symbol] {
        guard deltaByteCount(ofFirst: count) > 0 else { return [] }
        return (0..<count).map { symbol(at: $0) }.filter { $0.deltaByteCount > 0 }
    }

    /// The chunks for these symbols: a run where a run says more, else a vector.
    static func chunks(for symbols: [Symbol]) -> [TransportWideChunk] {
        var chunks: [TransportWideChunk] = []
        var start = 0
        while start < symbols.count {
            let first = symbols[start]
            let rest = symbols[start...]
            let run = rest.prefix(8191).prefix { $0 == first }.count
            let fitsOneBit = rest.prefix(14).allSatisfy { $0.rawValue <= 1 }
            let vector = rest.prefix(fitsOneBit ? 14 : 7)
            if run >= vector.count {
                chunks.append(Self(rawValue: UInt16(first.rawValue) << 13 | UInt16(run)))
                start += run
            } else {
                let width = fitsOneBit ? 1 : 2
                let head: UInt16 = fitsOneBit ? 0x8000 : 0xC000
                let bits = vector.enumerated().reduce(head) {
                    $0 | UInt16($1.element.rawValue) << UInt16(14 - width * ($1.offset + 1))
                }
                chunks.append(Self(rawValue: bits))
                start += vector.count
            }
        }
        return chunks
    }
}

extension TransportWideChunk.Symbol {
    /// The symbol of the low two bits.
    fileprivate init(_ bits: UInt16) {
        self =
            switch bits & 3 {
            case 0: .notReceived
            case 1: .smallDelta
            case 2: .largeDelta
            default: .noDelta
            }
    }

    /// The octets of the packet's delta.
    var deltaByteCount: Int {
        switch self {
        case .notReceived, .noDelta: 0
        case .smallDelta: 1
        case .largeDelta: 2
        }
    }
}

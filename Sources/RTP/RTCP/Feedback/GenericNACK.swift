// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Packets that did not arrive: one sequence number, and which of the sixteen after it (RFC 4585 section 6.2.1).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |            PID                |             BLP               |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct GenericNACK: Hashable, Sendable {
    /// PID: the sequence number of a lost packet.
    public var packetID: UInt16
    /// BLP: bit i, counted from 1 at the least significant, says that packet PID + i is lost as well. A bit of 0 says
    /// nothing.
    public var followingLostPackets: UInt16

    /// The packet `packetID`, and those of the sixteen after it whose bit is set.
    public init(packetID: UInt16, followingLostPackets: UInt16 = 0) {
        self.packetID = packetID
        self.followingLostPackets = followingLostPackets
    }

    /// The numbers of the lost packets, PID first; 1 to 17 of them.
    public var sequenceNumbers: [UInt16] {
        [packetID] + (1...16).filter { followingLostPackets >> ($0 - 1) & 1 == 1 }.map { packetID &+ $0 }
    }

    /// The fewest entries that name these packets, in the order given.
    ///
    /// - Parameter sequenceNumbers: Ascending modulo 2^16. One that is not within sixteen after the first of an entry
    ///   begins the next.
    public static func entries(naming sequenceNumbers: some Sequence<UInt16>) -> [GenericNACK] {
        var entries: [GenericNACK] = []
        for number in sequenceNumbers {
            let distance = number &- (entries.last?.packetID ?? number)
            switch distance {
            case 0 where !entries.isEmpty: continue
            case 1...16: entries[entries.count - 1].followingLostPackets |= 1 << (distance - 1)
            default: entries.append(GenericNACK(packetID: number))
            }
        }
        return entries
    }
}

extension GenericNACK: WireEntry {
    static let byteCount = 4

    init?(reading reader: inout ByteReader) {
        guard let packetID = reader.readUInt16(), let following = reader.readUInt16() else { return nil }
        self.init(packetID: packetID, followingLostPackets: following)
    }

    func write(to writer: inout ByteWriter) {
        writer.write(packetID)
        writer.write(followingLostPackets)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The UDP datagrams of the recording in TestVectors/captures: a classic little-endian pcap of Ethernet and IPv4 without
/// options, as its README says.
enum Recording {
    struct Datagram: Sendable {
        var seconds: UInt32
        var microseconds: UInt32
        var destinationPort: UInt16
        var payload: [UInt8]
    }

    static let datagrams: [Datagram] = {
        let url = TestVectors.folder.appending(path: "captures/gstreamer-pcmu-h264.pcap")
        guard let data = try? Data(contentsOf: url) else { return [] }
        let file = [UInt8](data)
        func number(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(file[offset + $1]) << UInt32(8 * $1) } }
        var datagrams: [Datagram] = []
        var offset = 24
        while offset + 16 <= file.count {
            let frame = Array(file[offset + 16..<offset + 16 + Int(number(offset + 8))])
            datagrams.append(
                Datagram(
                    seconds: number(offset), microseconds: number(offset + 4),
                    destinationPort: UInt16(frame[36]) << 8 | UInt16(frame[37]), payload: Array(frame[42...])))
            offset += 16 + frame.count
        }
        return datagrams
    }()

    /// The RTCP compounds of both directions.
    static var rtcp: [[UInt8]] {
        datagrams.filter { [5005, 5007, 5015, 5017].contains($0.destinationPort) }.map(\.payload)
    }
}

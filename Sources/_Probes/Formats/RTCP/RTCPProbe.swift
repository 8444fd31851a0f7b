// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Reads an RTCP datagram in both forms, and writes what was read; ``RTCPBodyProbe`` does more with its first packets.
enum RTCPProbe {
    /// The packets of a datagram that are built again. Few suffice, and one may be about 65,535 packets.
    private static let builtPacketCount = 3

    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        let compound = try run(octets, .compound)
        let reducedSize = try run(octets, .reducedSize)
        try require(compound == nil || compound == reducedSize, "a compound that is not a reduced-size one")
    }

    /// What was read in `form`; `nil` where it was refused.
    private static func run(_ octets: RawSpan, _ form: RTCPForm) throws(ProbeFinding) -> RTCPCompound? {
        let view: RTCPCompoundView
        do throws(RTPError) { view = try RTCPCompoundView(octets, form: form) } catch {
            _ = error.description
            try require((try? RTCPCompound(parsing: octets, form: form)) == nil, "unframed, and read: \(error)")
            return nil
        }
        // What a compound has, a reduced-size one has as well.
        let count = try checkPackets(of: view, building: form == .reducedSize ? builtPacketCount : 0)
        let read: RTCPCompound
        do throws(RTPError) { read = try RTCPCompound(parsing: octets, form: form) } catch {
            _ = error.description
            return nil
        }
        try require(read.packets.count == count, "\(read.packets.count) packets read, \(count) framed")
        try checkWriting(read, octets)
        return read
    }

    /// Every packet alone; how many there are.
    private static func checkPackets(
        of view: RTCPCompoundView, building builtCount: Int
    ) throws(ProbeFinding) -> Int {
        var iterator = view.makeIterator()
        var count = 0
        var end = 0
        while let packet = iterator.next() {
            count += 1
            end += packet.bytes.byteCount
            _ = packet.header.packetType.description
            let decoded: RTCPPacket
            do throws(RTPError) { decoded = try packet.decoded() } catch {
                _ = error.description
                continue
            }
            touch(decoded)
            try require(
                decoded.encodedByteCount == packet.bytes.byteCount - packet.paddingByteCount,
                "a length of \(decoded.encodedByteCount) octets")
            guard count <= builtCount else { continue }
            var octets = Array(copying: packet.bytes.extracting(first: decoded.encodedByteCount))
            // The header as it is without padding.
            let words = octets.count / 4 - 1
            octets[0] &= ~0x20
            octets[2] = UInt8(truncatingIfNeeded: words >> 8)
            octets[3] = UInt8(truncatingIfNeeded: words)
            try RTCPBodyProbe.check(decoded, octets: octets)
        }
        try require(
            count == view.packetCount && end == view.bytes.byteCount, "\(count) packets of \(view.packetCount)")
        return count
    }

    /// What was read is written again octet by octet; with the rules of a compound, at most for want of a CNAME not.
    private static func checkWriting(_ read: RTCPCompound, _ octets: RawSpan) throws(ProbeFinding) {
        let expected = Array(copying: octets)
        let written = try expect("a datagram that was read is not written") { () throws(RTPError) in
            try read.encoded(form: .reducedSize)
        }
        try require(written == expected, "written: \(written), expected: \(expected)")
        do throws(RTPError) { _ = try read.encoded(form: .compound) } catch {
            switch error {
            case .missing(.sourceDescription), .unexpectedPacketType: break
            default: throw ProbeFinding("a datagram that was read is not written as compound: \(error)")
            }
        }
    }

    /// Asks for everything that is computed.
    private static func touch(_ packet: RTCPPacket) {
        switch packet {
        case .senderReport(let report): for block in report.reports { _ = block.roundTripTime(at: report.ntpTimestamp) }
        case .receiverReport(let report):
            let time = NTPTimestamp(seconds: report.ssrc.rawValue, fraction: report.reports.first?.jitter ?? 0)
            for block in report.reports { _ = block.roundTripTime(at: time) }
        case .sourceDescription(let description):
            for chunk in description.chunks {
                _ = chunk[.cname]
                for item in chunk.items {
                    _ = (item.text, item.privateExtension.map { $0.prefix.count + $0.value.count })
                }
            }
        case .goodbye(let goodbye): _ = goodbye.reason
        case .applicationDefined(let packet): _ = packet.name.description
        default: break
        }
    }
}

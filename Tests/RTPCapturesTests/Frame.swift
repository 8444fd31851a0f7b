// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

@testable import RTPCaptures

/// Builds frames octet by octet.
enum Frame {
    static let source4: [UInt8] = [192, 0, 2, 1]
    static let destination4: [UInt8] = [198, 51, 100, 7]
    static let source6: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    static let destination6: [UInt8] = [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2]

    static func big(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }

    static func ethernet(_ type: Int, tags: [Int] = [], _ payload: [UInt8]) -> [UInt8] {
        [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2] + tags.flatMap { big($0) + big(42) } + big(type) + payload
    }

    static func linuxCooked(_ type: Int, _ payload: [UInt8]) -> [UInt8] {
        [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + big(type) + payload
    }

    static func linuxCooked2(_ type: Int, _ payload: [UInt8]) -> [UInt8] {
        big(type) + [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + payload
    }

    static func ipv4(
        next: UInt8 = 17, options: [UInt8] = [], flags: Int = 0, totalLength: Int? = nil, _ payload: [UInt8]
    ) -> [UInt8] {
        let length = totalLength ?? 20 + options.count + payload.count
        var header = [UInt8(0x45 + options.count / 4), 0] + big(length) + [0, 1] + big(flags)
        header += [64, next, 0, 0] + source4 + destination4 + options
        header.replaceSubrange(10..<12, with: big(Int(~onesComplementSum(header))))
        return header + payload
    }

    static func ipv6(next: UInt8 = 17, payloadLength: Int? = nil, _ payload: [UInt8]) -> [UInt8] {
        [0x60, 0, 0, 0] + big(payloadLength ?? payload.count) + [next, 64] + source6 + destination6 + payload
    }

    static func udp(length: Int? = nil, checksum: Int = 0, _ payload: [UInt8]) -> [UInt8] {
        big(5004) + big(6000) + big(length ?? 8 + payload.count) + big(checksum) + payload
    }

    /// The sum of RFC 1071, word by word with an end-around carry.
    static func onesComplementSum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for (position, octet) in bytes.enumerated() {
            sum += position.isMultiple(of: 2) ? UInt32(octet) << 8 : UInt32(octet)
            if sum > 0xFFFF { sum = sum - 0x10000 + 1 }
        }
        return UInt16(sum)
    }
}

func parse(_ frame: [UInt8], _ linkType: LinkType) throws(UDPDatagram.Refusal) -> UDPDatagram {
    try UDPDatagram(parsing: frame.span.bytes, linkType: linkType)
}

/// Why there is no datagram in `frame`; `nil` where there is one.
func refusal(_ frame: [UInt8], _ linkType: LinkType = .raw) -> UDPDatagram.Refusal? {
    do throws(UDPDatagram.Refusal) {
        _ = try parse(frame, linkType)
        return nil
    } catch {
        return error
    }
}

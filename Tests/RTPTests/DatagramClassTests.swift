// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import Testing

@Suite("DatagramClass")
struct DatagramClassTests {
    private func classify(_ bytes: [UInt8]) -> DatagramClass { DatagramClass(bytes.span.bytes) }

    @Test("SRTP-44 the first octet divides as RFC 7983 and RFC 9443 say")
    func firstOctet() {
        for first in UInt8.min...UInt8.max {
            let expected: DatagramClass =
                switch first {
                case 0...3: .stun
                case 16...19: .zrtp
                case 20...63: .dtls
                case 64...79: .turnChannel
                case 80...127, 192...255: .quic
                case 128...191: .rtp
                default: .unknown
                }
            #expect(classify([first] + [UInt8](repeating: 0, count: 11)) == expected)
            if expected != .rtp { #expect(classify([first]) == expected) }
        }
        #expect(classify([]) == .unknown)
    }

    @Test("SRTP-44 RTCP is told by a second octet of 192 to 223 (RFC 5761)")
    func secondOctet() {
        for second in UInt8.min...UInt8.max {
            let expected: DatagramClass = (192...223).contains(second) ? .rtcp : .rtp
            #expect(classify([0x80, second] + [UInt8](repeating: 0, count: 10)) == expected)
        }
    }

    @Test("SRTP-44 payload types 64 to 95 with the marker bit are taken for RTCP, and cannot share the port")
    func blockedPayloadTypes() {
        for type in UInt8(0)...127 {
            let marked = classify([0x80, 0x80 | type] + [UInt8](repeating: 0, count: 10))
            #expect((marked == .rtp) == DatagramClass.canMultiplex(payloadType: type))
            #expect((marked == .rtcp) == (64...95).contains(type))
        }
        #expect(!DatagramClass.canMultiplex(payloadType: 128))
    }

    @Test("media needs room for its header")
    func lengths() {
        #expect(classify([0x80]) == .unknown)
        #expect(classify([0x80, 0] + [UInt8](repeating: 0, count: 9)) == .unknown)
        #expect(classify([0x80, 203, 0]) == .unknown)
        #expect(classify([0x80, 203, 0, 0]) == .rtcp)
    }
}

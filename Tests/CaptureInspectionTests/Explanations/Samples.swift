// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import RTP
import TestSupport
import Testing

/// A packet in hex, and the title that it has.
struct Sample: CustomTestStringConvertible {
    let title: String
    let octets: [UInt8]

    init(_ title: String, _ hex: String) {
        self.title = title
        self.octets = TestSupport.octets(hex)
    }

    var testDescription: String { "\(title), \(octets.count) octets" }

    /// One of each type and format, small ones of those that `scripts/oracles/rtcp_generator.py` makes.
    static let rtcp: [Sample] = [
        Sample(
            "SR",
            """
            81c8000d068c41cb01b94f94a7aec6b3ffffffffa4b880ebe2ec6629a21f3d65a4ea5a9c1bc61bc2800000001ca5590e255c3dfe
            ffff0004
            """),
        Sample(
            "RR",
            """
            82c9000dd88339a07aff52645849d1d6251f4749854ca555508caf0a82dc3cf63068130f00fcebedf07406b8bfa893296ab134d4
            3fb6b794
            """),
        Sample("SDES", "81ca00080ca915eb040006111e18142745b6f794394f067bbeaedc818302000801000000"),
        Sample("SDES", "80ca0001 00000000"),
        Sample("BYE", "81cb0003 3b9aca00 05676f6e 6521 0000"),
        Sample("APP", "80cc00035fb14f29564a5731f8f1359d"),
        Sample("APP", "85cc0002 00000001 80ff4142"),
        Sample("RTPFB Generic NACK", "81cd0003dbda68978000000072cee4f5"),
        Sample("RTPFB TMMBR", "83cd0004c53a8c4000000000596c2e6adc3596c0"),
        Sample("RTPFB TMMBN", "84cd0004b371399a000000001725a32fd96d65a3"),
        Sample("RTPFB RTCP-SR-REQ", "85cd00023a1b6aee76daa076"),
        Sample("RTPFB RAMS", "86cd0003ffffffff91de5cbb0462c64d"),
        Sample("RTPFB RTCP-ECN-FB", "88cd00070d8d89e300000000000000004ebe9d11276e2bf2b1cd0000f9cecc6a"),
        Sample(
            "RTPFB CCFB",
            "8bcd000a8000000056ed9cd422cf00010000000000000000ffff000100000000db3f2165ffff000072962946"),
        Sample("RTPFB TWCC", "8fcd00066bf39c0cfa998d195f4c002fdfd25484e80000285e20ac07"),
        Sample("RTPFB TWCC", "afcd0005 6bf39c0c fa998d19 00010001 00000107 20010401"),
        Sample("RTPFB FMT 30", "9ecd00037fe54d7dd5116db6f63ff05d"),
        Sample("PSFB PLI", "81ce00020000000052fc634d"),
        Sample("PSFB SLI", "82ce0003c6f9d4a6199ddd16106374ea"),
        Sample("PSFB RPSI", "83ce0003003b0b22bac6b2560d696000"),
        Sample("PSFB FIR", "84ce0004ffffffff0000000080000000ac000000"),
        Sample("PSFB TSTR", "85ce0004c40ce7a70000000099507654fc144fe0"),
        Sample("PSFB TSTN", "86ce0004ac3e1cfe000000004b2081ff7000001f"),
        Sample("PSFB VBCM", "87ce0005ffffffff00000000b01300336e40000141000000"),
        Sample("PSFB AFB", "8fce000341a01825000000004f574e20"),
        Sample("PSFB REMB", "8fce0005426053c30000000052454d42010311e3ffffffff"),
        Sample("PSFB FMT 9", "89ce0002bfbee72dafbc9fbe"),
        Sample("XR", "80cf0006aafa267f01080004b38b1e2cc1a4ffff69f04f0557c24066"),
        Sample("XR", "80cf00064e4263a5020300044f4a7e428000fe872215ee1ef3a30000"),
        Sample("XR", "80cf00048000000003020002800000008d1d8d1f"),
        Sample("XR", "80cf00042e63a5dc0400000210ffbd9b202e1a73"),
        Sample("XR", "80cf000548369cfd05000003c028b89f800000000fd52c28"),
        Sample(
            "XR",
            "80cf000bdb4c756706480009000000000293c7d600000000d5bc5504000000000000000000000000000000008065b81c"),
        Sample("XR", "80cf000affffffff070000087d35418edccb1a4c8cb91e586b07487bff4b9c4c64640a7f8700dcb3caccbd79"),
        Sample("XR", "80cf000206b8c0db64e90000"),
        Sample("FIR", "80c0000182e645eb"),
        Sample("NACK", "80c10002a9fdb0cd5f8c581a"),
        Sample("SMPTETC", "80c20001b92c79a4"),
        Sample("IJ", "81c300016176155e"),
        Sample("AVB", "80d00009848c3f9941564231eb46184e26e574dd1c6bd28d9554a1d710408dccffffffffec7023d7"),
        Sample(
            "RSI",
            """
            80d1002bdb12db8c8116c125e1e999b6000000000a03000070f300631dab596c0b0240000b9016ac0105dce1b0ec8bea14c290b7
            37b975ec2026d81b0404004f40c23d394a27a4cf9b23a1ae0c02964dd7716d4f0604004f608192326ff17b06b755549c0205bcfd
            65646261636b2e6578616d706c6500000002c98cf1ed9a6908020000ea0859790504008d59f4d12b609e3ac565db3aea07040019
            00c06eba20c06ebb3b8113290302aff4f584e5d2
            """),
        Sample("TOKEN", "81d200030000000055a9996a5c8c4492"),
        Sample("TOKEN", "82d2000943c1573cb9b56ce6cc7ff660c02e8e7a000000002e34976ef58154bbffffffff03cdcecf"),
        Sample("TOKEN", "83d20006ffffffffeb42c0c6fb2d22fb000000005c858cf080000000"),
        Sample("TOKEN", "84d20005656d11e53476387822c00000c58da608619a5073"),
        Sample("TOKEN", "85d20002656d11e534763878"),
        Sample("IDMS", "80d300088000000074ccf8deffffffff0000000000000000000000001936035680000000"),
        Sample("RTCP 212", "9bd4000112345678"),
        Sample("RTCP 220", "acdc000201020304 00000004"),
    ]

    /// Every shape of RTP header.
    static let rtp: [Sample] = [
        Sample("plain", "80ecb03a66a65dba00000000"),
        Sample("CSRC", "816f1ed92e012c731449ddfebe0b1146"),
        Sample("padding", "a0fe4bf7ffffffff49fb86b1 0000000004"),
        Sample("one-byte elements", "916e87b82098b23ec50e9ebc859f36e1bede00045d3359233f62bf75c2095358e661da00"),
        Sample("one-byte elements that end early", "9080000100000001 00000001 bede0002 10aaf011 22334455"),
        Sample("two-byte elements", "9274ffff0000000080000000ab40a6f33aac6a09000100001d"),
        Sample("two-byte elements, application bits", "90f8124db7f911e1106185e91003 0002 01000002 02abcd00"),
        Sample("two-byte element beyond the end", "90f8124db7f911e1106185e91000 0001 01090000"),
        Sample("other extension", "b1faf5c842133eda199dbd183ab4b077abac0001df909ca201"),
    ]
}

/// What is said of the first packet of an RTCP datagram.
struct ExplainedPacket {
    let title: String
    let fields: [ExplainedField]
    /// The packet's value; `nil` where its body is not what its type asks for.
    let value: RTCPPacket?

    /// Explains the packet; `nil` where the octets are not RTCP.
    init?(_ octets: [UInt8]) {
        guard let view = try? RTCPCompoundView(octets.span.bytes, form: .reducedSize) else { return nil }
        var iterator = view.makeIterator()
        guard let packet = iterator.next() else { return nil }
        title = Explanation.title(of: packet)
        fields = Explanation.fields(of: packet)
        value = try? packet.decoded()
    }
}

/// What is explained of a datagram's first packet; `nil` where it is not RTCP.
func explainedRTCP(_ octets: [UInt8]) -> [ExplainedField]? { ExplainedPacket(octets)?.fields }

/// What is explained of an RTP packet; `nil` where it is none.
func explainedRTP(_ octets: [UInt8]) -> [ExplainedField]? {
    guard let packet = try? RTPPacketView(octets.span.bytes) else { return nil }
    return Explanation.fields(of: packet)
}

extension [ExplainedField] {
    subscript(name: String) -> ExplainedValue? { first { $0.name == name }?.value }

    /// The fields of the entries of a list.
    func entries(_ name: String) -> [[ExplainedField]] {
        guard case .list(let values) = self[name] else { return [] }
        return values.compactMap { value in
            guard case .fields(let fields) = value else { return nil }
            return fields
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import RTP
import TestSupport
import Testing

@Suite("Explanations")
struct ExplanationTests {
    @Test("Titles, and that every type is understood", arguments: Sample.rtcp)
    func title(_ sample: Sample) throws {
        let packet = try #require(ExplainedPacket(sample.octets))
        #expect(packet.title == sample.title)
        #expect(packet.fields["error"] == nil)
        let value = try #require(packet.value)
        #expect(Explanation.title(of: value) == sample.title)
        // Out of its datagram a packet has lost what frames it, and nothing else.
        let framing = ["version", "padding", "length", "padding_data", "padding_count"]
        let rest = packet.fields.filter { !framing.contains($0.name) }
        #expect(Explanation.fields(of: value) == rest)
    }

    @Test("No bit of an RTCP packet is left out", arguments: Sample.rtcp)
    func everyBit(_ sample: Sample) throws {
        let fields = try #require(explainedRTCP(sample.octets))
        for bit in 0..<8 * sample.octets.count {
            var changed = sample.octets
            changed[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            let explained = explainedRTCP(changed)
            #expect(explained != fields, "bit \(bit)")
        }
    }

    @Test("No bit of an RTP header or its padding is left out", arguments: Sample.rtp)
    func everyBitRTP(_ sample: Sample) throws {
        let fields = try #require(explainedRTP(sample.octets))
        let view = try RTPPacketView(sample.octets.span.bytes)
        let payload = view.payloadRange
        for bit in 0..<8 * sample.octets.count where !payload.contains(bit / 8) {
            var changed = sample.octets
            changed[bit / 8] ^= 0x80 >> UInt8(bit % 8)
            let explained = explainedRTP(changed)
            #expect(explained != fields, "bit \(bit)")
        }
    }

    @Test("No object has two members of one name", arguments: Sample.rtcp)
    func names(_ sample: Sample) throws {
        func check(_ value: ExplainedValue) {
            switch value {
            case .list(let values): values.forEach(check)
            case .fields(let fields):
                #expect(Set(fields.map(\.name)).count == fields.count, "\(fields.map(\.name))")
                fields.map(\.value).forEach(check)
            default: break
            }
        }
        check(.fields(try #require(explainedRTCP(sample.octets))))
    }

    @Test("SR: the loss may be negative, and times are told in words")
    func senderReport() throws {
        let fields = try #require(explainedRTCP(Sample.rtcp[0].octets))
        #expect(
            fields.map(\.name) == [
                "version", "padding", "reception_report_count", "packet_type", "length", "ssrc_of_sender",
                "ntp_timestamp_msw", "ntp_timestamp_lsw", "ntp_time", "rtp_timestamp", "sender_packet_count",
                "sender_octet_count", "report_blocks", "profile_specific_extensions",
            ])
        #expect(fields["ssrc_of_sender"] == .ssrc(0x068C_41CB))
        #expect(fields["ntp_timestamp_msw"] == .unsigned(0x01B9_4F94))
        #expect(fields["ntp_time"] == .text("Jan  7, 2037 00:17:24.655010622 UTC"))
        #expect(fields["profile_specific_extensions"] == .octets([0xFF, 0xFF, 0, 4]))
        let block = try #require(fields.entries("report_blocks").first)
        #expect(block["fraction_lost"] == .unsigned(0xA4))
        #expect(block["cumulative_lost"] == .signed(0xEA5A9C - 0x100_0000))
        #expect(block["delay_since_last_sr"] == .unsigned(0x255C_3DFE))
        #expect(block["delay_since_last_sr_seconds"] == .number(9564.242156982422))
    }

    @Test("SDES: text that is not UTF-8 keeps its octets")
    func sourceDescription() throws {
        let fields = try #require(explainedRTCP(octets("81ca0005 00000001 0103 61ff62 0806 03782d61 7630 000000")))
        let chunk = try #require(fields.entries("chunks").first)
        let items = chunk.entries("items")
        #expect(items.map { $0["type_name"] } == [.text("CNAME"), .text("PRIV")])
        #expect(items[0]["text"] == .text("a\u{FFFD}b"))
        #expect(items[0]["text_octets"] == .octets([0x61, 0xFF, 0x62]))
        #expect(items[1]["prefix"] == .text("x-a"))
        #expect(items[1]["value"] == .text("v0"))
        #expect(items[1]["value_octets"] == nil)
        #expect(chunk["null_octets"] == .signed(3))
    }

    @Test("REMB: a bit rate beyond 64 bits")
    func bitRate() throws {
        let fields = try #require(explainedRTCP(octets("8fce0004 00000001 00000000 52454d42 00ffffff")))
        #expect(fields["br_exp"] == .unsigned(63))
        #expect(fields["br_mantissa"] == .unsigned(0x3_FFFF))
        #expect(fields["bits_per_second"] == .number(262143 * 0x1p63))
    }

    @Test("A body that is not what its type asks for: the reason and the octets")
    func undecodable() throws {
        let fields = try #require(explainedRTCP(octets("81c80001 00000001")))
        #expect(fields["error"] == .text("SR truncated: 24 octets needed, 4 available"))
        #expect(fields["body"] == .octets([0, 0, 0, 1]))
        #expect(fields["reception_report_count"] == .unsigned(1))
    }

    @Test("A few octets do not become very many fields")
    func amplification() throws {
        // TWCC of 65,535 packets in nine chunks; RSI with 4095 buckets of no bits.
        let transportWide = octets(
            "8fcd0009 00000001 00000002 0000ffff 00000000 1fff1fff 1fff1fff 1fff1fff 1fff1fff 0007 0000")
        let summary = octets("80d10007 00000001 00000002 0000000000000000 0403fff0 00000000 00000001")
        for packet in [transportWide, summary] {
            var json: [UInt8] = []
            ExplainedJSON.write(try #require(explainedRTCP(packet)), to: &json)
            #expect(json.count < 1000, "\(String(decoding: json, as: UTF8.self))")
            #expect(!String(decoding: json, as: UTF8.self).contains("error"))
        }
    }

    @Test("RTP: elements, and where they end")
    func headerExtension() throws {
        let fields = try #require(explainedRTP(Sample.rtp[4].octets))
        guard case .fields(let found) = fields["header_extension"] else {
            Issue.record("no header extension")
            return
        }
        #expect(found["defined_by_profile"] == .unsigned(0xBEDE))
        let elements = found.entries("elements")
        #expect(elements == [[.init("id", .unsigned(1)), .init("length", .signed(1)), .init("data", .octets([0xAA]))]])
        #expect(found["data"] == .octets(octets("10aaf01122334455")))
    }
}

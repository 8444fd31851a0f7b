// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// The field lists of packets, and how they are written. The one file that knows where those come from.

/// The packet's abbreviation and its fields.
func explainRTCP(_ packet: RTCPPacket) -> (title: String, fields: [ExplainedField]) {
    (packet.packetType.description, [])
}

/// The fields of an RTP packet.
func explainRTP(_ view: RTPPacketView) -> [ExplainedField] {
    [
        ExplainedField("payload_type", .unsigned(UInt64(view.header.payloadType))),
        ExplainedField("sequence_number", .unsigned(UInt64(view.header.sequenceNumber))),
        ExplainedField("timestamp", .unsigned(UInt64(view.header.timestamp))),
        ExplainedField("ssrc", .ssrc(view.header.ssrc.rawValue)),
    ]
}

/// Appends the fields as a JSON object.
package func writeJSON(_ fields: [ExplainedField], to output: inout [UInt8]) {
    output += "{".utf8
    for (position, field) in fields.enumerated() {
        output += "\(position > 0 ? "," : "")\"\(field.name)\":\(stubText(field.value))".utf8
    }
    output += "}".utf8
}

/// The fields in lines, each ended by a newline.
package func textLines(_ fields: [ExplainedField], indentation: Int) -> String {
    fields.map { String(repeating: " ", count: indentation) + "\($0.name): \(stubText($0.value))\n" }.joined()
}

private func stubText(_ value: ExplainedValue) -> String {
    switch value {
    case .unsigned(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    case .ssrc(let number): "\"\(SSRC(number))\""
    case .text(let text): "\"\(text)\""
    default: "null"
    }
}

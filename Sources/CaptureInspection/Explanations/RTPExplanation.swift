// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP
internal import WireBytes

extension Explanation {
    /// An RTP packet: the header's fields, the payload's length, and the padding (RFC 3550 section 5.1).
    package static func fields(of packet: RTPPacketView) -> [ExplainedField] {
        let fields =
            fields(of: packet.header, in: packet.bytes)
            + [ExplainedField("payload_length", packet.payload.byteCount)]
        guard packet.header.hasPadding else { return fields }
        let padding = packet.bytes.extracting(packet.payloadRange.upperBound..<packet.bytes.byteCount)
        return fields + [
            ExplainedField("padding_data", [UInt8](copying: padding).dropLast()),
            ExplainedField("padding_count", packet.paddingByteCount),
        ]
    }

    /// The header alone, for a packet whose padding is encrypted with its payload.
    ///
    /// - Throws: ``RTPError`` where the octets do not begin with a header.
    package static func headerFields(of packet: RawSpan) throws(RTPError) -> [ExplainedField] {
        fields(of: try RTPHeader(parsing: packet), in: packet)
    }

    private static func fields(of header: RTPHeader, in packet: RawSpan) -> [ExplainedField] {
        let csrcs = (0..<header.csrcCount).map { position in
            ExplainedValue.ssrc(packet.bigEndianUInt32(at: RTPHeader.minimumByteCount + 4 * position) ?? 0)
        }
        let fields: [ExplainedField] = [
            ExplainedField("version", 2),
            ExplainedField("padding", header.hasPadding),
            ExplainedField("extension", header.hasExtension),
            ExplainedField("csrc_count", header.csrcCount),
            ExplainedField("marker", header.marker),
            ExplainedField("payload_type", header.payloadType),
            ExplainedField("sequence_number", header.sequenceNumber),
            ExplainedField("timestamp", header.timestamp),
            ExplainedField("ssrc", header.ssrc),
            ExplainedField("csrcs", .list(csrcs)),
        ]
        guard header.hasExtension else { return fields }
        return fields + [ExplainedField("header_extension", .fields(headerExtension(of: header, in: packet)))]
    }

    /// The extension as it is, and the elements in it where it is of RFC 8285.
    private static func headerExtension(of header: RTPHeader, in packet: RawSpan) -> [ExplainedField] {
        var fields = [
            ExplainedField("defined_by_profile", header.extensionProfile),
            ExplainedField("length", header.extensionByteCount / 4),
            ExplainedField("data", [UInt8](copying: packet.extracting(header.extensionRange))),
        ]
        guard var cursor = HeaderExtensionCursor(header) else { return fields }
        if case .twoByte(let appBits) = cursor.form { fields.append(ExplainedField("appbits", appBits)) }
        var elements: [[ExplainedField]] = []
        var failure: RTPError?
        do throws(RTPError) {
            while let element = try cursor.next(in: packet) {
                let data = [UInt8](copying: packet.extracting(element.range))
                elements.append([
                    ExplainedField("id", element.id),
                    ExplainedField("length", data.count),
                    ExplainedField("data", data),
                ])
            }
        } catch {
            failure = error
        }
        fields.append(ExplainedField("elements", each: elements))
        if let failure { fields.append(ExplainedField("error", failure.description)) }
        return fields
    }
}

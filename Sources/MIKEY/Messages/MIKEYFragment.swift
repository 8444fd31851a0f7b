// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What can be read of octets that may be no message: for those who look for what is wrong with them.
///
/// Payloads are read one after another up to the first that cannot be, and no rule between them is checked.
package struct MIKEYFragment: Sendable {
    /// The header.
    package let header: MIKEYHeader
    /// The payloads that can be read.
    package let payloads: [MIKEYPayload]
    /// What each of them, and the header before them, says of the one behind it: one more than there are payloads.
    package let next: [MIKEYPayloadType]

    /// Reads what there is; `nil` where that is not even a header.
    package init?(parsing octets: [UInt8]) {
        let bytes = unsafe octets.span.bytes
        var reader = FieldReader(bytes)
        guard octets.count <= MIKEYMessage.octetLimit, let start = try? MIKEYHeader.parse(&reader) else { return nil }
        header = start.header
        var context = ParsingContext(header.dataType, .lenient)
        var payloads: [MIKEYPayload] = []
        var next = [start.first]
        while let type = next.last, type != .last, payloads.count < PayloadChain.limit,
            PayloadTypeSet.topLevel.contains(type)
        {
            do throws(MIKEYError) {
                reader.payload = type
                let following = type == .sign ? .last : MIKEYPayloadType(rawValue: try reader.uint8())
                payloads.append(try MIKEYPayload(parsing: &reader, as: type, &context))
                next.append(following)
            } catch {
                break
            }
        }
        self.payloads = payloads
        self.next = next
    }

    /// The number of octets of the header, behind which the payloads follow on each other.
    package var headerByteCount: Int { header.byteCount }
}

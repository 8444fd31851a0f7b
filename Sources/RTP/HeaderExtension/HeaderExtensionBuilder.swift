// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Collects RFC 8285 elements and frames them: in the one-byte form where all of them fit it, else in the two-byte
/// form.
///
/// ```swift
/// var elements = HeaderExtensionBuilder()
/// try elements.append(id: 1, [0x80 | level])
/// packet.headerExtension = try elements.build()
/// ```
public struct HeaderExtensionBuilder: Hashable, Sendable {
    /// Takes the two-byte form even where the one-byte form would do.
    ///
    /// For senders behind which a middle box may add elements that need it (RFC 8285 section 4.1.2). The receivers must
    /// be known to read it.
    public var prefersTwoByteForm = false

    private var elements: [Element] = []
    private var appBits: UInt8 = 0

    private struct Element: Hashable, Sendable {
        var id: UInt8
        var data: [UInt8]

        var fitsOneByteForm: Bool { id <= 14 && (1...16).contains(data.count) }
    }

    /// A builder without elements.
    public init() {}

    /// Appends an element.
    ///
    /// - Parameters:
    ///   - id: The local identifier that was negotiated, 1 to 255; above 14 it takes the two-byte form.
    ///   - data: At most 255 octets; none, or more than 16, take the two-byte form.
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)``; nothing is appended then.
    public mutating func append(id: UInt8, _ data: [UInt8]) throws(RTPError) {
        guard id != 0 else { throw .valueOutOfRange(.extensionElement, value: 0, allowed: 1...255) }
        guard data.count <= 255 else {
            throw .valueOutOfRange(.extensionElement, value: data.count, allowed: 0...255)
        }
        elements.append(Element(id: id, data: data))
    }

    /// Sets the four bits that the two-byte form leaves to the application; others than 0 take that form.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for more than 15.
    public mutating func setAppBits(_ bits: UInt8) throws(RTPError) {
        guard bits <= 15 else { throw .valueOutOfRange(.headerExtension, value: Int(bits), allowed: 0...15) }
        appBits = bits
    }

    /// The form that the elements will have.
    public var form: HeaderExtensionForm {
        !prefersTwoByteForm && appBits == 0 && elements.allSatisfy(\.fitsOneByteForm)
            ? .oneByte : .twoByte(appBits: appBits)
    }

    /// The extension, padded with zeros to whole words; `nil` without elements, as it should not be sent then.
    ///
    /// - Throws: ``RTPError/invalidLength(_:bytes:)`` where the elements are longer than an extension can be.
    public func build() throws(RTPError) -> HeaderExtension? {
        guard !elements.isEmpty else { return nil }
        let form = form
        var data: [UInt8] = []
        for element in elements {
            let count = UInt8(truncatingIfNeeded: element.data.count)
            switch form {
            case .oneByte: data.append(element.id << 4 | (count - 1))
            case .twoByte: data += [element.id, count]
            }
            data += element.data
        }
        data += repeatElement(0, count: -data.count & 3)
        let headerExtension = HeaderExtension(profile: form.profile, data: data)
        try headerExtension.checkLength()
        return headerExtension
    }
}

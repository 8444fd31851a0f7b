// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a capture file cannot be read or written.
///
/// Offsets count octets from the start of the file, to the record or block that is at fault.
@nonexhaustive
public enum CaptureError: Error, Hashable, Sendable {
    /// What was asked of the operating system.
    @nonexhaustive
    public enum Operation: String, Hashable, Sendable {
        case open, create, read, write, rename
    }

    /// The part of a file that ends too early.
    @nonexhaustive
    public enum Element: String, Hashable, Sendable {
        case fileHeader = "pcap file header"
        case packetRecord = "pcap packet record"
        case block = "pcapng block"
    }

    /// The field that holds an impossible value.
    @nonexhaustive
    public enum Field: String, Hashable, Sendable {
        case majorVersion = "major version"
        case capturedLength = "captured length"
        case byteOrderMagic = "byte-order magic"
        case blockLength = "block length"
        case trailingBlockLength = "block length behind the block"
        case interface = "interface"
        case interfaceCount = "number of interfaces"
        case optionLength = "interface option length"
    }

    /// The operating system refused, with this `errno`.
    case system(Operation, path: String, code: Int32)
    /// The file starts with neither a pcap nor a pcapng magic; it has fewer than four octets where fewer are given.
    case notACapture(firstOctets: [UInt8])
    /// The file ends inside `element`, which starts at `offset`. What was read before it is whole.
    case truncated(Element, offset: Int, neededBytes: Int, availableBytes: Int)
    /// A field of the record or block at `offset` holds a value that it must not.
    case unexpected(Field, value: UInt32, expected: String, offset: Int)
    /// The file to write exists, and replacing it was not asked for.
    case alreadyExists(path: String)
    /// A pcap file has one link type, and a packet of another one was to be written.
    case mixedLinkTypes(LinkType, LinkType)
    /// A payload does not fit into the length field of its UDP or IP header.
    case payloadTooLarge(bytes: Int, limit: Int)
}

extension CaptureError: CustomStringConvertible {
    /// One line for the person who named the file.
    public var description: String {
        switch self {
        case .system(let operation, let path, let code):
            "cannot \(operation.rawValue) \(path): \(systemMessage(code))"
        case .notACapture(let octets):
            octets.isEmpty
                ? "not a capture file: it is empty"
                : "not a capture file: first \(octets.count == 4 ? "four" : "\(octets.count)") octets "
                    + "0x\(octets.map(hex).joined()), expected pcap or pcapng magic"
        case .truncated(let element, let offset, let needed, let available):
            "\(element.rawValue) at octet \(offset) truncated: \(needed) octets needed, \(available) available"
        case .unexpected(let field, let value, let expected, let offset):
            "\(field.rawValue) \(field == .byteOrderMagic ? "0x" + String(value, radix: 16) : "\(value)") "
                + "at octet \(offset), expected \(expected)"
        case .alreadyExists(let path): "\(path) exists already"
        case .mixedLinkTypes(let first, let second):
            "the packets have the link types \(first) and \(second), and a pcap file holds only one"
        case .payloadTooLarge(let bytes, let limit):
            "a payload of \(bytes) octets does not fit into its packet, which takes \(limit)"
        }
    }
}

private func hex(_ octet: UInt8) -> String { (octet < 16 ? "0" : "") + String(octet, radix: 16) }

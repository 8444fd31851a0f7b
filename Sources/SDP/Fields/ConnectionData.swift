// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where media is received, `c=` (RFC 8866 section 5.7).
public struct ConnectionData: Hashable, Sendable {
    /// The type of network, `IN` for the Internet.
    public var networkType: String
    /// The type of address, `IP4` or `IP6`.
    public var addressType: String
    /// The address or name, without what stands behind a slash.
    public var address: String
    /// The time to live of IPv4 multicast, 0 to 255.
    public var timeToLive: UInt8?
    /// The number of contiguous multicast addresses, at least 1.
    public var addressCount: UInt32?

    /// Connection data. Nothing is checked before a description with it is encoded.
    public init(
        networkType: String = "IN", addressType: String = "IP4", address: String, timeToLive: UInt8? = nil,
        addressCount: UInt32? = nil
    ) {
        self.networkType = networkType
        self.addressType = addressType
        self.address = address
        self.timeToLive = timeToLive
        self.addressCount = addressCount
    }

    init(parsing value: ArraySlice<UInt8>) throws(SDPFault) {
        let words = SDPGrammar.words(value)
        guard words.count == 3, SDPGrammar.isToken(words[0]), SDPGrammar.isToken(words[1]),
            SDPGrammar.isVisible(words[2])
        else { throw SDPFault("network type, address type and address") }
        networkType = SDPGrammar.text(words[0])
        addressType = SDPGrammar.text(words[1])
        guard networkType == "IN", addressType == "IP4" || addressType == "IP6" else {
            address = SDPGrammar.text(words[2])
            return
        }
        let parts = words[2].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        address = SDPGrammar.text(parts[0])
        var suffixes = parts.dropFirst()
        guard !address.isEmpty else { throw SDPFault("an address before the slash") }
        if addressType == "IP4", let text = suffixes.popFirst() {
            guard let number: UInt8 = SDPGrammar.number(text) else {
                throw SDPFault("a time to live from 0 to 255 behind the slash")
            }
            timeToLive = number
        }
        if let text = suffixes.popFirst() {
            guard let number: UInt32 = SDPGrammar.number(text), number > 0 else {
                throw SDPFault("a number of addresses behind the last slash")
            }
            addressCount = number
        }
        guard suffixes.isEmpty else { throw SDPFault("no further slash in the address") }
    }

    /// Whether the address is written as one of a multicast group.
    public var isMulticast: Bool {
        switch addressType {
        case "IP4":
            let parts = address.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 4, let first = UInt8(parts[0]) else { return false }
            return (224...239).contains(first)
        case "IP6": return address.lowercased().hasPrefix("ff") && address.contains(":")
        default: return false
        }
    }

    /// What section 5.7 forbids about it, although it can be read.
    var violation: String? {
        if timeToLive == nil, addressType == "IP4", isMulticast {
            "a time to live behind an IPv4 multicast address (RFC 8866 section 5.7)"
        } else if !isMulticast, timeToLive != nil || addressCount != nil {
            "no slash behind a unicast address (RFC 8866 section 5.7)"
        } else {
            nil
        }
    }

    /// What stands behind `c=`.
    public var text: String {
        "\(networkType) \(addressType) \(address)" + (timeToLive.map { "/\($0)" } ?? "")
            + (addressCount.map { "/\($0)" } ?? "")
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Who made the session, `o=` (RFC 8866 section 5.2).
public struct Origin: Hashable, Sendable {
    /// The login on the originating host, or `-`; without spaces.
    public var username: String
    /// The identifier of the session: digits, of any number.
    public var sessionID: String
    /// The version of the description: digits, which a change makes larger.
    public var sessionVersion: String
    /// The type of network, `IN` for the Internet.
    public var networkType: String
    /// The type of address, `IP4` or `IP6`.
    public var addressType: String
    /// The address of the host, or its name.
    public var address: String

    /// An origin. Nothing is checked before a description with it is encoded.
    public init(
        username: String = "-", sessionID: String, sessionVersion: String, networkType: String = "IN",
        addressType: String = "IP4", address: String
    ) {
        self.username = username
        self.sessionID = sessionID
        self.sessionVersion = sessionVersion
        self.networkType = networkType
        self.addressType = addressType
        self.address = address
    }

    init(parsing value: ArraySlice<UInt8>) throws(SDPFault) {
        let words = SDPGrammar.words(value)
        guard words.count == 6, SDPGrammar.isVisible(words[0]), SDPGrammar.isDigits(words[1]),
            SDPGrammar.isDigits(words[2]), SDPGrammar.isToken(words[3]), SDPGrammar.isToken(words[4]),
            SDPGrammar.isVisible(words[5])
        else {
            throw SDPFault("username, session id, session version, network type, address type and address")
        }
        username = SDPGrammar.text(words[0])
        sessionID = SDPGrammar.text(words[1])
        sessionVersion = SDPGrammar.text(words[2])
        networkType = SDPGrammar.text(words[3])
        addressType = SDPGrammar.text(words[4])
        address = SDPGrammar.text(words[5])
    }

    /// What stands behind `o=`.
    public var text: String {
        "\(username) \(sessionID) \(sessionVersion) \(networkType) \(addressType) \(address)"
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import MIKEY
import MIKEYInspection

/// What two parties share, and what carries their messages.
struct MIKEYTrustOptions: ParsableArguments {
    @Option(
        name: .customLong("psk-file"),
        help: ArgumentHelp("A file with the pre-shared key: hex, base64, or text: and a text.", valueName: "file"))
    var keyFile: String?

    @Option(
        help: """
            What carries the messages. Without a pre-shared key they hold the keys in the clear, as cameras write them, which is \
            refused unless the channel is protected end to end, as by TLS.
            """)
    var channel = ChannelChoice.unprotected

    @Option(
        help: ArgumentHelp("What kind of peer it is: \(ArgumentReading.presetNames).", valueName: "name"),
        transform: ArgumentReading.preset)
    var preset = MIKEYPreset.rfc3830

    @Option(help: ArgumentHelp("Who this side is: a URI, or a name as user@example.com.", valueName: "name"))
    var identity: String?

    @Option(help: ArgumentHelp("Who the peer is.", valueName: "name"))
    var peer: String?

    func credential() throws -> MIKEYCredential {
        if let keyFile {
            let key = try PreSharedKeyFile.read(keyFile)
            return .preSharedKey(key, nullAlgorithms: try? channel.value.nullAlgorithms())
        }
        do {
            return try channel.value.nullCredential()
        } catch {
            throw ToolError(.usage, "no --psk-file and no --channel protected: \(error)")
        }
    }

    func identities() throws -> (own: MIKEYIdentity?, peer: MIKEYIdentity?) {
        (try identity.map(Self.identity), try peer.map(Self.identity))
    }

    private static func identity(_ text: String) throws -> MIKEYIdentity {
        do {
            return try text.contains(":") ? .uri(text) : .nai(text)
        } catch {
            throw ToolError(.usage, "identity \(text): \(error)")
        }
    }
}

/// The names of `KeyMgmtChannel` on the command line.
enum ChannelChoice: String, CaseIterable, ExpressibleByArgument {
    case unprotected
    case protected
    case unprotectedWhereAnyoneMayReadTheKeys = "unprotected-where-anyone-may-read-the-keys"

    var value: KeyMgmtChannel {
        switch self {
        case .unprotected: .unprotected
        case .protected: .protected
        case .unprotectedWhereAnyoneMayReadTheKeys: .unprotectedWhereAnyoneMayReadTheKeys
        }
    }
}

extension ArgumentReading {
    static let presetNames = MIKEYPreset.allCases.map(\.rawValue).joined(separator: ", ")

    /// The preset with this name.
    static func preset(_ argument: String) throws -> MIKEYPreset {
        guard let preset = MIKEYPreset(rawValue: argument) else {
            throw ValidationError("no preset is named \(argument), expected one of \(presetNames)")
        }
        return preset
    }
}

/// How a message is written.
struct MIKEYOutput: ParsableArguments {
    /// The forms.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        /// `a=key-mgmt:mikey ...`
        case attribute
        /// `mikey ...`
        case line
        /// `KeyMgmt: prot=mikey;...`
        case header
        case base64
        case hex
    }

    @Option(help: "How the message is written: an attribute of SDP, its value, a header of RTSP, base64 or hex.")
    var form = Form.attribute

    @Option(help: ArgumentHelp("The control URI that a header is about.", valueName: "uri"))
    var uri = ""

    @Option(
        help: ArgumentHelp("The file to make, with mode 0600; the standard output by default.", valueName: "file"))
    var output: String?

    @Flag(help: "Replace files that exist.")
    var force = false

    func write(_ message: MIKEYMessage) throws {
        let text = try text(of: message) + "\n"
        guard let output, output != "-" else { return print(text, terminator: "") }
        try PrivateFile.write(text, to: output, replacingExisting: force)
    }

    private func text(of message: MIKEYMessage) throws(ToolError) -> String {
        let attribute = KeyMgmtAttribute(message)
        switch form {
        case .attribute: return "a=\(KeyMgmtAttribute.name):\(attribute.secretText())"
        case .line: return attribute.secretText()
        case .header:
            do {
                return "\(KeyMgmtHeader.name): \(try KeyMgmtHeader(message, uri: uri).secretText())"
            } catch {
                throw ToolError(.usage, "--uri: \(error)")
            }
        case .base64: return MIKEYTransportParameter(message).secretText()
        case .hex: return HexText.text(message.encoded)
        }
    }
}

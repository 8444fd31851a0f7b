// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTP

/// What packets go through beside cipher and MAC.
struct TransformOptions: ParsableArguments {
    @Option(
        name: .customLong("rtcp-suite"),
        help: ArgumentHelp("The suite of SRTCP, where it is another one.", valueName: "name"),
        transform: ArgumentReading.suite)
    var rtcpSuite: SRTPSuite?

    @Option(help: "CSRCs and header extensions encrypted as RFC 9335 has it.")
    var cryptex = CryptexChoice.off

    @Option(
        name: .customLong("encrypted-header-id"),
        help: ArgumentHelp(
            "A header extension element that is encrypted (RFC 6904); may be repeated.", valueName: "1 to 255"))
    var encryptedHeaderIDs: [UInt8] = []

    @Option(name: .customLong("rfc6904"), help: "Whose way of encrypting header extension elements.")
    var headerStyle = HeaderStyleChoice.rfc

    @Option(
        name: .customLong("carried-roc"),
        help: ArgumentHelp(
            "The rollover counter carried in packets (RFC 4771): mode 1, 2 or 3, every so many packets, octets of the tag.",
            valueName: "mode,rate,octets"),
        transform: TransformOptions.carriedCounter)
    var carriedCounter: CarriedRolloverCounter?

    /// Reads `mode,rate,octets`; the octets may be left out.
    private static func carriedCounter(_ argument: String) throws -> CarriedRolloverCounter {
        let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map { UInt16($0) }
        guard (2...3).contains(numbers.count),
            let mode = numbers[0].flatMap({ CarriedRolloverCounter.Mode(rawValue: Int($0)) }),
            let rate = numbers[1], rate > 0, numbers.count == 2 || numbers[2] != nil
        else {
            throw ValidationError(
                "--carried-roc \(argument): expected a mode 1 to 3, a rate 1 to 65535, and octets of the tag")
        }
        return CarriedRolloverCounter(
            mode, rate: rate, tagByteCount: numbers.count == 3 ? numbers[2].map(Int.init) : nil)
    }

    func validate() throws {
        if encryptedHeaderIDs.contains(0) { throw ValidationError("--encrypted-header-id 0: expected 1 to 255") }
    }

    func apply(to configuration: inout SRTPConfiguration) {
        configuration.rtcpSuite = rtcpSuite
        configuration.cryptex = cryptex.value
        if !encryptedHeaderIDs.isEmpty {
            configuration.headerEncryption = HeaderExtensionEncryption(
                Set(encryptedHeaderIDs), style: headerStyle == .rfc ? .rfc6904 : .libsrtp)
        }
        configuration.carriedRolloverCounter = carriedCounter
    }
}

/// The names of `Cryptex` on the command line.
enum CryptexChoice: String, CaseIterable, ExpressibleByArgument {
    case off
    case offered
    case required

    var value: Cryptex {
        switch self {
        case .off: .off
        case .offered: .offered
        case .required: .required
        }
    }
}

/// The names of `HeaderExtensionEncryption.Style` on the command line.
enum HeaderStyleChoice: String, CaseIterable, ExpressibleByArgument {
    case rfc
    case libsrtp
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import RTP
import SRTP

/// A master key and salt as a key file gives them, and the packets that they are for. Wiped when it goes away.
final class KeyLine {
    /// Where it is written, for messages.
    let place: String
    let suite: SRTPSuite
    let binding: KeyBinding
    /// The rollover counter of each stream's first packet, where the line names it.
    let rolloverCounter: UInt32?
    /// The MKI, key derivation rate and lifetime that the line names.
    let options: KeyLineOptions
    private var octets: [UInt8]

    init(_ octets: [UInt8], at place: String, suite: SRTPSuite, options: KeyLineOptions) {
        self.octets = octets
        self.place = place
        self.suite = suite
        self.options = options
        binding = options.binding
        rolloverCounter = options.rolloverCounter
    }

    deinit { KeyFile.wipe(&octets) }

    func masterKey() throws(ToolError) -> SRTPMasterKey {
        do throws(SRTPError) {
            return try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
        } catch {
            throw ToolError(.badData, "\(place): \(error)")
        }
    }

    /// Whether both have the same key and salt. Two senders with one key could use a keystream twice.
    func hasSameKey(as other: KeyLine) -> Bool { octets == other.octets }
}

/// The packets that a key is for: those that have one of the SSRCs, and one of the ports, where any is named.
struct KeyBinding {
    var ssrcs: Set<SSRC> = []
    var ports: Set<UInt16> = []

    func fits(_ stream: StreamKey) -> Bool {
        (ssrcs.isEmpty || ssrcs.contains(stream.ssrc))
            && (ports.isEmpty || ports.contains(stream.flow.sourcePort) || ports.contains(stream.flow.destinationPort))
    }

    /// How closely it is bound: an SSRC goes before a port, and both before one.
    var rank: Int { (ssrcs.isEmpty ? 0 : 2) + (ports.isEmpty ? 0 : 1) }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import MIKEY

/// What octets say as a MIKEY message, and what is wrong with them.
package struct MIKEYInspection: Sendable {
    /// The header and the payloads with all their fields, as far as they can be read.
    package let parts: [MIKEYPart]
    /// The number of octets.
    package let byteCount: Int
    /// The message; `nil` where there is none that can be lived with.
    package let message: MIKEYMessage?
    /// The first rule of an RFC that the octets break and the mode of reading does not allow to be broken.
    package let fault: MIKEYError?
    /// What can be lived with, whether or not the mode does.
    package let deviations: [MIKEYDeviation]
    /// What is worth knowing.
    package internal(set) var notes: [String] = []
    /// Whether it is authentic.
    package internal(set) var authenticity = Authenticity.unknown("no key")
    /// The key data that were encrypted.
    package internal(set) var decrypted: [MIKEYPart] = []
    /// What a responder would agree on; `nil` where it would not, or there are no keys to be had.
    package internal(set) var agreement: MIKEYAgreement?
    /// Why not.
    package internal(set) var refusal: MIKEYExchangeError?

    /// Whether a message is authentic.
    package enum Authenticity: Hashable, Sendable {
        /// The MAC was made with the key.
        case verified
        /// The MAC was not made with the key, or the message is another one than it was made of.
        case wrong
        /// There is no MAC.
        case unprotected
        /// It was not looked at; why.
        case unknown(String)
    }

    /// Explains octets.
    init(_ octets: [UInt8], isLenient: Bool, showsSecrets: Bool) {
        byteCount = octets.count
        let strict = Result { () throws(MIKEYError) in try MIKEYMessage(parsing: octets) }
        let lenient = Result { () throws(MIKEYError) in try MIKEYMessage(parsing: octets, mode: .lenient) }
        message = try? lenient.get()
        deviations = message?.deviations.deviations ?? []
        fault = (isLenient ? lenient : strict).problem
        var builder = PartBuilder(at: 0, showsSecrets: showsSecrets)
        if let fragment = MIKEYFragment(parsing: octets) {
            builder.header(fragment.header, first: fragment.next[0])
            for (payload, next) in zip(fragment.payloads, fragment.next.dropFirst()) {
                builder.payload(payload, next: next)
            }
            let rest = octets.count - builder.offset
            if rest > 0 { builder.rest(rest, announced: fragment.next.last ?? .last) }
        }
        parts = builder.parts
        if case .empty? = message?.header.cryptoSessions.map {
            notes.append("what the crypto sessions are is told outside of MIKEY (RFC 4563 section 5)")
        }
        if let message, !message.deviations(asInitial: true).subtracting(message.deviations).isEmpty {
            notes.append("no RAND: an update, or else \(MIKEYDeviation.missingRAND)")
        }
    }
}

extension Result {
    fileprivate var problem: Failure? {
        guard case .failure(let problem) = self else { return nil }
        return problem
    }
}

extension PartBuilder {
    /// Octets that were not read. They may be keys.
    fileprivate mutating func rest(_ count: Int, announced: MIKEYPayloadType) {
        let what = announced == .last ? "behind the last payload" : "cannot be read as \(announced)"
        part("rest", "\(count) octets, \(what)") { $0.skip(count) }
    }
}

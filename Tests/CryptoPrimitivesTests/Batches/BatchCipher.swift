// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

/// A cipher under random keys, one for batches and one for single calls.
///
/// Safety: each is used by one thread at a time.
final class BatchCipher: @unchecked Sendable {
    /// What it is made of, and how long its tags are.
    struct Form: Sendable, CustomTestStringConvertible {
        var kind: PacketCipher.Kind
        var keyByteCount: Int
        var tagByteCount: Int
        var route = HMACSHA1.Route.savedStates
        var hasMAC = true

        init(
            _ kind: PacketCipher.Kind, keyByteCount: Int, tagByteCount: Int, route: HMACSHA1.Route = .savedStates,
            hasMAC: Bool = true
        ) {
            self.kind = kind
            self.keyByteCount = keyByteCount
            self.tagByteCount = tagByteCount
            self.route = route
            self.hasMAC = hasMAC && !kind.isAEAD
        }

        var testDescription: String { "\(kind), key \(keyByteCount), tag \(tagByteCount), \(route)" }

        static let all: [Form] = {
            var forms: [Form] = []
            for count in [16, 24, 32] {
                forms += [4, 10, 16, 20].map { Form(.aesCM, keyByteCount: count, tagByteCount: $0) }
                forms.append(Form(.aesGCM, keyByteCount: count, tagByteCount: 16))
            }
            forms += [0, 4, 10, 20].map { Form(.null, keyByteCount: 0, tagByteCount: $0) }
            forms += [0, 3].map { Form(.aesCM, keyByteCount: 16, tagByteCount: $0) }
            forms += [.aesF8, .ariaCTR].map { Form($0, keyByteCount: 16, tagByteCount: 10) }
            forms.append(Form(.ariaGCM, keyByteCount: 16, tagByteCount: 16))
            forms.append(Form(.aesCM, keyByteCount: 16, tagByteCount: 10, route: .evp))
            forms.append(Form(.aesGCM, keyByteCount: 16, tagByteCount: 16, route: .evp))
            return forms
        }()
    }

    let form: Form
    let cipher: PacketCipher
    private var single: PacketCipher

    init(_ form: Form, _ generator: inout SeededGenerator) throws {
        self.form = form
        let key = generator.octets(form.keyByteCount), salt = generator.octets(form.kind.isAEAD ? 12 : 14)
        let authenticationKey = form.hasMAC ? generator.octets(20) : []
        cipher = try packetCipher(
            form.kind, key: key, salt: salt, authenticationKey: authenticationKey, route: form.route)
        single = try packetCipher(
            form.kind, key: key, salt: salt, authenticationKey: authenticationKey, route: form.route)
    }

    func seal(_ job: PacketJob, in packet: inout [UInt8]) -> Bool {
        packet.withBytes { single.seal(job, in: &$0) }
    }

    func open(_ job: PacketJob, in packet: inout [UInt8]) -> PacketCipher.Opened {
        packet.withBytes { single.open(job, in: &$0) }
    }
}

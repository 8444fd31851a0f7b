// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import SRTP
internal import WireBytes

/// `header-extension-encryption`: elements of a header extension that are encrypted, with every step (RFC 6904 section 3, A.2).
enum HeaderEncryptionVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let row = try Content(fields)
        try row.checkSteps(fields)
        try row.checkPacket()
        return nil
    }

    private struct Content {
        let key: [UInt8]
        let salt: [UInt8]
        let ssrc: SSRC
        let counter: UInt32
        let sequenceNumber: UInt16
        let identifiers: Set<UInt8>
        let profile: [UInt8]
        let plain: [UInt8]
        let encrypted: [UInt8]

        init(_ fields: RowFields) throws(RowFault) {
            key = try fields.octets("header_key", count: 16...16)
            salt = try fields.octets("header_salt", count: 14...14)
            ssrc = try fields.ssrc("ssrc")
            counter = UInt32(try fields.counter("roc", byteCount: 4))
            sequenceNumber = UInt16(try fields.counter("seq", byteCount: 2))
            identifiers = try RowOptions.identifiers(fields, "encrypted_ids")
            profile =
                fields.has("defined_by_profile")
                ? try fields.octets("defined_by_profile", count: 2...2) : [0xBE, 0xDE]
            plain = try fields.octets("extension_plain", count: 4...1 << 12)
            guard plain.count.isMultiple(of: 4) else {
                throw fields.fault("extension_plain", expected: "whole words", got: "\(plain.count) octets")
            }
            if fields.has("length_words") {
                _ = try fields.integer("length_words", in: Int64(plain.count / 4)...Int64(plain.count / 4))
            }
            if fields.has("text_issue") { _ = try fields.text("text_issue") }
            encrypted = try fields.octets("extension_encrypted", count: plain.count...plain.count)
        }

        /// A packet of nothing but header and extension.
        private func packet(_ extensionData: [UInt8]) -> [UInt8] {
            let fixed = [0x90, 0] + sequenceNumber.octets + [0, 0, 0, 0] + ssrc.rawValue.octets
            return fixed + profile + UInt16(extensionData.count / 4).octets + extensionData
        }

        func checkSteps(_ fields: RowFields) throws(RowFault) {
            let index = UInt64(counter) << 16 | UInt64(sequenceNumber)
            let first = CounterBlock(salt) ^ CounterBlock(high: UInt64(ssrc.rawValue), low: index << 16)
            if fields.has("initial_counter") {
                try RowFault.compareSecret(
                    "initial_counter", expected: fields.octets("initial_counter"), got: first.octets)
            }
            let keystream = try Keystream.make(key: key, from: first, count: plain.count, field: "header_key")
            let mask = try mask()
            let masked = zip(keystream, mask).map { $0 & $1 }
            let steps = [("keystream", keystream), ("mask", mask), ("masked_keystream", masked)]
            for (field, octets) in steps where fields.has(field) {
                try RowFault.compare(field, expected: fields.octets(field), got: octets)
            }
            try RowFault.compare("extension_encrypted", expected: encrypted, got: plain ^ masked, where: "by its steps")
        }

        /// Ones where an element is encrypted.
        private func mask() throws(RowFault) -> [UInt8] {
            let packet = packet(plain)
            let header = try RTPRow.header(of: packet, field: "extension_plain")
            var mask = [UInt8](repeating: 0, count: plain.count)
            do throws(RTPError) {
                guard var elements = HeaderExtensionCursor(header) else { return mask }
                while let element = try unsafe elements.next(in: packet.span.bytes) {
                    guard identifiers.contains(element.id) else { continue }
                    for place in element.range { mask[place - header.extensionRange.lowerBound] = 0xFF }
                }
            } catch {
                throw RowFault("extension_plain", expected: "elements that end inside of it", got: "\(error)")
            }
            return mask
        }

        /// Sends and receives the packet. It has no payload, so that any keys will do for that.
        func checkPacket() throws(RowFault) {
            var keys = GivenSessionKeys()
            keys.encryption = [UInt8](repeating: 0, count: 16)
            keys.salt = [UInt8](repeating: 0, count: 14)
            keys.header = (key, salt)
            var configuration = SRTPConfiguration()
            configuration.headerEncryption = HeaderExtensionEncryption(identifiers)
            let suite = SRTPSuite.aesCM128_HMACSHA1_80
            let setup = SessionKeySetup(suite: suite, keys: keys, configuration: configuration)
            let sent: [UInt8]
            do throws(SRTPError) {
                var sender = try setup.makeSender(.automatic)
                try sender.setRolloverCounter(counter, of: ssrc)
                sent = try sender.protectRTP(packet(plain))
            } catch {
                throw RowFault("extension_plain", expected: "a packet that can be protected", got: "\(error)")
            }
            try RowFault.compare(
                "extension_encrypted", expected: packet(encrypted), got: sent.dropLast(suite.rtpTagByteCount),
                where: "in a packet")
            try RTPCase(
                contexts: setup, ssrc: ssrc, rolloverCounter: counter, plain: packet(plain),
                plainField: "extension_plain", protected: sent, protectedField: "extension_encrypted",
                unprotected: packet(plain), unprotectedField: "extension_plain"
            ).check()
        }
    }
}

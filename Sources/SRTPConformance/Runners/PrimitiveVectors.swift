// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// HMAC-SHA1 cases (RFC 2202), through both ways that the engine has.
enum HMACSHA1Vector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let key = try fields.octets("key")
        let data = try fields.octets("data")
        let whole = try fields.octets("hmac_sha1", count: HMACSHA1.byteCount...HMACSHA1.byteCount)
        let short = fields.has("hmac_sha1_96") ? try fields.octets("hmac_sha1_96", count: 12...12) : nil
        for (route, name) in [(HMACSHA1.Route.savedStates, "from saved states"), (.evp, "through EVP")] {
            let code: [UInt8]
            do throws(CryptoError) {
                let mac = try unsafe HMACSHA1(key: SecretBytes(copying: key.span.bytes), route: route)
                    .compute(data.span.bytes)
                code = mac.indices.map { mac[$0] }
            } catch {
                throw RowFault("hmac_sha1", expected: "a MAC", got: "\(error) \(name)")
            }
            try RowFault.compare("hmac_sha1", expected: whole, got: code, where: name)
            if let short {
                try RowFault.compare("hmac_sha1_96", expected: short, got: Array(code.prefix(12)), where: name)
            }
        }
        return nil
    }
}

/// HMAC-SHA256 cases (RFC 4231). A row may print the beginning of a MAC.
enum HMACSHA256Vector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let key = try fields.octets("key")
        let data = try fields.octets("data")
        let printed = try fields.octets("hmac_sha256", count: 16...HMACSHA256.byteCount)
        let code: [UInt8]
        do throws(CryptoError) {
            let mac = try unsafe HMACSHA256.compute(data.span.bytes, key: SecretBytes(copying: key.span.bytes))
            code = mac.indices.map { mac[$0] }
        } catch {
            throw RowFault("hmac_sha256", expected: "a MAC", got: "\(error)")
        }
        try RowFault.compare("hmac_sha256", expected: printed, got: Array(code.prefix(printed.count)))
        let whole = "hmac_sha256_full_computed"
        if fields.has(whole) { try RowFault.compare(whole, expected: fields.octets(whole), got: code) }
        return nil
    }
}

/// AES key wrap (RFC 3394), both ways.
enum KeyWrapVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let kek = try fields.octets("kek")
        let key = try fields.octets("key_data")
        let wrapped = try fields.octets("wrapped")
        let overhead = AESKeyWrap.overhead
        let initialValue =
            fields.has("initial_value")
            ? try fields.octets("initial_value", count: overhead...overhead).reduce(0) { $0 << 8 | UInt64($1) }
            : AESKeyWrap.defaultInitialValue
        let made: [UInt8]
        let found: [UInt8]
        do throws(CryptoError) {
            let kek = unsafe SecretBytes(copying: kek.span.bytes)
            made = try AESKeyWrap.wrap(
                SecretBytes(copying: unsafe key.span.bytes), with: kek, initialValue: initialValue)
            found = try AESKeyWrap.unwrap(unsafe wrapped.span.bytes, with: kek, initialValue: initialValue)
                .withBytes { Array(copying: $0) }
        } catch {
            throw RowFault("wrapped", expected: "a key that is wrapped and unwrapped", got: "\(error)")
        }
        try RowFault.compare("wrapped", expected: wrapped, got: made)
        try RowFault.compareSecret("key_data", expected: key, got: found)
        return nil
    }
}

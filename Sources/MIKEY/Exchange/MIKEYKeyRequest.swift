// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A key that is to be drawn.
public struct MIKEYKeyRequest: Hashable, Sendable {
    let kind: MIKEYPayload.KeyData.Kind
    let byteCount: Int
    let saltByteCount: Int?
    let validity: MIKEYKeyValidity

    private init(
        _ kind: MIKEYPayload.KeyData.Kind, _ byteCount: Int, _ saltByteCount: Int?, _ validity: MIKEYKeyValidity
    ) {
        self.kind = kind
        // The fields of a message hold no more; what is below 1 is refused when the offer is made.
        self.byteCount = min(max(byteCount, 0), 0xFFFF)
        self.saltByteCount = saltByteCount.map { min(max($0, 0), 0xFFFF) }
        self.validity = validity
    }

    /// A TGK, from which each crypto session gets keys of its own. It is to be as long as the longest of these.
    public static func tgk(
        byteCount: Int = 32, saltByteCount: Int? = nil, validity: MIKEYKeyValidity = .null
    ) -> MIKEYKeyRequest { MIKEYKeyRequest(.tgk, byteCount, saltByteCount, validity) }

    /// A TEK with its salt, which all crypto sessions use: 16 and 14 octets for AES-CM with 128 bits.
    public static func tek(
        byteCount: Int, saltByteCount: Int?, validity: MIKEYKeyValidity = .null
    ) -> MIKEYKeyRequest { MIKEYKeyRequest(.tek, byteCount, saltByteCount, validity) }
}

extension MIKEYKeyRequest {
    /// The key, drawn from `random`.
    func draw(_ random: MIKEYRandom) throws(MIKEYExchangeError) -> MIKEYPayload.KeyData {
        guard byteCount > 0 else { throw .noKeys }
        let key: MIKEYKeyMaterial
        var salt: MIKEYKeyMaterial?
        do throws(DerivationError) {
            key = try random.keyMaterial(byteCount)
            if let saltByteCount { salt = try random.keyMaterial(saltByteCount) }
        } catch {
            throw MIKEYExchangeError(error)
        }
        do throws(MIKEYError) {
            return try MIKEYPayload.KeyData(kind, key: key, salt: salt, validity: validity)
        } catch {
            throw .message(error)
        }
    }
}

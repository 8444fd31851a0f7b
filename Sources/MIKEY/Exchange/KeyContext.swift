// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the keys of crypto sessions come from.
struct KeyContext: Sendable {
    let prf: MIKEYPRF
    let csbID: UInt32
    /// RAND of the bundle's first message; no octets where it had none.
    let rand: [UInt8]
    let keyData: [MIKEYPayload.KeyData]
    /// Whether a salt behind a TEK is lived with.
    let acceptsJoinedSalt: Bool
    /// The keys of the bundle's earlier messages.
    var history = KeyHistory()

    /// Which of these keys a crypto session may have had before.
    func reusedKeys(csID: UInt8) -> Set<Int> { Set(keyData.indices.filter { history.contains(keyData[$0], of: csID) }) }

    /// The keys of a crypto session, and what was lived with.
    func keys(
        csID: UInt8, policy: MIKEYSRTPPolicy
    ) throws(MIKEYExchangeError) -> (keys: [MIKEYAgreement.Key], deviations: MIKEYDeviationSet) {
        guard !keyData.isEmpty else { throw .noKeys }
        let lengths = TrafficKeys.Lengths(
            key: Int(clamping: policy.encryptionKeyByteCount), salt: Int(clamping: policy.saltByteCount))
        guard lengths.key > 0 else { throw .keyLength(byteCount: 0, expected: 16) }
        var keys: [MIKEYAgreement.Key] = []
        var deviations: MIKEYDeviationSet = []
        for (index, data) in keyData.enumerated() {
            let traffic: TrafficKeys
            do throws(DerivationError) {
                traffic = try TrafficKeys(
                    csID: csID, from: data, prf: prf, context: .bundle(csbID: csbID, rand: rand), lengths: lengths,
                    acceptsJoinedSalt: acceptsJoinedSalt)
            } catch {
                throw MIKEYExchangeError(error)
            }
            if traffic.isSaltJoined { deviations.insert(.saltInsideTEK) }
            keys.append(
                MIKEYAgreement.Key(
                    key: traffic.key, salt: traffic.salt, validity: data.validity, isDerived: data.kind != .tek,
                    keyDataIndex: index))
        }
        return (keys, deviations)
    }
}

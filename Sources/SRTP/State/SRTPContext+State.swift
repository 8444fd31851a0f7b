// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension SRTPContext {
    /// The state as it is kept outside.
    func savedState(sealedWith key: Span<UInt8>?) throws(SRTPError) -> [UInt8] {
        try StateEnvelope.wrap(
            snapshot.encoded, StateEnvelope.Kind(direction: direction, isPair: registry != nil), key: key)
    }

    /// What was saved by ``savedState(sealedWith:)``.
    static func readState(
        _ octets: [UInt8], _ kind: StateEnvelope.Kind, sealedWith key: Span<UInt8>?
    ) throws(SRTPError) -> SRTPStateSnapshot {
        let state = try StateEnvelope.unwrap(octets, kind, key: key)
        let span = unsafe state.span.bytes
        var reader = StateReader(span)
        return try reader.readState()
    }
}

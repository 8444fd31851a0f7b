// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// What two parties have agreed on for a crypto session bundle.
public struct MIKEYAgreement: Sendable {
    /// A key of a crypto session, ready to be used.
    public struct Key: Equatable, Sendable {
        /// The traffic encryption key, in SRTP the master key, derived where a TGK was sent.
        public let key: MIKEYKeyMaterial
        /// The salt, in SRTP the master salt; possibly without octets.
        public let salt: MIKEYKeyMaterial
        /// When it is to be used. An SPI is the MKI.
        public let validity: MIKEYKeyValidity
        /// Whether it was derived from a TGK.
        public let isDerived: Bool
        /// Which key data of the message it comes from, counted from 0.
        public let keyDataIndex: Int
    }

    /// A crypto session.
    public struct Session: Equatable, Sendable {
        /// Its CS ID.
        public let id: UInt8
        /// Its SSRC; `nil` where none was chosen.
        public let ssrc: SSRC?
        /// Its rollover counter, as the message says it: for whoever joins the stream, not for one that ``isContinued``.
        public let rolloverCounter: UInt32
        /// The sequence number that goes with it, where the message has one.
        public let sequenceNumber: UInt16?
        /// Whether the session was there before the update with this SSRC: its stream goes on with the rollover counter that it
        /// has, whatever the message says.
        public let isContinued: Bool
        /// Which of its keys an earlier message of the bundle gave it, by ``Key/keyDataIndex``: packets may have been protected under
        /// them.
        ///
        /// Their indices must not be used again (RFC 3711 section 9.1), also where an update brings back a session, an SSRC or a key
        /// that one before has left out: the stream goes on in the context that it had, or has new keys.
        public internal(set) var reusedKeys: Set<Int>
        /// The number of its policy; `nil` where it names none.
        public let policyNumber: UInt8?
        /// Its policy; the defaults of SRTP where the message has none.
        public let policy: MIKEYSRTPPolicy
        /// The SPI or MKI of its first key, where the map tells.
        public let initialSPI: [UInt8]
        /// Its keys, one for each key data of the message, in their order.
        public let keys: [Key]
    }

    /// The bundle.
    public let csbID: UInt32
    /// T of the initiator's message, which tells what came later.
    public let timestamp: MIKEYTimestamp
    /// Whether the message updated a bundle that was there.
    public internal(set) var isUpdate: Bool
    /// Whether the keys are others than before. A message may also say again what they are.
    public internal(set) var hasNewKeys: Bool
    /// IDi, as carried.
    public let initiator: MIKEYIdentity?
    /// IDr, as carried by either message.
    public let responder: MIKEYIdentity?
    /// Whether a MAC was verified, or made. Otherwise the channel vouches for all.
    public let isAuthenticated: Bool
    /// The sessions by their CS ID; none for the empty map, where ``keys(csID:policy:)`` serves.
    public internal(set) var sessions: [Session]
    /// The number of crypto sessions in the header.
    public let sessionCount: Int
    /// General extensions of the initiator's message.
    public let generalExtensions: [MIKEYPayload.GeneralExtension]
    /// What was lived with.
    public let deviations: MIKEYDeviationSet

    var context: KeyContext
}

extension MIKEYAgreement {
    /// The session with this CS ID.
    public func session(_ id: UInt8) -> Session? { sessions.first { $0.id == id } }

    /// The keys of a crypto session that the message does not list, as with the empty map (RFC 4563 section 5).
    ///
    /// - Throws: ``MIKEYExchangeError`` where the keys are not ones for the policy.
    public func keys(csID: UInt8, policy: MIKEYSRTPPolicy) throws(MIKEYExchangeError) -> [Key] {
        try context.keys(csID: csID, policy: policy).keys
    }

    /// ``Session/reusedKeys`` of a crypto session that the message does not list.
    package func reusedKeys(csID: UInt8) -> Set<Int> { context.reusedKeys(csID: csID) }

    /// The key data as they were sent.
    package var keyData: [MIKEYPayload.KeyData] { context.keyData }
}

extension MIKEYAgreement {
    /// The same, when it holds again in place of a later one with other keys that came to nothing.
    func restored(inPlaceOf later: [MIKEYPayload.KeyData]) -> MIKEYAgreement {
        var restored = self
        restored.isUpdate = true
        restored.hasNewKeys = keyData != later
        restored.context.history.add(keyData: keyData, serving: .all)
        for place in sessions.indices {
            restored.sessions[place].reusedKeys = restored.reusedKeys(csID: sessions[place].id)
        }
        return restored
    }
}

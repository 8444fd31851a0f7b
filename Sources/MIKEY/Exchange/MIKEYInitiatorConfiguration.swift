// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How an initiator goes about.
public struct MIKEYInitiatorConfiguration: Sendable {
    /// What the two share.
    public var credential: MIKEYCredential
    /// Who this party is: IDi.
    public var identity: MIKEYIdentity?
    /// Who the peer is: an answer of another identity is refused. Without one, whoever has the key may answer.
    public var peer: MIKEYIdentity?
    /// Whether ``peer`` is sent as IDr. Only together with ``identity``, since one ID payload alone is IDi.
    public var sendsPeer = true
    /// Whether the peer is to answer (the flag V). Without an answer it is not known whether it has the keys.
    public var wantsVerification = true
    /// The function that keys are derived with.
    public var prf = MIKEYPRF.mikey1
    /// How key data are encrypted.
    public var encryption: MIKEYEncryptionAlgorithm
    /// How messages are authenticated.
    public var mac: MIKEYMACAlgorithm
    /// The length of RAND in octets, 16 to 255.
    public var randByteCount = 16
    /// Where T come from.
    public var timestamps: MIKEYTimestampSource
    /// What is lived with in answers, and what offers may be made with: some peers want what an RFC forbids.
    public var mode = MIKEYParsingMode.strict
    /// Whether the own message may come back in place of an answer, which then is none, as with live555.
    public var ignoresEcho = false

    /// An initiator with the algorithms that all must have: AES-CM-128 and HMAC-SHA-1-160, and NULL and NULL where the channel is
    /// all there is.
    public init(credential: MIKEYCredential, timestamps: MIKEYTimestampSource = MIKEYTimestampSource()) {
        self.credential = credential
        self.timestamps = timestamps
        switch credential {
        case .preSharedKey: (encryption, mac) = (.aesCM128, .hmacSHA1)
        case .protectedChannel:
            (encryption, mac) = (.null, .null)
            wantsVerification = false
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// Why a packet was not protected or unprotected, or a context not made or changed.
///
/// Unless a case says otherwise, nothing changed: neither the packet's octets, nor the stream's state, nor the packets
/// that may still be sent. Only a drop count moved. No case holds octets of a key, a tag or a payload.
@nonexhaustive
public enum SRTPError: Error, Hashable, Sendable {
    /// The header is not one of RTP, or the first words are not those of RTCP.
    case malformed(RTPError)
    /// The packet is shorter than its header, trailer and tag.
    case truncated(neededBytes: Int, availableBytes: Int)
    /// The payload is longer than one keystream segment may be, 2^16 blocks (RFC 3711 section 4.1.1).
    case packetTooLong(payloadBytes: Int, limitBytes: Int)
    /// The buffer has no room for the transformed packet, or is shorter than the packet's stated length.
    case bufferTooSmall(neededBytes: Int, availableBytes: Int)
    /// Input and output of an out-of-place call share octets.
    case overlappingBuffers
    /// A slot does not lie inside the batch's buffer.
    case invalidSlot
    /// The tag is not the one that the key gives for this packet.
    case authenticationFailed(SSRC)
    /// The packet was accepted before, or lags the newest one by the width of the replay window or more
    /// (RFC 3711 section 3.3.2).
    case replayed(SSRC, index: UInt64)
    /// An unencrypted SRTCP packet (E bit 0) where encryption is required. Its tag was right.
    case encryptionRequired(SSRC)
    /// The sender has sent this index before (RFC 3711 section 9.1: a two-time pad).
    case indexReused(SSRC, index: UInt64)
    /// The packet lags the newest one sent by the width of the window or more, so that nobody knows whether its index was
    /// used.
    case indexTooOld(SSRC, index: UInt64)
    /// The stream's indices would run into the first one used under this master key.
    case indexExhausted(SSRC)
    /// The master key has protected as many packets as it may (RFC 3711 section 9.2). It stays so.
    case keyExhausted(SSRC)
    /// There are as many streams as the configuration admits.
    case tooManyStreams(SSRC, limit: Int)
    /// A master key shared by both directions: this SSRC belongs to the other one.
    case directionConflict(SSRC)
    /// The rollover counter would move back, onto indices that were used.
    case rolloverCounterMovesBack(SSRC, from: UInt32, to: UInt32)
    /// The SRTCP index would move back, or does not fit 31 bits.
    case invalidRTCPIndex(SSRC, UInt32)
    /// The suite is known but cannot be used by this version.
    case suiteNotBuilt(String)
    /// The master key or salt has another length than the suite takes.
    case invalidKeyLength(keyBytes: Int, saltBytes: Int, expectedKeyBytes: Int, expectedSaltBytes: Int)
    /// The replay window is not between 64 and 32,768 packets wide.
    case invalidReplayWindow(Int)
    /// The admitted number of streams is not between 1 and 2^24.
    case invalidStreamLimit(Int)
    /// No master key has the identifier that the packet carries (RFC 3711 section 3.1).
    case unknownMKI(SSRC)
    /// There is no master key for the packet's index, or no key at all.
    case noKey(SSRC)
    /// The packet is not authenticated, and its SSRC is not one that the receiver was told of, or its index is too far ahead.
    case unauthenticated(SSRC)
    /// A packet with CSRCs or a header extension in the clear, or one that cannot be encrypted, where Cryptex is required; or
    /// one that is to be sent with a number in its extension that says it were encrypted already.
    case cryptexRequired(SSRC)
    /// The header extension, of which elements are encrypted, does not have the form of RFC 8285.
    case malformedHeaderExtension(SSRC)
    /// The packet's inner half does not authenticate, or its original header block is malformed (RFC 8723).
    case innerAuthenticationFailed(SSRC)
    /// The sender has no lease for the packet's index now: one has been asked for.
    case leaseExhausted(SSRC)
    /// The index may have been used before a restart; those from `resumesAt` on were not.
    case belowLease(SSRC, resumesAt: UInt64)
    /// The MKI is longer than 255 octets, not as long as those of the context's other keys, or that of another key.
    case invalidMKI(byteCount: Int, expectedByteCount: Int?)
    /// The key derivation rate is neither 0 nor a power of two up to 2^24.
    case invalidDerivationRate(UInt32)
    /// A range of indices goes beyond 2^48 - 1.
    case invalidKeyRange(UInt64)
    /// A lifetime is not between 1 and 2^48 packets.
    case invalidLifetime(UInt64)
    /// The key was in this context before, under other options or until it was removed (RFC 3711 section 9.2).
    case keyReused
    /// There is no key of this name.
    case unknownKey(SRTPKeyID)
    /// There are as many keys as a context takes.
    case tooManyKeys(limit: Int)
    /// There is no stream of this SSRC.
    case unknownStream(SSRC)
    /// The suites for SRTP and SRTCP have keys of different lengths or of different families, or a key is for another suite.
    case incompatibleSuites(rtp: String, rtcp: String)
    /// Options that cannot be had together.
    case incompatibleOptions(String)
    /// A carried rollover counter with a rate of 0, with a tag of another length than its mode has, or of a mode that the suite
    /// has no use for.
    case invalidCarriedCounter(mode: Int, rate: UInt16, tagBytes: Int)
    /// The number of rollover counters to try is not between 0 and 65,535.
    case invalidCounterSearch(Int)
    /// Saved state that is not one of this version, was cut or altered, is of another kind of context or of other keys, or is
    /// sealed where it should not be, or not sealed with this key.
    case malformedState
    /// The key to seal state with does not have 32 octets.
    case invalidStateKey(byteCount: Int)
    /// libcrypto refused a call. When protecting, the packet's index is consumed and the packet's payload is undefined.
    case engineFailed
}

/// The kinds of ``SRTPError`` that a packet can meet, as they are counted and as a batch reports them.
@nonexhaustive
public enum SRTPRefusal: Int, CaseIterable, Hashable, Sendable {
    case malformed = 1
    case packetTooLong
    case bufferTooSmall
    case overlappingBuffers
    case invalidSlot
    case authenticationFailed
    case replayed
    case encryptionRequired
    case indexReused
    case indexTooOld
    case indexExhausted
    case keyExhausted
    case tooManyStreams
    case directionConflict
    case engineFailed
    case unknownMKI
    case noKey
    case unauthenticated
    case cryptexRequired
    case malformedHeaderExtension
    case innerAuthenticationFailed
    case leaseExhausted
    case belowLease

    /// The kind behind a batch slot's result; `nil` for a length and for a slot that was not transformed.
    public init?(slotResult: Int) {
        guard slotResult < 0, slotResult > -256 else { return nil }
        self.init(rawValue: -slotResult)
    }

    /// A few words, as tables and logs show them.
    public var name: String {
        switch self {
        case .malformed: "malformed"
        case .packetTooLong: "too long"
        case .bufferTooSmall: "buffer too small"
        case .overlappingBuffers: "overlapping buffers"
        case .invalidSlot: "invalid slot"
        case .authenticationFailed: "authentication failed"
        case .replayed: "replayed"
        case .encryptionRequired: "encryption required"
        case .indexReused: "index reused"
        case .indexTooOld: "index too old"
        case .indexExhausted: "index exhausted"
        case .keyExhausted: "key exhausted"
        case .tooManyStreams: "too many streams"
        case .directionConflict: "direction conflict"
        case .engineFailed: "engine failed"
        case .unknownMKI: "unknown MKI"
        case .noKey: "no key"
        case .unauthenticated: "unauthenticated"
        case .cryptexRequired: "Cryptex required"
        case .malformedHeaderExtension: "malformed header extension"
        case .innerAuthenticationFailed: "inner authentication failed"
        case .leaseExhausted: "lease exhausted"
        case .belowLease: "below lease"
        }
    }
}

extension SRTPError: PacketTransformFailure {
    /// The kind of error, for errors about a packet; `nil` for those about a context.
    public var refusal: SRTPRefusal? {
        switch self {
        case .malformed, .truncated: .malformed
        case .packetTooLong: .packetTooLong
        case .bufferTooSmall: .bufferTooSmall
        case .overlappingBuffers: .overlappingBuffers
        case .invalidSlot: .invalidSlot
        case .authenticationFailed: .authenticationFailed
        case .replayed: .replayed
        case .encryptionRequired: .encryptionRequired
        case .indexReused: .indexReused
        case .indexTooOld: .indexTooOld
        case .indexExhausted: .indexExhausted
        case .keyExhausted: .keyExhausted
        case .tooManyStreams: .tooManyStreams
        case .directionConflict: .directionConflict
        case .engineFailed: .engineFailed
        case .unknownMKI: .unknownMKI
        case .noKey: .noKey
        case .unauthenticated: .unauthenticated
        case .cryptexRequired: .cryptexRequired
        case .malformedHeaderExtension: .malformedHeaderExtension
        case .innerAuthenticationFailed: .innerAuthenticationFailed
        case .leaseExhausted: .leaseExhausted
        case .belowLease: .belowLease
        case .rolloverCounterMovesBack, .invalidRTCPIndex, .suiteNotBuilt, .invalidKeyLength, .invalidReplayWindow,
            .invalidStreamLimit, .invalidMKI, .invalidDerivationRate, .invalidKeyRange, .invalidLifetime, .keyReused,
            .unknownKey, .tooManyKeys, .unknownStream, .incompatibleSuites, .incompatibleOptions,
            .invalidCarriedCounter, .invalidCounterSearch, .malformedState, .invalidStateKey:
            nil
        }
    }

    /// The kind of error as a batch slot's result, negated; 255 for errors that no packet meets.
    public var code: Int { refusal?.rawValue ?? 255 }
}

extension SRTPError: CustomStringConvertible {
    /// One line for a log: what was wrong, with its numbers.
    public var description: String {
        switch self {
        case .malformed(let error): "malformed packet: \(error)"
        case .truncated(let needed, let available): "packet too short: \(needed) octets needed, \(available) available"
        case .packetTooLong(let payload, let limit): "payload of \(payload) octets, at most \(limit) fit one keystream"
        case .bufferTooSmall(let needed, let available): "\(needed) octets needed, the buffer has \(available)"
        case .overlappingBuffers: "input and output overlap"
        case .invalidSlot: "batch slot outside its buffer"
        case .authenticationFailed(let ssrc): "SSRC \(ssrc): authentication failed"
        case .replayed(let ssrc, let index): "SSRC \(ssrc): index \(index) was accepted before or is too old"
        case .encryptionRequired(let ssrc): "SSRC \(ssrc): SRTCP packet not encrypted, encryption is required"
        case .indexReused(let ssrc, let index): "SSRC \(ssrc): index \(index) was sent before"
        case .indexTooOld(let ssrc, let index): "SSRC \(ssrc): index \(index) lags behind the window of sent packets"
        case .indexExhausted(let ssrc): "SSRC \(ssrc): no index left under this master key"
        case .keyExhausted(let ssrc): "SSRC \(ssrc): the master key has reached its packet limit"
        case .tooManyStreams(let ssrc, let limit): "SSRC \(ssrc): not admitted, there are \(limit) streams already"
        case .directionConflict(let ssrc): "SSRC \(ssrc) is used in the other direction of this master key"
        case .rolloverCounterMovesBack(let ssrc, let old, let new):
            "SSRC \(ssrc): rollover counter cannot move back from \(old) to \(new)"
        case .invalidRTCPIndex(let ssrc, let index): "SSRC \(ssrc): SRTCP index \(index) moves back or exceeds 31 bits"
        case .suiteNotBuilt(let name): "suite \(name) is not built"
        case .invalidKeyLength(let key, let salt, let expectedKey, let expectedSalt):
            "master key of \(key) and salt of \(salt) octets, expected \(expectedKey) and \(expectedSalt)"
        case .invalidReplayWindow(let width): "replay window of \(width) packets, expected 64 to 32768"
        case .invalidStreamLimit(let limit): "limit of \(limit) streams, expected 1 to 16777216"
        case .engineFailed: "libcrypto failed"
        case .unknownMKI(let ssrc): "SSRC \(ssrc): no master key with the packet's MKI"
        case .noKey(let ssrc): "SSRC \(ssrc): no master key for this packet"
        case .unauthenticated(let ssrc): "SSRC \(ssrc): unauthenticated packet of an unknown stream, or too far ahead"
        case .cryptexRequired(let ssrc): "SSRC \(ssrc): header not encrypted by Cryptex, or not to be encrypted"
        case .malformedHeaderExtension(let ssrc): "SSRC \(ssrc): header extension not of the form of RFC 8285"
        case .innerAuthenticationFailed(let ssrc): "SSRC \(ssrc): end-to-end authentication failed"
        case .leaseExhausted(let ssrc): "SSRC \(ssrc): no lease for this index yet"
        case .belowLease(let ssrc, let index): "SSRC \(ssrc): index may be used already, resumes at \(index)"
        case .invalidMKI(let count, let expected):
            expected.map { "MKI of \(count) octets, expected \($0)" } ?? "MKI of \(count) octets is too long or taken"
        case .invalidDerivationRate(let rate):
            "key derivation rate \(rate), expected 0 or a power of two up to 16777216"
        case .invalidKeyRange(let index): "key range up to index \(index), expected less than 2^48"
        case .invalidLifetime(let packets): "key lifetime of \(packets) packets, expected 1 to 2^48"
        case .keyReused: "the master key was used in this context before"
        case .unknownKey(let id): "there is no \(id)"
        case .tooManyKeys(let limit): "there are \(limit) master keys already"
        case .unknownStream(let ssrc): "SSRC \(ssrc): no such stream"
        case .incompatibleSuites(let rtp, let rtcp): "suites \(rtp) and \(rtcp) do not go together"
        case .incompatibleOptions(let options): "not to be had together: \(options)"
        case .invalidCarriedCounter(let mode, let rate, let tag):
            "carried rollover counter of mode \(mode), rate \(rate), tag of \(tag) octets: not for this suite, or out of range"
        case .invalidCounterSearch(let count): "search of \(count) rollover counters, expected 0 to 65535"
        case .malformedState: "saved state malformed, altered, or of another kind or key"
        case .invalidStateKey(let count): "key of \(count) octets for saved state, expected 32"
        }
    }
}

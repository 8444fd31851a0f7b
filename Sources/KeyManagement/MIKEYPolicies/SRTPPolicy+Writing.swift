// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
internal import SRTP

extension SRTPPolicy {
    /// The policy of MIKEY that says this, every parameter of it, those with their defaults too: peers disagree about defaults.
    ///
    /// - Throws: ``MIKEYPolicyError`` for what MIKEY has no number for, or SRTP no permission.
    public func mikey() throws(MIKEYPolicyError) -> MIKEYSRTPPolicy { try mikey(in: .rfc3830) }

    /// Which parameters are written, and what the length of a tag is put into.
    enum Dialect {
        /// What RFC 3830, 4771 and 7714 say.
        case rfc3830
        /// The same with what ONVIF's specification lists, and no more.
        case onvif
        /// As GStreamer writes it: the length of the tag in place of the authentication key's.
        case gstreamer
    }

    func mikey(in dialect: Dialect) throws(MIKEYPolicyError) -> MIKEYSRTPPolicy {
        var wanted = self
        if suite.rtpTagByteCount == suite.rtcpTagByteCount { wanted.rtcpTag = .registered }
        // What is read otherwise than it was meant is nothing to write.
        guard let policy = try? MIKEYPayload.SecurityPolicy(number: 0, parameters: wanted.parameters(in: dialect)).srtp
        else { throw MIKEYPolicyError(nil, "parameters that fit") }
        guard try SRTPPolicy(policy, accepting: .init([.tagLengthAsKeyLength])) == wanted else {
            throw MIKEYPolicyError(
                .tagLength, "lengths of tags and a counter that MIKEY can say (RFC 3711 section 5.2)")
        }
        return policy
    }

    /// The parameters, in the order of their numbers.
    private func parameters(in dialect: Dialect) throws(MIKEYPolicyError) -> [MIKEYPolicyParameter] {
        guard let its = suite.mikey else {
            throw MIKEYPolicyError(.encryptionAlgorithm, "a suite with numbers in MIKEY, not \(suite)")
        }
        let isAEAD = suite.cipher.isAuthenticated
        var values: [(MIKEYPolicyParameter.Kind, UInt64)] = [
            (.encryptionAlgorithm, UInt64(its.encryptionAlgorithm)),
            (.encryptionKeyLength, UInt64(its.encryptionKeyByteCount)),
            (.authenticationAlgorithm, UInt64(its.authenticationAlgorithm)),
        ]
        func add(_ kind: MIKEYPolicyParameter.Kind, _ value: some BinaryInteger) {
            values.append((kind, UInt64(value)))
        }
        let isGStreamer = dialect == .gstreamer
        if isGStreamer {
            add(.authenticationKeyLength, its.authenticationTagByteCount ?? 0)
        } else {
            if !isAEAD { add(.authenticationKeyLength, its.authenticationKeyByteCount) }
            add(.saltLength, its.saltByteCount)
        }
        if its.pseudoRandomFunction != 0 || dialect == .onvif && !isAEAD {
            add(.pseudoRandomFunction, its.pseudoRandomFunction)
        }
        if keyDerivationRate != 0 { add(.keyDerivationRate, keyDerivationRate) }
        if dialect != .onvif || !isAEAD {
            add(.srtpEncryption, encryptsSRTP ? 1 : 0)
            add(.srtcpEncryption, encryptsSRTCP ? 1 : 0)
            add(.srtpAuthentication, authenticatesSRTP ? 1 : 0)
        }
        if !isGStreamer, let tag = its.authenticationTagByteCount { add(.tagLength, tag) }
        if let carried = carriedRolloverCounter {
            add(.rocTransmissionRate, carried.rate)
            add(.srtpAuthenticationAlgorithm, AuthenticationAlgorithm.number(of: carried.mode))
            add(.srtpTagLength, carried.tagByteCount)
        }
        // A general length says nothing about SRTCP to us, but it may to others.
        if !isGStreamer, !isAEAD, suite.rtpTagByteCount != suite.rtcpTagByteCount {
            add(.srtcpTagLength, suite.rtcpTagByteCount)
        }
        if !isGStreamer, let tag = its.aeadTagByteCount { add(.aeadTagLength, tag) }
        var parameters: [MIKEYPolicyParameter] = []
        for (kind, value) in values {
            do throws(MIKEYError) {
                parameters.append(try MIKEYPolicyParameter(kind, value))
            } catch {
                throw MIKEYPolicyError(kind, "a value that fits")
            }
        }
        return parameters
    }
}

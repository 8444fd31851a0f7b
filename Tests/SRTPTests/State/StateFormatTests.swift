// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Saved state that was altered")
struct StateFormatTests {
    /// A receiver's state with something of everything.
    private static func receiver() throws -> SRTPReceiver {
        var configuration = SRTPConfiguration()
        configuration.streamLimit = 2
        configuration.fullTable = .evictIdle
        var receiver = try SRTPReceiver(masterKey: sampleKey(), configuration: configuration)
        let sending = try Sending()
        for ssrc: UInt32 in 1...3 {
            for number: UInt16 in [65_535, 0, 5] {
                _ = try receiver.unprotectRTP(sending.rtp(SamplePackets.rtp(sequence: number, ssrc: ssrc)).get())
            }
        }
        _ = try receiver.unprotectRTCP(sending.rtcp(SamplePackets.rtcp(ssrc: 3)).get())
        try receiver.removeKey(receiver.addKey(sampleKey(first: 5)))
        try receiver.replaceKey(with: sampleKey(first: 9))
        try receiver.setRolloverCounter(4, of: 3)
        return receiver
    }

    private static func restore(_ state: [UInt8], key: [UInt8]? = nil) throws(SRTPError) -> SRTPReceiver {
        try SRTPReceiver(
            masterKey: sampleMasterKey(), configuration: SRTPConfiguration(), restoring: state, sealedWith: key?.span)
    }

    private static func sampleMasterKey() throws(SRTPError) -> SRTPMasterKey {
        let octets = [UInt8](0..<30)
        return try SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: octets.span)
    }

    private static func refusal(_ state: [UInt8], key: [UInt8]? = nil) -> SRTPError? {
        do throws(SRTPError) {
            _ = try restore(state, key: key)
            return nil
        } catch {
            return error
        }
    }

    @Test("cut or flipped anywhere, it is refused, with a digest and sealed", arguments: [nil, [UInt8](1...32)])
    func everyPosition(_ key: [UInt8]?) throws {
        let receiver = try Self.receiver()
        let state = try receiver.saveState(sealedWith: key?.span)
        #expect(Self.refusal(state, key: key) == nil)
        for length in 0..<state.count {
            #expect(Self.refusal(Array(state[..<length]), key: key) == .malformedState)
            for bit in [UInt8(1), 0x80] {
                var flipped = state
                flipped[length] ^= bit
                #expect(Self.refusal(flipped, key: key) == .malformedState, "octet \(length)")
            }
        }
        #expect(Self.refusal(state + [0], key: key) == .malformedState)
    }

    @Test("with a right digest, it is refused or a state like any other", arguments: 0..<4)
    func everyPositionBehindTheDigest(_ part: Int) throws {
        let body = try Self.receiver().snapshot.encoded
        let kind = StateEnvelope.Kind(direction: .received, isPair: false)
        let sending = try Sending()
        let wires = try (1...3).map { ssrc in
            try sending.rtp(SamplePackets.rtp(sequence: 6, ssrc: UInt32(ssrc))).get()
        }
        let report = try sending.rtcp(SamplePackets.rtcp(ssrc: 3)).get()
        var restored = 0
        func check(_ octets: [UInt8]) throws {
            do throws(SRTPError) {
                var receiver = try Self.restore(StateEnvelope.wrap(octets, kind, key: nil))
                restored += 1
                // It is saved as it was read, but for keys whose counts have ended them; and it can be used.
                let again = try Self.restore(receiver.saveState())
                let (first, second) = (receiver.snapshot, again.snapshot)
                #expect(first == second)
                for wire in wires { _ = try? receiver.unprotectRTP(wire) }
                for ssrc: SSRC in [1, 2, 3] { try? receiver.setRolloverCounter(.max, of: ssrc) }
                for wire in wires { _ = try? receiver.unprotectRTP(wire) }
                _ = try? receiver.unprotectRTCP(report)
                _ = try? receiver.addKey(Self.sampleMasterKey())
            } catch {
                #expect([.malformedState, .keyReused].contains(error), "\(error)")
            }
        }
        for position in stride(from: part, to: body.count, by: 4) {
            try check(Array(body[..<position]))
            for octet: UInt8 in [body[position] ^ 1, body[position] ^ 0x80, 0, 0x7F, 0xFF] {
                var other = body
                other[position] = octet
                try check(other)
            }
        }
        #expect(restored > 0)
    }

    @Test("a sealed state opens with its key only, and a key demands a seal")
    func seal() throws {
        let receiver = try Self.receiver()
        let key = [UInt8](1...32)
        let sealed = try receiver.saveState(sealedWith: key.span)
        let open = try receiver.saveState()
        #expect(Self.refusal(sealed, key: [UInt8](2...33)) == .malformedState)
        #expect(Self.refusal(sealed) == .malformedState)
        #expect(Self.refusal(open, key: key) == .malformedState)
        #expect(Self.refusal(sealed, key: [UInt8](1...16)) == .invalidStateKey(byteCount: 16))
        #expect(throws: SRTPError.invalidStateKey(byteCount: 0)) {
            let none: [UInt8] = []
            _ = try receiver.saveState(sealedWith: none.span)
        }
    }

    @Test("random octets are refused")
    func randomOctets() throws {
        var generator = SeededGenerator(seed: 5)
        let kind = StateEnvelope.Kind(direction: .received, isPair: false)
        for count in 0..<300 {
            let octets = generator.octets(count)
            #expect(Self.refusal(octets) == .malformedState)
            #expect(Self.refusal(try StateEnvelope.wrap(octets, kind, key: nil)) != nil)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("One master key for both directions")
struct DirectionTests {
    @Test("SRTP-58 sending on an SSRC from which a packet was accepted is refused, RTP and RTCP")
    func receivedFirst() throws {
        var pair = try SRTPPair(sharing: sampleKey())
        _ = try pair.receiver.unprotectRTP(Sending.wire(SamplePackets.rtp(sequence: 1)))
        let fresh = pair.sender.snapshot
        #expect(throws: SRTPError.directionConflict(sample)) {
            try pair.sender.protectRTP(SamplePackets.rtp(sequence: 1))
        }
        #expect(throws: SRTPError.directionConflict(sample)) { try pair.sender.protectRTCP(SamplePackets.rtcp()) }
        #expect(throws: SRTPError.directionConflict(sample)) { try pair.sender.setRolloverCounter(1, of: sample) }
        #expect(pair.sender.snapshot == fresh)
        #expect(throws: Never.self) { try pair.sender.protectRTP(SamplePackets.rtp(sequence: 1, ssrc: 5)) }
    }

    @Test("SRTP-58 accepting a packet from an SSRC on which one was sent is refused: a reflected packet too")
    func sentFirst() throws {
        var pair = try SRTPPair(sharing: sampleKey())
        let wire = try pair.sender.protectRTP(SamplePackets.rtp(sequence: 1))
        let report = try pair.sender.protectRTCP(SamplePackets.rtcp())
        let fresh = pair.receiver.snapshot
        #expect(throws: SRTPError.directionConflict(sample)) { try pair.receiver.unprotectRTP(wire) }
        #expect(throws: SRTPError.directionConflict(sample)) { try pair.receiver.unprotectRTCP(report) }
        #expect(pair.receiver.snapshot == fresh)
        let other = SamplePackets.rtp(sequence: 1, ssrc: 5)
        #expect(try pair.receiver.unprotectRTP(Sending.wire(other)) == other)
    }

    @Test("SRTP-58 a forged packet takes no SSRC away from the sender")
    func forgedTakesNothing() throws {
        var pair = try SRTPPair(sharing: sampleKey())
        var forged = try Sending.wire(SamplePackets.rtp(sequence: 1))
        forged[15] ^= 1
        #expect(throws: SRTPError.authenticationFailed(sample)) { try pair.receiver.unprotectRTP(forged) }
        #expect(throws: Never.self) { try pair.sender.protectRTP(SamplePackets.rtp(sequence: 1)) }
    }

    @Test("SRTP-58 the two sides keep knowing of each other after they are handed over")
    func split() throws {
        let pair = try SRTPPair(sharing: sampleKey())
        try pair.split { (sender, receiver) in
            var (sender, receiver) = (Held(sender), Held(receiver))
            _ = try sender.value.protectRTP(SamplePackets.rtp(sequence: 1))
            #expect(throws: SRTPError.directionConflict(sample)) {
                try receiver.value.unprotectRTP(Sending.wire(SamplePackets.rtp(sequence: 1)))
            }
            sender = Held(try SRTPSender(masterKey: sampleKey()))
            _ = consume receiver
        }
    }

    @Test("SRTP-58 both directions at once, on two threads: one of them has the SSRC, the other changes nothing")
    func race() async throws {
        let packet = SamplePackets.rtp(sequence: 1)
        let wire = try Sending.wire(packet)
        for _ in 0..<500 {
            let pair = try SRTPPair(sharing: sampleKey())
            let (sender, receiver) = pair.split { (Held($0), Held($1)) }
            async let sending = Task.detached { (try? sender.value.protectRTP(packet)) != nil }.value
            async let receiving = Task.detached {
                var octets = wire
                var span = octets.mutableSpan
                var bytes = span.mutableBytes
                let length = bytes.byteCount
                return ((try? receiver.value.unprotectRTP(&bytes, length: length)) != nil, octets)
            }.value
            let (sent, (received, octets)) = (await sending, await receiving)
            #expect(sent != received)
            #expect(received || octets == wire)
        }
    }

    /// A noncopyable value in a class.
    // Safety: each test gives a value to one task alone.
    private final class Held<Value: ~Copyable & Sendable>: @unchecked Sendable {
        var value: Value
        init(_ value: consuming Value) { self.value = value }
    }
}

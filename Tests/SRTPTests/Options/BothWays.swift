// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing
import WireBytes

@testable import SRTP

/// A suite with options, from which the two ends of a line are made.
struct Setup {
    var suite: SRTPSuite
    var configuration = SRTPConfiguration()
    var options = SRTPKeyOptions()

    init(_ suite: SRTPSuite, _ configure: (inout SRTPConfiguration) -> Void = { _ in }) {
        self.suite = suite
        configure(&configuration)
    }

    init(_ name: String, _ configure: (inout SRTPConfiguration) -> Void = { _ in }) throws {
        self.init(try #require(SRTPSuite.named(name)), configure)
    }

    /// The same with other settings beside.
    func with(_ configure: (inout SRTPConfiguration) -> Void) -> Setup {
        var setup = self
        configure(&setup.configuration)
        return setup
    }

    func makeSender() throws -> SRTPSender {
        try SRTPSender(masterKey: sampleKey(suite), options: options, configuration: configuration)
    }

    func makeReceiver() throws -> SRTPReceiver {
        try SRTPReceiver(masterKey: sampleKey(suite), options: options, configuration: configuration)
    }

    func profile() throws -> PacketProfile {
        try PacketProfile(suite: suite, configuration: configuration, mkiByteCount: options.mki.count)
    }

    /// The octets that stay when the outer half of a double suite is open.
    func bodyByteCount(_ wire: [UInt8]) throws -> Int {
        try RTPFrame(protected: wire.span.bytes, profile()).bodyByteCount
    }
}

/// What an array in a test looks like before anything is written to it.
private let untouched: UInt8 = 0x5A

/// Senders that do the same, one in place, one out of place and one with arrays. Every call checks that they agree; that a buffer of just
/// the size is large enough, and one octet less is refused; that the input of an out-of-place call stays; and that a refused packet
/// leaves octets and state as they were.
final class BothSenders {
    private var inPlace: SRTPSender
    private var outOfPlace: SRTPSender
    private var arrays: SRTPSender

    init(_ setup: Setup) throws {
        arrays = try setup.makeSender()
        inPlace = try setup.makeSender()
        outOfPlace = try setup.makeSender()
    }

    var state: SRTPStateSnapshot { inPlace.snapshot }
    var rtpOverhead: Int { inPlace.rtpOverhead }

    func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) throws {
        try arrays.setRolloverCounter(counter, of: ssrc)
        try inPlace.setRolloverCounter(counter, of: ssrc)
        try outOfPlace.setRolloverCounter(counter, of: ssrc)
    }

    func rtp(_ packet: [UInt8]) -> Result<[UInt8], SRTPError> {
        let before = inPlace.snapshot
        let copy = packet.map { $0 }
        let array = Result { () throws(SRTPError) in try arrays.protectRTP(packet) }
        var output = [UInt8](repeating: untouched, count: packet.count + outOfPlace.rtpOverhead)
        let second = transform(packet, into: &output)
        #expect(packet == copy, "the input of an out-of-place call changed")
        switch second {
        case .success(let count):
            var short = packet + [UInt8](repeating: untouched, count: count - packet.count)
            if count > packet.count { short.removeLast() }
            let tooSmall = short
            if count > packet.count {
                let refusal = transform(&short, length: packet.count)
                #expect(refusal == .failure(.bufferTooSmall(neededBytes: count, availableBytes: count - 1)))
                #expect(short == tooSmall && inPlace.snapshot == before, "no room, and something changed")
            }
            var exact = packet + [UInt8](repeating: untouched, count: count - packet.count)
            #expect(transform(&exact, length: packet.count) == second)
            #expect(exact == Array(output.prefix(count)), "in place and out of place differ")
            #expect(output.dropFirst(count).allSatisfy { $0 == untouched }, "written behind the packet")
            #expect(array == .success(exact))
            #expect(inPlace.snapshot == outOfPlace.snapshot)
            return .success(exact)
        case .failure(let error):
            var buffer = packet + [UInt8](repeating: untouched, count: inPlace.rtpOverhead)
            let original = buffer
            #expect(transform(&buffer, length: packet.count) == second)
            #expect(buffer == original, "refused, and the packet is another one")
            #expect(output.allSatisfy { $0 == untouched || $0 == 0 }, "refused, and something was written")
            #expect(
                inPlace.snapshot == before && outOfPlace.snapshot == before, "refused, and the state is another one")
            #expect(array == .failure(error))
            return .failure(error)
        }
    }

    private func transform(_ buffer: inout [UInt8], length: Int) -> Result<Int, SRTPError> {
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        do throws(SRTPError) {
            return .success(try inPlace.protectRTP(&bytes, length: length))
        } catch { return .failure(error) }
    }

    private func transform(_ packet: [UInt8], into output: inout [UInt8]) -> Result<Int, SRTPError> {
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        do throws(SRTPError) {
            return .success(try outOfPlace.protectRTP(packet.span.bytes, into: &bytes))
        } catch { return .failure(error) }
    }

    func rtcp(_ packet: [UInt8]) -> Result<[UInt8], SRTPError> {
        do throws(SRTPError) {
            let wire = try inPlace.protectRTCP(packet)
            for other in [try outOfPlace.protectRTCP(packet), try arrays.protectRTCP(packet)] { #expect(other == wire) }
            return .success(wire)
        } catch { return .failure(error) }
    }
}

/// Two receivers that do the same, one in place and one out of place. Every call checks that the two agree, and so does the check
/// that relays make before; that a buffer of just the size is large enough, and one octet less is refused; and that a refused packet
/// leaves octets and state as they were.
final class BothReceivers {
    let setup: Setup
    private var inPlace: SRTPReceiver
    private var outOfPlace: SRTPReceiver

    init(_ setup: Setup) throws {
        self.setup = setup
        inPlace = try setup.makeReceiver()
        outOfPlace = try setup.makeReceiver()
    }

    var state: SRTPStateSnapshot { inPlace.snapshot }
    var accepted: UInt64 { inPlace.statistics.rtpPackets }

    func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) throws {
        try inPlace.setRolloverCounter(counter, of: ssrc)
        try outOfPlace.setRolloverCounter(counter, of: ssrc)
    }

    func resynchronize(_ ssrc: SSRC) throws {
        try inPlace.resynchronize(ssrc)
        try outOfPlace.resynchronize(ssrc)
    }

    func rolloverCounter(of ssrc: SSRC) -> UInt32? { inPlace.rolloverCounter(of: ssrc) }

    func nextEvent() -> SRTPEvent? { inPlace.nextEvent() }

    func rtp(_ wire: [UInt8]) -> Result<[UInt8], SRTPError> {
        let before = inPlace.snapshot
        let relayed = authenticate(wire)
        #expect(inPlace.snapshot == before, "looked at only, and the state is another one")
        var buffer = wire
        let first = transform(&buffer)
        switch first {
        case .success(let count):
            #expect(relayed == nil, "accepted, but a relay refuses it: \(String(describing: relayed))")
            let plain = Array(buffer.prefix(count))
            let needed = setup.suite.cipher == .doubleAESGCM ? (try? setup.bodyByteCount(wire)) ?? 0 : count
            var short = [UInt8](repeating: untouched, count: needed - 1)
            #expect(
                transform(wire, into: &short)
                    == .failure(.bufferTooSmall(neededBytes: needed, availableBytes: needed - 1)))
            #expect(short.allSatisfy { $0 == untouched } && outOfPlace.snapshot == before)
            var exact = [UInt8](repeating: untouched, count: needed)
            #expect(transform(wire, into: &exact) == first)
            #expect(Array(exact.prefix(count)) == plain, "in place and out of place differ")
            #expect(inPlace.snapshot == outOfPlace.snapshot)
            return .success(plain)
        case .failure(let error):
            // The inner half is none of a relay's business.
            if case .innerAuthenticationFailed = error {
                #expect(relayed == nil)
            } else {
                #expect(relayed == error)
            }
            var output = [UInt8](repeating: untouched, count: wire.count)
            #expect(transform(wire, into: &output) == first)
            #expect(buffer == wire, "refused, and the packet is another one")
            #expect(output.allSatisfy { $0 == untouched || $0 == 0 }, "refused, and something was written")
            #expect(
                inPlace.snapshot == before && outOfPlace.snapshot == before, "refused, and the state is another one")
            return .failure(error)
        }
    }

    private func authenticate(_ wire: [UInt8]) -> SRTPError? {
        do throws(SRTPError) { try inPlace.authenticateRTP(wire.span.bytes) } catch { return error }
        return nil
    }

    private func transform(_ buffer: inout [UInt8]) -> Result<Int, SRTPError> {
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        let length = bytes.byteCount
        do throws(SRTPError) {
            return .success(try inPlace.unprotectRTP(&bytes, length: length))
        } catch { return .failure(error) }
    }

    private func transform(_ wire: [UInt8], into output: inout [UInt8]) -> Result<Int, SRTPError> {
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        do throws(SRTPError) {
            return .success(try outOfPlace.unprotectRTP(wire.span.bytes, into: &bytes))
        } catch { return .failure(error) }
    }

    func rtcp(_ wire: [UInt8]) -> Result<[UInt8], SRTPError> {
        let before = inPlace.snapshot
        var relayed: SRTPError?
        do throws(SRTPError) { try inPlace.authenticateRTCP(wire.span.bytes) } catch { relayed = error }
        #expect(inPlace.snapshot == before, "looked at only, and the state is another one")
        do throws(SRTPError) {
            let plain = try inPlace.unprotectRTCP(wire)
            #expect(relayed == nil)
            let other = try outOfPlace.unprotectRTCP(wire)
            #expect(other == plain)
            return .success(plain)
        } catch {
            #expect(relayed == error)
            #expect(inPlace.snapshot == before)
            return .failure(error)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import RTP
import RTPTransport
import SRTP
import Testing

@Suite("SecureDatagramHandler, inbound")
struct SecureDatagramInboundTests {
    /// Packets of one stream under Alice's key, as Bob receives them.
    private func protected(_ packets: [[UInt8]]) throws -> [[UInt8]] {
        var sender = try Party.alice.sender()
        var result: [[UInt8]] = []
        for packet in packets {
            let isRTCP = (192...223).contains(packet[1])
            result.append(isRTCP ? try sender.protectRTCP(packet) : try sender.protectRTP(packet))
        }
        return result
    }

    private func envelopes(_ packets: [[UInt8]]) throws -> [Envelope] {
        try packets.enumerated().map { try Datagrams.envelope($1, port: 5004 + $0) }
    }

    @Test("a burst of RTP and RTCP is opened in order when it ends, not before")
    func burst() throws {
        let plain = [
            Datagrams.rtp(1), Datagrams.rtcp(1), Datagrams.rtp(2), Datagrams.rtp(3, ssrc: 7), Datagrams.rtcp(2),
        ]
        let bob = try End(.bob)
        bob.collect(try envelopes(protected(plain)))
        #expect(try bob.received().isEmpty)
        bob.channel.pipeline.fireChannelReadComplete()
        let received = try bob.received()
        #expect(received.map(\.octets) == plain)
        #expect(received.map(\.remoteAddress.port) == [5004, 5005, 5006, 5007, 5008])
        #expect(bob.handler.counters.opened == 5)
    }

    @Test("metadata stays with its packet")
    func metadata() throws {
        let bob = try End(.bob)
        var burst = try envelopes(protected([Datagrams.rtp(1), Datagrams.rtp(2)]))
        burst[1].metadata = .init(ecnState: .congestionExperienced)
        let received = try bob.read(burst)
        #expect(received.map(\.metadata?.ecnState) == [nil, .congestionExperienced])
    }

    @Test("a batch has the effect of single calls in the same order")
    func batchEqualsSingleCalls() throws {
        var wire = try protected(
            (0..<40).map { Datagrams.rtp(65_520 &+ $0, payload: Int($0) * 9) } + [Datagrams.rtcp(1)])
        wire[3][20] ^= 1
        wire.insert(wire[5], at: 9)
        wire.swapAt(12, 17)
        wire.insert(Array(wire[1].prefix(15)), at: 2)

        var single = try Party.bob.receiver()
        var expected: [[UInt8]] = []
        for packet in wire {
            let isRTCP = (192...223).contains(packet[1])
            do { expected.append(isRTCP ? try single.unprotectRTCP(packet) : try single.unprotectRTP(packet)) } catch {}
        }
        let bob = try End(.bob)
        #expect(try bob.read(envelopes(wire)).map(\.octets) == expected)
        let statistics = bob.handler.withReceiver { $0.statistics }
        let alone = single.statistics
        #expect(statistics.rtpPackets == alone.rtpPackets && statistics.rtcpPackets == alone.rtcpPackets)
        for refusal in SRTPRefusal.allCases { #expect(statistics[refusal] == alone[refusal]) }
        #expect(bob.handler.counters.refused == alone.refusedPackets)
        #expect(alone[.replayed] == 1 && alone[.authenticationFailed] == 1 && alone[.malformed] == 1)
    }

    @Test(
        "a refused packet in the middle is dropped and counted; an event only where asked for",
        arguments: [false, true])
    func refusedInTheMiddle(reports: Bool) throws {
        var wire = try protected([Datagrams.rtp(1), Datagrams.rtp(2), Datagrams.rtp(3)])
        wire[1][14] ^= 0x40
        var options = SecureDatagramOptions()
        options.reportsRefusals = reports
        let events = EventRecorder()
        let bob = try End(.bob, options: options, behind: [events])
        #expect(try bob.read(envelopes(wire)).map(\.octets) == [Datagrams.rtp(1), Datagrams.rtp(3)])
        let counters = bob.handler.counters
        #expect(counters.received == 3 && counters.opened == 2 && counters.refused == 1 && counters.other == 0)
        #expect(events.refusals.map(\.remoteAddress.port) == (reports ? [5005] : []))
        let reasons = events.refusals.map { SRTPRefusal(rawValue: $0.code) }
        #expect(reasons == (reports ? [.authenticationFailed] : []))
        try bob.channel.throwIfErrorCaught()
    }

    @Test("datagrams of other protocols are dropped and counted")
    func othersDropped() throws {
        let events = EventRecorder()
        let bob = try End(.bob, behind: [events])
        let wire = try protected([Datagrams.rtp(1)])
        #expect(try bob.read(envelopes([Datagrams.stun] + wire + [Datagrams.dtls])).map(\.octets) == [Datagrams.rtp(1)])
        #expect(bob.handler.counters.other == 2)
        #expect(events.others.isEmpty)
    }

    @Test("forwarded, they are events and never reads; what belongs to no protocol is dropped all the same")
    func othersForwarded() throws {
        var options = SecureDatagramOptions()
        options.otherDatagrams = .forwarded
        let events = EventRecorder()
        let bob = try End(.bob, options: options, behind: [events])
        #expect(try bob.read(envelopes([Datagrams.stun, [4, 5, 6], [0x80, 0, 1], Datagrams.dtls])).isEmpty)
        #expect(events.others.map(\.datagramClass) == [.stun, .dtls])
        #expect(events.others.map(\.envelope.octets) == [Datagrams.stun, Datagrams.dtls])
        #expect(bob.handler.counters.other == 4)
    }

    @Test("tiny and empty datagrams are dropped")
    func tiny() throws {
        let bob = try End(.bob)
        let wire = try protected([Datagrams.rtp(1), Datagrams.rtcp(1)])
        for packet in wire {
            for length in 0..<packet.count {
                #expect(try bob.read(envelopes([Array(packet.prefix(length))])).isEmpty)
            }
        }
        let counters = bob.handler.counters
        #expect(counters.opened == 0 && counters.refused + counters.other == counters.received)
        #expect(try bob.read(envelopes(wire)).count == 2, "the truncated ones changed nothing")
    }

    @Test("a datagram longer than UDP can carry is dropped")
    func impossibleSize() throws {
        let wire = try protected([Datagrams.rtp(1, payload: 70_000), Datagrams.rtp(2, payload: 65_000)])
        let bob = try End(.bob)
        #expect(try bob.read(envelopes(wire)).map(\.octets) == [Datagrams.rtp(2, payload: 65_000)])
        #expect(bob.handler.counters.other == 1)
    }

    @Test("datagrams that share storage are read, not written")
    func sharedStorage() throws {
        let plain = (1...4).map { Datagrams.rtp($0) }
        let wire = try protected(plain)
        var whole = ByteBuffer(bytes: Array(wire.joined()))
        let untouched = whole
        var burst: [Envelope] = []
        for packet in wire {
            let next = whole.readSlice(length: packet.count)
            let slice = try #require(next)
            burst.append(Envelope(remoteAddress: try Datagrams.address(), data: slice))
        }
        let bob = try End(.bob)
        #expect(try bob.read(burst).map(\.octets) == plain)
        #expect(burst.map(\.octets) == wire)
        #expect(Array(untouched.readableBytesView) == Array(wire.joined()))
    }

    @Test("packets that the application keeps stay as they are over later bursts")
    func keptPackets() throws {
        let plain = (1...60).map { Datagrams.rtp($0, payload: Int($0) * 20) }
        let wire = try envelopes(protected(plain))
        let bob = try End(.bob)
        var kept: [Envelope] = []
        for start in stride(from: 0, to: 60, by: 4) { kept += try bob.read(Array(wire[start..<start + 4])) }
        #expect(kept.map(\.octets) == plain)
        kept[0].data.setInteger(UInt8(0xFF), at: kept[0].data.readerIndex)
        #expect(kept.dropFirst().map(\.octets) == Array(plain.dropFirst()))
    }

    @Test("a burst over a limit is opened in several batches, in order")
    func burstOverLimit() throws {
        let plain = (1...200).map { Datagrams.rtp($0) }
        let bob = try End(.bob)
        bob.collect(try envelopes(protected(plain)))
        #expect(bob.handler.counters.opened == 192)
        bob.channel.pipeline.fireChannelReadComplete()
        #expect(try bob.received().map(\.octets) == plain)

        var options = SecureDatagramOptions()
        options.batchByteLimit = 1000
        let small = try End(.bob, options: options)
        let sizes = [100, 2000, 300, 400, 500, 0]
        let mixed = sizes.enumerated().map { Datagrams.rtp(UInt16($0), payload: $1) }
        #expect(try small.read(envelopes(protected(mixed))).map(\.octets) == mixed)
    }

    @Test("packets that wait when the channel closes are handed on before it is inactive")
    func closedWithPacketsPending() throws {
        let bob = try End(.bob)
        bob.collect(try envelopes(protected([Datagrams.rtp(1), Datagrams.rtp(2)])))
        try bob.channel.close().wait()
        #expect(try bob.received().map(\.octets) == [Datagrams.rtp(1), Datagrams.rtp(2)])
    }

    @Test("a handler that closes the channel gets no further packet of the batch")
    func closedInTheMiddle() throws {
        let hook = ReadHook { _, context in context.close(promise: nil) }
        let bob = try End(.bob, behind: [hook])
        #expect(try bob.read(envelopes(protected([Datagrams.rtp(1), Datagrams.rtp(2)]))).count == 1)
    }

    @Test("the handler cannot be removed, so that no pipeline goes on without it")
    func notRemovable() throws {
        let bob = try End(.bob)
        let context = try bob.channel.pipeline.syncOperations.context(handler: bob.handler)
        let removal = bob.channel.pipeline.syncOperations.removeHandler(context: context)
        #expect(throws: ChannelError.self) { try removal.wait() }
    }

    @Test("reads from within a read do not disturb the batch that is handed on")
    func reentrantReads() throws {
        let plain = (1...6).map { Datagrams.rtp($0) }
        let wire = try envelopes(protected(plain))
        var octets: [[UInt8]] = []
        let hook = ReadHook { envelope, context in
            octets.append(envelope.octets)
            guard octets.count == 1 else { return }
            for extra in wire[3...] { context.pipeline.syncOperations.fireChannelRead(NIOAny(extra)) }
            context.pipeline.syncOperations.fireChannelReadComplete()
        }
        let bob = try End(.bob, behind: [hook])
        _ = try bob.read(Array(wire[..<3]))
        #expect(octets == [plain[0], plain[3], plain[4], plain[5], plain[1], plain[2]])
    }

    @Test("segments that the system joined are taken apart")
    func joinedSegments() throws {
        let plain = [Datagrams.rtp(1), Datagrams.rtp(2), Datagrams.rtp(3, payload: 20)]
        let wire = try protected(plain)
        var joined = try Datagrams.envelope(Array(wire.joined()))
        joined.metadata = .init(ecnState: .transportNotCapable, packetInfo: nil, segmentSize: wire[0].count)
        let bob = try End(.bob)
        let received = try bob.read([joined])
        #expect(received.map(\.octets) == plain)
        #expect(received.allSatisfy { $0.metadata?.segmentSize == nil && $0.metadata != nil })
        #expect(bob.handler.counters.received == 3)
    }

    @Test("a socket for RTP only takes payload types that look like RTCP")
    func rtpOnly() throws {
        var options = SecureDatagramOptions()
        options.traffic = .rtpOnly
        let packet = Datagrams.rtp(1, type: 0x80 | 72)
        var sender = try Party.alice.sender()
        let wire = try sender.protectRTP(packet)
        #expect(try End(.bob, options: options).read(envelopes([wire])).map(\.octets) == [packet])
        #expect(try End(.bob).read(envelopes([wire])).isEmpty)
    }

    @Test("a socket for RTCP only takes everything for RTCP")
    func rtcpOnly() throws {
        var options = SecureDatagramOptions()
        options.traffic = .rtcpOnly
        let bob = try End(.bob, options: options)
        let wire = try protected([Datagrams.rtcp(1), Datagrams.rtp(1)])
        #expect(try bob.read(envelopes(wire)).map(\.octets) == [Datagrams.rtcp(1)])
        #expect(bob.handler.counters.refused == 1)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import RTP
import RTPTransport
import SRTP
import TestSupport
import Testing

@Suite("SecureDatagramHandler, outbound and both ways")
struct SecureDatagramOutboundTests {
    @Test("what is written is what the sender alone would make of it")
    func equalsSender() throws {
        let alice = try End(.alice)
        var sender = try Party.alice.sender()
        let rtp = try #require(try alice.write(Datagrams.envelope(Datagrams.rtp(1), port: 6000)))
        let rtcp = try #require(try alice.write(Datagrams.envelope(Datagrams.rtcp(1))))
        let expectedRTP = try sender.protectRTP(Datagrams.rtp(1))
        let expectedRTCP = try sender.protectRTCP(Datagrams.rtcp(1))
        #expect(rtp.octets == expectedRTP && rtcp.octets == expectedRTCP)
        #expect(rtp.remoteAddress.port == 6000)
        #expect(alice.handler.counters.sealed == 2)
    }

    @Test("the application's buffer is only read, with room behind it, without, and shared")
    func applicationBuffer() throws {
        let alice = try End(.alice)
        var roomy = ByteBufferAllocator().buffer(capacity: 4096)
        roomy.writeBytes([1, 2, 3] + Datagrams.rtp(1))
        roomy.moveReaderIndex(forwardBy: 3)
        let tight = ByteBuffer(bytes: Datagrams.rtp(2))
        let shared = tight
        for (buffer, sequence) in [(roomy, UInt16(1)), (tight, 2)] {
            let sent = try alice.write(Envelope(remoteAddress: Datagrams.address(), data: buffer))
            #expect(sent?.data.readableBytes == 12 + 160 + 10)
            #expect(Array(buffer.readableBytesView) == Datagrams.rtp(sequence))
        }
        #expect(Array(shared.readableBytesView) == Datagrams.rtp(2))
        roomy.moveReaderIndex(to: 0)
        #expect(Array(roomy.readableBytesView) == [1, 2, 3] + Datagrams.rtp(1))
    }

    @Test("packets that wait for a flush stay as they are, however many")
    func manyUnflushed() throws {
        let alice = try End(.alice)
        let bob = try End(.bob)
        let plain = (1...150).map { Datagrams.rtp($0, payload: Int($0) * 17) }
        for packet in plain { alice.channel.write(try Datagrams.envelope(packet), promise: nil) }
        alice.channel.flush()
        var wire: [Envelope] = []
        while let envelope = try alice.channel.readOutbound(as: Envelope.self) { wire.append(envelope) }
        #expect(try bob.read(wire).map(\.octets) == plain)
    }

    @Test("a refused packet fails its promise with the sender's error, and nothing is sent")
    func refusedWrite() throws {
        let alice = try End(.alice)
        _ = try alice.write(Datagrams.envelope(Datagrams.rtp(1)))
        let repeated = Datagrams.rtp(1, payload: 10)
        #expect(throws: SRTPError.indexReused(0xCAFE_F00D, index: 1)) {
            try alice.channel.writeOutbound(Datagrams.envelope(repeated))
        }
        #expect(try alice.channel.readOutbound(as: Envelope.self) == nil)
        #expect(alice.handler.counters.refusedWrites == 1)
        let statistics = alice.handler.withSender { $0.statistics }
        #expect(statistics[.indexReused] == 1)
        #expect(try alice.write(Datagrams.envelope(Datagrams.rtp(2))) != nil, "the next one goes out")
    }

    @Test("writes of other protocols fail, or pass as they are where asked for")
    func otherWrites() throws {
        let alice = try End(.alice)
        #expect(throws: SecureDatagramError.notMedia(.stun)) {
            try alice.channel.writeOutbound(Datagrams.envelope(Datagrams.stun))
        }
        var options = SecureDatagramOptions()
        options.otherDatagrams = .forwarded
        let open = try End(.alice, options: options)
        #expect(try open.write(Datagrams.envelope(Datagrams.stun))?.octets == Datagrams.stun)
        #expect(open.handler.counters.otherWrites == 1)
        for octets in [[], [4], Array(Datagrams.rtp(1).prefix(11)), Array(Datagrams.rtcp(1).prefix(3))] {
            #expect(throws: SecureDatagramError.notMedia(.unknown)) {
                try open.channel.writeOutbound(Datagrams.envelope(octets))
            }
        }
        #expect(try open.channel.readOutbound(as: Envelope.self) == nil)
    }

    @Test("what no datagram can hold is refused before it takes an index")
    func impossibleSize() throws {
        let alice = try End(.alice)
        for payload in [70_000, 65_527 - 12 - 13] {
            let error = #expect(throws: SecureDatagramError.self) {
                try alice.channel.writeOutbound(Datagrams.envelope(Datagrams.rtp(1, payload: payload)))
            }
            #expect(error == .datagramTooLong(neededBytes: payload + 12 + 14, limitBytes: 65_527))
        }
        let longest = Datagrams.rtp(1, payload: 65_527 - 12 - 14)
        let sent = try #require(try alice.write(Datagrams.envelope(longest)))
        #expect(try End(.bob).read([sent]).map(\.octets) == [longest])
    }

    @Test("a write that is to be cut into segments is refused")
    func segmentedWrite() throws {
        let alice = try End(.alice)
        var envelope = try Datagrams.envelope(Datagrams.rtp(1) + Datagrams.rtp(2))
        envelope.metadata = .init(ecnState: .transportNotCapable, packetInfo: nil, segmentSize: 172)
        #expect(throws: SecureDatagramError.segmentedWrite(segmentBytes: 172)) {
            try alice.channel.writeOutbound(envelope)
        }
    }

    @Test("what goes in at one end comes out at the other", arguments: 0..<20 as Range<UInt64>)
    func duplex(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let ends = [try End(.alice), try End(.bob)]
        var sequences: [UInt32: UInt16] = [:]
        var reports: UInt32 = 0
        for _ in 0..<30 {
            for direction in 0...1 {
                var plain: [Envelope] = []
                for _ in 0..<Int.random(in: 0...80, using: &random) {
                    let ssrc = UInt32.random(in: 1...5, using: &random) + UInt32(direction) * 100
                    if Int.random(in: 0..<8, using: &random) == 0 {
                        reports += 1
                        plain.append(try Datagrams.envelope(Datagrams.rtcp(reports, ssrc: ssrc), port: Int(ssrc)))
                    } else {
                        let sequence = sequences[ssrc, default: UInt16.random(in: .min ... .max, using: &random)] &+ 1
                        sequences[ssrc] = sequence
                        let payload = Int.random(in: 0...1400, using: &random)
                        plain.append(
                            try Datagrams.envelope(
                                Datagrams.rtp(sequence, ssrc: ssrc, payload: payload), port: Int(ssrc)))
                    }
                }
                var wire: [Envelope] = []
                for envelope in plain { wire.append(try #require(try ends[direction].write(envelope))) }
                for (sealed, envelope) in zip(wire, plain) { #expect(sealed.octets.count > envelope.octets.count) }
                #expect(try ends[1 - direction].read(wire) == plain)
            }
        }
    }

    @Test("a packet that is handed on can be written at once: a relay")
    func relay() throws {
        let relayed = ReadHook { envelope, context in
            context.write(NIOAny(envelope), promise: nil)
        }
        let bob = try End(.bob, behind: [relayed])
        let alice = try End(.alice)
        let plain = (1...10).map { Datagrams.rtp($0) }
        var wire: [Envelope] = []
        for packet in plain { wire.append(try #require(try alice.write(Datagrams.envelope(packet)))) }
        _ = try bob.read(wire)
        bob.channel.flush()
        var back: [Envelope] = []
        while let envelope = try bob.channel.readOutbound(as: Envelope.self) { back.append(envelope) }
        #expect(try alice.read(back).map(\.octets) == plain)
    }

    @Test("plain transforms on both sides leave packets as they are; one side can be secure alone")
    func plainTransforms() throws {
        let plain = SecureDatagramHandler(sender: PlainTransform(), receiver: PlainTransform())
        let channel = EmbeddedChannel(handler: plain)
        defer { _ = try? channel.finish() }
        let packets = [try Datagrams.envelope(Datagrams.rtp(1)), try Datagrams.envelope(Datagrams.rtcp(1))]
        for packet in packets {
            try channel.writeInbound(packet)
            #expect(try channel.readInbound(as: Envelope.self) == packet)
            try channel.writeOutbound(packet)
            #expect(try channel.readOutbound(as: Envelope.self) == packet)
        }

        let oneWay = SecureDatagramHandler(sender: try Party.alice.sender(), receiver: PlainTransform())
        let half = EmbeddedChannel(handler: oneWay)
        defer { _ = try? half.finish() }
        try half.writeInbound(packets[0])
        #expect(try half.readInbound(as: Envelope.self) == packets[0])
        try half.writeOutbound(packets[0])
        let sealed = try #require(try half.readOutbound(as: Envelope.self))
        #expect(try End(.bob).read([sealed]) == [packets[0]])
    }

    @Test("a transform that grows packets can be on the receiving side: a gateway")
    func protectingInbound() throws {
        let gateway = SecureDatagramHandler(sender: PlainTransform(), receiver: try Party.alice.sender())
        let channel = EmbeddedChannel(handler: gateway)
        defer { _ = try? channel.finish() }
        let plain = (1...5).map { Datagrams.rtp($0) }
        for packet in plain {
            channel.pipeline.syncOperations.fireChannelRead(NIOAny(try Datagrams.envelope(packet)))
        }
        channel.pipeline.fireChannelReadComplete()
        var wire: [Envelope] = []
        while let envelope = try channel.readInbound(as: Envelope.self) { wire.append(envelope) }
        #expect(try End(.bob).read(wire).map(\.octets) == plain)
    }

    @Test("another transform takes the place of the old one while packets flow")
    func replacedTransform() throws {
        let alice = try End(.alice)
        let bob = try End(.bob)
        let first = try #require(try alice.write(Datagrams.envelope(Datagrams.rtp(1))))
        #expect(try bob.read([first]).count == 1)
        let suite = SRTPSuite.aesCM128_HMACSHA1_80
        try alice.handler.withSender { $0 = try SRTPSender(masterKey: Party.bob.masterKey(suite)) }
        let second = try #require(try alice.write(Datagrams.envelope(Datagrams.rtp(2))))
        #expect(try bob.read([second]).isEmpty)
        try bob.handler.withReceiver { $0 = try SRTPReceiver(masterKey: Party.bob.masterKey(suite)) }
        #expect(try bob.read([second]).map(\.octets) == [Datagrams.rtp(2)])
    }
}

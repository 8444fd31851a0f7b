// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import NIOPosix
import RTP
import RTPTransport
import SRTP
import Testing

@Suite("SecureDatagramFactory")
struct SecureDatagramFactoryTests {
    @Test("the second handler is refused")
    func twice() throws {
        let security = SecureDatagramFactory(sender: try Party.alice.sender(), receiver: try Party.alice.receiver())
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(security.makeHandler())
        #expect(throws: SecureDatagramError.handlerAlreadyMade) { _ = try security.makeHandler() }
        _ = try channel.finish()
        #expect(throws: SecureDatagramError.handlerAlreadyMade) { _ = try security.makeHandler() }
    }

    @Test("a pair that shares one master key is split into it")
    func pair() throws {
        let pair = try SRTPPair(sharing: Party.alice.masterKey())
        let security = pair.split { SecureDatagramFactory(sender: $0, receiver: $1) }
        #expect(try security.makeHandler().withSender { $0.suite } == SRTPSuite.aesCM128_HMACSHA1_80)
    }

    /// An application that knows nothing of security: it collects packets and answers each RTP packet on another SSRC.
    private final class PlainApplication: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        let packets: AsyncStream<[UInt8]>.Continuation
        let answers: Bool

        init(packets: AsyncStream<[UInt8]>.Continuation, answers: Bool) {
            self.packets = packets
            self.answers = answers
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var envelope = unwrapInboundIn(data)
            packets.yield(envelope.octets)
            guard answers else { return }
            envelope.data.setInteger(UInt32(0x0B0B), at: envelope.data.readerIndex + 8)
            context.write(wrapOutboundOut(envelope), promise: nil)
        }

        func channelReadComplete(context: ChannelHandlerContext) { context.flush() }
    }

    @Test("two applications over UDP, both ways", .timeLimit(.minutes(1)))
    func loopback() async throws {
        func open(_ party: Party, answers: Bool) async throws -> (
            channel: any Channel, security: SecureDatagramFactory<SRTPSender, SRTPReceiver>,
            packets: AsyncStream<[UInt8]>
        ) {
            let (packets, continuation) = AsyncStream.makeStream(of: [UInt8].self)
            let security = SecureDatagramFactory(
                sender: try SRTPSender(masterKey: party.masterKey()),
                receiver: try SRTPReceiver(masterKey: party.peer.masterKey()))
            let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(security.makeHandler())
                        try channel.pipeline.syncOperations.addHandler(
                            PlainApplication(packets: continuation, answers: answers))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            return (channel, security, packets)
        }
        let alice = try await open(.alice, answers: false)
        let bob = try await open(.bob, answers: true)
        let bobAddress = try #require(bob.channel.localAddress)

        let plain = (1...100).map { Datagrams.rtp($0, ssrc: 0x0A0A) }
        for packet in plain {
            try await alice.channel.writeAndFlush(
                Envelope(remoteAddress: bobAddress, data: ByteBuffer(bytes: packet)))
        }
        var arrived: [[UInt8]] = []
        for await packet in bob.packets {
            arrived.append(packet)
            if arrived.count == plain.count { break }
        }
        #expect(arrived == plain)
        var answers: [[UInt8]] = []
        for await packet in alice.packets {
            answers.append(packet)
            if answers.count == plain.count { break }
        }
        #expect(answers == (1...100).map { Datagrams.rtp($0, ssrc: 0x0B0B) })

        #expect(try await bob.security.withReceiver(on: bob.channel) { $0.statistics.rtpPackets } == 100)
        #expect(try await bob.security.withReceiver(on: bob.channel) { $0.rolloverCounter(of: 0x0A0A) } == 0)
        #expect(try await alice.security.withSender(on: alice.channel) { $0.knownSSRCs } == [0x0A0A])
        let counters = try await alice.security.counters(on: alice.channel)
        #expect(counters.sealed == 100 && counters.opened == 100 && counters.refused == 0)
        await #expect(throws: ChannelPipelineError.self, "bound to another pair of types") {
            _ = try await SecureDatagramFactory(sender: PlainTransform(), receiver: PlainTransform())
                .counters(on: alice.channel)
        }
        try await alice.channel.close()
        try await bob.channel.close()
    }
}

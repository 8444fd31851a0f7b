// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import RTPTransport
import SRTP
import Synchronization

/// One end of the demonstration: a socket, SRTP in its pipeline, and a plain application behind it.
final class DemoParty: Sendable {
    typealias Security = SecureDatagramFactory<SRTPSender, SRTPReceiver>

    let channel: any Channel
    private let security: Security
    private let inbox: Inbox
    private let tap: WireTap

    private init(channel: any Channel, security: Security, inbox: Inbox, tap: WireTap) {
        self.channel = channel
        self.security = security
        self.inbox = inbox
        self.tap = tap
    }

    /// Opens the socket, and puts SRTP between it and the application.
    static func open(sending sendKey: consuming SRTPMasterKey, receiving receiveKey: consuming SRTPMasterKey)
        async throws
        -> DemoParty
    {
        let security = Security(
            sender: try SRTPSender(masterKey: sendKey), receiver: try SRTPReceiver(masterKey: receiveKey))
        let (inbox, tap) = (Inbox(), WireTap())
        let channel = try await DemoSocket.bootstrap()
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        WireTapHandler(tap), security.makeHandler(), DemoInbox { inbox.append($0) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return DemoParty(channel: channel, security: security, inbox: inbox, tap: tap)
    }

    var address: SocketAddress {
        get throws(ToolError) {
            guard let address = channel.localAddress else { throw ToolError(.network, "a socket has no address") }
            return address
        }
    }

    /// Sends a plain packet, which leaves the socket protected.
    func send(_ packet: [UInt8], to target: SocketAddress) async throws {
        try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: target, data: ByteBuffer(bytes: packet)))
    }

    /// The plain packets that the application was given.
    var delivered: [[UInt8]] { inbox.packets }
    /// The protected packets that left, in order.
    var wire: [[UInt8]] { tap.packets }

    func datagramsReceived() async throws -> Int { Int(try await security.counters(on: channel).received) }
    func receiverStatistics() async throws -> SRTPStatistics {
        try await security.withReceiver(on: channel) { $0.statistics }
    }
    func rolloverCounter(of stream: DemoNetwork.Stream, sending: Bool) async throws -> UInt32 {
        sending
            ? try await security.withSender(on: channel) { $0.rolloverCounter(of: stream.ssrc) ?? 0 }
            : try await security.withReceiver(on: channel) { $0.rolloverCounter(of: stream.ssrc) ?? 0 }
    }

    /// What arrived.
    private final class Inbox: Sendable {
        private let storage = Mutex<[[UInt8]]>([])

        func append(_ envelope: AddressedEnvelope<ByteBuffer>) {
            storage.withLock { $0.append(Array(envelope.data.readableBytesView)) }
        }

        var packets: [[UInt8]] { storage.withLock { $0 } }
    }
}

/// What left through the socket.
final class WireTap: Sendable {
    private let storage = Mutex<[[UInt8]]>([])

    fileprivate func append(_ packet: [UInt8]) { storage.withLock { $0.append(packet) } }

    var packets: [[UInt8]] { storage.withLock { $0 } }
}

/// Looks at datagrams between SRTP and the socket.
private final class WireTapHandler: ChannelOutboundHandler {
    typealias OutboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let tap: WireTap

    init(_ tap: WireTap) { self.tap = tap }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        tap.append(Array(unwrapOutboundIn(data).data.readableBytesView))
        context.write(data, promise: promise)
    }
}

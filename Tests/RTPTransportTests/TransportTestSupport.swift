// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import RTP
import RTPTransport
import SRTP

typealias SRTPDatagramHandler = SecureDatagramHandler<SRTPSender, SRTPReceiver>
typealias Envelope = AddressedEnvelope<ByteBuffer>

/// The two ends' keys: what one sends under, the other receives under.
enum Party: UInt8 {
    case alice = 1
    case bob = 2

    var peer: Party { self == .alice ? .bob : .alice }

    func masterKey(_ suite: SRTPSuite = .aesCM128_HMACSHA1_80) throws -> SRTPMasterKey {
        let joined = (0..<UInt8(suite.masterKeyByteCount + suite.masterSaltByteCount)).map { $0 &* 7 &+ rawValue }
        return try SRTPMasterKey(suite: suite, keyAndSalt: joined.span)
    }

    func sender() throws -> SRTPSender { try SRTPSender(masterKey: masterKey()) }
    func receiver() throws -> SRTPReceiver { try SRTPReceiver(masterKey: peer.masterKey()) }
}

/// One end: a handler in a channel without sockets, closed in the end so that nothing in it refers to itself.
final class End {
    let channel: EmbeddedChannel
    let handler: SRTPDatagramHandler

    init(_ party: Party, options: SecureDatagramOptions = SecureDatagramOptions(), behind: [any ChannelHandler] = [])
        throws
    {
        handler = SRTPDatagramHandler(sender: try party.sender(), receiver: try party.receiver(), options: options)
        channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers([handler] + behind)
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    /// Writes and gives back what reached the socket.
    func write(_ envelope: Envelope) throws -> Envelope? {
        try channel.writeOutbound(envelope)
        return try channel.readOutbound(as: Envelope.self)
    }

    /// A read burst, and what came out of it.
    func read(_ burst: [Envelope]) throws -> [Envelope] {
        collect(burst)
        channel.pipeline.fireChannelReadComplete()
        return try received()
    }

    /// A read burst without its end.
    func collect(_ burst: [Envelope]) {
        for envelope in burst { channel.pipeline.syncOperations.fireChannelRead(NIOAny(envelope)) }
    }

    func received() throws -> [Envelope] {
        var envelopes: [Envelope] = []
        while let envelope = try channel.readInbound(as: Envelope.self) { envelopes.append(envelope) }
        return envelopes
    }
}

/// Keeps the user inbound events that pass.
final class EventRecorder: ChannelInboundHandler {
    typealias InboundIn = Envelope
    private(set) var others: [UnprotectedDatagram] = []
    private(set) var refusals: [RefusedDatagram] = []

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as UnprotectedDatagram: others.append(event)
        case let event as RefusedDatagram: refusals.append(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }
}

/// Runs a closure for each read, and passes it on.
final class ReadHook: ChannelInboundHandler {
    typealias InboundIn = Envelope
    private let body: (Envelope, ChannelHandlerContext) -> Void

    init(_ body: @escaping (Envelope, ChannelHandlerContext) -> Void) { self.body = body }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        body(unwrapInboundIn(data), context)
        context.fireChannelRead(data)
    }
}

enum Datagrams {
    static func address(_ port: Int = 5004) throws -> SocketAddress {
        try SocketAddress(ipAddress: "192.0.2.1", port: port)
    }

    static func rtp(_ sequence: UInt16, ssrc: UInt32 = 0xCAFE_F00D, payload: Int = 160, type: UInt8 = 0) -> [UInt8] {
        [0x80, type] + bytes(of: sequence) + bytes(of: UInt32(sequence) * 160) + bytes(of: ssrc)
            + (0..<payload).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(sequence)) }
    }

    /// A sender report without report blocks.
    static func rtcp(_ count: UInt32, ssrc: UInt32 = 0xCAFE_F00D) -> [UInt8] {
        [0x80, 200, 0, 6] + bytes(of: ssrc) + [UInt8](repeating: 0, count: 12) + bytes(of: count)
            + bytes(of: count * 160)
    }

    static let stun: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + [UInt8](repeating: 9, count: 12)
    static let dtls: [UInt8] = [22, 0xFE, 0xFD] + [UInt8](repeating: 0, count: 20)

    static func envelope(_ octets: [UInt8], port: Int = 5004) throws -> Envelope {
        Envelope(remoteAddress: try address(port), data: ByteBuffer(bytes: octets))
    }

    private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

extension AddressedEnvelope<ByteBuffer> {
    var octets: [UInt8] { Array(data.readableBytesView) }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import NIOCore
import RTP
import RTPTransport
import SRTP
import Synchronization

/// One side of the demonstration: for each medium a socket with SRTP in its pipeline, and one plain application behind them.
final class DemoParty: Sendable {
    private typealias Security = SecureDatagramFactory<SRTPSender, SRTPReceiver>

    /// What is done for one medium.
    private struct End: Sendable {
        /// What it sends with.
        let ssrc: SSRC?
        let channel: any Channel
        let security: Security
    }

    private let ends: [End]
    private let inbox = PacketLog()
    private let tap = PacketLog()

    /// Puts SRTP between sockets and the application, with what was agreed on for each of them.
    init(_ sockets: [any Channel], keys: [NegotiatedMIKEY]) async throws {
        var ends: [End] = []
        for (channel, keys) in zip(sockets, keys) {
            let security = Security(sender: try keys.makeSender(), receiver: try keys.makeReceiver())
            try await channel.eventLoop.submit { [inbox, tap] in
                try channel.pipeline.syncOperations.addHandlers(
                    WireTapHandler(tap), security.makeHandler(), DemoInbox { inbox.append($0) })
            }.get()
            ends.append(End(ssrc: keys.sending.first?.ssrc, channel: channel, security: security))
        }
        self.ends = ends
    }

    func close() async throws { for end in ends { try await end.channel.close() } }

    /// Sends a plain packet, which leaves the socket of its medium protected.
    func send(_ packet: [UInt8], of medium: Int, to target: SocketAddress) async throws {
        try await ends[medium].channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: target, data: ByteBuffer(bytes: packet)))
    }

    /// The plain packets that the application was given; those of one medium in order.
    var delivered: [[UInt8]] { inbox.packets }
    /// The protected packets that left, in order.
    var wire: [[UInt8]] { tap.packets }

    func datagramsReceived() async throws -> Int {
        var count = 0
        for end in ends { count += Int(try await end.security.counters(on: end.channel).received) }
        return count
    }

    /// How many packets were refused, for each reason.
    func refusals() async throws -> [SRTPRefusal: Int] {
        var refusals: [SRTPRefusal: Int] = [:]
        for end in ends {
            let statistics = try await end.security.withReceiver(on: end.channel) { $0.statistics }
            for reason in SRTPRefusal.allCases where statistics[reason] > 0 {
                refusals[reason, default: 0] += Int(statistics[reason])
            }
        }
        return refusals
    }

    func rolloverCounter(of ssrc: SSRC, _ medium: Int, sending: Bool) async throws -> UInt32 {
        let end = ends[medium]
        return sending
            ? try await end.security.withSender(on: end.channel) { $0.rolloverCounter(of: ssrc) ?? 0 }
            : try await end.security.withReceiver(on: end.channel) { $0.rolloverCounter(of: ssrc) ?? 0 }
    }

    // MARK: A change of keys

    /// The rollover counters of what was sent, by SSRC.
    func rolloverCounters() async throws -> [SSRC: UInt32] {
        var counters: [SSRC: UInt32] = [:]
        for (medium, end) in ends.enumerated() {
            if let ssrc = end.ssrc { counters[ssrc] = try await rolloverCounter(of: ssrc, medium, sending: true) }
        }
        return counters
    }

    /// Receives under these keys as well.
    func replaceReceivingKeys(with keys: [NegotiatedMIKEY], previous: [NegotiatedMIKEY]) async throws {
        for (end, (keys, previous)) in zip(ends, zip(keys, previous)) {
            try await end.security.withReceiver(on: end.channel) { try keys.replaceKeys(of: &$0, previous: previous) }
        }
    }

    /// Sends under these keys from now on.
    func replaceSendingKeys(with keys: [NegotiatedMIKEY], previous: [NegotiatedMIKEY]) async throws {
        for (end, (keys, previous)) in zip(ends, zip(keys, previous)) {
            try await end.security.withSender(on: end.channel) { try keys.replaceKeys(of: &$0, previous: previous) }
        }
    }
}

/// Packets in the order in which they came by.
private final class PacketLog: Sendable {
    private let storage = Mutex<[[UInt8]]>([])

    func append(_ packet: [UInt8]) { storage.withLock { $0.append(packet) } }

    var packets: [[UInt8]] { storage.withLock { $0 } }
}

/// Looks at datagrams between SRTP and the socket.
private final class WireTapHandler: ChannelOutboundHandler {
    typealias OutboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let tap: PacketLog

    init(_ tap: PacketLog) { self.tap = tap }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        tap.append(Array(unwrapOutboundIn(data).data.readableBytesView))
        context.write(data, promise: promise)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import RTP
import Synchronization
import WireBytes

/// The network between the two parties: a socket that forwards what it gets from one to the other, badly, and an attacker
/// on it who forges and replays.
final class DemoNetwork: Sendable {
    /// What it did to the packets of one stream.
    struct Counts: Sendable {
        var passed = 0
        var lost = 0
        var duplicated = 0
        var overtaken = 0
    }

    /// Which stream a datagram is of, told from the header, which is never encrypted.
    struct Stream: Hashable, Sendable {
        let kind: PacketKind
        let ssrc: SSRC
    }

    private struct State {
        var impairment: Impairment
        var counts: [Stream: Counts] = [:]
        var seen: [[UInt8]] = []
        var lost: [[UInt8]] = []
        var forwarded: [SocketAddress: Int] = [:]
        var parties: (speaker: SocketAddress, listener: SocketAddress)?
    }

    private let state: Mutex<State>
    let channel: any Channel

    private init(channel: any Channel, impairment: Impairment) {
        self.channel = channel
        state = Mutex(State(impairment: impairment))
    }

    /// Opens the socket.
    static func open(impairment: Impairment) async throws -> DemoNetwork {
        let channel = try await DemoSocket.bootstrap().bind(host: "127.0.0.1", port: 0).get()
        let network = DemoNetwork(channel: channel, impairment: impairment)
        try await channel.pipeline.addHandler(DemoInbox { network.carry($0) }).get()
        return network
    }

    /// Tells who the two parties are.
    func connect(speaker: SocketAddress, listener: SocketAddress) {
        state.withLock { $0.parties = (speaker, listener) }
    }

    /// Takes a datagram from one party to the other.
    private func carry(_ envelope: AddressedEnvelope<ByteBuffer>) {
        let octets = Array(envelope.data.readableBytesView)
        let (target, out) = state.withLock { state -> (SocketAddress?, [[UInt8]]) in
            guard let parties = state.parties else { return (nil, []) }
            // What the listener sends takes a good way back; the media's way is the bad one.
            guard envelope.remoteAddress == parties.speaker else { return (parties.speaker, [octets]) }
            let (out, fate) = state.impairment.pass(octets)
            state.seen.append(octets)
            if let stream = Self.stream(of: octets) {
                switch fate {
                case .passed: state.counts[stream, default: Counts()].passed += 1
                case .lost: state.counts[stream, default: Counts()].lost += 1
                case .duplicated: state.counts[stream, default: Counts()].duplicated += 1
                case .overtaken: state.counts[stream, default: Counts()].overtaken += 1
                }
            }
            if fate == .lost { state.lost.append(octets) }
            return (parties.listener, out)
        }
        if let target { forward(out, to: target) }
    }

    /// Lets arrive what is still on its way to the listener.
    func drain() {
        let (target, out) = state.withLock { ($0.parties?.listener, $0.impairment.drain()) }
        if let target { forward(out, to: target) }
    }

    /// The attacker sends `datagrams` to the listener.
    func inject(_ datagrams: [[UInt8]]) {
        if let target = state.withLock({ $0.parties?.listener }) { forward(datagrams, to: target) }
    }

    private func forward(_ datagrams: [[UInt8]], to target: SocketAddress) {
        state.withLock { $0.forwarded[target, default: 0] += datagrams.count }
        for datagram in datagrams {
            channel.writeAndFlush(
                AddressedEnvelope(remoteAddress: target, data: ByteBuffer(bytes: datagram)), promise: nil)
        }
    }

    /// What it did, by stream.
    var counts: [Stream: Counts] { state.withLock { $0.counts } }
    /// Everything that the speaker sent, as an attacker sees it.
    var seen: [[UInt8]] { state.withLock { $0.seen } }
    /// What was lost.
    var lost: [[UInt8]] { state.withLock { $0.lost } }
    /// How many datagrams went to a party.
    func forwarded(to party: SocketAddress) -> Int { state.withLock { $0.forwarded[party, default: 0] } }

    static func stream(of octets: [UInt8]) -> Stream? {
        let bytes = octets.span.bytes
        switch DatagramClass(bytes) {
        case .rtp: return bytes.bigEndianUInt32(at: 8).map { Stream(kind: .rtp, ssrc: SSRC($0)) }
        case .rtcp: return bytes.bigEndianUInt32(at: 4).map { Stream(kind: .rtcp, ssrc: SSRC($0)) }
        default: return nil
        }
    }
}

/// Hands every datagram to a closure.
final class DemoInbox: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let receive: @Sendable (AddressedEnvelope<ByteBuffer>) -> Void

    init(_ receive: @escaping @Sendable (AddressedEnvelope<ByteBuffer>) -> Void) { self.receive = receive }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { receive(unwrapInboundIn(data)) }
}

/// How the demonstration's sockets are made.
enum DemoSocket {
    static func bootstrap() -> DatagramBootstrap {
        DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
    }
}

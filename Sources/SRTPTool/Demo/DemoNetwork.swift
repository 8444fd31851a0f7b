// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import RTP
import Synchronization
import WireBytes

/// The network between the two parties: a socket that forwards what it gets from one to the other, badly, and an attacker
/// on it who forges and replays. It knows where to by the SSRC, which is never encrypted.
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

    /// The two parties.
    enum Party: Hashable, Sendable {
        case speaker
        case listener
    }

    /// Where the packets of a source go.
    struct Way: Sendable {
        let party: Party
        let address: SocketAddress
    }

    private struct State {
        var impairment: Impairment
        var counts: [Stream: Counts] = [:]
        var seen: [[UInt8]] = []
        var lost: [[UInt8]] = []
        var forwarded: [Party: Int] = [:]
        var ways: [SSRC: Way] = [:]
    }

    private let state: Mutex<State>
    let channel: any Channel

    private init(channel: any Channel, impairment: Impairment) {
        self.channel = channel
        state = Mutex(State(impairment: impairment))
    }

    /// Opens the socket.
    static func open(impairment: Impairment) async throws -> DemoNetwork {
        let channel = try await DemoSocket.open()
        let network = DemoNetwork(channel: channel, impairment: impairment)
        try await channel.pipeline.addHandler(DemoInbox { network.carry($0) }).get()
        return network
    }

    /// Tells where the packets of each source go.
    func connect(_ ways: [SSRC: Way]) { state.withLock { $0.ways = ways } }

    /// Takes a datagram from one party to the other.
    private func carry(_ octets: [UInt8]) {
        let out = state.withLock { state -> [[UInt8]] in
            guard let stream = Self.stream(of: octets), let way = state.ways[stream.ssrc] else { return [] }
            // What the listener sends takes a good way back; the media's way is the bad one.
            guard way.party == .listener else { return [octets] }
            let (out, fate) = state.impairment.pass(octets)
            state.seen.append(octets)
            switch fate {
            case .passed: state.counts[stream, default: Counts()].passed += 1
            case .lost: state.counts[stream, default: Counts()].lost += 1
            case .duplicated: state.counts[stream, default: Counts()].duplicated += 1
            case .overtaken: state.counts[stream, default: Counts()].overtaken += 1
            }
            if fate == .lost { state.lost.append(octets) }
            return out
        }
        forward(out)
    }

    /// Lets arrive what is still on its way to the listener.
    func drain() { forward(state.withLock { $0.impairment.drain() }) }

    /// The attacker sends `datagrams` to the listener, in whose sources' names they are.
    func inject(_ datagrams: [[UInt8]]) { forward(datagrams) }

    private func forward(_ datagrams: [[UInt8]]) {
        for datagram in datagrams {
            let target = state.withLock { state -> SocketAddress? in
                guard let way = Self.stream(of: datagram).flatMap({ state.ways[$0.ssrc] }) else { return nil }
                state.forwarded[way.party, default: 0] += 1
                return way.address
            }
            guard let target else { continue }
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
    func forwarded(to party: Party) -> Int { state.withLock { $0.forwarded[party, default: 0] } }

    static func stream(of octets: [UInt8]) -> Stream? {
        let bytes = octets.span.bytes
        switch DatagramClass(bytes) {
        case .rtp: return bytes.bigEndianUInt32(at: 8).map { Stream(kind: .rtp, ssrc: SSRC($0)) }
        case .rtcp: return bytes.bigEndianUInt32(at: 4).map { Stream(kind: .rtcp, ssrc: SSRC($0)) }
        default: return nil
        }
    }
}

/// Hands the octets of every datagram to a closure.
final class DemoInbox: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let receive: @Sendable ([UInt8]) -> Void

    init(_ receive: @escaping @Sendable ([UInt8]) -> Void) { self.receive = receive }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(Array(unwrapInboundIn(data).data.readableBytesView))
    }
}

/// How the demonstration's sockets are made.
enum DemoSocket {
    static func open() async throws -> any Channel {
        try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_rcvbuf), value: 4 << 20)
            .bind(host: "127.0.0.1", port: 0).get()
    }

    static func open(_ count: Int) async throws -> [any Channel] {
        var channels: [any Channel] = []
        for _ in 0..<count { channels.append(try await open()) }
        return channels
    }
}

extension Channel {
    /// Its own address, which a socket has once it is bound.
    func ownAddress() throws(ToolError) -> SocketAddress {
        guard let localAddress else { throw ToolError(.network, "a socket has no address") }
        return localAddress
    }

    func ownPort() throws(ToolError) -> UInt16 {
        guard let port = try ownAddress().port, let port = UInt16(exactly: port) else {
            throw ToolError(.network, "a socket has no port")
        }
        return port
    }
}

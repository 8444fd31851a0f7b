// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import RTP
import SRTP
import SRTPState

/// Sends SRTP on two SSRCs, and SRTCP, to a socket until it is killed: sixteen RTP packets every millisecond or so, no two alike.
///
/// usage: CrashSender SOCKET STORE | CrashSender SOCKET --without-leases
@main
struct CrashSender {
    static let ssrcs: [SSRC] = [0xA, 0xB]
    /// Close to a wrap, so that many lives are.
    static let firstSequenceNumber: UInt16 = 65_000
    static let packetsPerTick = 8

    static func main() throws {
        guard CommandLine.arguments.count == 3 else { exit(64) }
        let output = connect(to: CommandLine.arguments[1])
        let key = [UInt8](1...30)
        var configuration = SRTPConfiguration()
        let store = CommandLine.arguments[2]
        let isLeased = store != "--without-leases"
        if isLeased { configuration.indexLeasing = .refusingUsedIndices }
        var sender = try SRTPSender(
            masterKey: SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: key.span), configuration: configuration)
        guard isLeased else { return try send(&sender, nil, output) }
        let leaser = IndexLeaser(store: try FileIndexLeaseStore(path: store, ifMissing: .create))
        try leaser.resume(&sender)
        for ssrc in ssrcs { try sender.requestLeases(for: ssrc, firstSequenceNumber: firstSequenceNumber) }
        try leaser.serveAndWait(&sender)
        try send(&sender, leaser, output)
    }

    static func send(_ sender: inout SRTPSender, _ leaser: IndexLeaser?, _ output: Int32) throws {
        var next = ssrcs.map { sender.nextUsableIndex(of: $0) ?? UInt64(firstSequenceNumber) }
        var tick = 0
        while true {
            for _ in 0..<packetsPerTick {
                for place in ssrcs.indices {
                    let packet = try RTPPacketBuilder(
                        payloadType: 0, sequenceNumber: UInt16(truncatingIfNeeded: next[place]),
                        timestamp: .random(in: 0 ... .max), ssrc: ssrcs[place]
                    ).encoded(payload: randomOctets().span.bytes)
                    do throws(SRTPError) {
                        write(try sender.protectRTP(packet), output)
                        next[place] += 1
                    } catch {
                        // The store is slower than the sender: the packet waits for the next tick.
                        guard case .leaseExhausted = error else { throw error }
                    }
                }
                try leaser?.serve(&sender)
            }
            if tick % 4 == 0 {
                let ssrc = ssrcs[tick / 4 % 2]
                if let wire = try? sender.protectRTCP(report(ssrc)) { write(wire, output) }
            }
            tick += 1
            usleep(1000)
        }
    }

    static func randomOctets() -> [UInt8] { (0..<40).map { _ in .random(in: 0...255) } }

    /// An empty receiver report with a random APP packet behind it.
    static func report(_ ssrc: SSRC) -> [UInt8] {
        let number = (0..<4).map { UInt8(truncatingIfNeeded: ssrc.rawValue >> (24 - 8 * $0)) }
        return [0x80, 201, 0, 1] + number + [0x80, 204, 0, 12] + number + Array("test".utf8) + randomOctets()
    }

    // MARK: The socket

    static func connect(to path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { exit(69) }
        return descriptor
    }

    static func write(_ packet: [UInt8], _ output: Int32) {
        guard Glibc.send(output, packet, packet.count, Int32(MSG_NOSIGNAL)) == packet.count else { exit(69) }
    }
}

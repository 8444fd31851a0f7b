// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// A UDP socket on a free port of the loopback interface, which a thread of its own empties, so that nothing is lost
/// while the tests are busy.
final class DatagramSocket: Sendable {
    /// The port that it receives on.
    let port: UInt16
    private let descriptor: Int32
    private let state: State

    /// What the thread and the socket share.
    private final class State: Sendable {
        let received = Mutex<[[UInt8]]>([])
        let isClosed = Atomic(false)
    }

    /// A call of the system that failed.
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    init() throws {
        #if canImport(Glibc)
        let kind = Int32(SOCK_DGRAM.rawValue)
        #else
        let kind = SOCK_DGRAM
        #endif
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        self.descriptor = descriptor
        var address = Self.loopback(port: 0)
        // The thread looks 20 times a second whether the socket is still wanted.
        var patience = timeval(tv_sec: 0, tv_usec: 50_000)
        var bufferByteCount: Int32 = 1 << 22
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bufferByteCount, socklen_t(MemoryLayout<Int32>.size))
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else {
            let code = errno
            close(descriptor)
            throw Failure(call: "bind", code: code)
        }
        port = UInt16(bigEndian: address.sin_port)
        let state = State()
        self.state = state
        Thread.detachNewThread { Self.empty(descriptor, into: state) }
    }

    deinit { state.isClosed.store(true, ordering: .relaxed) }

    /// What has arrived so far, in order.
    var datagrams: [[UInt8]] { state.received.withLock { $0 } }

    /// What had arrived when this was called, without the empty datagram by which that is known.
    func all() async throws -> [[UInt8]] {
        try send([], to: port)
        try await eventually("a datagram of our own") { datagrams.contains([]) }
        return datagrams.filter { !$0.isEmpty }
    }

    /// How many have arrived so far.
    var count: Int { state.received.withLock { $0.count } }

    /// Sends a datagram to another port.
    func send(_ datagram: [UInt8], to port: UInt16) throws {
        var address = Self.loopback(port: port)
        let sent = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(
                    descriptor, datagram, datagram.count, 0, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard sent == datagram.count else { throw Failure(call: "sendto", code: errno) }
    }

    private static func empty(_ descriptor: Int32, into state: State) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !state.isClosed.load(ordering: .relaxed) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count >= 0 { state.received.withLock { $0.append(Array(buffer.prefix(count))) } }
        }
        close(descriptor)
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: (0x7F00_0001 as UInt32).bigEndian)
        return address
    }
}

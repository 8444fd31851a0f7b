// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The socket that senders connect to.
struct Listener {
    let path: String
    let descriptor: Int32

    init(path: String) {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(descriptor, 1) == 0 else { fatalError("no socket at \(path)") }
    }
}

/// One sender, from its start to its death.
struct Life {
    private let process: pid_t
    private let started = now()
    private let connection: Int32

    init(program: String, listener: Listener, store: String) {
        var child: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup(listener.path), strdup(store), nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawn(&child, program, nil, nil, &arguments, environ) == 0 else {
            fatalError("cannot start \(program)")
        }
        process = child
        connection = accept(listener.descriptor, nil, nil)
        guard connection >= 0 else { fatalError("no connection") }
    }

    /// Takes packets, kills the sender, and takes what is left.
    func run(until death: Death, _ record: inout Record, _ figures: inout Figures) {
        var buffer = [UInt8](repeating: 0, count: 2048)
        var received = 0
        var first: UInt64 = 0
        var last: UInt64 = 0
        var end: UInt64?
        if case .afterStart(let microseconds) = death { end = started + microseconds }
        while true {
            if let end, now() >= end { break }
            let isReady = wait(microseconds: end.map { $0 - min($0, now()) } ?? 5_000_000)
            guard isReady else {
                if end != nil { continue }
                fatalError("the sender says nothing for 5 seconds")
            }
            guard let packet = receive(&buffer) else { fatalError("the sender has ended by itself") }
            record.note(packet)
            received += 1
            last = now()
            if received == 1 { first = last }
            if case .behindPacket(received, let microseconds) = death { end = last + microseconds }
        }
        figures.kills += 1
        if received > 0, now() - last < 5000 { figures.closeKills += 1 }
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        if received > 1 {
            figures.sendingMicroseconds += last - first
            figures.timedPackets += received - 1
        }
        while let packet = receive(&buffer) {
            record.note(packet)
            received += 1
        }
        close(connection)
        figures.packets.append(received)
        if received == 0 { figures.barrenLives += 1 }
    }

    private func wait(microseconds: UInt64) -> Bool {
        var ready = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, Int32(microseconds / 1000)) > 0
    }

    /// The next packet; `nil` at the end.
    private func receive(_ buffer: inout [UInt8]) -> [UInt8]? {
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}

/// Microseconds of a clock that only goes on.
func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec / 1000)
}

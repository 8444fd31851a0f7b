// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

/// Everything that was received from all lives, by one receiver that outlives them.
struct Record: ~Copyable {
    private struct Place: Hashable {
        let ssrc: SSRC
        let kind: PacketKind
        let index: UInt64
    }

    private var receiver: SRTPReceiver
    private var contents: [Place: Int] = [:]
    private var newest: [SSRC: UInt64] = [:]
    private var newestRTCP: [SSRC: UInt64] = [:]
    private(set) var packets = 0
    private(set) var rtcpPackets = 0
    private(set) var refused = 0
    private(set) var reused = 0
    private(set) var skipped: UInt64 = 0
    private(set) var largestSkip: UInt64 = 0
    private(set) var rtcpSkipped: UInt64 = 0

    var wraps: UInt64 { newest.values.map { $0 >> 16 }.reduce(0, +) }

    init() { receiver = Self.makeReceiver() }

    private static func makeReceiver() -> SRTPReceiver {
        let key = [UInt8](1...30)
        guard let masterKey = try? SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: key.span),
            let receiver = try? SRTPReceiver(masterKey: masterKey)
        else { fatalError("the suite is built") }
        return receiver
    }

    /// Takes a packet.
    mutating func note(_ wire: [UInt8]) {
        packets += 1
        if DatagramClass(wire.span.bytes) == .rtcp { noteRTCP(wire) } else { noteRTP(wire) }
    }

    private mutating func noteRTP(_ wire: [UInt8]) {
        let number = UInt64(wire[2]) << 8 | UInt64(wire[3])
        let ssrc = SSRC(wire[8..<12].reduce(0) { $0 << 8 | UInt32($1) })
        do throws(SRTPError) {
            _ = try receiver.unprotectRTP(wire)
            let index = UInt64(receiver.rolloverCounter(of: ssrc) ?? 0) << 16 | number
            if let last = newest[ssrc], index > last + 1 {
                skipped += index - last - 1
                largestSkip = max(largestSkip, index - last - 1)
            }
            newest[ssrc] = max(newest[ssrc] ?? 0, index)
            compare(wire, Place(ssrc: ssrc, kind: .rtp, index: index))
        } catch {
            refused += 1
            // Was it sent under an index that was used before? Whoever has not seen the other packet takes it.
            guard case .replayed(_, let index) = error else { return }
            var fresh = Self.makeReceiver()
            guard (try? fresh.setRolloverCounter(UInt32(index >> 16), of: ssrc)) != nil,
                (try? fresh.unprotectRTP(wire)) != nil
            else { return }
            compare(wire, Place(ssrc: ssrc, kind: .rtp, index: index))
        }
    }

    private mutating func noteRTCP(_ wire: [UInt8]) {
        rtcpPackets += 1
        let ssrc = SSRC(wire[4..<8].reduce(0) { $0 << 8 | UInt32($1) })
        let index = UInt64(wire.dropLast(10).suffix(4).reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF)
        do throws(SRTPError) {
            _ = try receiver.unprotectRTCP(wire)
            if let last = newestRTCP[ssrc], index > last + 1 { rtcpSkipped += index - last - 1 }
            newestRTCP[ssrc] = max(newestRTCP[ssrc] ?? 0, index)
        } catch {
            refused += 1
            var fresh = Self.makeReceiver()
            guard (try? fresh.unprotectRTCP(wire)) != nil else { return }
        }
        compare(wire, Place(ssrc: ssrc, kind: .rtcp, index: index))
    }

    /// An authentic packet: compares it with the one before under its index.
    private mutating func compare(_ wire: [UInt8], _ place: Place) {
        let content = wire.hashValue
        if let before = contents.updateValue(content, forKey: place), before != content { reused += 1 }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import MIKEY

@Suite("Replayed messages")
struct ReplayGuardTests {
    private let start: Int64 = 1_772_366_400
    private let window = MIKEYTimestampWindow(pastSeconds: 100, futureSeconds: 50)

    /// A store that has never forgotten anything, or one that starts at `start`.
    private final class Parties {
        let store: any MIKEYReplayStore
        let window: MIKEYTimestampWindow
        var now: Int64

        init(_ store: any MIKEYReplayStore, _ window: MIKEYTimestampWindow, now: Int64) {
            self.store = store
            self.window = window
            self.now = now
        }

        /// Checks, then accepts; both say the same.
        func take(_ timestamp: MIKEYTimestamp, _ message: String, peer: String = "alice") throws {
            let replayGuard = MIKEYReplayGuard(store: store, window: window)
            let clock = try WallClockTime(seconds: now)
            let (octets, name) = (Array(message.utf8), Array(peer.utf8))
            let memory = try store.memory()
            var refusal: MIKEYReplayError?
            do throws(MIKEYReplayError) {
                try replayGuard.check(timestamp, message: octets.span.bytes, peer: name, now: clock)
            } catch {
                refusal = error
            }
            #expect(try store.memory() == memory)
            do throws(MIKEYReplayError) {
                try replayGuard.accept(timestamp, message: octets.span.bytes, peer: name, now: clock)
                #expect(refusal == nil)
            } catch {
                // That there is no room is found when something is to be stored.
                if case .full = error {} else { #expect(refusal == error) }
                #expect(try store.memory() == memory)
                throw error
            }
        }

        func time(_ offset: Int64 = 0) -> MIKEYTimestamp {
            .ntpUTC(UInt64(truncatingIfNeeded: (now + offset + 2_208_988_800)) << 32)
        }
    }

    private func restarted(capacity: Int = 16) throws -> Parties {
        Parties(
            MemoryMIKEYReplayStore(startTime: try WallClockTime(seconds: start), capacity: capacity), window, now: start
        )
    }

    /// As if the process had been running for long.
    private func running(capacity: Int = 16) throws -> Parties {
        let parties = try restarted(capacity: capacity)
        parties.now += 1000
        return parties
    }

    @Test("MIKEY-32 times outside of the window are refused, NTP and NTP-UTC alike")
    func times() throws {
        let parties = try running()
        #expect(throws: MIKEYReplayError.tooOld) { try parties.take(parties.time(-101), "a") }
        #expect(throws: MIKEYReplayError.tooNew) { try parties.take(parties.time(51), "a") }
        try parties.take(parties.time(-100), "a")
        try parties.take(parties.time(50), "b")
        try parties.take(.ntp(parties.time(3).value64), "c")
        try parties.take(.ntpUTC32(UInt32(parties.time(4).value64 >> 32)), "d")
        #expect(throws: MIKEYReplayError.tooOld) { try parties.take(.ntp(parties.time(-200).value64), "e") }
        #expect(throws: MIKEYReplayError.tooNew) { try parties.take(.ntpUTC(0x01D3_8E19_CEF9_5C3D), "e") }
        #expect(try parties.store.memory().messageCount == 4)
    }

    @Test("MIKEY-33 a message is accepted once, also much later in its window, and from whomever it comes")
    func twice() throws {
        let parties = try running()
        let time = parties.time()
        try parties.take(time, "a")
        #expect(throws: MIKEYReplayError.replayed) { try parties.take(time, "a") }
        #expect(throws: MIKEYReplayError.replayed) { try parties.take(time, "a", peer: "bob") }
        try parties.take(time, "b")
        parties.now += 100
        #expect(throws: MIKEYReplayError.replayed) { try parties.take(time, "a") }
        parties.now += 1
        #expect(throws: MIKEYReplayError.tooOld) { try parties.take(time, "a") }
    }

    @Test(
        "MIKEY-33 a full cache refuses until the time of something is over, and forgets nothing that could come again")
    func full() throws {
        let parties = try running(capacity: 4)
        let times = (0..<4).map { parties.time(Int64($0) * 10) }
        for (number, time) in times.enumerated() { try parties.take(time, "\(number)") }
        #expect(throws: MIKEYReplayError.full(capacity: 4)) { try parties.take(parties.time(), "x") }
        #expect(throws: MIKEYReplayError.replayed) { try parties.take(times[0], "0") }
        // Two of the four are too old now.
        parties.now += 111
        try parties.take(parties.time(), "x")
        #expect(try parties.store.memory().messageCount == 3)
        // The clock is set back: what was forgotten is in the window again, and is not taken again.
        parties.now -= 60
        #expect(throws: MIKEYReplayError.beforeMemory) { try parties.take(times[0], "0") }
        #expect(throws: MIKEYReplayError.beforeMemory) { try parties.take(times[1], "1") }
        #expect(throws: MIKEYReplayError.replayed) { try parties.take(times[2], "2") }
        #expect(throws: MIKEYReplayError.beforeMemory) { try parties.take(times[1], "new") }
        try parties.take(times[2], "new")
    }

    @Test("a clock that was ahead for a while does not lock out what comes after")
    func clockAhead() throws {
        let parties = try running(capacity: 2)
        try parties.take(parties.time(), "a")
        try parties.take(parties.time(), "b")
        parties.now += 1_000_000
        try parties.take(parties.time(), "ahead")
        parties.now -= 1_000_000 - 10
        try parties.take(parties.time(), "c")
    }

    @Test("MIKEY-33 after a restart without a durable store, what another clock may have sent before is refused")
    func restart() throws {
        let parties = try restarted()
        for offset: Int64 in [-100, 0, 50] {
            #expect(throws: MIKEYReplayError.beforeMemory) { try parties.take(parties.time(offset), "a") }
        }
        parties.now += 10
        #expect(throws: MIKEYReplayError.beforeMemory) { try parties.take(parties.time(40), "a") }
        try parties.take(parties.time(41), "a")
        parties.now += 41
        try parties.take(parties.time(), "b")
    }

    @Test("MIKEY-32 counters need a durable store, and increase strictly for each peer")
    func counters() throws {
        let memory = try running()
        #expect(throws: MIKEYReplayError.counterNeedsDurableStore) { try memory.take(.counter(5), "a") }

        let folder = try Folder()
        let store = try FileMIKEYReplayStore(path: folder.file("replays"), ifMissing: .create(capacity: 2))
        let parties = Parties(store, window, now: start)
        try parties.take(.counter(5), "a")
        for counter: UInt32 in [0, 4, 5] {
            #expect(throws: MIKEYReplayError.counterNotIncreasing) { try parties.take(.counter(counter), "b") }
        }
        try parties.take(.counter(6), "a")
        try parties.take(.counter(0), "a", peer: "bob")
        #expect(throws: MIKEYReplayError.full(capacity: 2)) { try parties.take(.counter(1), "a", peer: "carol") }
        try parties.take(.counter(.max), "a")
        #expect(throws: MIKEYReplayError.counterNotIncreasing) { try parties.take(.counter(.max), "b") }
        #expect(throws: MIKEYReplayError.counterNotIncreasing) { try parties.take(.counter(0), "b") }
        #expect(store.memory().counterCount == 2)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Headers, trailers and buffers")
struct LayoutTests {
    @Test("SRTP-39 every CSRC count and extension length is protected and unprotected", arguments: builtSuites)
    func shapes(_ suite: SRTPSuite) throws {
        let sending = try Sending(suite)
        let receiving = try Receiving(suite)
        var sequence: UInt16 = 0
        for csrcCount in 0...15 {
            for words in [nil, 0, 1, 5, 300] as [Int?] {
                for payload in [0, 1, 16, 40] {
                    let packet = SamplePackets.rtp(
                        sequence: sequence, payload: [UInt8](repeating: 7, count: payload),
                        csrcs: (0..<csrcCount).map { UInt32($0) },
                        extensionWords: words.map { [UInt32](repeating: 9, count: $0) })
                    let header = packet.count - payload
                    let wire = try sending.rtp(packet).get()
                    #expect(Array(wire.prefix(header)) == Array(packet.prefix(header)), "the header stays in the clear")
                    if suite.cipher != .null, payload >= 16 {
                        #expect(Array(wire[header..<packet.count]) != Array(packet[header...]))
                    }
                    #expect(receiving.rtp(wire) == .success(packet))
                    sequence += 1
                }
            }
        }
    }

    @Test("SRTP-39 the longest header extension")
    func longestExtension() throws {
        let packet = SamplePackets.rtp(sequence: 1, extensionWords: [UInt32](repeating: 3, count: 65_535))
        let receiving = try Receiving()
        #expect(receiving.rtp(try Sending.wire(packet)) == .success(packet))
    }

    @Test(
        "SRTP-39 an extension or CSRC list that runs past the end is malformed, the tag not counted in",
        arguments: builtSuites)
    func headerPastTheEnd(_ suite: SRTPSuite) throws {
        let receiving = try Receiving(suite)
        let sending = try Sending(suite)
        var packet = SamplePackets.rtp(sequence: 1, payload: [], extensionWords: [1])
        packet[15] = 2
        #expect(
            sending.rtp(packet)
                == .failure(.malformed(.truncated(.headerExtension, neededBytes: 24, availableBytes: 20))))
        // With a tag behind, the octets are there but they are the tag's.
        let overhead = sending.context.rtpOverhead
        let wire = packet + [UInt8](repeating: 0, count: overhead)
        #expect(
            receiving.rtp(wire)
                == .failure(.malformed(.truncated(.headerExtension, neededBytes: 24, availableBytes: 20))))
        var csrcs = SamplePackets.rtp(sequence: 1, payload: [1, 2, 3])
        csrcs[0] |= 1
        #expect(
            receiving.rtp(csrcs + [UInt8](repeating: 0, count: overhead))
                == .failure(.malformed(.truncated(.csrcList, neededBytes: 16, availableBytes: 15))))
    }

    @Test("SRTP-40 an extension's length counts words of four octets")
    func extensionWords() throws {
        let packet = SamplePackets.rtp(sequence: 1, payload: Array(0..<40), extensionWords: [1, 2, 3])
        let layout = try RTPLayout(plain: packet.span.bytes, tagByteCount: 10)
        #expect(layout.headerByteCount == 12 + 4 + 12)
    }

    @Test("SRTP-41 the header's length is the wire's: empty extensions and odd profiles stay as they are")
    func headerAsOnTheWire() throws {
        let receiving = try Receiving()
        for (number, profile) in [0xBEDE, 0x1000, 0x100F, 0x0000, 0xFFFF, 0xC0DE].enumerated() {
            // Elements that no parser would write back: id 0 with a length, id 15, padding first.
            let packet = SamplePackets.rtp(
                sequence: UInt16(number), extensionWords: [0x0003_F2AA, 0x0000_0000], profile: UInt16(profile))
            #expect(receiving.rtp(try Sending.wire(packet)) == .success(packet))
        }
    }

    @Test("SRTP-42 the padding count is ciphertext on the wire and is not looked at")
    func paddingIsNotRead() throws {
        let receiving = try Receiving()
        for (number, last) in ([0, 1, 200, 255] as [UInt8]).enumerated() {
            var packet = SamplePackets.rtp(sequence: UInt16(number), payload: [1, 2, 3, last])
            packet[0] |= 0x20
            #expect(receiving.rtp(try Sending.wire(packet)) == .success(packet))
        }
    }

    @Test("SRTP-43 packets shorter than tag and trailer are refused in every branch", arguments: builtSuites)
    func shorterThanTheTag(_ suite: SRTPSuite) throws {
        let receiving = try Receiving(suite)
        let headerBlock = suite.cipher == .doubleAESGCM ? 1 : 0
        let least = (rtp: 12 + suite.rtpTagByteCount + headerBlock, rtcp: 12 + suite.rtcpTagByteCount)
        for length in 0..<least.rtp {
            let input = Array(
                (SamplePackets.rtp(sequence: 1, payload: []) + [UInt8](repeating: 0, count: 33)).prefix(length))
            let result = receiving.rtp(input)
            // What is shorter than a header is found out by whoever reads the header first.
            if length >= 12 {
                #expect(result == .failure(.truncated(neededBytes: least.rtp, availableBytes: length)))
            }
            #expect(throws: SRTPError.self) { try result.get() }
        }
        for length in 0..<least.rtcp {
            let input = Array((SamplePackets.rtcp() + [UInt8](repeating: 0, count: 32)).prefix(length))
            #expect(receiving.rtcp(input) == .failure(.truncated(neededBytes: least.rtcp, availableBytes: length)))
        }
    }

    @Test("SRTP-44 another version than 2 is malformed", arguments: [0, 1, 3] as [UInt8])
    func version(_ version: UInt8) throws {
        let (sending, receiving) = (try Sending(), try Receiving())
        var packet = SamplePackets.rtp(sequence: 1)
        packet[0] = packet[0] & 0x3F | version << 6
        var report = SamplePackets.rtcp()
        report[0] = report[0] & 0x3F | version << 6
        let expected = SRTPError.malformed(.unsupportedVersion(version))
        #expect(sending.rtp(packet) == .failure(expected))
        #expect(sending.rtcp(report) == .failure(expected))
        #expect(receiving.rtp(packet + [UInt8](repeating: 0, count: 10)) == .failure(expected))
        #expect(receiving.rtcp(report + [UInt8](repeating: 0, count: 14)) == .failure(expected))
    }

    @Test("SRTP-47 buffers: exactly large enough, one octet short, a length beyond the buffer", arguments: builtSuites)
    func bufferSizes(_ suite: SRTPSuite) throws {
        var sender = try SRTPSender(masterKey: sampleKey(suite))
        for isRTP in [true, false] {
            let packet = isRTP ? SamplePackets.rtp(sequence: 1) : SamplePackets.rtcp()
            let needed = packet.count + (isRTP ? sender.rtpOverhead : sender.rtcpOverhead)
            let fresh = sender.snapshot
            for room in [packet.count, needed - 1] {
                let tooSmall = SRTPError.bufferTooSmall(neededBytes: needed, availableBytes: room)
                var inPlace = packet + [UInt8](repeating: 0, count: room - packet.count)
                let untouched = inPlace
                #expect(protect(&sender, &inPlace, length: packet.count, isRTP: isRTP) == .failure(tooSmall))
                #expect(inPlace == untouched)
                var output = [UInt8](repeating: 0x5A, count: room)
                #expect(protect(&sender, packet, into: &output, isRTP: isRTP) == .failure(tooSmall))
                #expect(output == [UInt8](repeating: 0x5A, count: room))
            }
            var short = packet
            #expect(
                protect(&sender, &short, length: packet.count + 1, isRTP: isRTP)
                    == .failure(.bufferTooSmall(neededBytes: packet.count + 1, availableBytes: packet.count)))
            #expect(sender.snapshot == fresh, "nothing was used up")
            var exact = [UInt8](repeating: 0, count: needed)
            #expect(protect(&sender, packet, into: &exact, isRTP: isRTP) == .success(needed))

            var receiver = try SRTPReceiver(masterKey: sampleKey(suite))
            // The outer half of a double suite leaves the inner tag and the header block.
            let least = packet.count + (suite.cipher == .doubleAESGCM && isRTP ? 17 : 0)
            var oneShort = [UInt8](repeating: 0x5A, count: least - 1)
            #expect(
                unprotect(&receiver, exact, into: &oneShort, isRTP: isRTP)
                    == .failure(.bufferTooSmall(neededBytes: least, availableBytes: least - 1)))
            #expect(oneShort == [UInt8](repeating: 0x5A, count: least - 1))
            var justRight = [UInt8](repeating: 0, count: least)
            #expect(unprotect(&receiver, exact, into: &justRight, isRTP: isRTP) == .success(packet.count))
            #expect(justRight.prefix(packet.count) == packet[...])
        }
    }

    @Test("SRTP-47 in place and out of place give the same octets", arguments: builtSuites)
    func samePlaces(_ suite: SRTPSuite) throws {
        for (number, packet) in (TamperTests.packets + TamperTests.reports).enumerated() {
            var inPlace = try SRTPSender(masterKey: sampleKey(suite))
            var outOfPlace = try SRTPSender(masterKey: sampleKey(suite))
            let isRTP = number < TamperTests.packets.count
            var buffer = packet + [UInt8](repeating: 0, count: 33)
            var output = [UInt8](repeating: 0, count: packet.count + 33)
            let first = protect(&inPlace, &buffer, length: packet.count, isRTP: isRTP)
            #expect(first == protect(&outOfPlace, packet, into: &output, isRTP: isRTP))
            let length = try first.get()
            #expect(buffer.prefix(length) == output.prefix(length))
            #expect(inPlace.snapshot == outOfPlace.snapshot)
        }
    }

    @Test("SRTP-47 input and output that overlap are refused")
    func overlapping() throws {
        var sender = try SRTPSender(masterKey: sampleKey())
        let packet = SamplePackets.rtp(sequence: 1)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 16)
        defer { memory.deallocate() }
        for shift in [0, 1, packet.count - 1] {
            memory.copyBytes(from: packet)
            let input = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[..<packet.count]))
            var output = MutableRawSpan(
                _unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: memory[shift..<shift + 100]))
            var refused: SRTPError?
            do throws(SRTPError) { _ = try sender.protectRTP(input, into: &output) } catch { refused = error }
            #expect(refused == .overlappingBuffers)
        }
    }

    @Test("SRTP-48 a payload over 2^16 blocks is refused, one of exactly 2^16 is not", arguments: builtSuites)
    func longestPayload(_ suite: SRTPSuite) throws {
        let (sending, receiving) = (try Sending(suite), try Receiving(suite))
        let limit = 1 << 20
        let longest = SamplePackets.rtp(sequence: 1, payload: [UInt8](repeating: 1, count: limit))
        let wire = try sending.rtp(longest).get()
        #expect(receiving.rtp(wire) == .success(longest))
        let tooLong = SamplePackets.rtp(sequence: 2, payload: [UInt8](repeating: 1, count: limit + 1))
        let expected = SRTPError.packetTooLong(payloadBytes: limit + 1, limitBytes: limit)
        #expect(sending.rtp(tooLong) == .failure(expected))
        let overhead = sending.context.rtpOverhead
        #expect(throws: SRTPError.self) { try receiving.rtp(tooLong + [UInt8](repeating: 0, count: overhead)).get() }
        let report = SamplePackets.rtcp() + [UInt8](repeating: 0, count: limit)
        #expect(throws: SRTPError.packetTooLong(payloadBytes: report.count - 8, limitBytes: limit)) {
            try sending.rtcp(report).get()
        }
    }

    @Test("SRTP-49 packets at any address", arguments: builtSuites)
    func unaligned(_ suite: SRTPSuite) throws {
        let packet = SamplePackets.rtp(sequence: 1, payload: Array(0..<100))
        let expected = try Sending.wire(packet, suite: suite)
        for offset in 0..<16 {
            var sender = try SRTPSender(masterKey: sampleKey(suite))
            var receiver = try SRTPReceiver(masterKey: sampleKey(suite))
            var memory = [UInt8](repeating: 0, count: offset) + packet + [UInt8](repeating: 0, count: 33)
            do {
                var span = memory.mutableSpan
                var bytes = span.mutableBytes
                var lent = bytes._mutatingExtracting(droppingFirst: offset)
                let length = try sender.protectRTP(&lent, length: packet.count)
                #expect(length == expected.count)
            }
            #expect(Array(memory[offset..<offset + expected.count]) == expected)
            do {
                var span = memory.mutableSpan
                var bytes = span.mutableBytes
                var lent = bytes._mutatingExtracting(droppingFirst: offset)
                let length = try receiver.unprotectRTP(&lent, length: expected.count)
                #expect(length == packet.count)
            }
            #expect(Array(memory[offset..<offset + packet.count]) == packet)
        }
    }

    private func protect(
        _ sender: inout SRTPSender, _ buffer: inout [UInt8], length: Int, isRTP: Bool
    ) -> Result<Int, SRTPError> {
        var span = buffer.mutableSpan
        var bytes = span.mutableBytes
        do throws(SRTPError) {
            return .success(
                isRTP
                    ? try sender.protectRTP(&bytes, length: length) : try sender.protectRTCP(&bytes, length: length))
        } catch { return .failure(error) }
    }

    private func protect(
        _ sender: inout SRTPSender, _ packet: [UInt8], into output: inout [UInt8], isRTP: Bool
    ) -> Result<Int, SRTPError> {
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        do throws(SRTPError) {
            return .success(
                isRTP
                    ? try sender.protectRTP(packet.span.bytes, into: &bytes)
                    : try sender.protectRTCP(packet.span.bytes, into: &bytes))
        } catch { return .failure(error) }
    }

    private func unprotect(
        _ receiver: inout SRTPReceiver, _ packet: [UInt8], into output: inout [UInt8], isRTP: Bool
    ) -> Result<Int, SRTPError> {
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        do throws(SRTPError) {
            return .success(
                isRTP
                    ? try receiver.unprotectRTP(packet.span.bytes, into: &bytes)
                    : try receiver.unprotectRTCP(packet.span.bytes, into: &bytes))
        } catch { return .failure(error) }
    }
}

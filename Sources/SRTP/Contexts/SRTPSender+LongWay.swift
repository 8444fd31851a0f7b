// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

// Packets with options: MKI, key derivation rate, several keys, carried rollover counters, encrypted header extensions, Cryptex, f8,
// double encryption, identical repeats. In place; out of place works on the copy.
extension SRTPSender {
    @_lifetime(packet: copy packet)
    mutating func protectRTPTheLongWay(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        guard leases?.rewrites == true else { return try protectRTPAsNumbered(&packet, length: length) }
        let header: RTPHeader
        do throws(RTPError) {
            header = try RTPHeader(parsing: packet.bytes.extracting(first: max(0, length)))
        } catch {
            throw .malformed(error)
        }
        let offset = leases?.offset(of: header.ssrc, first: header.sequenceNumber) ?? 0
        packet.storeBigEndian(header.sequenceNumber &+ offset, at: 2)
        do throws(SRTPError) {
            let count = try protectRTPAsNumbered(&packet, length: length)
            leases?.fix(offset, of: header.ssrc)
            return count
        } catch {
            packet.storeBigEndian(header.sequenceNumber, at: 2)
            throw error
        }
    }

    @_lifetime(packet: copy packet)
    private mutating func protectRTPAsNumbered(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        let frame = try RTPFrame(plain: BufferChecks.packet(in: packet, length: length), context.profile)
        let isMasked = try context.isMasked(frame, in: packet.bytes)
        let header = frame.header
        let ticket = try takeIndex(
            header.ssrc, header.sequenceNumber, byteCount: frame.protectedByteCount, room: packet.byteCount)
        let work = RTPWork(frame: frame, index: ticket.index, isMasked: isMasked, length: length)
        let behind = fingerprints == nil ? nil : Behind(packet.bytes, from: length, upTo: frame.protectedByteCount)
        guard
            work.seal(
                &packet, with: &context.keys[ticket.key].rtp[ticket.session], mask: &context.mask, context.profile)
        else { throw .engineFailed }
        guard admits(work, ticket, in: packet.bytes) else {
            guard
                work.undo(
                    &packet, with: &context.keys[ticket.key].rtp[ticket.session], mask: &context.mask, context.profile)
            else { throw .engineFailed }
            behind?.putBack(into: &packet)
            throw .indexReused(ticket.ssrc, index: ticket.index.wire)
        }
        packet.store(context.keys[ticket.key].mki, at: frame.mki)
        packet.storeBigEndian(ticket.index.rolloverCounter, at: frame.carriedCounter)
        if context.keys[ticket.key].rateShift != nil { context.keys[ticket.key].rtp.noteUse(of: ticket.session) }
        context.statistics.rtpPackets &+= 1
        return frame.protectedByteCount
    }

    @_lifetime(output: copy output)
    mutating func protectRTPTheLongWay(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        let needed = try RTPFrame(plain: packet, context.profile).protectedByteCount
        try BufferChecks.checkRoom(needed, in: output.byteCount)
        output.copy(packet, upTo: packet.byteCount)
        do throws(SRTPError) {
            return try protectRTPTheLongWay(&output, length: packet.byteCount)
        } catch {
            output.clear(upTo: needed)
            throw error
        }
    }

    /// What lay behind a packet before it was protected: a tag over a second packet under one index must not stay there.
    private struct Behind {
        private var octets = InlineArray<320, UInt8>(repeating: 0)
        private let range: Range<Int>

        init(_ packet: RawSpan, from start: Int, upTo end: Int) {
            range = start..<min(end, start + 320)
            for place in range { octets[place - start] = packet.octet(at: place) ?? 0 }
        }

        @_lifetime(packet: copy packet)
        func putBack(into packet: inout MutableRawSpan) {
            unsafe packet.store(octets.span.bytes, count: range.count, at: range.lowerBound)
        }
    }

    /// Whether an encrypted packet may be sent: not where it repeats an index and is not identical.
    private mutating func admits(_ work: RTPWork, _ ticket: Ticket, in packet: RawSpan) -> Bool {
        guard fingerprints != nil else { return true }
        let form = context.profile.rtp
        if form.isAEAD {
            return fingerprints?.admits(
                packet.extracting(work.frame.tag), ticket.index.unwrapped, at: ticket.slot, isRepeat: ticket.isRepeat)
                == true
        }
        let job = work.frame.job(at: ticket.index, in: packet, form)
        guard let mac = context.keys[ticket.key].rtp[ticket.session].packet.mac(of: job, in: packet) else {
            return false
        }
        return unsafe fingerprints?.admits(
            mac.span.bytes, ticket.index.unwrapped, at: ticket.slot, isRepeat: ticket.isRepeat) == true
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import RTP
internal import WireBytes

extension SRTPSender {
    /// Protects every packet of a batch in place, many at a time where the engine can; see
    /// ``SRTPConfiguration/BatchEngine``.
    ///
    /// The effect is that of the single calls in slot order. The first call allocates what later ones use again.
    @_lifetime(buffer: copy buffer)
    public mutating func transformBatch(_ buffer: inout MutableRawSpan, slots: inout MutableSpan<PacketSlot>) {
        // Nobody else has the buffer until this call returns, and no packet waits any more then.
        let address = unsafe buffer.withUnsafeMutableBytes { $0.baseAddress }
        guard let start = unsafe address else {
            for position in slots.indices { transformSlot(&buffer, &slots[position]) }
            return
        }
        let direct = isRTPPlain ? context.directCipher() : nil
        var position = 0
        if let direct { position = unsafe sealRun(direct, &slots, from: 0, in: start, buffer.byteCount) }
        if direct == nil, slots.count == 1 {
            // Alone, a packet gains nothing by waiting.
            transformSlot(&buffer, &slots[0])
        } else if position < slots.count {
            unsafe transformOthers(direct, &buffer, &slots, from: position, in: start)
        }
        direct?.end()
    }

    /// Seals ordinary packets that need not wait for one another, up to the first slot that holds something else, and says which
    /// that is.
    @unsafe
    @inline(never)
    private mutating func sealRun(
        _ direct: DirectCipher, _ slots: inout MutableSpan<PacketSlot>, from first: Int,
        in start: UnsafeMutableRawPointer, _ byteCount: Int
    ) -> Int {
        var run = context.beginRun(from: first, slotCount: slots.count)
        var position = first
        while position < run.end {
            if position % BatchPlan.lookahead == 0 {
                unsafe context.fetchStreams(slots, from: position, in: start, byteCount)
            }
            let slot = slots.request(at: position)
            guard slot.kind == .rtp, slot.lies(within: byteCount) else { break }
            let octets = unsafe UnsafeRawBufferPointer(start: start + slot.offset, count: slot.length)
            guard let packet = unsafe take(octets.bytes, room: slot.capacity, in: &run) else { break }
            unsafe direct.seal(
                packet.layout.headerByteCount..<packet.layout.plainByteCount, packet.counter,
                packet: start + slot.offset, byteCount: slot.capacity)
            slots[position].result = packet.layout.protectedByteCount
            position += 1
        }
        context.end(run)
        context.statistics.rtpPackets &+= UInt64(run.count)
        return position
    }

    /// Protects the packets from `first` on, some of which are not ordinary, or wait for others.
    @unsafe
    @inline(never)
    @_lifetime(buffer: copy buffer)
    private mutating func transformOthers(
        _ direct: DirectCipher?, _ buffer: inout MutableRawSpan, _ slots: inout MutableSpan<PacketSlot>,
        from first: Int, in start: UnsafeMutableRawPointer
    ) {
        let batchable = context.batchable
        guard batchable.rtcp else {
            for position in first..<slots.count { transformSlot(&buffer, &slots[position]) }
            return
        }
        let isRTPBatchable = batchable.rtp && fingerprints == nil && leases?.rewrites != true
        var plan = context.takePlan()
        var position = first
        while position < slots.count {
            if isRTPPlain {
                if let direct {
                    finish(&plan, &buffer, &slots)
                    position = unsafe sealRun(direct, &slots, from: position, in: start, buffer.byteCount)
                } else {
                    position = unsafe putOffRun(&plan, slots, from: position, in: start, buffer.byteCount)
                    if plan.count == PacketBatch.capacity {
                        finish(&plan, &buffer, &slots)
                        continue
                    }
                }
                if position == slots.count { break }
            }
            if position % BatchPlan.lookahead == 0 {
                unsafe context.fetchStreams(slots, from: position, in: start, buffer.byteCount)
            }
            unsafe transformNext(slots[position], position, in: start, &buffer, &slots, isRTPBatchable, &plan)
            position += 1
        }
        finish(&plan, &buffer, &slots)
        context.keep(plan)
    }

    /// Takes the indices of ordinary packets and lets them wait, up to the first slot that holds something else or that the engine
    /// has to run before, and says which that is.
    @unsafe
    @inline(never)
    private mutating func putOffRun(
        _ plan: inout BatchPlan, _ slots: borrowing MutableSpan<PacketSlot>, from first: Int,
        in start: UnsafeMutableRawPointer, _ byteCount: Int
    ) -> Int {
        let isAEAD = context.profile.rtp.isAEAD
        var run = context.beginRun(from: first, slotCount: slots.count)
        var position = first
        while position < run.end {
            if position % BatchPlan.lookahead == 0 {
                unsafe context.fetchStreams(slots, from: position, in: start, byteCount)
            }
            let slot = slots.request(at: position)
            guard slot.kind == .rtp, slot.lies(within: byteCount), !plan.mustFinish(before: slot, slots) else { break }
            let octets = unsafe UnsafeRawBufferPointer(start: start + slot.offset, count: slot.length)
            guard let packet = unsafe take(octets.bytes, room: slot.capacity, in: &run) else { break }
            let waiting = PendingPacket(
                position: position, resultByteCount: packet.layout.protectedByteCount, kind: .rtp,
                ssrc: packet.layout.ssrc, stream: packet.slot, index: packet.index.unwrapped, key: 0)
            unsafe plan.append(
                waiting, packet.layout.job(at: packet.index, isAEAD: isAEAD), context.keys[0].rtp[0].packet, slot,
                in: start)
            position += 1
        }
        context.end(run)
        return position
    }

    /// Takes the index of the packet, which needs `room` octets with its tag, as one of the run; `nil` where it is not ordinary,
    /// and nothing has changed.
    @inline(__always)
    private mutating func take(_ packet: RawSpan, room: Int, in run: inout OrdinaryRun) -> OrdinaryRun.Packet? {
        guard let ordinary = context.ordinary(packet, plainByteCount: packet.byteCount, in: run),
            ordinary.layout.protectedByteCount <= room
        else { return nil }
        context.mark(ordinary, in: &run)
        return ordinary
    }

    /// Protects the packet of `slot`, or lets it wait.
    @unsafe
    @inline(__always)
    @_lifetime(buffer: copy buffer)
    private mutating func transformNext(
        _ slot: PacketSlot, _ position: Int, in start: UnsafeMutableRawPointer, _ buffer: inout MutableRawSpan,
        _ slots: inout MutableSpan<PacketSlot>, _ isRTPBatchable: Bool, _ plan: inout BatchPlan
    ) {
        guard slot.lies(within: buffer.byteCount), slot.kind == .rtcp || isRTPBatchable else {
            finish(&plan, &buffer, &slots)
            return transformSlot(&buffer, &slots[position])
        }
        if plan.mustFinish(before: slot, slots) { finish(&plan, &buffer, &slots) }
        do throws(SRTPError) {
            switch slot.kind {
            case .rtp: try unsafe putOffRTP(slot, position, in: start, &plan)
            case .rtcp: try unsafe putOffRTCP(slot, position, in: start, &buffer, &plan)
            }
        } catch {
            context.statistics.count(error)
            slots[position].result = -error.code
        }
    }

    /// Takes the index of an RTP packet and lets it wait.
    @unsafe
    @inline(never)
    private mutating func putOffRTP(
        _ slot: PacketSlot, _ position: Int, in start: UnsafeMutableRawPointer, _ plan: inout BatchPlan
    ) throws(SRTPError) {
        let octets = unsafe UnsafeRawBufferPointer(start: start + slot.offset, count: slot.length)
        let packet = unsafe octets.bytes
        let form = context.profile.rtp
        let layout = try RTPLayout(plain: packet, tagByteCount: form.tagByteCount)
        let end = layout.protectedByteCount + form.mkiByteCount
        let ticket = try takeIndex(layout.ssrc, layout.sequenceNumber, byteCount: end, room: slot.capacity)
        let job = layout.job(at: ticket.index, form)
        let waiting = PendingPacket(
            position: position, resultByteCount: end, kind: .rtp, ssrc: ticket.ssrc, stream: ticket.slot,
            index: ticket.index.unwrapped, key: ticket.key)
        unsafe plan.append(waiting, job, context.keys[ticket.key].rtp[0].packet, slot, in: start)
    }

    /// Takes the next SRTCP index, writes everything but ciphertext and tag, and lets the packet wait.
    @unsafe
    @_lifetime(buffer: copy buffer)
    private mutating func putOffRTCP(
        _ slot: PacketSlot, _ position: Int, in start: UnsafeMutableRawPointer, _ buffer: inout MutableRawSpan,
        _ plan: inout BatchPlan
    ) throws(SRTPError) {
        var packet = buffer._mutatingExtracting(slot.offset..<slot.end)
        let layout = try RTCPLayout(
            plain: BufferChecks.packet(in: packet, length: slot.length), context.profile.rtcp)
        let ticket = try takeRTCPIndex(layout, room: slot.capacity)
        let job = prepare(layout, ticket, in: &packet)
        let waiting = PendingPacket(
            position: position, resultByteCount: layout.protectedByteCount, kind: .rtcp, ssrc: layout.ssrc,
            stream: ticket.slot, index: ticket.index.unwrapped, key: ticket.key)
        unsafe plan.append(waiting, job, context.keys[ticket.key].rtcp[ticket.session].packet, slot, in: start)
    }

    /// Lets the engine do its work on all that wait, and says what came of it.
    @_lifetime(buffer: copy buffer)
    private mutating func finish(
        _ plan: inout BatchPlan, _ buffer: inout MutableRawSpan, _ slots: inout MutableSpan<PacketSlot>
    ) {
        guard plan.count > 0 else { return }
        plan.jobs.seal()
        let form = context.profile.rtp
        for position in 0..<plan.count {
            let waiting = plan[position]
            guard plan.sealed(position) else {
                context.statistics.count(.engineFailed)
                slots[waiting.position].result = -SRTPError.engineFailed.code
                continue
            }
            switch waiting.kind {
            case .rtp:
                if form.mkiByteCount > 0 {
                    let start = slots[waiting.position].offset + form.mkiStart(from: waiting.resultByteCount)
                    buffer.store(context.keys[waiting.key].mki, at: start..<start + form.mkiByteCount)
                }
                context.statistics.rtpPackets &+= 1
            case .rtcp: context.statistics.rtcpPackets &+= 1
            }
            slots[waiting.position].result = waiting.resultByteCount
        }
        plan.removeAll()
    }
}

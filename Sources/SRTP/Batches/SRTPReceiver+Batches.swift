// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import RTP
internal import WireBytes

// Packets that wait were judged by a state that those before them have not changed yet. So they are judged again when it is their
// turn, by the state as it is then, and where the judgement is another one they take the single call, as if they had not waited: a
// second copy of a packet, a late one that a leap has pushed out of the window, one whose rollover counter was estimated too low.
extension SRTPReceiver {
    /// Unprotects every packet of a batch in place, many at a time where the engine can; see
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
        let direct = context.isRTPPlain ? context.directCipher() : nil
        var position = 0
        if let direct { position = unsafe openRun(direct, &slots, from: 0, in: start, buffer.byteCount) }
        if direct == nil, slots.count == 1 {
            // Alone, a packet gains nothing by waiting.
            transformSlot(&buffer, &slots[0])
        } else if position < slots.count {
            unsafe transformOthers(direct, &buffer, &slots, from: position, in: start)
        }
        direct?.end()
    }

    /// Opens ordinary packets that need not wait for one another, up to the first slot that holds something else, and says which
    /// that is.
    @unsafe
    @inline(never)
    private mutating func openRun(
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
            guard
                let packet = unsafe context.ordinary(
                    octets.bytes, plainByteCount: slot.length &- run.tagByteCount, in: run)
            else { break }
            let layout = packet.layout
            let opened = unsafe direct.open(
                layout.headerByteCount..<layout.plainByteCount, packet.counter, packet: start + slot.offset,
                byteCount: slot.length)
            if case .opened = opened {
                context.mark(packet, in: &run)
                slots[position].result = layout.plainByteCount
            } else {
                slots[position].result = -refusal(opened, of: layout.ssrc).code
            }
            position += 1
        }
        context.end(run)
        context.statistics.rtpPackets &+= UInt64(run.count)
        return position
    }

    /// Unprotects the packets from `first` on, some of which are not ordinary, or wait for others.
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
        var plan = context.takePlan()
        var position = first
        while position < slots.count {
            if context.isRTPPlain {
                if let direct {
                    finish(&plan, &buffer, &slots)
                    position = unsafe openRun(direct, &slots, from: position, in: start, buffer.byteCount)
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
            unsafe transformNext(slots[position], position, in: start, &buffer, &slots, batchable, &plan)
            position += 1
        }
        finish(&plan, &buffer, &slots)
        context.keep(plan)
    }

    /// Lets ordinary packets wait, up to the first slot that holds something else or that the engine has to run before, and says
    /// which that is.
    @unsafe
    @inline(never)
    private mutating func putOffRun(
        _ plan: inout BatchPlan, _ slots: borrowing MutableSpan<PacketSlot>, from first: Int,
        in start: UnsafeMutableRawPointer, _ byteCount: Int
    ) -> Int {
        let isAEAD = context.profile.rtp.isAEAD
        let run = context.beginRun(from: first, slotCount: slots.count)
        var position = first
        while position < run.end {
            if position % BatchPlan.lookahead == 0 {
                unsafe context.fetchStreams(slots, from: position, in: start, byteCount)
            }
            let slot = slots.request(at: position)
            guard slot.kind == .rtp, slot.lies(within: byteCount), !plan.mustFinish(before: slot, slots) else { break }
            let octets = unsafe UnsafeRawBufferPointer(start: start + slot.offset, count: slot.length)
            guard
                let packet = unsafe context.ordinary(
                    octets.bytes, plainByteCount: slot.length &- run.tagByteCount, in: run)
            else { break }
            let waiting = PendingPacket(
                position: position, resultByteCount: packet.layout.plainByteCount, kind: .rtp,
                ssrc: packet.layout.ssrc, stream: packet.slot, index: packet.index.unwrapped, key: 0)
            unsafe plan.append(
                waiting, packet.layout.job(at: packet.index, isAEAD: isAEAD), context.keys[0].rtp[0].packet, slot,
                in: start)
            position += 1
        }
        return position
    }

    /// Unprotects the packet of `slot`, or lets it wait.
    @unsafe
    @inline(__always)
    @_lifetime(buffer: copy buffer)
    private mutating func transformNext(
        _ slot: PacketSlot, _ position: Int, in start: UnsafeMutableRawPointer, _ buffer: inout MutableRawSpan,
        _ slots: inout MutableSpan<PacketSlot>, _ batchable: SRTPContext.Batchable, _ plan: inout BatchPlan
    ) {
        if slot.lies(within: buffer.byteCount), batchable[slot.kind] {
            if plan.mustFinish(before: slot, slots) { finish(&plan, &buffer, &slots) }
            let isWaiting =
                switch slot.kind {
                case .rtp: unsafe putOffRTP(slot, position, in: start, &plan)
                case .rtcp: unsafe putOffRTCP(slot, position, in: start, &plan)
                }
            if isWaiting { return }
        }
        finish(&plan, &buffer, &slots)
        transformSlot(&buffer, &slots[position])
    }

    /// Lets an SRTP packet wait; `false` for one that takes the single call, for whatever reason.
    @unsafe
    @inline(never)
    private mutating func putOffRTP(
        _ slot: PacketSlot, _ position: Int, in start: UnsafeMutableRawPointer, _ plan: inout BatchPlan
    ) -> Bool {
        let octets = unsafe UnsafeRawBufferPointer(start: start + slot.offset, count: slot.length)
        let packet = unsafe octets.bytes
        let form = context.profile.rtp
        guard let layout = try? RTPLayout(protected: packet, form), let stream = context.streams.slot(of: layout.ssrc)
        else { return false }
        let index = context.streams.rtpIndex(of: layout.sequenceNumber, layout.ssrc, at: stream)
        guard let key = key(in: packet, at: index, form), stands(index, layout.ssrc, at: stream, key: key) else {
            return false
        }
        let waiting = PendingPacket(
            position: position, resultByteCount: layout.plainByteCount, kind: .rtp, ssrc: layout.ssrc, stream: stream,
            index: index.unwrapped, key: key)
        unsafe plan.append(waiting, layout.job(at: index, form), context.keys[key].rtp[0].packet, slot, in: start)
        return true
    }

    /// The same for an SRTCP packet.
    @unsafe
    private mutating func putOffRTCP(
        _ slot: PacketSlot, _ position: Int, in start: UnsafeMutableRawPointer, _ plan: inout BatchPlan
    ) -> Bool {
        let octets = unsafe UnsafeRawBufferPointer(start: start + slot.offset, count: slot.length)
        let packet = unsafe octets.bytes
        guard let layout = try? RTCPLayout(protected: packet, context.profile.rtcp),
            let key = try? onlyKey(in: packet, layout.mki, of: layout.ssrc),
            let stream = context.streams.slot(of: layout.ssrc),
            let candidate = try? candidate(layout, packet, stream, key: key),
            candidate.isEncrypted || !context.profile.encryptsRTCP
        else { return false }
        let waiting = PendingPacket(
            position: position, resultByteCount: candidate.plainByteCount, kind: .rtcp, ssrc: layout.ssrc,
            stream: stream, index: candidate.index.unwrapped, key: key)
        unsafe plan.append(waiting, candidate.job, context.keys[key].rtcp[candidate.session].packet, slot, in: start)
        return true
    }

    /// The key that an SRTP packet names, or the only one that it can be.
    @inline(__always)
    private mutating func key(in packet: RawSpan, at index: PacketIndex, _ form: PacketForm) -> Int? {
        guard form.mkiByteCount > 0 else { return context.keys.onlyPosition(at: index.wire) }
        let start = form.mkiStart(from: packet.byteCount)
        return context.keys.position(ofMKI: packet.extracting(start..<start + form.mkiByteCount))
    }

    /// Whether nothing is against a packet with this index but, maybe, its tag.
    @inline(__always)
    private mutating func stands(_ index: PacketIndex, _ ssrc: SSRC, at stream: Int, key: Int) -> Bool {
        !context.keys[key].use.isExhausted && context.keys[key].isValid(at: index.wire)
            && context.streams.rtpVerdict(on: index, ssrc, at: stream) == .fresh
            && !context.exhaustsIndices(index, ssrc, at: stream, key: key)
    }

    /// Whether a packet that waited has the index that it was thought to have, and nothing is against it but, maybe, its tag.
    @inline(__always)
    private mutating func stands(_ waiting: PendingPacket) -> Bool {
        switch waiting.kind {
        case .rtp:
            let sequenceNumber = UInt16(truncatingIfNeeded: waiting.index)
            let index = context.streams.rtpIndex(of: sequenceNumber, waiting.ssrc, at: waiting.stream)
            return index.unwrapped == waiting.index
                && stands(index, waiting.ssrc, at: waiting.stream, key: waiting.key)
        case .rtcp:
            let wire = RTCPIndex(unwrapped: waiting.index).wire
            let index = context.streams.rtcpIndex(
                wire, waiting.ssrc, at: waiting.stream, under: context.keys[waiting.key])
            return index.unwrapped == waiting.index && !context.keys[waiting.key].use.isExhausted
                && context.streams.rtcpVerdict(on: index, waiting.ssrc, at: waiting.stream) == .fresh
        }
    }

    /// Notes a packet that has authenticated.
    @inline(__always)
    private mutating func accept(_ waiting: PendingPacket) {
        switch waiting.kind {
        case .rtp: acceptRTP(PacketIndex(unwrapped: waiting.index), at: waiting.stream, key: waiting.key)
        case .rtcp:
            context.markRTCP(RTCPIndex(unwrapped: waiting.index), at: waiting.stream, key: waiting.key)
            context.statistics.rtcpPackets &+= 1
        }
    }

    /// Lets the engine do its work on all that wait, and notes what came of it, in order.
    @_lifetime(buffer: copy buffer)
    private mutating func finish(
        _ plan: inout BatchPlan, _ buffer: inout MutableRawSpan, _ slots: inout MutableSpan<PacketSlot>
    ) {
        guard plan.count > 0 else { return }
        plan.jobs.open()
        for position in 0..<plan.count {
            let waiting = plan[position]
            let opened = plan.opened(position)
            let index = PacketIndex(unwrapped: waiting.index)
            if case .opened = opened, waiting.kind == .rtp, context.isOrdinary(index, at: waiting.stream) {
                context.markOrdinary(index, at: waiting.stream)
                context.statistics.rtpPackets &+= 1
                slots[waiting.position].result = waiting.resultByteCount
                continue
            }
            guard stands(waiting) else {
                if opened == .opened, !plan.jobs.close(position) {
                    refuse(.engineFailed, waiting, &slots)
                } else {
                    transformSlot(&buffer, &slots[waiting.position])
                }
                continue
            }
            switch opened {
            case .opened:
                accept(waiting)
                slots[waiting.position].result = waiting.resultByteCount
            case .tagDiffers: refuse(.authenticationFailed(waiting.ssrc), waiting, &slots)
            case .failed: refuse(.engineFailed, waiting, &slots)
            }
        }
        plan.removeAll()
    }

    @inline(never)
    private mutating func refuse(
        _ error: SRTPError, _ waiting: PendingPacket, _ slots: inout MutableSpan<PacketSlot>
    ) {
        context.statistics.count(error)
        slots[waiting.position].result = -error.code
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What is left of the streams that are gone, found by SSRC.
struct FormerStreams: ~Copyable, Sendable {
    private var directory: StreamDirectory
    private var streams: StreamSlab<FormerStream>
    /// The first slot that is free again, each of which names the next one; -1 for none.
    private var vacant = -1
    /// The number of the oldest key when there was last a look for what can be forgotten.
    private var oldestKey: UInt32 = 0
    private let limit: Int
    private let hash: SSRCHash

    /// Room for `limit` of them.
    init(limit: Int, _ hash: SSRCHash) {
        self.limit = limit
        self.hash = hash
        directory = StreamDirectory(hash)
        // One more comes before the one that makes room for it goes.
        streams = StreamSlab(limit: limit + 1)
    }

    var count: Int { directory.count }
    var isEmpty: Bool { directory.count == 0 }
    var hasRoom: Bool { directory.count < limit }

    /// What is left of a stream.
    subscript(ssrc: SSRC) -> FormerStream? { directory.find(ssrc).map { streams[$0] } }

    /// Remembers a stream. What was left of it before is forgotten.
    mutating func insert(_ stream: FormerStream, of ssrc: SSRC) {
        if let known = directory.find(ssrc) {
            streams[known] = stream
        } else if vacant >= 0 {
            let slot = vacant
            vacant = streams[slot].nextVacant
            streams[slot] = stream
            directory.insert(ssrc, slot: slot)
        } else {
            streams.append(stream)
            directory.insert(ssrc, slot: streams.count - 1)
        }
    }

    /// Forgets a stream, and says what was left of it.
    mutating func remove(_ ssrc: SSRC) -> FormerStream? {
        guard let slot = directory.find(ssrc) else { return nil }
        let removed = streams[slot]
        directory.remove(ssrc)
        streams[slot] = FormerStream(nextVacant: vacant)
        vacant = slot
        return removed
    }

    /// Forgets the streams whose keys are gone: all before the one with this number.
    mutating func forget(before keyNumber: UInt32) {
        guard !isEmpty, keyNumber > oldestKey else { return }
        oldestKey = keyNumber
        var gone: [SSRC] = []
        forEach { ssrc, stream in if stream.lastKeyNumber < keyNumber { gone.append(ssrc) } }
        guard gone.count < count else {
            self = FormerStreams(limit: limit, hash)
            return
        }
        for ssrc in gone { _ = remove(ssrc) }
    }

    /// Calls `body` with each of them, in no order.
    func forEach(_ body: (SSRC, FormerStream) -> Void) {
        directory.forEach { ssrc, slot in body(ssrc, streams[slot]) }
    }
}

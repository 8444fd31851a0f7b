// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// The streams of a capture, in bounded memory whatever the capture holds.
///
/// Packets of a stream that is not confirmed yet are counted as those of a candidate. Candidates are of two generations: the
/// younger one takes new ones until it is full, a second later it becomes the older one, and what was that is dropped.
/// So each candidate has a second or more to be confirmed, and among any number of forged sources new ones come in every
/// second.
struct StreamTable {
    /// What became of a packet.
    enum Place {
        case stream(Int)
        case candidate
        /// There are as many streams as may be.
        case untracked
    }

    private struct Candidate {
        var run = SequenceRun()
        var statistics: StreamStatistics
    }

    private static let generationTime = CaptureTime.second
    /// What ends a generation too, where times stand still: packets of candidates, for each that it may have.
    private static let generationPackets = 64
    /// Streams whose course over time is kept.
    private static let seriesLimit = 64

    private let options: InspectionOptions
    private var positions: [StreamKey: Int] = [:]
    private(set) var streams: [StreamStatistics] = []
    private var younger: [StreamKey: Candidate] = [:]
    private var older: [StreamKey: Candidate] = [:]
    /// When the younger generation began.
    private var generationStart: Int64?
    /// Packets of candidates since then.
    private var generationPackets = 0

    init(_ options: InspectionOptions) { self.options = options }

    /// Whether a stream with this key is followed.
    func contains(_ key: StreamKey) -> Bool { positions[key] != nil }

    /// Takes a packet, and gives the pause before it in its stream.
    ///
    /// - Parameter isNamed: Whether the user has said that it is RTP, so that one packet makes a stream.
    mutating func receive(_ packet: RTPArrival, of key: StreamKey, isNamed: Bool) -> (Place, StreamGap?) {
        if let position = positions[key] {
            return (.stream(position), streams[position].receive(packet, clockRates: options.clockRates))
        }
        guard streams.count < options.streamLimit else { return (.untracked, nil) }
        generationPackets += 1
        if younger[key] == nil { admit(packet, of: key) }
        let gap = younger[key]?.statistics.receive(packet, clockRates: options.clockRates)
        let isConfirmed = younger[key]?.run.confirms(packet.header.sequenceNumber) ?? false
        guard isConfirmed || isNamed, let candidate = younger.removeValue(forKey: key) else { return (.candidate, gap) }
        positions[key] = streams.count
        streams.append(candidate.statistics)
        return (.stream(streams.count - 1), gap)
    }

    mutating func markInTURNChannel(_ position: Int) { streams[position].isInTURNChannel = true }

    /// Makes the younger generation know a candidate, if there is room.
    private mutating func admit(_ packet: RTPArrival, of key: StreamKey) {
        if younger.count >= options.streamLimit, isGenerationOver(at: packet.time) {
            older = younger
            younger = [:]
            generationPackets = 0
        }
        if younger.isEmpty { generationStart = packet.time }
        if let known = older.removeValue(forKey: key) {
            younger[key] = known
        } else if younger.count < options.streamLimit {
            let keepsSeries = options.keepsSeries && streams.count < Self.seriesLimit
            younger[key] = Candidate(statistics: StreamStatistics(packet, key: key, keepsSeries: keepsSeries))
        }
    }

    private func isGenerationOver(at time: Int64?) -> Bool {
        if let generationStart, let time,
            CaptureTime.elapsed(from: generationStart, to: time) >= Self.generationTime
        {
            return true
        }
        return generationPackets / Self.generationPackets >= options.streamLimit
    }
}

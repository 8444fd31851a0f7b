// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// The streams of a capture, in bounded memory whatever the capture holds.
///
/// Packets of a stream that is not confirmed yet are counted in one of two generations of candidates: the younger one takes
/// new ones, and when it is full the older one is dropped. So a thousand forged sources at a time push nothing out that
/// goes on.
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

    private static let generationLimit = 1024
    /// Streams whose course over time is kept.
    private static let seriesLimit = 64

    private let options: InspectionOptions
    private var positions: [StreamKey: Int] = [:]
    private(set) var streams: [StreamStatistics] = []
    private var younger: [StreamKey: Candidate] = [:]
    private var older: [StreamKey: Candidate] = [:]

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
        if younger[key] == nil { admit(older.removeValue(forKey: key), packet, of: key) }
        let gap = younger[key]?.statistics.receive(packet, clockRates: options.clockRates)
        let isConfirmed = younger[key]?.run.confirms(packet.header.sequenceNumber) ?? false
        guard isConfirmed || isNamed, let candidate = younger.removeValue(forKey: key) else { return (.candidate, gap) }
        positions[key] = streams.count
        streams.append(candidate.statistics)
        return (.stream(streams.count - 1), gap)
    }

    mutating func markInTURNChannel(_ position: Int) { streams[position].isInTURNChannel = true }

    private mutating func admit(_ known: Candidate?, _ packet: RTPArrival, of key: StreamKey) {
        if younger.count >= Self.generationLimit {
            older = younger
            younger = [:]
        }
        let keepsSeries = options.keepsSeries && streams.count < Self.seriesLimit
        younger[key] =
            known ?? Candidate(statistics: StreamStatistics(packet, key: key, keepsSeries: keepsSeries))
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What became of a stream over time, in a bounded number of equal intervals, which grow with the stream.
struct TimeSeries: Sendable {
    /// The intervals at most. At twice as many they are joined in pairs.
    static let maximumCount = 480
    private static let firstWidth: Int64 = 100_000_000

    /// One interval.
    struct Bucket {
        var packets: UInt64 = 0
        var octets: UInt64 = 0
        /// Numbers that were passed over, less those that came late.
        var lost: Int64 = 0
        /// The largest jitter, in seconds, under each clock rate.
        var jitter = SIMD8<Float>()

        mutating func join(_ other: Bucket) {
            packets += other.packets
            octets += other.octets
            lost += other.lost
            jitter = pointwiseMax(jitter, other.jitter)
        }
    }

    /// When the first interval begins, in nanoseconds since 1970.
    private(set) var start: Int64
    /// The length of an interval, in nanoseconds.
    private(set) var width = Self.firstWidth
    private(set) var buckets: [Bucket] = []

    init(start: Int64) { self.start = start }

    /// Adds to the interval of `time`; what is before the first one belongs to it.
    mutating func add(at time: Int64, _ addition: Bucket) {
        let elapsed = max(0, CaptureTime.elapsed(from: start, to: time))
        while elapsed / width >= Self.maximumCount { double() }
        let position = Int(elapsed / width)
        while buckets.count <= position { buckets.append(Bucket()) }
        buckets[position].join(addition)
    }

    private mutating func double() {
        width *= 2
        buckets = stride(from: 0, to: buckets.count, by: 2).map { position in
            var bucket = buckets[position]
            if position + 1 < buckets.count { bucket.join(buckets[position + 1]) }
            return bucket
        }
    }
}

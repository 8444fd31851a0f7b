// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTPCaptures

/// Finds key management messages in a capture: in each frame that has the text of one, and over TCP in the text that the segments
/// of a direction make, whatever their order, and however often they were sent.
///
/// It keeps 256 directions of connections, each with 2^18 octets of an unfinished text and as many of segments that came early.
/// What is beyond that is searched as it stands: of a longer text, of the direction that was silent the longest, and of one with a
/// gap that nothing fills.
package struct CaptureSearch: Sendable {
    private var streams: [TCPSegment.Direction: TCPStream] = [:]

    private static let streamLimit = 256

    /// A search that has seen no frame.
    package init() {}

    /// The messages that a frame completes.
    ///
    /// - Parameter number: The frame's number, which goes into their places.
    package mutating func take(_ frame: RawSpan, linkType: LinkType, number: Int) -> [FoundMessage] {
        guard let segment = try? TCPSegment(parsing: frame, linkType: linkType) else {
            return Self.messages(in: frame.copiedOctets, number)
        }
        var texts: [(octets: [UInt8], frame: Int)] = []
        var stream = streams.removeValue(forKey: segment.direction) ?? TCPStream()
        if streams.count >= Self.streamLimit, var silent = streams.min(by: { $0.value.lastFrame < $1.value.lastFrame })
        {
            texts += silent.value.finished()
            streams[silent.key] = nil
        }
        texts += stream.take(
            frame.extracting(segment.payloadRange).copiedOctets, at: segment.sequenceNumber, isSYN: segment.isSYN,
            missing: segment.missingByteCount, frame: number)
        streams[segment.direction] = stream
        return texts.flatMap { Self.messages(in: $0.octets, $0.frame) }
    }

    /// The messages in what is left, at the end of the capture.
    package mutating func finish() -> [FoundMessage] {
        let rest = streams.values.sorted { $0.lastFrame < $1.lastFrame }
        streams = [:]
        return rest.flatMap { stream in
            var stream = stream
            return stream.finished().flatMap { Self.messages(in: $0.octets, $0.frame) }
        }
    }

    private static func messages(in text: [UInt8], _ frame: Int) -> [FoundMessage] {
        MessageScanner.messages(inText: text).map { FoundMessage($0, place: "frame \(frame), \($0.place)") }
    }
}

extension RawSpan {
    fileprivate var copiedOctets: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}

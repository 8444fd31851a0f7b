// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import RTP
import SRTP

/// Senders or receivers for several keys, and which of them a packet goes through.
struct KeyRing<Transform: PacketTransform & ~Copyable> where Transform.Failure == SRTPError {
    /// A transform cannot be copied into an array; a box can.
    private final class Box {
        var transform: Transform
        let binding: KeyBinding
        let rolloverCounter: UInt32?
        /// Streams whose counter was set.
        var preparedSSRCs: Set<SSRC> = []

        init(_ transform: consuming Transform, _ binding: KeyBinding, _ rolloverCounter: UInt32?) {
            self.transform = transform
            self.binding = binding
            self.rolloverCounter = rolloverCounter
        }
    }

    private static var ownerLimit: Int { 4096 }

    /// Whether all keys that are for a packet are tried. Only for receivers, which a packet of another key does not change.
    private let triesAll: Bool
    /// The closest bound first, equal ones as they came.
    private var boxes: [Box] = []
    /// Which box has last taken a packet of a source, where there is a choice.
    private var owners: [SSRC: Int] = [:]

    init(triesAll: Bool) { self.triesAll = triesAll }

    mutating func append(_ transform: consuming Transform, for binding: KeyBinding, rolloverCounter: UInt32?) {
        let position = boxes.firstIndex { $0.binding.rank < binding.rank } ?? boxes.count
        boxes.insert(Box(transform, binding, rolloverCounter), at: position)
    }

    /// Whether any key is for the stream.
    func fits(_ stream: StreamKey) -> Bool { boxes.contains { $0.binding.fits(stream) } }

    /// Takes a packet through the key that is for it.
    ///
    /// - Parameter prepare: Sets the rollover counter that is named for a key, before its first packet of an SSRC.
    /// - Throws: What the key that took the last packet of the source says, or the first one.
    mutating func transform(
        _ bytes: inout MutableRawSpan, length: Int, _ kind: PacketKind, of stream: StreamKey,
        prepare: (inout Transform, UInt32, SSRC) -> Void
    ) throws(SRTPError) -> Int {
        let owner = owners[stream.ssrc].flatMap { boxes[$0].binding.fits(stream) ? $0 : nil }
        guard let first = owner ?? boxes.firstIndex(where: { $0.binding.fits(stream) }) else {
            throw .authenticationFailed(stream.ssrc)
        }
        let refusal: SRTPError
        do throws(SRTPError) {
            return try Self.transform(&bytes, length, kind, stream.ssrc, through: boxes[first], prepare)
        } catch {
            guard triesAll else { throw error }
            refusal = error
        }
        for position in boxes.indices where position != first && boxes[position].binding.fits(stream) {
            do throws(SRTPError) {
                let result = try Self.transform(&bytes, length, kind, stream.ssrc, through: boxes[position], prepare)
                if owners.count < Self.ownerLimit || owners[stream.ssrc] != nil { owners[stream.ssrc] = position }
                return result
            } catch {}
        }
        throw refusal
    }

    private static func transform(
        _ bytes: inout MutableRawSpan, _ length: Int, _ kind: PacketKind, _ ssrc: SSRC, through box: Box,
        _ prepare: (inout Transform, UInt32, SSRC) -> Void
    ) throws(SRTPError) -> Int {
        if let counter = box.rolloverCounter, box.preparedSSRCs.insert(ssrc).inserted {
            prepare(&box.transform, counter, ssrc)
        }
        return switch kind {
        case .rtp: try box.transform.transformRTP(&bytes, length: length)
        case .rtcp: try box.transform.transformRTCP(&bytes, length: length)
        }
    }
}

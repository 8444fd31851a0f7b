// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation
import RTP
import RTPCaptures
import SRTP

/// Takes a capture's RTP and RTCP packets through the transforms of a key ring into another capture.
struct CaptureJob {
    let input: String
    let output: String
    let selection: SelectionOptions
    /// What the progress line says.
    let verb: String

    /// Runs the job.
    ///
    /// - Parameter prepare: Sets a rollover counter; see `KeyRing`.
    func run<Transform: PacketTransform & ~Copyable>(
        through ring: inout KeyRing<Transform>, prepare: (inout Transform, UInt32, SSRC) -> Void
    ) throws(ToolError) -> CaptureOutcome {
        var reader: CaptureReader
        do throws(CaptureError) { reader = try CaptureReader(path: input) } catch {
            throw ToolError(error, file: input)
        }
        var writer = try makeWriter(reader.timestampResolution)
        if let path = writer.temporaryPath { Interruption.removes(path) }
        var rewriter = DatagramRewriter()
        var outcome = CaptureOutcome()
        var scratch = [UInt8](repeating: 0, count: 1 << 16 + 64)
        var progress = Progress(verb)
        defer { progress.finish() }

        while true {
            do throws(CaptureError) {
                guard let packet = try reader.next() else { break }
                try step(packet, &writer, &rewriter, &outcome, &scratch, &ring, prepare)
            } catch {
                throw ToolError(error, file: input)
            }
            let (packets, total) = (outcome.packets, reader.fileByteCount)
            let offset = reader.fileOffset
            progress.update(
                total.map { "\(packets) packets, \($0 > 0 ? offset * 100 / $0 : 100)%" } ?? "\(packets) packets")
        }
        try finish(writer, outcome)
        return outcome
    }

    private func makeWriter(_ resolution: TimestampResolution) throws(ToolError) -> CaptureWriter {
        do throws(CaptureError) {
            return try CaptureWriter(
                path: output, timestampResolution: resolution, replacingExisting: selection.force)
        } catch { throw ToolError(error, file: output) }
    }

    /// Gives the file its name, unless there is nothing in it that was asked for.
    private func finish(_ writer: consuming CaptureWriter, _ outcome: CaptureOutcome) throws(ToolError) {
        guard outcome.selected > 0 else {
            throw ToolError(.badData, "\(input): none of its \(outcome.packets) packets is RTP or RTCP as selected")
        }
        guard outcome.accepted > 0 else {
            throw ToolError(
                .badData, "\(input): all \(outcome.selected) selected packets were rejected: \(outcome.reasons)")
        }
        do throws(CaptureError) { try writer.finish() } catch { throw ToolError(error, file: output) }
    }

    /// Takes one frame through, or leaves it.
    private func step<Transform: PacketTransform & ~Copyable>(
        _ packet: borrowing CapturedPacket, _ writer: inout CaptureWriter, _ rewriter: inout DatagramRewriter,
        _ outcome: inout CaptureOutcome, _ scratch: inout [UInt8], _ ring: inout KeyRing<Transform>,
        _ prepare: (inout Transform, UInt32, SSRC) -> Void
    ) throws(CaptureError) {
        outcome.packets += 1
        guard let datagram = try? UDPDatagram(parsing: packet.bytes, linkType: packet.linkType),
            let (kind, stream) = selected(packet.bytes.extracting(datagram.payloadRange), of: datagram),
            ring.fits(stream)
        else {
            outcome.others += 1
            if selection.keepOthers { try writer.write(packet) }
            return
        }
        let payload = packet.bytes.extracting(datagram.payloadRange)
        let result: Int
        do throws(SRTPError) {
            payload.withUnsafeBytes { payload in scratch.withUnsafeMutableBytes { $0.copyMemory(from: payload) } }
            var span = scratch.mutableSpan
            var bytes = span.mutableBytes
            result = try ring.transform(&bytes, length: payload.byteCount, kind, of: stream, prepare: prepare)
        } catch {
            outcome.reject(error, of: stream, packetNumber: packet.number)
            return
        }
        let output = scratch.span.bytes.extracting(first: result)
        do throws(CaptureError) {
            try writer.write(try rewriter.rewrite(packet.bytes, datagram, payload: output), insteadOf: packet)
            outcome.accept(kind, of: stream)
        } catch .payloadTooLarge(let bytes, let limit) {
            outcome.reject(
                .packetTooLong(payloadBytes: bytes, limitBytes: limit), of: stream, packetNumber: packet.number)
        }
    }

    /// What a datagram is, where it is of a kind, SSRC and port that were asked for.
    private func selected(_ payload: RawSpan, of datagram: UDPDatagram) -> (PacketKind, StreamKey)? {
        if !selection.port.isEmpty, !selection.port.contains(datagram.sourcePort),
            !selection.port.contains(datagram.destinationPort)
        {
            return nil
        }
        let (kind, offset): (PacketKind, Int)
        switch DatagramClass(payload) {
        case .rtp: (kind, offset) = (.rtp, 8)
        case .rtcp: (kind, offset) = (.rtcp, 4)
        default: return nil
        }
        guard payload.byteCount >= offset + 4 else { return nil }
        let ssrc = SSRC(payload.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian)
        guard selection.ssrc.isEmpty || selection.ssrc.contains(ssrc) else { return nil }
        return (kind, StreamKey(flow: Flow(datagram), ssrc: ssrc))
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation
import RTPCaptures

/// Goes through the frames of a capture, with a progress line.
struct CaptureWalk {
    let file: String
    /// Whether the capture will be read twice.
    let mustBeRepeatable: Bool

    /// Calls `examine` with each frame.
    ///
    /// - Returns: Why the capture ends before its end, where it does; the frames before that were whole.
    func run(_ verb: String, _ examine: (borrowing CapturedPacket) throws -> Void) throws -> ToolError? {
        var reader: CaptureReader
        do throws(CaptureError) { reader = try CaptureReader(path: file) } catch {
            throw ToolError(error, file: file)
        }
        guard !mustBeRepeatable || reader.fileByteCount != nil else {
            throw ToolError(.usage, "\(file): --packets reads the capture twice, expected a file that is no pipe")
        }
        var progress = Progress(verb)
        defer { progress.finish() }
        var frames = 0
        while true {
            do {
                guard let packet = try reader.next() else { return nil }
                try examine(packet)
            } catch let error as CaptureError {
                return ToolError(error, file: file)
            }
            frames += 1
            // Asking for the time takes longer than most frames.
            guard frames.isMultiple(of: 1024) else { continue }
            let offset = reader.fileOffset
            let total = reader.fileByteCount.map { $0 > 0 ? ", \(offset * 100 / $0)%" : "" } ?? ""
            progress.update("\(frames) frames\(total)")
        }
    }

    /// Goes through the capture once more, and gives the packets that `lister` knows.
    func list(_ lister: PacketLister, _ write: (PacketRecord) throws -> Void) throws {
        // What ended the first walk ends this one, and has been told.
        _ = try run("listing") { packet in
            if let record = lister.record(of: packet) { try write(record) }
        }
    }
}

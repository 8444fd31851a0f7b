// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// One call of a transform on one packet, in place or into another buffer, with everything that it left behind.
struct PacketCall<Failure: PacketTransformFailure> {
    /// Which of the two calls.
    enum Route: String, CaseIterable {
        case inPlace = "in place"
        case outOfPlace = "out of place"
    }

    /// The new length, or why the packet was refused.
    let result: Result<Int, Failure>
    /// The buffer that the result lies in: the packet's own with room behind it, or one that held zeros.
    let buffer: [UInt8]

    /// Makes the call.
    init<Transform: PacketTransform & ~Copyable>(
        _ transform: inout Transform, _ kind: PacketKind, _ packet: [UInt8], _ route: Route
    ) where Transform.Failure == Failure {
        switch route {
        case .inPlace:
            var buffer = packet + [UInt8](repeating: 0, count: transform.maximumOverhead)
            result = Self.transformInPlace(&transform, kind, &buffer, length: packet.count)
            self.buffer = buffer
        case .outOfPlace:
            var buffer = [UInt8](repeating: 0, count: packet.count + transform.maximumOverhead)
            result = Self.transform(&transform, kind, packet, into: &buffer)
            self.buffer = buffer
        }
    }

    /// The packet that came out.
    func output() throws(Failure) -> [UInt8] { Array(buffer.prefix(try result.get())) }

    private static func transformInPlace<Transform: PacketTransform & ~Copyable>(
        _ transform: inout Transform, _ kind: PacketKind, _ buffer: inout [UInt8], length: Int
    ) -> Result<Int, Failure> where Transform.Failure == Failure {
        var span = buffer.mutableSpan
        var bytes = unsafe span.mutableBytes
        do throws(Failure) {
            switch kind {
            case .rtp: return .success(try transform.transformRTP(&bytes, length: length))
            case .rtcp: return .success(try transform.transformRTCP(&bytes, length: length))
            }
        } catch {
            return .failure(error)
        }
    }

    private static func transform<Transform: PacketTransform & ~Copyable>(
        _ transform: inout Transform, _ kind: PacketKind, _ packet: [UInt8], into buffer: inout [UInt8]
    ) -> Result<Int, Failure> where Transform.Failure == Failure {
        var span = buffer.mutableSpan
        var bytes = unsafe span.mutableBytes
        do throws(Failure) {
            switch kind {
            case .rtp: return .success(try unsafe transform.transformRTP(packet.span.bytes, into: &bytes))
            case .rtcp: return .success(try unsafe transform.transformRTCP(packet.span.bytes, into: &bytes))
            }
        } catch {
            return .failure(error)
        }
    }
}

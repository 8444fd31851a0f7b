// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The transform that leaves packets as they are, for sessions without security and for tests.
public struct PlainTransform: PacketTransform, ~Copyable, Sendable {
    /// What can be wrong with a call that changes nothing.
    public enum Failure: PacketTransformFailure, Hashable {
        /// The length is larger than the buffer, or the output smaller than the packet.
        case bufferTooSmall
        /// A slot does not lie inside the batch's buffer.
        case invalidSlot

        /// A small positive number for the kind of error.
        public var code: Int {
            switch self {
            case .bufferTooSmall: 1
            case .invalidSlot: 2
            }
        }
    }

    /// A transform that does nothing.
    public init() {}

    /// 0: packets keep their length.
    public var maximumOverhead: Int { 0 }

    /// Gives back `length`.
    @_lifetime(packet: copy packet)
    public mutating func transformRTP(_ packet: inout MutableRawSpan, length: Int) throws(Failure) -> Int {
        guard length >= 0, length <= packet.byteCount else { throw .bufferTooSmall }
        return length
    }

    /// Gives back `length`.
    @_lifetime(packet: copy packet)
    public mutating func transformRTCP(_ packet: inout MutableRawSpan, length: Int) throws(Failure) -> Int {
        try transformRTP(&packet, length: length)
    }

    /// Copies the packet.
    @_lifetime(output: copy output)
    public mutating func transformRTP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(Failure) -> Int {
        guard packet.byteCount <= output.byteCount else { throw .bufferTooSmall }
        unsafe output.withUnsafeMutableBytes { target in
            unsafe packet.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
        return packet.byteCount
    }

    /// Copies the packet.
    @_lifetime(output: copy output)
    public mutating func transformRTCP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(Failure) -> Int {
        try transformRTP(packet, into: &output)
    }
}

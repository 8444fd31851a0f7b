// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// The octets of a TGK, a TEK, a salt or another key.
///
/// Copies share the octets, which are wiped when the last one goes away: a message is a value that is copied, and what it
/// holds when key data are not encrypted are the keys themselves. No description shows them.
public struct MIKEYKeyMaterial: Sendable {
    private let storage: Storage

    /// A copy of `octets`.
    public init(copying octets: Span<UInt8>) { unsafe self.init(octets.bytes) }

    /// A copy of `bytes`.
    package init(_ bytes: RawSpan) { storage = Storage(SecretBytes(copying: bytes)) }

    /// A copy of `octets`, which nobody else holds and which are wiped.
    init(wiping octets: inout [UInt8]) { storage = Storage(.wiping(&octets)) }

    /// The number of octets.
    public var count: Int { storage.bytes.count }

    /// Lends the octets.
    public func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try storage.bytes.withBytes(body)
    }

    /// Reads a key behind its 16-bit length, which is not 0.
    static func key(parsing reader: inout FieldReader, rule: String) throws(MIKEYError) -> MIKEYKeyMaterial {
        let count = Int(try reader.uint16())
        guard count > 0 else { throw reader.error(.malformed(expected: rule), back: 2) }
        return try reader.keyMaterial(count)
    }

    /// Writes the octets behind their 16-bit length.
    func write(to writer: inout ByteWriter) {
        writer.write(UInt16(truncatingIfNeeded: count))
        withBytes { writer.write($0) }
    }
}

/// Owns the octets for all copies.
private final class Storage: Sendable {
    let bytes: SecretBytes

    init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}

extension MIKEYKeyMaterial: Equatable {
    /// Whether the octets are equal, in a time that depends on their number alone.
    public static func == (left: MIKEYKeyMaterial, right: MIKEYKeyMaterial) -> Bool {
        left.withBytes { left in right.withBytes { ConstantTime.areEqual(left, $0) } }
    }
}

extension MIKEYKeyMaterial: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of octets, never the octets.
    public var description: String { "\(count) octets, not shown" }
    /// The number of octets, never the octets.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

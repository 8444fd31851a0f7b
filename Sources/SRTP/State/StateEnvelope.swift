// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// The form in which a context's state is kept outside: a header, and the state with its digest or sealed.
///
/// ```
/// | "SRST" | version (1) | kind | form | 0 | state | SHA-256 of all before |       form 0
/// | "SRST" | version (1) | kind | form | 0 | nonce | sealed state | tag |         form 1, the header is authenticated
/// ```
enum StateEnvelope {
    /// Whose state it is. State of one kind is not taken for another.
    struct Kind: Hashable {
        let direction: DirectionRegistry.Direction
        /// Whether one master key serves both directions.
        let isPair: Bool

        var octet: UInt8 { (direction == .sent ? 1 : 0) | (isPair ? 2 : 0) }
    }

    private enum Form: UInt8 {
        case digest = 0
        case sealed = 1
    }

    private static let version: UInt8 = 1
    private static let headerByteCount = 8
    private static let digestByteCount = 32

    private static func header(_ kind: Kind, _ form: Form) -> [UInt8] {
        Array("SRST".utf8) + [version, kind.octet, form.rawValue, 0]
    }

    /// Wraps a state; seals it where there is a key.
    static func wrap(_ state: [UInt8], _ kind: Kind, key: Span<UInt8>?) throws(SRTPError) -> [UInt8] {
        do throws(CryptoError) {
            if let key {
                let header = header(kind, .sealed)
                return header
                    + (try unsafe SealedBox.seal(
                        state.span.bytes, key: SecretBytes(copying: key.bytes),
                        associatedData: header.span.bytes))
            }
            let octets = header(kind, .digest) + state
            return octets + (try unsafe SHA256.digest(octets.span.bytes))
        } catch {
            throw Self.error(error)
        }
    }

    /// The state in an envelope. One that should be sealed must be.
    static func unwrap(_ envelope: [UInt8], _ kind: Kind, key: Span<UInt8>?) throws(SRTPError) -> [UInt8] {
        let header = header(kind, key == nil ? .digest : .sealed)
        guard envelope.starts(with: header) else { throw .malformedState }
        do throws(CryptoError) {
            if let key {
                let box = Array(envelope[headerByteCount...])
                return try unsafe SealedBox.open(
                    box.span.bytes, key: SecretBytes(copying: key.bytes),
                    associatedData: header.span.bytes
                ).withBytes { [UInt8](copying: $0) }
            }
            guard envelope.count >= headerByteCount + digestByteCount else { throw .authenticationFailed }
            let octets = Array(envelope[..<(envelope.count - digestByteCount)])
            let digest = try unsafe SHA256.digest(octets.span.bytes)
            guard digest == Array(envelope[octets.count...]) else { throw .authenticationFailed }
            return Array(octets[headerByteCount...])
        } catch {
            throw Self.error(error)
        }
    }

    private static func error(_ error: CryptoError) -> SRTPError {
        switch error {
        case .unsupportedKeyLength(let count): .invalidStateKey(byteCount: count)
        case .authenticationFailed: .malformedState
        case .engineFailed, .unsupportedSaltLength: .engineFailed
        }
    }
}

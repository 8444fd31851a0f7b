// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SourceDescription {
    /// One thing said about a source: a type, and up to 255 octets of UTF-8 text (RFC 3550 section 6.5).
    public struct Item: Hashable, Sendable {
        /// The types of items. Every number but 0, which ends the list of items, can be represented.
        @frozen
        public struct Kind: RawRepresentable, Hashable, Sendable {
            /// The number on the wire.
            public let rawValue: UInt8

            /// The type with this number.
            @inlinable
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// The identifier that stays when the SSRC changes. The one item that every compound packet has.
            public static let cname = Self(rawValue: 1)
            /// The user's name.
            public static let name = Self(rawValue: 2)
            /// The user's mail address.
            public static let email = Self(rawValue: 3)
            /// The user's telephone number.
            public static let phone = Self(rawValue: 4)
            /// Where the user is.
            public static let loc = Self(rawValue: 5)
            /// The program that makes the stream.
            public static let tool = Self(rawValue: 6)
            /// The state of the source, for a while.
            public static let note = Self(rawValue: 7)
            /// A private extension: a prefix that names it, then a value.
            public static let priv = Self(rawValue: 8)
        }

        /// The item's type.
        public let kind: Kind
        /// The text as it is on the wire, at most 255 octets.
        public let octets: [UInt8]

        init(unchecked kind: Kind, _ octets: [UInt8]) {
            self.kind = kind
            self.octets = octets
        }

        /// An item of these octets.
        ///
        /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for type 0, more than 255 octets, or a
        /// ``Kind/priv``
        ///   item that ends before its prefix does.
        public init(_ kind: Kind, octets: [UInt8]) throws(RTPError) {
            guard kind.rawValue != 0 else {
                throw .valueOutOfRange(.sourceDescription, value: 0, allowed: 1...255)
            }
            guard octets.count <= 255 else {
                throw .valueOutOfRange(.sourceDescription, value: octets.count, allowed: 0...255)
            }
            self.init(unchecked: kind, octets)
            guard kind != .priv || privateExtension != nil else {
                throw .invalidLength(.sourceDescription, bytes: octets.count)
            }
        }

        /// An item of this text; as ``init(_:octets:)``.
        public init(_ kind: Kind, _ text: String) throws(RTPError) {
            try self.init(kind, octets: Array(text.utf8))
        }

        /// A ``Kind/priv`` item.
        ///
        /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` where prefix and value have more than 254 octets.
        public init(privatePrefix prefix: String, value: String) throws(RTPError) {
            let total = prefix.utf8.count + value.utf8.count
            guard total <= 254 else { throw .valueOutOfRange(.sourceDescription, value: total, allowed: 0...254) }
            self.init(unchecked: .priv, [UInt8(prefix.utf8.count)] + prefix.utf8 + value.utf8)
        }

        /// The text, with what is not UTF-8 replaced.
        public var text: String { String(decoding: octets, as: UTF8.self) }

        /// Prefix and value of a ``Kind/priv`` item.
        ///
        /// `nil` for other types, and for an item from the network that ends before its prefix does: it is kept as it
        /// came.
        public var privateExtension: (prefix: ArraySlice<UInt8>, value: ArraySlice<UInt8>)? {
            guard kind == .priv, let prefixByteCount = octets.first, octets.count > Int(prefixByteCount) else {
                return nil
            }
            let rest = octets.dropFirst()
            return (rest.prefix(Int(prefixByteCount)), rest.dropFirst(Int(prefixByteCount)))
        }
    }
}

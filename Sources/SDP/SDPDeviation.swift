// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Something in a description that RFC 8866 does not allow and that reading lives with.
public struct SDPDeviation: Hashable, Sendable {
    /// What it is.
    @nonexhaustive
    public enum Kind: Hashable, Sendable {
        /// The line ends by a line feed alone.
        case lineFeedOnly
        /// The line ends by a carriage return alone.
        case carriageReturnOnly
        /// The last line has no end.
        case unfinishedLine
        /// The line is empty.
        case emptyLine
        /// The line is not a letter, `=` and a value; or it holds an octet 0.
        case notAField
        /// RFC 8866 has no such letter, or not in this section.
        case unknownField
        /// The value is readable once surplus spaces are taken away.
        case surplusSpaces
        /// The value is not what its field holds. The line is kept, and looking it up gives nothing.
        case malformed(expected: String)
        /// The field stands behind one that belongs behind it.
        case outOfOrder
        /// The field is there already, and must be there only once.
        case repeated
        /// The section that starts at the line lacks a field that it must have.
        case missing(Character)
        /// The value is readable and not allowed.
        case notAllowed(expected: String)
    }

    /// The line, counted from 1.
    public let line: Int
    /// The letter of its field, where it has one.
    public let field: Character?
    /// What it is.
    public let kind: Kind
}

extension SDPDeviation: CustomStringConvertible {
    /// The line, the field, and what is expected there, with the section of the RFC.
    public var description: String {
        let place = "line \(line): " + (field.map { "\($0)=: " } ?? "")
        return place + problem
    }

    /// The same without the place.
    public var problem: String {
        switch kind {
        case .lineFeedOnly: "ends by LF alone, expected CR LF (RFC 8866 section 5)"
        case .carriageReturnOnly: "ends by CR alone, expected CR LF (RFC 8866 section 5)"
        case .unfinishedLine: "has no end, expected CR LF (RFC 8866 section 9)"
        case .emptyLine: "is empty, expected a field (RFC 8866 section 9)"
        case .notAField: "expected a letter, = and a value without octets 0 (RFC 8866 section 5)"
        case .unknownField: "expected a field that the section has (RFC 8866 section 5)"
        case .surplusSpaces: "has surplus spaces, expected one between values and none around = (RFC 8866 section 5)"
        case .malformed(let expected): "expected \(expected) (RFC 8866 section 9)"
        case .outOfOrder: "stands behind a field that belongs behind it (RFC 8866 section 5)"
        case .repeated: "is there already, expected once (RFC 8866 section 5)"
        case .missing(let field): "expected \(field)= in the section that starts here (RFC 8866 section 5)"
        case .notAllowed(let expected): "expected \(expected)"
        }
    }
}

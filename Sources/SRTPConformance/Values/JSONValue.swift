// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Any JSON value, as `JSONDecoder` found it.
enum JSONValue: Sendable {
    case null
    case text(String)
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case list([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue: Decodable {
    init(from decoder: any Decoder) throws {
        // Most values of a vector file are texts and integers: those are tried first.
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let list = try? value.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value in a few words, for the `got` of a failure that is about its type.
    var description: String {
        switch self {
        case .null: "null"
        // A text may be a key in the wrong place.
        case .text: "a text"
        case .flag(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .list(let list): "a list of \(list.count)"
        case .object: "an object"
        }
    }

    /// A name that nobody knows, for the `got` of a failure.
    static func quoted(_ text: String) -> String { "\"\(shortened(text))\"" }

    /// `text`, cut after 64 characters.
    static func shortened(_ text: String) -> String { text.count > 64 ? text.prefix(64) + "…" : text }
}

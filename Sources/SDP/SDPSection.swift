// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The lines of a session description that belong together, in their order: those before the first `m=`, or those behind
/// one of them.
public protocol SDPSection {
    /// The lines, also those that are unknown or malformed.
    var lines: [SDPLine] { get set }
    /// The letters of the section's fields in the order that RFC 8866 section 5 asks for.
    static var fieldOrder: [[Character]] { get }
}

extension SDPSection {
    // MARK: Fields

    /// `i=`, a title for people.
    public var information: String? {
        get { texts("i").first }
        set { set("i", to: newValue) }
    }

    /// `c=`, where media is received: the first that can be read.
    public var connection: ConnectionData? {
        get { connections.first }
        set { set("c", to: newValue?.text) }
    }

    /// Every `c=` that can be read.
    public var connections: [ConnectionData] { values("c", ConnectionData.init(parsing:)) }

    /// Every `b=` that can be read.
    public var bandwidths: [Bandwidth] { values("b", Bandwidth.init(parsing:)) }

    /// The bandwidth of a type: `AS`, `TIAS`, `RS`, `RR`.
    public func bandwidth(_ type: String) -> UInt64? { bandwidths.first { $0.type == type }?.value }

    // MARK: Attributes

    /// Every `a=` that can be read.
    public var attributes: [SDPAttribute] { values("a", SDPAttribute.init(parsing:)) }

    /// The attributes of a name.
    public func attributes(named name: String) -> [SDPAttribute] { attributes.filter { $0.name == name } }

    /// Whether there is an attribute of the name.
    public func hasAttribute(_ name: String) -> Bool { attributes.contains { $0.name == name } }

    /// Adds an attribute behind the others.
    public mutating func append(_ attribute: SDPAttribute) { insert(SDPLine(attribute)) }

    /// Takes the attributes of a name away.
    public mutating func removeAttributes(named name: String) {
        lines.removeAll { line in
            guard line.field == "a", let read = try? line.read(SDPAttribute.init(parsing:)) else { return false }
            return read.value.name == name
        }
    }

    /// `sendrecv`, `sendonly`, `recvonly` or `inactive`, where the section says which (RFC 8866 section 6.7).
    public var direction: MediaDirection? {
        for attribute in attributes where attribute.value == nil {
            if let direction = MediaDirection(rawValue: attribute.name) { return direction }
        }
        return nil
    }

    /// The header extensions that `a=extmap` names; those that are malformed are left out.
    public var extensionMaps: [ExtensionMap] { parsed("extmap") { ExtensionMap(parsing: $0) } }

    /// Whether one-byte and two-byte header extensions may be mixed (RFC 8285 section 6).
    public var allowsMixedExtensions: Bool { hasAttribute("extmap-allow-mixed") }

    /// What the values of a name's attributes are read as, those that are malformed left out.
    func parsed<Value>(_ name: String, _ parse: (String) -> Value?) -> [Value] {
        attributes.compactMap { attribute in
            attribute.name == name ? attribute.value.flatMap(parse) : nil
        }
    }

    // MARK: Lines

    /// What the lines of a field hold, those that are malformed left out.
    func values<Value>(
        _ field: Character, _ parse: (ArraySlice<UInt8>) throws(SDPFault) -> Value
    ) -> [Value] {
        lines.compactMap { line in
            line.field == field ? (try? line.read(parse))?.value : nil
        }
    }

    func texts(_ field: Character) -> [String] { lines.compactMap { $0.field == field ? $0.text : nil } }

    /// Puts a value in place of the first line of a field, adds it where there is none, or takes the field away.
    mutating func set(_ field: Character, to value: String?) {
        let position = lines.firstIndex { $0.field == field }
        switch (position, value) {
        case (let position?, let value?): lines[position] = SDPLine(field, value)
        case (nil, let value?): insert(SDPLine(field, value))
        case (_, nil): lines.removeAll { $0.field == field }
        }
    }

    /// Inserts a line behind the last one that belongs before it.
    mutating func insert(_ line: SDPLine) {
        let rank = Self.rank(of: line.field)
        let position = lines.lastIndex { other in
            Self.rank(of: other.field).map { $0 <= rank ?? Int.max } ?? false
        }
        lines.insert(line, at: position.map { $0 + 1 } ?? (rank == nil ? lines.endIndex : 0))
    }

    /// Where a field belongs; `nil` for one that the section does not have.
    static func rank(of field: Character?) -> Int? {
        guard let field else { return nil }
        return fieldOrder.firstIndex { $0.contains(field) }
    }
}

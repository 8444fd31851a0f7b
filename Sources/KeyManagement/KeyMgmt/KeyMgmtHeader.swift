// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY

/// The `KeyMgmt` header of RTSP 1.0 (RFC 4567 section 3.2).
///
/// ```
/// KeyMgmt: prot=mikey;uri="rtsp://camera.example.com/stream/video";data="AQAFgM0XflABAAAAAAAAAAAAAAsAyO..."
/// ```
///
/// The RFC's grammar stops before `data`, which its examples show. Between the parts there may be spaces and tabs, as everywhere in
/// RTSP 1.0 (RFC 2326 section 15.1); names of parameters may be in any case.
public struct KeyMgmtHeader: Equatable, Sendable {
    /// The header's name.
    public static let name = "KeyMgmt"
    /// Specifications in one header that are read at most.
    static let specificationLimit = 64

    /// What one protocol says of one session or media.
    public struct Specification: Equatable, Sendable {
        /// The protocol and its data.
        public let data: KeyMgmtData
        /// The control URI of the session or media that it is about; `nil` or empty where that is the one of the request.
        public let uri: String?

        /// A specification.
        ///
        /// - Throws: ``KeyMgmtError/invalid(_:expected:)`` for a URI with quotes, spaces or what is not ASCII in it.
        public init(_ data: KeyMgmtData, uri: String) throws(KeyMgmtError) {
            guard KeyMgmtHeader.isURI(uri.utf8) else { throw KeyMgmtHeader.uriFault }
            self.data = data
            self.uri = uri
        }

        fileprivate init(_ data: KeyMgmtData, reading uri: String?) {
            self.data = data
            self.uri = uri
        }

        /// Whether it is about what the request is about.
        public var isAboutRequest: Bool { uri?.isEmpty ?? true }
    }

    /// The specifications in their order.
    public let specifications: [Specification]
    /// What reading found against RFC 4567 and lived with.
    public let deviations: Set<KeyMgmtDeviation>

    /// A header to be written.
    ///
    /// - Throws: ``KeyMgmtError/invalid(_:expected:)`` unless there are 1 to 64 specifications, those of one URI of different
    ///   protocols; and ``KeyMgmtError/refused(_:)`` for two of one URI, of which RTSP has no use.
    public init(_ specifications: [Specification]) throws(KeyMgmtError) {
        self.specifications = specifications
        deviations = try Self.check(specifications, lenient: false, deviations: [])
    }

    /// A header with a MIKEY message.
    ///
    /// - Parameter uri: The control URI of what it is about. It is always written, as some peers require it; ONVIF devices take an
    ///   empty one.
    public init(_ message: MIKEYMessage, uri: String) throws(KeyMgmtError) {
        try self.init([Specification(KeyMgmtData(message), uri: uri)])
    }

    /// Reads what stands behind `KeyMgmt:`.
    ///
    /// - Parameter isLenient: Whether what ``KeyMgmtDeviation`` names is noted; else it is refused.
    public init(parsing value: String, isLenient: Bool = false) throws(KeyMgmtError) {
        var scanner = HeaderScanner(value)
        var deviations: Set<KeyMgmtDeviation> = []
        var specifications: [Specification] = []
        repeat {
            guard specifications.count < Self.specificationLimit else { throw Self.countFault }
            specifications.append(try Self.specification(&scanner, noting: &deviations))
        } while scanner.take(UInt8(ascii: ","))
        guard scanner.isAtEnd else {
            throw .invalid(.line, expected: "a comma or nothing behind the data (RFC 4567 section 3.2)")
        }
        self.specifications = specifications
        self.deviations = try Self.check(specifications, lenient: isLenient, deviations: deviations)
    }

    /// The MIKEY message about a session or media.
    ///
    /// - Parameters:
    ///   - uri: Its control URI.
    ///   - isRequested: Whether that is the one of the request.
    /// - Returns: `nil` where there is none.
    public func mikey(about uri: String, isRequested: Bool = true) -> KeyMgmtData? {
        let about = specifications.filter { $0.data.isMIKEY }
        return (about.first { $0.uri == uri } ?? about.first { isRequested && $0.isAboutRequest })?.data
    }

    // MARK: Reading

    private static func specification(
        _ scanner: inout HeaderScanner, noting deviations: inout Set<KeyMgmtDeviation>
    ) throws(KeyMgmtError) -> Specification {
        guard scanner.take(name: "prot"), let protocolID = scanner.token(), scanner.take(UInt8(ascii: ";")) else {
            throw .invalid(.protocolID, expected: "prot=, a protocol and a semicolon (RFC 4567 section 3.2)")
        }
        var uri: String?
        if scanner.take(name: "uri") {
            guard let quoted = scanner.quoted(), isURI(quoted), scanner.take(UInt8(ascii: ";")) else {
                throw uriFault
            }
            uri = String(decoding: quoted, as: UTF8.self)
        }
        guard scanner.take(name: "data"), let quoted = scanner.quoted() else {
            throw .invalid(.data, expected: "data= and base64 in quotes (RFC 4567 section 5.3)")
        }
        let data = try KeyMgmtData(protocolID: protocolID, base64: quoted, noting: &deviations)
        return Specification(data, reading: uri)
    }

    private static func check(
        _ specifications: [Specification], lenient: Bool, deviations: Set<KeyMgmtDeviation>
    ) throws(KeyMgmtError) -> Set<KeyMgmtDeviation> {
        guard (1...specificationLimit).contains(specifications.count) else { throw countFault }
        var deviations = deviations
        var contexts: Set<String> = []
        var protocols: Set<[String]> = []
        for specification in specifications {
            let context = specification.uri ?? ""
            if !contexts.insert(context).inserted { deviations.insert(.severalProtocols) }
            guard protocols.insert([context, specification.data.protocolID]).inserted else {
                throw .invalid(.line, expected: "each protocol once for each URI (RFC 4567 section 4.2)")
            }
        }
        try deviations.check(isLenient: lenient)
        return deviations
    }

    fileprivate static func isURI(_ octets: some Collection<UInt8>) -> Bool {
        octets.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
    }

    fileprivate static let uriFault = KeyMgmtError.invalid(
        .uri, expected: "a URI in quotes, without quotes and spaces in it (RFC 4567 section 3.2)")
    private static let countFault = KeyMgmtError.invalid(
        .line, expected: "1 to \(specificationLimit) specifications (RFC 4567 section 3.2)")

    // MARK: Writing

    /// What stands behind `KeyMgmt:`, data included: without spaces, the URI always.
    public func secretText() -> String { text { $0.base64() } }

    private func text(_ data: (KeyMgmtData) -> String) -> String {
        specifications.map { specification in
            let uri = specification.uri ?? ""
            return "prot=\(specification.data.protocolID);uri=\"\(uri)\";data=\"\(data(specification.data))\""
        }.joined(separator: ",")
    }
}

extension KeyMgmtHeader: CustomStringConvertible, CustomReflectable {
    /// The header's value, with the data hidden.
    public var description: String { text { _ in "<hidden>" } }

    public var customMirror: Mirror { Mirror(self, children: [Self.name: description]) }
}

/// Goes through the value of a header; white space may stand before each part.
private struct HeaderScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) {
        rest = Array(text.utf8)[...]
        skipSpaces()
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// Folded lines leave a line end before their spaces.
    private mutating func skipSpaces() { rest = rest.drop { [0x20, 0x09, 0x0D, 0x0A].contains($0) } }

    mutating func take(_ octet: UInt8) -> Bool {
        guard rest.first == octet else { return false }
        rest = rest.dropFirst()
        skipSpaces()
        return true
    }

    /// Takes a parameter's name and the `=` behind it; nothing where another one stands there.
    mutating func take(name: String) -> Bool {
        let start = rest
        guard let word = token(), String(decoding: word, as: UTF8.self).lowercased() == name, take(UInt8(ascii: "="))
        else {
            rest = start
            return false
        }
        return true
    }

    mutating func token() -> ArraySlice<UInt8>? {
        let word = rest.prefix { $0 > 0x20 && $0 < 0x7F && !"=;,\"".utf8.contains($0) }
        guard !word.isEmpty else { return nil }
        rest = rest[word.endIndex...]
        skipSpaces()
        return word
    }

    /// What stands between two quotes. A backslash is no escape: no URI and no base64 has a quote.
    mutating func quoted() -> ArraySlice<UInt8>? {
        guard rest.first == UInt8(ascii: "\""),
            let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        let inside = rest[rest.startIndex..<end].dropFirst()
        rest = rest[end...].dropFirst()
        skipSpaces()
        return inside
    }
}

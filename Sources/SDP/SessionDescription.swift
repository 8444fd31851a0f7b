// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A session description (RFC 8866): session-level lines, then media descriptions.
///
/// Every line stays as it was read, in its place, also one that is unknown or malformed: ``octets`` gives back what was
/// read. What is looked up is read from the lines, and what is set replaces its line.
///
/// It may hold keys (`a=crypto`, `a=key-mgmt`, `k=`), which its description hides. Its octets and texts do not.
public struct SessionDescription: SDPSection, Hashable, Sendable {
    /// The octets of the longest description that is read.
    public static let octetLimit = 1 << 20

    public static let fieldOrder: [[Character]] = [
        ["v"], ["o"], ["s"], ["i"], ["u"], ["e"], ["p"], ["c"], ["b"], ["t", "r", "z"], ["k"], ["a"],
    ]

    /// The lines before the first `m=`.
    public var lines: [SDPLine]
    /// The media descriptions.
    public var media: [MediaDescription]
    /// What reading found that RFC 8866 does not allow, in the order of the lines. Changes leave it as it was.
    public private(set) var deviations: [SDPDeviation] = []

    /// A description that lacks nothing but its media.
    public init(
        origin: Origin, name: String = "-", connection: ConnectionData? = nil, timing: Timing = .permanent
    ) {
        lines = [SDPLine("v", "0"), SDPLine("o", origin.text), SDPLine("s", name)]
        if let connection { lines.append(SDPLine("c", connection.text)) }
        lines.append(SDPLine("t", timing.text))
        media = []
    }

    /// Reads a description.
    ///
    /// - Parameters:
    ///   - octets: The description, at most ``octetLimit`` octets.
    ///   - isStrict: Whether what RFC 8866 does not allow is an error. Else it is told by ``deviations``.
    /// - Throws: ``SDPError``.
    public init(parsing octets: some Collection<UInt8>, isStrict: Bool = false) throws(SDPError) {
        guard octets.count <= Self.octetLimit else { throw .tooLarge(octets: octets.count) }
        var reader = SDPReader()
        try reader.read(SDPReader.lines(of: Array(octets)))
        lines = reader.session
        media = reader.media
        deviations = reader.deviations
        if isStrict, let first = deviations.first { throw .refused(first) }
    }

    /// Reads a description; see ``init(parsing:isStrict:)``.
    public init(parsing text: String, isStrict: Bool = false) throws(SDPError) {
        try self.init(parsing: Array(text.utf8), isStrict: isStrict)
    }

    // MARK: Fields

    /// `o=`, where it can be read.
    public var origin: Origin? {
        get { values("o", Origin.init(parsing:)).first }
        set { set("o", to: newValue?.text) }
    }

    /// `s=`
    public var name: String? {
        get { texts("s").first }
        set { set("s", to: newValue) }
    }

    /// `u=`
    public var uri: String? {
        get { texts("u").first }
        set { set("u", to: newValue) }
    }

    /// Every `e=`.
    public var emailAddresses: [String] { texts("e") }

    /// Every `p=`.
    public var phoneNumbers: [String] { texts("p") }

    /// Every `t=` that can be read.
    public var timings: [Timing] { values("t", Timing.init(parsing:)) }

    // MARK: What applies to media

    /// Where the media is received: its own connection data, or the session's.
    public func connection(of media: MediaDescription) -> ConnectionData? { media.connection ?? connection }

    /// The direction of a media description: its own, the session's, or `sendrecv` (RFC 8866 section 6.7).
    public func direction(of media: MediaDescription) -> MediaDirection {
        media.direction ?? direction ?? .sendAndReceive
    }

    /// The header extensions of a media description: its own, or the session's (RFC 8285 section 5).
    public func extensionMaps(of media: MediaDescription) -> [ExtensionMap] {
        let own = media.extensionMaps
        return own.isEmpty ? extensionMaps : own
    }

    // MARK: Writing

    /// The description as it was read, where it has not been changed.
    public var octets: [UInt8] {
        var octets: [UInt8] = []
        for line in allLines { octets += line.octets + Array(line.ending.rawValue.utf8) }
        return octets
    }

    /// The description as RFC 8866 has it: lines that end by CR LF, in its order.
    ///
    /// - Throws: ``SDPError/refused(_:)`` or ``SDPError/malformed(line:expected:)`` for the first line that is not allowed.
    public func encoded() throws(SDPError) -> [UInt8] {
        var octets: [UInt8] = []
        for (position, line) in allLines.enumerated() {
            guard !line.octets.contains(UInt8(ascii: "\r")), !line.octets.contains(UInt8(ascii: "\n")) else {
                throw .malformed(line: position + 1, expected: "a value without line ends")
            }
            octets += line.octets + Array("\r\n".utf8)
        }
        _ = try SessionDescription(parsing: octets, isStrict: true)
        return octets
    }

    private var allLines: [SDPLine] { lines + media.flatMap { [$0.line] + $0.lines } }
}

extension SessionDescription: CustomStringConvertible {
    /// The lines, with the keys and passwords in them hidden.
    public var description: String { allLines.map(\.description).joined(separator: "\n") }
}

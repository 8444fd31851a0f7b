// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SRTP
internal import WireBytes

/// The data of DTLS's `use_srtp` extension (RFC 5764 section 4.1.1).
///
/// ```
/// uint16 length of the list; uint16 profile ...; uint8 length of the MKI; MKI
/// ```
public struct UseSRTP: Hashable, Sendable {
    /// The number of the extension in hellos.
    public static let extensionType: UInt16 = 14

    /// The numbers of the profiles, the most preferred first: 1 to 32,767 of them; unknown ones too.
    public let profiles: [UInt16]
    /// The master key identifier of what the writer sends, at most 255 octets; empty for none.
    public let mki: [UInt8]

    /// The extension of a client's hello.
    ///
    /// - Throws: ``DTLSSRTPError/noProfile(_:)`` for a suite without a number, ``DTLSSRTPError/malformed(expected:)`` where
    ///   there is no suite, or the MKI is too long.
    public init(offering suites: [SRTPSuite], mki: [UInt8] = []) throws(DTLSSRTPError) {
        var profiles: [UInt16] = []
        for suite in suites {
            guard let number = suite.dtlsProfile else { throw .noProfile(suite.name) }
            profiles.append(number)
        }
        try self.init(profiles: profiles, mki: mki)
    }

    /// The extension with these numbers.
    public init(profiles: [UInt16], mki: [UInt8] = []) throws(DTLSSRTPError) {
        guard (1...32_767).contains(profiles.count) else { throw .malformed(expected: "1 to 32767 profiles") }
        guard mki.count <= 255 else { throw .malformed(expected: "an MKI of at most 255 octets") }
        self.profiles = profiles
        self.mki = mki
    }

    /// Reads the data of the extension.
    public init(parsing octets: RawSpan) throws(DTLSSRTPError) {
        var reader = ByteReader(octets)
        guard let length = reader.readUInt16(), length >= 2, length.isMultiple(of: 2),
            let list = reader.readBytes(Int(length))
        else { throw .malformed(expected: "a list of profiles of two octets each") }
        guard let mkiLength = reader.readUInt8(), let mki = reader.readBytes(Int(mkiLength)), reader.isAtEnd else {
            throw .malformed(expected: "an MKI that ends where the extension does")
        }
        var profiles: [UInt16] = []
        var items = ByteReader(list)
        while let profile = items.readUInt16() { profiles.append(profile) }
        self.profiles = profiles
        self.mki = Array(copying: mki)
    }

    /// The data of the extension.
    public var octets: [UInt8] {
        var writer = ByteWriter(reserving: 3 + 2 * profiles.count + mki.count)
        writer.write(UInt16(clamping: 2 * profiles.count))
        for profile in profiles { writer.write(profile) }
        writer.write(UInt8(clamping: mki.count))
        writer.write(bytes: mki)
        return writer.bytes
    }

    /// The suites that the numbers stand for; unknown numbers left out.
    public var suites: [SRTPSuite] { profiles.compactMap(SRTPSuite.init(dtlsProfile:)) }

    /// The server's answer: the first of the client's profiles that is among `suites`, and its MKI if that is used.
    ///
    /// - Throws: ``DTLSSRTPError/noSharedProfile``.
    public func answer(supporting suites: [SRTPSuite], acceptsMKI: Bool) throws(DTLSSRTPError) -> UseSRTP {
        guard let profile = profiles.first(where: { number in suites.contains { $0.dtlsProfile == number } }) else {
            throw .noSharedProfile
        }
        return try UseSRTP(profiles: [profile], mki: acceptsMKI ? mki : [])
    }

    /// What the server's answer to this extension of the client agreed to.
    ///
    /// - Returns: The suite, and the MKI of both sides' packets, empty for none.
    public func accept(answer: UseSRTP) throws(DTLSSRTPError) -> (suite: SRTPSuite, mki: [UInt8]) {
        guard answer.profiles.count == 1, profiles.contains(answer.profiles[0]), let suite = answer.suites.first else {
            throw .profileNotOffered
        }
        guard answer.mki.isEmpty || answer.mki == mki else { throw .mkiChanged }
        return (suite, answer.mki)
    }
}

extension SRTPSuite {
    /// The suite with this number in DTLS; `nil` for one that has none.
    public init?(dtlsProfile number: UInt16) {
        guard let suite = SRTPSuite.all.first(where: { $0.dtlsProfile == number }) else { return nil }
        self = suite
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement
internal import SDP
internal import WireBytes

/// Reads a session description, looks everything up, answers its keys, changes it, and writes it in both ways.
enum SDPProbe {
    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        let input = Array(copying: octets)
        let description: SessionDescription
        do throws(SDPError) { description = try SessionDescription(parsing: input) } catch {
            _ = "\(error)"
            return
        }
        try require(description.octets == input, "a description does not come back as it was")
        for deviation in description.deviations { _ = "\(deviation)" }
        lookUp(description)
        try KeyMgmtDescriptionProbe.run(description)
        let strict = try? SessionDescription(parsing: input, isStrict: true)
        try require((strict != nil) == description.deviations.isEmpty, "strict reading does not go by the deviations")
        guard let encoded = try? description.encoded() else { return }
        let again = try expect("what was encoded is not read") { () throws(SDPError) in
            try SessionDescription(parsing: encoded, isStrict: true)
        }
        try require(again.octets == encoded && again.media.count == description.media.count, "encoding changes a line")
        try checkChanges(of: again)
    }

    private static func lookUp(_ description: SessionDescription) {
        _ = (description.origin, description.timings, description.bandwidths, description.extensionMapProblems)
        _ = (description.strayCryptoLines, description.repeatedKeys(isLenient: true), description.description)
        for media in description.media {
            _ = (description.connection(of: media), description.direction(of: media))
            _ = (description.extensionMaps(of: media), media.payloadMaps.map(\.attribute), media.formatParameters)
            _ = (media.rtcpPort, media.rtcpDestination?.attribute, media.sourceAttributes.map(\.attribute))
            for isLenient in [false, true] {
                var policy = CryptoPolicy()
                policy.isLenient = isLenient
                _ = try? CryptoAnswer(to: media, policy: policy)
                let lines = CryptoLines(of: media, isLenient: isLenient)
                _ = try? CryptoOffer(lines.valid).accept(answer: media, policy: policy)
            }
        }
    }

    /// What is set to what it is stays readable.
    private static func checkChanges(of description: SessionDescription) throws(ProbeFinding) {
        var changed = description
        changed.origin = description.origin
        changed.connection = description.connection
        for position in changed.media.indices { changed.media[position].media = description.media[position].media }
        let octets = try expect("values that were read are not written") { () throws(SDPError) in
            try changed.encoded()
        }
        let again = try expect("values that were written are not read") { () throws(SDPError) in
            try SessionDescription(parsing: octets)
        }
        try require(
            again.origin == description.origin && again.connection == description.connection
                && again.media.map(\.media) == description.media.map(\.media), "a value changes")
    }
}

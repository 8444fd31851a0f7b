// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SDPAttribute {
    /// What the attribute's own specification expects, where it is one that this module reads and it does not hold to it.
    public var fault: SDPFault? {
        let value = value ?? ""
        let expected: String? =
            switch name {
            case "rtpmap":
                PayloadMap(parsing: value) == nil
                    ? "a payload type, an encoding and a clock rate (RFC 8866 section 6.6)" : nil
            case "fmtp":
                FormatParameters(parsing: value) == nil ? "a format and its parameters (RFC 8866 section 6.15)" : nil
            case "extmap":
                ExtensionMap(parsing: value) == nil
                    ? "an identifier, perhaps a direction, and a URI (RFC 8285 section 8)" : nil
            case "rtcp":
                RTCPDestination(parsing: value) == nil ? "a port, and perhaps an address (RFC 3605 section 2.1)" : nil
            case "ssrc":
                SourceAttribute(parsing: value) == nil ? "an SSRC and an attribute (RFC 5576 section 4.1)" : nil
            case "sendrecv", "sendonly", "recvonly", "inactive", "rtcp-mux", "rtcp-rsize", "extmap-allow-mixed":
                self.value != nil ? "no value" : nil
            default: nil
            }
        return expected.map { SDPFault($0) }
    }
}

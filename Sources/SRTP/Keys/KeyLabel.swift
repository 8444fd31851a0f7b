// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The label that tells the keys derived from one master key apart (RFC 3711 sections 4.3.1 and 4.3.2, RFC 6904 section 3).
enum KeyLabel: UInt8 {
    case rtpEncryption = 0
    case rtpAuthentication = 1
    case rtpSalt = 2
    case rtcpEncryption = 3
    case rtcpAuthentication = 4
    case rtcpSalt = 5
    case headerEncryption = 6
    case headerSalt = 7
    /// Ours, not on any wire: octets by which saved state knows its key again.
    case fingerprint = 0xF0
}

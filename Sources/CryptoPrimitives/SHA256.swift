// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// The digest SHA-256.
package enum SHA256 {
    /// The 32 octets of the digest of `octets`.
    package static func digest(_ octets: RawSpan) throws(CryptoError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(CSRTP_SHA256_COUNT))
        let done = unsafe octets.withUnsafeBytes { octets in
            unsafe digest.withUnsafeMutableBufferPointer { digest in
                unsafe csrtp_sha256(octets.baseAddress, octets.count, digest.baseAddress)
            }
        }
        guard done == 1 else { throw .engineFailed }
        return digest
    }
}

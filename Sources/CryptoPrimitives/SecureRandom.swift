// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// libcrypto's random generator for secrets.
package enum SecureRandom {
    /// Fills `bytes`.
    package static func fill(_ bytes: inout MutableRawSpan) throws(CryptoError) {
        guard !bytes.isEmpty else { return }
        let done = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe csrtp_random(buffer.baseAddress, buffer.count) == 1
        }
        guard done else { throw .engineFailed }
    }

    /// A number for what must not be guessed but is not a secret: hash seeds, first sequence numbers.
    package static func number() throws(CryptoError) -> UInt64 {
        var number: UInt64 = 0
        let done = unsafe withUnsafeMutableBytes(of: &number) { unsafe csrtp_random($0.baseAddress, $0.count) == 1 }
        guard done else { throw .engineFailed }
        return number
    }
}

/// What libcrypto says of itself.
package enum CryptoEngine {
    /// The name and version of the library that is loaded.
    package static var description: String { unsafe String(cString: csrtp_libcrypto_version()) }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

extension SecretBytes {
    /// A copy of `octets`, which are wiped in their place where nobody else holds them; zeros are left.
    package static func wiping(_ octets: inout [UInt8]) -> SecretBytes {
        let made = unsafe SecretBytes(copying: octets.span.bytes)
        unsafe octets.withUnsafeMutableBytes { unsafe csrtp_cleanse($0.baseAddress, $0.count) }
        return made
    }
}

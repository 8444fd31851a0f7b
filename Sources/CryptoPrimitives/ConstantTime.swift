// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// Comparison in a time that depends on the length alone.
package enum ConstantTime {
    /// Whether two runs of octets are equal; runs of different lengths are not.
    package static func areEqual(_ left: RawSpan, _ right: RawSpan) -> Bool {
        guard left.byteCount == right.byteCount else { return false }
        guard !left.isEmpty else { return true }
        return unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe csrtp_constant_time_equal(left.baseAddress, right.baseAddress, left.count) == 1
            }
        }
    }
}

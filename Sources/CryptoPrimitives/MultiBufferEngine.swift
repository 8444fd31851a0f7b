// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// Intel's multi-buffer library, which works on many packets at once (trait `MultiBuffer`).
///
/// AES-CM with HMAC-SHA1, HMAC-SHA1 alone and AES-GCM go through it; everything else goes through libcrypto, and so does
/// everything where ``isAvailable`` is `false`. Each thread that uses it has half a megabyte of address space for it until
/// the thread ends, of which some pages are touched.
package enum MultiBufferEngine {
    /// Whether batches can go through it in this process.
    package static var isAvailable: Bool { missing == nil }

    /// Why they cannot; `nil` where they can.
    package static var missing: String? { unsafe csrtp_multi_buffer_missing().map { unsafe String(cString: $0) } }

    /// The library's version text; `nil` where the package was built without it.
    package static var version: String? { unsafe csrtp_multi_buffer_version().map { unsafe String(cString: $0) } }
}

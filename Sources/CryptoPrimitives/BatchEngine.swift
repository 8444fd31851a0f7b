// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// Who does the work of a batch. The octets and results are the same whoever does it.
package enum BatchEngine: Sendable, CaseIterable {
    /// Whichever is the faster one for the batch, on this processor.
    case automatic
    /// libcrypto, one packet after the other.
    case libcrypto
    /// The multi-buffer library wherever it can do a job at all, libcrypto elsewhere.
    case multiBuffer

    var cValue: csrtp_batch_engine {
        switch self {
        case .automatic: CSRTP_ENGINE_AUTOMATIC
        case .libcrypto: CSRTP_ENGINE_LIBCRYPTO
        case .multiBuffer: CSRTP_ENGINE_MULTI_BUFFER
        }
    }
}

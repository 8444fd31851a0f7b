// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import SRTP

/// What makes the contexts that a row's packets pass, each as new.
protocol PacketContexts {
    /// A sender that nothing was sent with.
    func makeSender(_ encryption: SRTPConfiguration.RTCPEncryption) throws(SRTPError) -> SRTPSender
    /// A receiver that has seen nothing.
    func makeReceiver(_ encryption: SRTPConfiguration.RTCPEncryption) throws(SRTPError) -> SRTPReceiver
}

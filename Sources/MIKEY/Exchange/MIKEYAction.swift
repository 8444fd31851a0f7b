// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is to be done after an offer was made or a message has arrived, in this order.
@nonexhaustive
public enum MIKEYAction: Sendable {
    /// Send this to the peer. The octets are ``MIKEYMessage/encoded``.
    case send(MIKEYMessage)
    /// Both have these keys, as far as this party can know: they replace what was established before for the bundle.
    case established(MIKEYAgreement)
    /// The message was refused. What was established stays as it is. An error message, where one is due, follows as
    /// ``send(_:)``; the number is what it reports.
    case refused(MIKEYErrorNumber, MIKEYExchangeError)
    /// The peer reports errors, and perhaps what it supports.
    ///
    /// Authenticated, it ends the offer. Otherwise it is only a hint of what may have gone wrong, and was not acted upon (RFC
    /// 3830 section 5.1.2).
    case reported([MIKEYErrorNumber], supported: [MIKEYPayload.SecurityPolicy], isAuthenticated: Bool)
}

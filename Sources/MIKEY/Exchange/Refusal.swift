// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a message is not taken, and what is said about it.
struct Refusal: Error {
    let reason: MIKEYExchangeError
    var number: MIKEYErrorNumber?
    var supported: [MIKEYPayload.SecurityPolicy] = []
    var reply: MIKEYMessage?

    /// Whether an authentic message gets an authenticated error message.
    var isAnswered = true

    init(_ reason: MIKEYExchangeError, _ number: MIKEYErrorNumber? = nil, reply: MIKEYMessage? = nil) {
        self.reason = reason
        self.number = number
        self.reply = reply
    }

    static func silent(_ reason: MIKEYExchangeError) -> Refusal {
        var refusal = Refusal(reason)
        refusal.isAnswered = false
        return refusal
    }
}

/// Refuses a message for what `body` throws.
func refusing<R>(_ body: () throws(MIKEYExchangeError) -> R) throws(Refusal) -> R {
    do throws(MIKEYExchangeError) { return try body() } catch { throw Refusal(error) }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import RTP
import SDP
import Testing

/// Somebody on the way takes the protocols away that they cannot break (RFC 4567 section 4.1.4).
@Suite("Bidding down")
struct BiddingDownTests {
    @Test("MIKEY-21 protocols that were taken away from an offer, or put to it, are noticed", arguments: [true, false])
    func protocols(_ isOther: Bool) throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        let other = try KeyMgmtData(protocolID: "keyp1", octets: ([1, 2, 3] as [UInt8]).span)
        var offered = Parties.description()
        _ = try offerer.offer(in: &offered, [.init(ssrc: 1)], others: isOther ? [other] : [], now: Parties.now)
        let mikey = try #require(try KeyMgmtLines(of: offered).mikey())
        var altered = offered
        altered.setKeyMgmt(isOther ? [mikey] : [mikey, KeyMgmtAttribute(other)])
        do throws(KeyMgmtRejection) {
            _ = try answerer.answer(to: altered, now: Parties.now)
            Issue.record("the answerer takes what was altered")
        } catch {
            #expect(error.reason == .protocolListDiffers)
        }
        #expect(answerer.bundleCount == 0)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import Testing

@Suite("MIKEY payload types")
struct PayloadTypeTests {
    @Test("The numbers are those of RFC 3830 table 6.1.b")
    func numbers() {
        #expect(MIKEYPayloadType.kemac.rawValue == 1)
        #expect(MIKEYPayloadType.err.rawValue == 12)
        #expect(MIKEYPayloadType.sakke.rawValue == 26)
        #expect(MIKEYDataType.allCases.map(\.rawValue) == Array(0...26))
    }

    @Test("every number has a name of its own, and unknown ones show themselves")
    func names() {
        #expect(Set(MIKEYDataType.allCases.map(\.description)).count == 27)
        let payloads = (0...255).map { "\(MIKEYPayloadType(rawValue: UInt8($0)))" }
        #expect(Set(payloads).count == 256)
        #expect(payloads[10] == "SP" && payloads[18] == "payload 18")
        let errors = (0...255).map { "\(MIKEYErrorNumber(rawValue: UInt8($0)))" }
        #expect(Set(errors).count == 256)
        #expect(errors[10] == "Invalid SPpar" && errors[15] == "Invalid TPpar" && errors[16] == "error 16")
    }

    @Test("an error says where it is, what is wrong, and what to answer")
    func errors() {
        let error = refusal(Wire.message(0, [Wire.time, Wire.random, Wire.sp([1, 0]), Wire.psk[2]]))
        #expect(error?.description == "SP, octet 53: expected a value of 1 octet or more (RFC 3830 section 6.10)")
        #expect(error?.dataType == .preSharedKey)
        #expect(error?.payload == .sp)
        let cut = refusal(Array(Wire.named("pre-shared key").dropLast()))
        #expect(cut?.description.hasSuffix("needs 20 octets, 19 are left") == true)
    }
}

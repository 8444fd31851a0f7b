// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing
import WireBytes

@Suite("ByteReader")
struct ByteReaderTests {
    @Test("fields are read big-endian and in order")
    func order() {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
        var reader = ByteReader(bytes.span.bytes)
        #expect(reader.readUInt8() == 1)
        #expect(reader.readUInt16() == 0x0203)
        #expect(reader.readUInt24() == 0x040506)
        #expect(reader.readUInt32() == 0x0708_090A)
        #expect(reader.readUInt64() == 0x0B0C_0D0E_0F10_1112)
        let remaining = reader.remaining
        #expect(remaining == 1)
        #expect(reader.readUInt16() == nil)
        let offset = reader.offset
        #expect(offset == 18, "a refused read moves nothing")
        #expect(reader.readUInt8() == 19)
        let isAtEnd = reader.isAtEnd
        #expect(isAtEnd)
    }
}

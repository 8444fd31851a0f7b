// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import Testing

@Suite("Static payload types of RFC 3551")
struct PayloadFormatTests {
    @Test("tables 4 and 5")
    func tables() {
        let rows = PayloadFormat.staticTypes.sorted { $0.key < $1.key }.map { type, format in
            let channels = format.channelCount.map { "/\($0)" } ?? ""
            return "\(type) \(format.media) \(format.encodingName)/\(format.clockRateHz)\(channels)"
        }
        #expect(
            rows == [
                "0 audio PCMU/8000/1", "3 audio GSM/8000/1", "4 audio G723/8000/1", "5 audio DVI4/8000/1",
                "6 audio DVI4/16000/1", "7 audio LPC/8000/1", "8 audio PCMA/8000/1", "9 audio G722/8000/1",
                "10 audio L16/44100/2", "11 audio L16/44100/1", "12 audio QCELP/8000/1", "13 audio CN/8000/1",
                "14 audio MPA/90000", "15 audio G728/8000/1", "16 audio DVI4/11025/1", "17 audio DVI4/22050/1",
                "18 audio G729/8000/1", "25 video CelB/90000", "26 video JPEG/90000", "28 video nv/90000",
                "31 video H261/90000", "32 video MPV/90000", "33 audioAndVideo MP2T/90000", "34 video H263/90000",
            ])
    }

    @Test("a signalled format has a clock, and channels or none")
    func made() throws {
        let opus = try PayloadFormat(encodingName: "opus", media: .audio, clockRateHz: 48000, channelCount: 2)
        #expect(opus.channelCount == 2)
        #expect(throws: RTPError.valueOutOfRange(.payloadFormat, value: 0, allowed: 1...Int(UInt32.max))) {
            try PayloadFormat(encodingName: "x", media: .video, clockRateHz: 0)
        }
        #expect(throws: RTPError.valueOutOfRange(.payloadFormat, value: 0, allowed: 1...Int.max)) {
            try PayloadFormat(encodingName: "x", media: .audio, clockRateHz: 8000, channelCount: 0)
        }
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

extension MIKEYCryptoSessions {
    /// A crypto session in whichever map.
    struct Entry {
        let id: UInt8
        let isSRTP: Bool
        let ssrc: SSRC?
        let rolloverCounter: UInt32
        let sequenceNumber: UInt16?
        let policyNumber: UInt8?
        let spi: [UInt8]
    }

    /// The crypto sessions that the map lists; of several policies of one, which are alternatives, the first.
    var entries: [Entry] {
        switch map {
        case .srtpID(let streams):
            zip(ids, streams).map { id, stream in
                Entry(
                    id: id, isSRTP: true, ssrc: stream.ssrc == SSRC(0) ? nil : stream.ssrc,
                    rolloverCounter: stream.rolloverCounter,
                    sequenceNumber: nil, policyNumber: stream.policyNumber, spi: [])
            }
        case .empty: []
        case .genericID(let sessions): sessions.map(\.entry)
        }
    }

    /// The crypto sessions after an update: those that it lists, or those of before where it lists none. An SSRC that it leaves
    /// open stays as it was.
    func updated(by update: MIKEYCryptoSessions) -> MIKEYCryptoSessions {
        guard case .srtpID(let new) = update.map else { return update }
        guard !new.isEmpty else { return self }
        guard case .srtpID(let old) = map else { return update }
        return update.filled(with: Dictionary(uniqueKeysWithValues: zip(ids, old.map(\.ssrc))))
    }

    /// The same with SSRCs, by CS ID, where they are left open (RFC 3830 section 6.1.1).
    func filled(with ssrcs: [UInt8: SSRC]) -> MIKEYCryptoSessions {
        guard case .srtpID(let streams) = map else { return self }
        let filled = zip(ids, streams).map { id, stream in
            stream.ssrc != SSRC(0)
                ? stream
                : Stream(
                    policyNumber: stream.policyNumber, ssrc: ssrcs[id] ?? stream.ssrc,
                    rolloverCounter: stream.rolloverCounter)
        }
        return (try? MIKEYCryptoSessions(.srtpID(filled))) ?? self
    }

    /// Whether `answer` is this map but for SSRCs that are left open here.
    func isAnswered(by answer: MIKEYCryptoSessions) -> Bool {
        guard case .srtpID = map, case .srtpID(let answered) = answer.map else { return self == answer }
        return filled(with: Dictionary(uniqueKeysWithValues: zip(answer.ids, answered.map(\.ssrc)))) == answer
    }
}

extension MIKEYCryptoSessions.Session {
    fileprivate var entry: MIKEYCryptoSessions.Entry {
        var ssrc: SSRC?
        var position: Position?
        if case .srtp(let number, let place) = data { (ssrc, position) = (number, place) }
        return MIKEYCryptoSessions.Entry(
            id: id, isSRTP: securityProtocol == .srtp, ssrc: ssrc, rolloverCounter: position?.rolloverCounter ?? 0,
            sequenceNumber: position?.sequenceNumber, policyNumber: policyNumbers.first, spi: spi)
    }
}

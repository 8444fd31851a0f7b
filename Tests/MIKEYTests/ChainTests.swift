// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import TestSupport
import Testing

@Suite("MIKEY payload chains")
struct ChainTests {
    @Test("MIKEY-05 no chain of next payload values goes round; their number is bounded, and unknown ones are refused")
    func chains() {
        // Every value in every place where one stands.
        let octets = Wire.named("pre-shared key")
        let places = [2] + Wire.nextPayloadOffsets(octets)
        #expect(places.count == 7)
        for place in places {
            for value in UInt8.min...UInt8.max where value != octets[place] {
                var changed = octets
                changed[place] = value
                if let message = try? MIKEYMessage(parsing: changed, mode: .lenient) {
                    #expect(message.encoded == changed)
                }
            }
        }
        for value in [18, 19, 27, 100, 255] as [UInt8] {
            var changed = octets
            changed[2] = value
            let error = refusal(changed, .lenient)
            #expect(error?.problem == .unknownPayload(value))
            #expect(error?.errorNumber == .unspecified)
        }
        let extensions = [Wire.Payload](repeating: Wire.extensionPayload(0, []), count: 509)
        #expect(refusal(Wire.message(0, extensions + Wire.psk)) == nil)
        let more = [Wire.Payload](repeating: Wire.extensionPayload(0, []), count: 510)
        #expect(refusal(Wire.message(0, more + Wire.psk))?.problem == .tooManyPayloads(limit: 512))
    }

    @Test("a payload that stands only inside of another is refused outside", arguments: [20, 24, 25] as [UInt8])
    func nested(_ type: UInt8) {
        let error = refusal(Wire.message(0, [Wire.time, (type, Wire.key(0, 16))] + Wire.psk[1...]))
        #expect(error?.problem == .unexpected(.init(rawValue: type)))
    }

    @Test("MIKEY-06 octets behind the last payload are refused, and lived with only where the MAC is NULL")
    func trailing() throws {
        let clear = Wire.message(0, [Wire.time, Wire.random, Wire.kemac(Wire.keys(Wire.key(2, 16)))], trailing: [0])
        #expect(refusal(clear)?.problem == .refused(.trailingOctets))
        let message = try MIKEYMessage(parsing: clear, mode: .lenient)
        #expect(message.deviations == MIKEYDeviationSet([.trailingOctets]))
        #expect(message.trailingOctets == [0])
        #expect(message.encoded == clear)
        for name in Wire.names where try MIKEYMessage(parsing: Wire.named(name)).isAuthenticated {
            #expect(refusal(Wire.named(name) + [0], .lenient)?.problem == .trailingOctets(1), "\(name)")
        }
        // Without any MAC there is none that is NULL.
        let error = Wire.message(6, [Wire.time, Wire.err], trailing: [0])
        #expect(refusal(error, .lenient)?.problem == .trailingOctets(1))
    }

    @Test("MIKEY-14 T, RAND, KEMAC, V and SIGN stand once, ID at most twice, ERR and CERT as often as wanted")
    func duplicates() throws {
        for payload in [Wire.time, Wire.random, Wire.kemac([], encryption: 1)] {
            let error = refusal(Wire.message(0, [payload] + Wire.psk))
            let type = MIKEYPayloadType(rawValue: payload.type)
            // KEMAC must be the last one as well, which is seen first.
            #expect(error?.problem == (type == .kemac ? .notLast(.kemac) : .repeated(type)))
        }
        #expect(refusal(Wire.message(1, [Wire.time, Wire.v, Wire.v]))?.problem == .notLast(.v))
        let ids = [Wire.id("a"), Wire.id("b"), Wire.id("c")]
        #expect(refusal(Wire.message(0, ids[..<2] + Wire.psk)) == nil)
        #expect(refusal(Wire.message(0, ids + Wire.psk))?.problem == .repeated(.id))
        #expect(refusal(Wire.message(1, [Wire.time] + ids[..<1] + [Wire.v])) == nil)
        #expect(refusal(Wire.message(1, [Wire.time] + ids[..<2] + [Wire.v]))?.problem == .repeated(.id))
        #expect(refusal(Wire.message(5, [Wire.time] + ids + [Wire.sign]))?.problem == .repeated(.id))
        #expect(refusal(Wire.message(10, [Wire.time] + ids[..<2] + [Wire.psk[2], Wire.pke, Wire.sign])) != nil)
        let errors = [Wire.Payload](repeating: Wire.err, count: 3)
        #expect(try MIKEYMessage(parsing: Wire.message(6, [Wire.time] + errors)).errors.count == 3)
        let certificates = [Wire.Payload](repeating: Wire.cert(), count: 3)
        #expect(refusal(Wire.message(4, [Wire.time, Wire.random] + certificates + [Wire.dh(), Wire.sign])) == nil)
    }

    @Test("MIKEY-14 DH values stand once in an initiator's message, and twice or never in a response")
    func dhCounts() {
        for (initial, response) in [(4, 5), (7, 8)] as [(UInt8, UInt8)] {
            let last = initial == 4 ? Wire.sign : Wire.kemac([], encryption: 2, mac: 0, count: 20)
            let start = [Wire.time, Wire.id("b")]
            #expect(refusal(Wire.message(initial, start + [Wire.random, Wire.dh(), last])) == nil)
            #expect(refusal(Wire.message(initial, start + [Wire.dh(), last])) == nil, "an update")
            #expect(refusal(Wire.message(initial, start + [last])) == nil, "an update without a new key")
            #expect(refusal(Wire.message(initial, start + [Wire.random, last]))?.problem == .missing(.dh))
            #expect(refusal(Wire.message(initial, start + [Wire.dh(), Wire.dh(), last]))?.problem == .repeated(.dh))
            #expect(refusal(Wire.message(response, start + [Wire.dh(), Wire.dh(), last])) == nil)
            #expect(refusal(Wire.message(response, start + [last])) == nil)
            #expect(refusal(Wire.message(response, start + [Wire.dh(), last]))?.problem == .missing(.dh))
            #expect(refusal(Wire.message(response, start + [Wire.dh(0), Wire.dh(1), last])) != nil, "two groups")
        }
    }

    @Test("MIKEY-20 ERR stands in error messages and in no others, and an error message has one")
    func errors() throws {
        for (name, octets) in Wire.samples where name != "error" {
            let message = try MIKEYMessage(parsing: octets)
            let error = refusal { () throws(MIKEYError) in
                try MIKEYMessage(message.header, payloads: [.error(.init(.invalidTS))] + message.payloads)
            }
            #expect(error?.problem == .unexpected(.err), "\(name)")
        }
        #expect(refusal(Wire.message(6, [Wire.time]))?.problem == .missing(.err))
        #expect(try !MIKEYMessage(parsing: Wire.message(6, [Wire.time, Wire.err])).isAuthenticated)
        #expect(try MIKEYMessage(parsing: Wire.message(6, [Wire.time, Wire.err, Wire.v])).isAuthenticated)
        #expect(try MIKEYMessage(parsing: Wire.message(6, [Wire.time, Wire.err, Wire.sign])).isAuthenticated)
        #expect(refusal(Wire.message(6, [Wire.time, Wire.err, Wire.v, Wire.sign]))?.problem == .notLast(.v))
    }

    @Test("what a kind of message must have is missed", arguments: Wire.names)
    func missing(_ name: String) throws {
        let message = try MIKEYMessage(parsing: Wire.named(name))
        let mustHave: Set<MIKEYPayloadType> = [.t, .v, .sign, .tp, .pke, .sakke]
        for (position, payload) in message.payloads.enumerated() where mustHave.contains(payload.type) {
            if message.header.dataType == .error && payload.type != .t { continue }
            var payloads = message.payloads
            payloads.remove(at: position)
            let error = refusal { () throws(MIKEYError) in try MIKEYMessage(message.header, payloads: payloads) }
            #expect(error?.problem == .missing(payload.type))
        }
    }

    @Test("what a kind of message does not have is refused, and what must be the last payload stays that")
    func strangers() {
        let strangers = [Wire.cert(), Wire.chash, Wire.pke, Wire.idr(1, "a"), Wire.randr(1), Wire.sakke, Wire.tp]
        for stranger in strangers {
            let error = refusal(Wire.message(0, [stranger] + Wire.psk))
            #expect(error?.problem == .unexpected(.init(rawValue: stranger.type)))
            #expect(error?.offset == 19)
        }
        // RFC 6043 and RFC 6267 have them ignored, but for ID, in place of which IDR stands.
        let request = [Wire.time, Wire.randr(1), Wire.tp]
        #expect(refusal(Wire.message(11, map: Wire.emptyMap, [Wire.chash] + request + [Wire.v])) == nil)
        #expect(refusal(Wire.message(11, map: Wire.emptyMap, [Wire.id("a")] + request + [Wire.v])) != nil)
        #expect(refusal(Wire.message(0, [Wire.time, Wire.psk[2], Wire.random]))?.problem == .notLast(.kemac))
        #expect(refusal(Wire.message(1, [Wire.v, Wire.time]))?.problem == .notLast(.v))
    }

    @Test("the places of other payloads are free")
    func order() {
        #expect(refusal(Wire.message(0, [Wire.random, Wire.id("a"), Wire.time, Wire.psk[2]])) == nil)
    }
}

extension Wire {
    /// Where the next payload octets of a message stand.
    static func nextPayloadOffsets(_ octets: [UInt8]) -> [Int] {
        guard let message = try? MIKEYMessage(parsing: octets) else { return [] }
        return zip(message.payloads, message.layout.payloads).filter { $0.0.type != .sign }.map(\.1.lowerBound)
    }
}

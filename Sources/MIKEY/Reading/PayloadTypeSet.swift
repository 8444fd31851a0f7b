// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A set of payloads that can be read: those with a structure that tells their length.
struct PayloadTypeSet: OptionSet, Sendable {
    let rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The set of one, empty for a payload of which nothing is known.
    init(_ type: MIKEYPayloadType) {
        let known = Self.known.rawValue & (type.rawValue < 32 ? 1 << UInt32(type.rawValue) : 0)
        self.init(rawValue: known)
    }

    private init(bit: UInt32) { self.init(rawValue: 1 << bit) }

    func contains(_ type: MIKEYPayloadType) -> Bool {
        let one = PayloadTypeSet(type)
        return !one.isEmpty && isSuperset(of: one)
    }

    /// The payloads in the set, in the order of their numbers.
    var types: [MIKEYPayloadType] {
        (0..<32).filter { rawValue & 1 << $0 != 0 }.map { MIKEYPayloadType(rawValue: UInt8($0)) }
    }

    static let kemac = PayloadTypeSet(bit: 1)
    static let pke = PayloadTypeSet(bit: 2)
    static let dh = PayloadTypeSet(bit: 3)
    static let sign = PayloadTypeSet(bit: 4)
    static let t = PayloadTypeSet(bit: 5)
    static let id = PayloadTypeSet(bit: 6)
    static let cert = PayloadTypeSet(bit: 7)
    static let chash = PayloadTypeSet(bit: 8)
    static let v = PayloadTypeSet(bit: 9)
    static let sp = PayloadTypeSet(bit: 10)
    static let rand = PayloadTypeSet(bit: 11)
    static let err = PayloadTypeSet(bit: 12)
    static let tr = PayloadTypeSet(bit: 13)
    static let idr = PayloadTypeSet(bit: 14)
    static let randr = PayloadTypeSet(bit: 15)
    static let tp = PayloadTypeSet(bit: 16)
    static let ticket = PayloadTypeSet(bit: 17)
    static let keyData = PayloadTypeSet(bit: 20)
    static let generalExtension = PayloadTypeSet(bit: 21)
    static let ibake = PayloadTypeSet(bit: 22)
    static let esk = PayloadTypeSet(bit: 23)
    static let sk = PayloadTypeSet(bit: 24)
    static let eccpt = PayloadTypeSet(bit: 25)
    static let sakke = PayloadTypeSet(bit: 26)

    /// Everything that an RFC gives a structure.
    static let known = PayloadTypeSet(rawValue: 0x07F3_FFFE)
    /// What stands only inside of another payload.
    static let nested: PayloadTypeSet = [.keyData, .sk, .eccpt]
    /// What may stand behind the header.
    static let topLevel = known.subtracting(nested)
}

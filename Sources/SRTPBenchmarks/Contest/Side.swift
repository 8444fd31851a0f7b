// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One way of doing the work.
protocol Side: ~Copyable {
    /// Transforms the block's packets in place. Returns how many came out as they should.
    mutating func run(_ block: borrowing PacketBlock, _ job: Job) -> Int
}

/// Someone who takes part in a contest, under a name.
protocol Contestant: AnyObject {
    var name: String { get }
    /// Whether it is somebody else's, who may have mistakes.
    var isForeign: Bool { get }
    func run(_ block: borrowing PacketBlock, _ job: Job) -> Int
}

/// A side with its name. The side's own loop over the packets sees it as an inout value: nothing is checked per packet.
final class Holding<S: Side & ~Copyable>: Contestant {
    let name: String
    let isForeign: Bool
    private var side: S

    init(_ name: String, isForeign: Bool = false, _ side: consuming S) {
        self.name = name
        self.isForeign = isForeign
        self.side = side
    }

    func run(_ block: borrowing PacketBlock, _ job: Job) -> Int { side.run(block, job) }
}

/// The names of sides, and of what a time is divided by.
enum SideName {
    static let product = "swift-srtp"
    static let floor = "floor"
    static let multiBufferFloor = "multi-buffer floor"
}

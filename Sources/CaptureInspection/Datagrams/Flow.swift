// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP
package import RTPCaptures

/// Who sends datagrams to whom: one direction between two addresses with their ports.
package struct Flow: Hashable, Sendable {
    package let source: IPAddress
    package let sourcePort: UInt16
    package let destination: IPAddress
    package let destinationPort: UInt16

    package init(source: IPAddress, sourcePort: UInt16, destination: IPAddress, destinationPort: UInt16) {
        self.source = source
        self.sourcePort = sourcePort
        self.destination = destination
        self.destinationPort = destinationPort
    }

    /// The direction in which a datagram goes.
    package init(_ datagram: UDPDatagram) {
        self.init(
            source: datagram.source, sourcePort: datagram.sourcePort, destination: datagram.destination,
            destinationPort: datagram.destinationPort)
    }

    /// The other direction.
    package var reversed: Flow {
        Flow(
            source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort)
    }

    /// The sender: `192.0.2.1:5004` or `[2001:db8::1]:5004`.
    package var sourceText: String { Self.text(source, sourcePort) }
    /// The receiver, likewise.
    package var destinationText: String { Self.text(destination, destinationPort) }

    private static func text(_ address: IPAddress, _ port: UInt16) -> String {
        address.version == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}

/// What makes an RTP stream one: its source, and the way that its packets take.
package struct StreamKey: Hashable, Sendable {
    package let flow: Flow
    package let ssrc: SSRC

    package init(flow: Flow, ssrc: SSRC) {
        self.flow = flow
        self.ssrc = ssrc
    }
}

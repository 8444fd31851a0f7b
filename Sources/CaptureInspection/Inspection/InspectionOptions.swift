// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP

/// What is looked at in a capture, and how closely.
package struct InspectionOptions: Sendable {
    /// Clock rates in Hz by payload type, before those of RFC 3551.
    package var clockRates: [UInt8: UInt32] = [:]
    /// Only datagrams from or to one of these ports, which are taken for RTP without proof; all where there is none.
    package var ports: Set<UInt16> = []
    /// Only these sources, and RTCP from and about them; all where there is none.
    package var ssrcs: Set<SSRC> = []
    /// Pauses longer than this, in nanoseconds, are listed.
    package var gapThreshold: Int64?
    /// Streams, and senders of RTCP, that are followed at most.
    package var streamLimit = 4096
    /// Whether bit rate, loss and jitter over time are kept, for charts.
    package var keepsSeries = false

    /// All of a capture.
    package init() {}

    func selects(_ flow: Flow) -> Bool {
        ports.isEmpty || ports.contains(flow.sourcePort) || ports.contains(flow.destinationPort)
    }
}

// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import RTP

/// A datagram that is neither RTP nor RTCP and that nothing has protected or checked.
///
/// A ``SecureDatagramHandler`` with ``SecureDatagramOptions/OtherDatagrams/forwarded`` fires it as a user inbound event,
/// not as a read: a handler behind it that expects RTP cannot take it for a packet that was authenticated.
public struct UnprotectedDatagram: Sendable {
    /// What kind of datagram it is.
    public let datagramClass: DatagramClass
    /// The datagram as it arrived.
    public let envelope: AddressedEnvelope<ByteBuffer>
}

/// A packet that was dropped because the receiving transform refused it.
///
/// Fired as a user inbound event where ``SecureDatagramOptions/reportsRefusals`` is set. Anybody who can reach the socket
/// can cause any number of these: log no line for each.
public struct RefusedDatagram: Hashable, Sendable {
    /// Where it came from, as far as a source address of UDP can be trusted.
    public let remoteAddress: SocketAddress
    /// What it was taken for.
    public let kind: PacketKind
    /// The kind of error: the code of the transform's failure, which `SRTPRefusal(rawValue:)` takes for an `SRTPReceiver`.
    public let code: Int
}

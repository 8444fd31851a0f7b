// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Makes the UDP socket of an RTP program secure: one handler in front of those that it has.
// snippet.show
import NIOCore
import RTPTransport
import SRTP

/// What your program has already: it reads and writes plain RTP and RTCP.
final class MyRTPHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        print("a plain packet of", unwrapInboundIn(data).data.readableBytes, "octets")
    }
}

/// What `DatagramBootstrap(group:).channelInitializer` does for a socket of yours.
func secure(
    _ channel: any Channel, with security: SecureDatagramFactory<SRTPSender, SRTPReceiver>
) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandlers(security.makeHandler(), MyRTPHandler())
    }
}

let suite = SRTPSuite.aesCM128_HMACSHA1_80
let security = SecureDatagramFactory(
    sender: try SRTPSender(masterKey: .random(for: suite)),  // your key, agreed on by signalling
    receiver: try SRTPReceiver(masterKey: .random(for: suite)))  // your peer's

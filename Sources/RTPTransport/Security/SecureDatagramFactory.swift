// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import RTP
internal import Synchronization

/// Carries two transforms into a channel's pipeline, once.
///
/// ```swift
/// let security = SecureDatagramFactory(
///     sender: try SRTPSender(masterKey: ownKey), receiver: try SRTPReceiver(masterKey: peerKey))
/// let channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
///     .channelInitializer { channel in
///         channel.eventLoop.makeCompletedFuture {
///             try channel.pipeline.syncOperations.addHandler(security.makeHandler())
///             try channel.pipeline.syncOperations.addHandler(MyRTPHandler())
///         }
///     }
///     .bind(host: "0.0.0.0", port: 5004).get()
/// ```
///
/// A handler belongs to its channel's event loop and cannot be sent there, and neither can a transform be captured in the
/// closure that makes it: this can. It is for one channel, as a master key must not live in two senders. A second channel
/// takes other keys and another factory.
public final class SecureDatagramFactory<
    Outbound: PacketTransform & ~Copyable & Sendable, Inbound: PacketTransform & ~Copyable & Sendable
>: Sendable {
    /// The handler that this factory makes.
    public typealias Handler = SecureDatagramHandler<Outbound, Inbound>

    private struct Transforms: ~Copyable {
        let sender: Outbound
        let receiver: Inbound
    }

    private let transforms: Mutex<Transforms?>
    private let options: SecureDatagramOptions

    /// A factory for one handler that will own the two transforms.
    public init(
        sender: consuming Outbound, receiver: consuming Inbound,
        options: SecureDatagramOptions = SecureDatagramOptions()
    ) {
        transforms = Mutex(Transforms(sender: sender, receiver: receiver))
        self.options = options
    }

    /// The handler; on the event loop of the channel that it is for.
    ///
    /// - Throws: ``SecureDatagramError/handlerAlreadyMade`` from the second call on.
    public func makeHandler() throws(SecureDatagramError) -> Handler {
        guard let transforms = transforms.withLock({ $0.take() }) else { throw .handlerAlreadyMade }
        return Handler(sender: transforms.sender, receiver: transforms.receiver, options: options)
    }

    // MARK: Control from outside the event loop

    /// Lends the sending transform of a channel's handler, on the channel's event loop.
    ///
    /// - Throws: What `body` throws, and NIO's `ChannelPipelineError.notFound` for a channel without such a handler.
    public func withSender<R: Sendable>(
        on channel: any Channel, _ body: @escaping @Sendable (inout Outbound) throws -> R
    ) async throws -> R {
        try await withHandler(on: channel) { try $0.withSender(body) }
    }

    /// Lends the receiving transform of a channel's handler, on the channel's event loop.
    ///
    /// - Throws: What `body` throws, and NIO's `ChannelPipelineError.notFound` for a channel without such a handler.
    public func withReceiver<R: Sendable>(
        on channel: any Channel, _ body: @escaping @Sendable (inout Inbound) throws -> R
    ) async throws -> R {
        try await withHandler(on: channel) { try $0.withReceiver(body) }
    }

    /// The counters of a channel's handler.
    ///
    /// - Throws: NIO's `ChannelPipelineError.notFound` for a channel without such a handler.
    public func counters(on channel: any Channel) async throws -> DatagramCounters {
        try await withHandler(on: channel) { $0.counters }
    }

    private func withHandler<R: Sendable>(
        on channel: any Channel, _ body: @escaping @Sendable (Handler) throws -> R
    ) async throws -> R {
        try await channel.eventLoop.submit {
            try body(channel.pipeline.syncOperations.handler(type: Handler.self))
        }.get()
    }
}

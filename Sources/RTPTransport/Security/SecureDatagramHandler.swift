// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import RTP
internal import WireBytes

/// Makes the pipeline of a datagram channel secure: what comes out towards the application is opened, what the application
/// writes is protected.
///
/// It sits between the socket and the handlers that know RTP, which see the datagrams that they always saw,
/// `AddressedEnvelope<ByteBuffer>` in both directions. It owns the two transforms. In an initializer that runs for a
/// channel, take it from a ``SecureDatagramFactory``.
///
/// **Inbound.** The packets of one read burst are opened as one batch when the burst ends, and handed on in their order,
/// with their address and metadata. Packets that the receiver refuses are dropped and counted; that is no error of the
/// channel. A datagram that the system has put together from segments is taken apart first.
///
/// **Outbound.** Each packet is protected as it is written, into another buffer; the application's own is only read. If
/// that fails, nothing is sent and the promise of the write fails with the transform's error or a ``SecureDatagramError``.
///
/// It cannot be removed from its pipeline, which would go on without protection. To go on with other keys, replace a
/// transform in ``withSender(_:)`` or ``withReceiver(_:)``.
public final class SecureDatagramHandler<
    Outbound: PacketTransform & ~Copyable, Inbound: PacketTransform & ~Copyable
>: ChannelDuplexHandler {
    public typealias InboundIn = AddressedEnvelope<ByteBuffer>
    public typealias InboundOut = AddressedEnvelope<ByteBuffer>
    public typealias OutboundIn = AddressedEnvelope<ByteBuffer>
    public typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    /// What was done so far.
    public private(set) var counters = DatagramCounters()
    /// What the handler was told to do.
    public let options: SecureDatagramOptions

    private var sender: Outbound
    private var receiver: Inbound
    private var pending = ReadBatch()
    /// The packets opened last. Its storage is used again once no later handler refers to them.
    private var opened = ByteBuffer()
    private var outputs = OutputBuffers()
    private var isInactive = false

    /// A handler that owns two transforms.
    public init(
        sender: consuming Outbound, receiver: consuming Inbound,
        options: SecureDatagramOptions = SecureDatagramOptions()
    ) {
        self.sender = sender
        self.receiver = receiver
        self.options = options
    }

    // MARK: Control

    /// Lends the sending transform, between two packets: statistics, rollover counters, another one in its place.
    ///
    /// Like everything of a handler, only on its event loop; from elsewhere see
    /// ``SecureDatagramFactory/withSender(on:_:)``.
    public func withSender<R: ~Copyable, E: Error>(_ body: (inout Outbound) throws(E) -> R) throws(E) -> R {
        try body(&sender)
    }

    /// Lends the receiving transform, between two packets: statistics, rollover counters, another one in its place.
    ///
    /// Packets of a read burst that has not ended were not opened yet. Only on the event loop; from elsewhere see
    /// ``SecureDatagramFactory/withReceiver(on:_:)``.
    public func withReceiver<R: ~Copyable, E: Error>(_ body: (inout Inbound) throws(E) -> R) throws(E) -> R {
        try body(&receiver)
    }

    // MARK: Inbound

    /// Collects a datagram.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let segment = envelope.metadata?.segmentSize, segment > 0, segment < envelope.data.readableBytes else {
            collect(envelope, context: context)
            return
        }
        var rest = envelope.data
        var metadata = envelope.metadata
        metadata?.segmentSize = nil
        while let packet = rest.readSlice(length: min(segment, rest.readableBytes)), packet.readableBytes > 0 {
            collect(
                AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: packet, metadata: metadata),
                context: context)
        }
    }

    /// Opens what was collected and hands it on.
    public func channelReadComplete(context: ChannelHandlerContext) {
        openPending(context: context)
        context.fireChannelReadComplete()
    }

    /// Opens what was collected and hands it on; nothing is read after that.
    public func channelInactive(context: ChannelHandlerContext) {
        openPending(context: context)
        isInactive = true
        context.fireChannelInactive()
    }

    private func collect(_ envelope: InboundIn, context: ChannelHandlerContext) {
        counters.received &+= 1
        let length = envelope.data.readableBytes
        let datagramClass = length <= UDP.byteCountLimit ? DatagramClass(envelope.data.readableBytesSpan) : .unknown
        guard let kind = options.traffic.kind(of: datagramClass) else {
            counters.other &+= 1
            if options.otherDatagrams == .forwarded, datagramClass != .unknown {
                context.fireUserInboundEventTriggered(
                    UnprotectedDatagram(datagramClass: datagramClass, envelope: envelope))
            }
            return
        }
        let overhead = receiver.maximumOverhead
        if pending.byteCount + length + overhead > options.batchByteLimit { openPending(context: context) }
        pending.append(
            envelope.data.readableBytesSpan, kind: kind, overhead: overhead,
            from: ReadBatch.Origin(remoteAddress: envelope.remoteAddress, metadata: envelope.metadata))
        if pending.slots.count >= options.batchPacketLimit { openPending(context: context) }
    }

    private func openPending(context: ChannelHandlerContext) {
        guard !pending.isEmpty else { return }
        // Later handlers may call back into this one: the batch that they are told of is out of reach meanwhile, and the
        // second reference keeps its packets' storage from being used again.
        var batch = exchange(&pending, with: ReadBatch())
        batch.transform(with: &receiver)
        batch.copyAccepted(into: &opened)
        handOn(batch, packets: opened, context: context)
        batch.removeAll()
        if pending.isEmpty { pending = batch }
    }

    private func handOn(_ batch: borrowing ReadBatch, packets: ByteBuffer, context: ChannelHandlerContext) {
        var packets = packets
        for position in batch.slots.indices {
            let slot = batch.slots[position]
            let origin = batch.origins[position]
            guard slot.isAccepted, let packet = packets.readSlice(length: slot.result) else {
                counters.refused &+= 1
                if options.reportsRefusals {
                    context.fireUserInboundEventTriggered(
                        RefusedDatagram(remoteAddress: origin.remoteAddress, kind: slot.kind, code: 0 &- slot.result))
                }
                continue
            }
            counters.opened &+= 1
            // Closed by a handler that an earlier packet of the batch was handed to: none is read after that.
            guard !isInactive else { continue }
            let envelope = AddressedEnvelope(
                remoteAddress: origin.remoteAddress, data: packet, metadata: origin.metadata)
            context.fireChannelRead(wrapInboundOut(envelope))
        }
    }

    // MARK: Outbound

    /// Protects a packet and writes it.
    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var envelope = unwrapOutboundIn(data)
        do {
            if let sealed = try seal(envelope, allocator: context.channel.allocator) { envelope.data = sealed }
        } catch {
            counters.refusedWrites &+= 1
            promise?.fail(error)
            return
        }
        context.write(wrapOutboundOut(envelope), promise: promise)
    }

    /// The protected packet; `nil` for a datagram that passes as it is.
    private func seal(_ envelope: OutboundIn, allocator: ByteBufferAllocator) throws -> ByteBuffer? {
        let datagramClass = DatagramClass(envelope.data.readableBytesSpan)
        guard let kind = options.traffic.kind(of: datagramClass) else {
            guard options.otherDatagrams == .forwarded, datagramClass != .unknown else {
                throw SecureDatagramError.notMedia(datagramClass)
            }
            counters.otherWrites &+= 1
            return nil
        }
        if let segment = envelope.metadata?.segmentSize {
            throw SecureDatagramError.segmentedWrite(segmentBytes: segment)
        }
        let capacity = envelope.data.readableBytes + sender.maximumOverhead
        guard capacity <= UDP.byteCountLimit else {
            throw SecureDatagramError.datagramTooLong(neededBytes: capacity, limitBytes: UDP.byteCountLimit)
        }
        let sealed = try outputs.transform(
            envelope.data, kind: kind, capacity: capacity, with: &sender, allocator: allocator)
        counters.sealed &+= 1
        return sealed
    }
}

/// What UDP can carry.
private enum UDP {
    /// The octets behind the header of the longest datagram (RFC 768).
    static let byteCountLimit = 65_535 - 8
}

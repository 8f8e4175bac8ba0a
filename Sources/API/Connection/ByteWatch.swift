internal import NIOCore

/// Stands before the HTTP decoder and tells the guard that bytes came, which may be part of a head.
final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny
  private let guardian: ConnectionGuard

  init(_ guardian: ConnectionGuard) {
    self.guardian = guardian
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guardian.bytesArrived()
    context.fireChannelRead(data)
  }
}

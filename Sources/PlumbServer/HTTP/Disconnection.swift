import Hummingbird
import NIOCore
import NIOHTTPTypes
import PlumbEngine

/// Reports when a client closes its connection, which ends the query whose answer it no longer waits for.
final class Disconnection: ChannelInboundHandler, RemovableChannelHandler, Sendable {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart

  private struct State {
    var isClosed = false
    var action: (@Sendable () -> Void)?
  }

  private let state = LockedValue(State())

  /// Calls `action` when the client closes the connection, or now if it has; nil forgets the last one.
  func whenClosed(_ action: (@Sendable () -> Void)?) {
    let isClosed = state.withLock {
      $0.action = action
      return $0.isClosed
    }
    if isClosed { action?() }
  }

  private func close() {
    let action = state.withLock { state in
      state.isClosed = true
      defer { state.action = nil }
      return state.action
    }
    action?()
  }

  func channelInactive(context: ChannelHandlerContext) {
    close()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed? = event as? ChannelEvent { close() }
    context.fireUserInboundEventTriggered(event)
  }
}

/// What the server knows about the connection of a request.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// The address of the client.
  var client: String { channel.remoteAddress?.ipAddress ?? "" }

  func disconnection() async -> Disconnection? {
    try? await channel.pipeline.handler(type: Disconnection.self).get()
  }
}

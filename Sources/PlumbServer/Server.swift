import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import ServiceLifecycle

/// Serves a workspace over HTTP until it is stopped.
package final class Server: Sendable {
  private let service: QueryService
  private let log: AccessLog
  private let group = LockedValue<ServiceGroup?>(nil)
  private let isStopping = LockedValue(false)

  /// How long running queries may take after `stop`.
  private static let patience: Duration = .seconds(10)

  package init(_ workspace: Workspace, _ settings: ServerSettings, _ log: AccessLog) {
    service = QueryService(workspace, settings)
    self.log = log
  }

  /// Accepts connections; returns when the server has stopped.
  ///
  /// - Parameter onStart: called with the port once clients can connect.
  /// - Throws: a diagnostic if the address cannot be used.
  package func run(onStart: @escaping @Sendable (Int) -> Void) throws {
    let server = try builder()
    prepare()
    let done = Lock()
    let outcome = LockedValue<Result<Void, any Error>?>(nil)
    Task {
      let result: Result<Void, any Error>
      do { result = .success(try await self.serve(server, onStart)) } catch { result = .failure(error) }
      done.locked {
        outcome.withLock { $0 = result }
        done.signal()
      }
    }
    let result = done.locked {
      while outcome.withLock({ $0 == nil }) { done.wait() }
      return outcome.withLock { $0 }
    }
    do {
      try result?.get()
    } catch let error as IOError {
      let settings = service.settings
      let reason = String(cString: strerror(error.errnoCode))
      throw Diagnostic(
        "cannot-listen", "cannot listen on \(settings.address):\(settings.port): \(reason)",
        help: error.errnoCode == EADDRINUSE ? "another program uses the port; choose one with --port" : nil)
    } catch {
      throw Diagnostic("cannot-listen", "cannot listen on \(service.settings.address):\(service.settings.port): \(error)")
    }
  }

  /// HTTP, through TLS if there is a certificate.
  ///
  /// - Throws: a diagnostic about the certificate or its key.
  private func builder() throws -> HTTPServerBuilder {
    let http = HTTPServerBuilder.http1(configuration: .init(additionalChannelHandlers: [Disconnection()]))
    guard let (chain, key) = service.settings.certificate else { return http }
    var certificates: [NIOSSLCertificate] = []
    do { certificates = try NIOSSLCertificate.fromPEMFile(chain) } catch {
      throw Self.unusable(chain, "--tls-cert", "the certificates, the server's own first")
    }
    if certificates.isEmpty { throw Self.unusable(chain, "--tls-cert", "the certificates, the server's own first") }
    var privateKey: NIOSSLPrivateKey
    do { privateKey = try NIOSSLPrivateKey(file: key, format: .pem) } catch {
      throw Self.unusable(key, "--tls-key", "the certificate's private key, without a passphrase")
    }
    do {
      let configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
      // Finds out whether the two belong together.
      _ = try NIOSSLContext(configuration: configuration)
      return try .tls(http, tlsConfiguration: configuration)
    } catch {
      throw Diagnostic("bad-certificate", "the key in `\(key)` does not belong to the certificate in `\(chain)`")
    }
  }

  private static func unusable(_ path: String, _ option: String, _ content: String) -> Diagnostic {
    if access(path, R_OK) != 0 { return Diagnostic("cannot-open", "cannot open `\(path)`: \(String(cString: strerror(errno)))") }
    return Diagnostic("bad-certificate", "`\(path)` contains no certificate or key that can be used", help: "`\(option)` takes a PEM file with \(content)")
  }

  private func serve(_ server: HTTPServerBuilder, _ onStart: @escaping @Sendable (Int) -> Void) async throws {
    let settings = service.settings
    var logger = Logger(label: "plumb", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    let application = Application(
      responder: Endpoint(service: service, access: Access(settings: settings), log: log),
      server: server,
      configuration: ApplicationConfiguration(address: .hostname(settings.address, port: settings.port), backlog: 1024),
      onServerRunning: { channel in onStart(channel.localAddress?.port ?? settings.port) },
      logger: logger)
    let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
    self.group.withLock { $0 = group }
    try await group.run()
  }

  /// Makes the tables that the first page reads, and starts what it computes in the background, so that both are there when somebody
  /// comes.
  private func prepare() {
    let run = PageRun(service, path: "/", [:])
    guard run.has("pipelines", "runs", "errors") else { return }
    _ = try? run.table("union runs, errors | count")
    NeedsPanel.entry(service)
  }

  /// Accepts no more connections, and lets running queries finish for a while. May be called from any thread.
  ///
  /// - Parameter onTimeout: called if queries still run after that.
  package func stop(onTimeout: @escaping @Sendable () -> Void) {
    let isFirst = isStopping.withLock { stopping in
      defer { stopping = true }
      return !stopping
    }
    guard isFirst, let group = group.withLock({ $0 }) else { return }
    service.drain()
    Task {
      await group.triggerGracefulShutdown()
      try await Task.sleep(for: Self.patience)
      self.service.cancelAll()
      try await Task.sleep(for: .milliseconds(300))
      onTimeout()
    }
  }
}

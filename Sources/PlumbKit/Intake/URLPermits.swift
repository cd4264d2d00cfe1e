import PlumbDiagnostics
import PlumbEngine
import PlumbHTTP

/// The addresses that queries may read: those that begin with a prefix that the user permits.
struct URLPermits: Sendable {
  private let prefixes: [Address]

  /// How long one file may take, and how often a server may send the client elsewhere.
  private static let longest: Duration = .seconds(300)
  private static let mostRedirects = 5

  /// - Throws: a diagnostic for a prefix that is not an address.
  init(_ prefixes: [String]) throws {
    self.prefixes = try prefixes.map { prefix in
      guard let address = Address(prefix) else {
        throw Diagnostic(
          "invalid-url", "`\(prefix)` is not the beginning of an address", help: "write one as in `--allow-url https://example.com/data/`")
      }
      return address
    }
  }

  private func permits(_ address: Address) -> Bool { prefixes.contains { address.isWithin($0) } }

  private func check(_ url: String, from first: String?) throws -> Address {
    guard let address = Address(url) else {
      throw Diagnostic(
        "invalid-url", "`\(shown(url))` is not an address that can be read",
        help: "addresses begin with `https://` or `http://`, and contain neither passwords nor `..`")
    }
    guard permits(address) else {
      let what = first.map { "`\(shown($0))` redirects to `\(shown(url))`, which" } ?? "`\(shown(url))`"
      throw Diagnostic(
        "not-permitted", "\(what) is not an address that queries may read",
        help: "allow it with `--allow-url \(address.origin)/`, or download the file and use its path")
    }
    return address
  }

  /// The address without what may be a secret.
  private func shown(_ url: String) -> String { String(url.prefix { $0 != "?" && $0 != "#" && $0 != ";" }.prefix(200)) }

  /// Reads what an address returns into a file.
  ///
  /// - Parameter limit: the bytes that it may have.
  /// - Throws: `not-permitted`, and what is wrong with the answer.
  func fetch(_ url: String, limit: Int) throws -> TemporaryFile {
    var address = try check(url, from: nil)
    if url.contains(";") {
      throw Diagnostic("invalid-url", "credentials after `;` are not supported, as in `\(shown(url));...`")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let checkpoint: @Sendable () throws -> Void = {
      if start.duration(to: clock.now) > Self.longest {
        throw Diagnostic("too-slow", "the address took longer than \(Self.longest.components.seconds) s")
      }
    }
    for _ in 0...Self.mostRedirects {
      var call = HTTPCall("GET", address.text, headers: [("User-Agent", "plumb"), ("Accept", "*/*")])
      call.patience = .seconds(60)
      let answer = try HTTPConnections.send(call, checkpoint: checkpoint)
      switch answer.status {
      case 200:
        let file = try TemporaryFile(ending: address.ending)
        do {
          var size = 0
          while let bytes = try answer.next() {
            size += bytes.count
            if size > limit {
              answer.cancel()
              throw Diagnostic("too-large", "`\(shown(url))` is larger than the memory limit of \(limit >> 20) MB", help: "raise it with `--memory`")
            }
            try file.write(bytes)
            try checkpoint()
          }
          return file
        } catch {
          file.remove()
          throw error
        }
      case 301, 302, 303, 307, 308:
        guard let location = answer.header("location"), let next = address.resolving(location) else {
          throw Diagnostic("bad-answer", "`\(shown(url))` redirects to no address")
        }
        answer.cancel()
        address = try check(next, from: url)
      default:
        let status = answer.status
        answer.cancel()
        throw Diagnostic("bad-answer", "`\(shown(url))` answered with the status \(status)")
      }
    }
    throw Diagnostic("bad-answer", "`\(shown(url))` redirects more than \(Self.mostRedirects) times")
  }
}

/// An address of the web in parts that can be compared.
private struct Address {
  /// As it is sent.
  let text: String
  /// The scheme, host and port, in lower case.
  let origin: String
  /// From the first slash on.
  private let path: String

  /// - Returns: nil for other schemes, and for addresses whose meaning depends on who reads them.
  init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = text[..<colon].lowercased()
    guard scheme == "https" || scheme == "http", text[colon...].hasPrefix("://") else { return nil }
    let rest = text[text.index(colon, offsetBy: 3)...]
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let after = rest[host.endIndex...]
    let isPlain = text.utf8.allSatisfy { $0 > 32 && $0 != 127 && $0 != UInt8(ascii: "\\") }
    guard isPlain, !host.isEmpty, !host.contains("@") else { return nil }
    let path = String(after.prefix { $0 != "?" && $0 != "#" })
    let parts = path.lowercased().replacing("%2e", with: ".").split(separator: "/")
    guard !parts.contains(".."), !parts.contains("."), !path.lowercased().contains("%2f"), !path.lowercased().contains("%5c") else { return nil }
    self.text = String(text.prefix { $0 != "#" })
    origin = "\(scheme)://\(host.lowercased())"
    self.path = path.isEmpty ? "/" : path
  }

  /// Whether it begins with another one, at the border of a part.
  func isWithin(_ prefix: Address) -> Bool {
    guard origin == prefix.origin, path.hasPrefix(prefix.path) else { return false }
    return prefix.path.hasSuffix("/") || path.utf8.count == prefix.path.utf8.count || path.dropFirst(prefix.path.count).hasPrefix("/")
  }

  /// The last extensions of the path, such as `.csv.gz`.
  var ending: String {
    let file = path.split(separator: "/").last ?? ""
    let parts = file.split(separator: ".", omittingEmptySubsequences: false).dropFirst().suffix(2)
    guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 10 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }) else { return "" }
    return parts.map { ".\($0)" }.joined()
  }

  /// Where a `Location` header of this address leads.
  func resolving(_ location: String) -> String? {
    if location.contains("://") { return location }
    if location.hasPrefix("//") { return origin.prefix { $0 != ":" } + ":" + location }
    if location.hasPrefix("/") { return origin + location }
    guard let slash = path.lastIndex(of: "/") else { return nil }
    return origin + path[...slash] + location
  }
}

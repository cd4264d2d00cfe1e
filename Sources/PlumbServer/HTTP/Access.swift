import PlumbEngine

/// Who may ask: the names by which the server may be called, the pages that may call it, and the token.
///
/// A server on the loopback interface can be reached by every web page that its user visits: through a name that resolves to
/// 127.0.0.1, which the check of `Host` refuses, or by a request across origins, which the check of `Origin` refuses.
struct Access: Sendable {
  let settings: ServerSettings

  enum Refusal: Sendable {
    case unknownHost(String)
    case foreignOrigin(String)
    case token
    /// The game master's token is needed.
    case master
  }

  /// What a request says about its sender.
  struct Sender: Sendable {
    var host: String?
    var origin: String?
    var fetchSite: String?
    var authorization: String?
    var cookie: String?
  }

  /// Whether a browser page of this origin may read the answers.
  func allows(origin: String) -> Bool { settings.origins.contains { $0.lowercased() == origin.lowercased() } }

  /// - Parameter isOpen: whether the path needs no token.
  func refusal(_ sender: Sender, isOpen: Bool) -> Refusal? {
    guard let host = sender.host, isKnown(host: host) else { return .unknownHost(sender.host ?? "") }
    if let origin = sender.origin, !allows(origin: origin), !Self.isSame(origin: origin, host: host) { return .foreignOrigin(origin) }
    if sender.origin == nil, sender.fetchSite == "cross-site", !isOpen { return .foreignOrigin("another site") }
    guard let token = settings.token, !isOpen else { return nil }
    return Self.has(sender, token) || isMaster(sender) ? nil : .token
  }

  /// Whether the sender knows the game master's token, which also opens what the group's does.
  func isMaster(_ sender: Sender) -> Bool { settings.masterToken.map { Self.has(sender, $0) } ?? false }

  private static func has(_ sender: Sender, _ token: String) -> Bool {
    sender.authorization.flatMap(bearer).map { isEqual($0, token) } ?? sender.cookie.flatMap(cookie).map { isEqual($0, Markup.urlPart(token)) } ?? false
  }

  private func isKnown(host: String) -> Bool {
    let name = Self.name(ofHost: host)
    if name == "localhost" || name == "[::1]" || name.hasPrefix("127.") && Self.isAddress(name) { return true }
    if settings.hostNames.contains(where: { $0.lowercased() == name }) { return true }
    // A name can be made to resolve to any address; an address cannot.
    return settings.token != nil && (Self.isAddress(name) || name.hasPrefix("["))
  }

  /// The host without its port, in lower case.
  static func name(ofHost host: String) -> String {
    let text = host.lowercased()
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
    return String(text.prefix { $0 != ":" })
  }

  private static func isAddress(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func isSame(origin: String, host: String) -> Bool {
    let origin = origin.lowercased()
    return ["http://", "https://"].contains { origin == $0 + host.lowercased() }
  }

  private static func bearer(_ header: String) -> String? {
    header.lowercased().hasPrefix("bearer ") ? header.dropFirst(7).trimmingCharacters : nil
  }

  /// The name of the cookie that a browser gets at `/login`.
  static let cookieName = "plumb_token"

  private static func cookie(_ header: String) -> String? {
    for part in header.split(separator: ";") {
      let pair = part.trimmingCharacters
      if pair.hasPrefix(cookieName + "=") { return String(pair.dropFirst(cookieName.count + 1)) }
    }
    return nil
  }

  /// Compares two texts in a time that depends on the length of the first alone.
  static func isEqual(_ sent: String, _ secret: String) -> Bool {
    let (sent, secret) = (Array(sent.utf8), Array(secret.utf8))
    var difference = sent.count ^ secret.count
    for (i, byte) in sent.enumerated() { difference |= Int(byte ^ secret[i % max(1, secret.count)]) }
    return difference == 0
  }
}

import PlumbEngine

/// A request over HTTP.
package struct HTTPCall: Sendable {
  package var method: String
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// How long the server may be silent before the call fails.
  package var patience: Duration = .seconds(300)

  package init(_ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Text in which every byte that could have a meaning in a URL is escaped.
  package static func escaped(_ text: String) -> String {
    var out = ByteBuffer()
    text.withUTF8Bytes { PercentCoding.encode($0, component: true, to: &out) }
    return out.string
  }

  /// The value of an `Authorization` header for a name and a password.
  package static func basicAuthorization(_ user: String, _ password: String) -> String {
    "Basic " + Base64.text(of: Array("\(user):\(password)".utf8))
  }
}

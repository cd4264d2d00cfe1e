import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A query or a command as a client sent it.
struct QueryRequest: Sendable {
  /// The endpoint that it was sent to.
  enum Endpoint: String, Sendable {
    case v1Query = "/v1/rest/query"
    case v2Query = "/v2/rest/query"
    case management = "/v1/rest/mgmt"
  }

  var endpoint: Endpoint
  var text: String
  /// Empty if the client named none.
  var database = ""
  var options = ClientOptions()
  /// The values of query parameters as the client spelled them.
  var parameters: [String: String] = [:]
  /// The client's name for the request.
  var clientRequestID: String
  /// The server's.
  var activityID = GUID.random().text

  /// Reads the JSON body of a request.
  ///
  /// - Throws: a `WireError` that says what is missing.
  init(_ endpoint: Endpoint, body: [UInt8], clientRequestID: String) throws {
    guard let text = String(validating: body, as: UTF8.self), let json = JSONText.parseTree(text), case .object = json else {
      throw WireError.badRequest("the body of the request must be a JSON object with `db` and `csl`")
    }
    try self.init(
      endpoint, text: json.member("csl")?.string, database: json.member("db")?.string, properties: json.member("properties"),
      clientRequestID: clientRequestID)
  }

  /// - Parameter properties: an object, JSON text, or nothing.
  init(_ endpoint: Endpoint, text: String?, database: String?, properties: Dynamic?, clientRequestID: String) throws {
    guard let text, !text.allSatisfy(\.isWhitespace) else {
      throw WireError.badRequest("the request has no query: `csl` is missing or empty")
    }
    self.endpoint = endpoint
    self.text = text
    self.database = database ?? ""
    self.clientRequestID = clientRequestID
    var given = properties ?? .null
    if case .string(let written) = given {
      guard let read = written.isEmpty ? .null : JSONText.parseTree(written) else {
        throw WireError.badRequest("`properties` is text, but not JSON")
      }
      given = read
    }
    try options.read(given.member("options") ?? .null)
    for (name, value) in given.member("parameters")?.members ?? [] { parameters[name] = value.spelling }
  }

  /// Whether it only asks what the server has or ends a query, which must work while queries keep the server busy.
  var isAboutServer: Bool {
    guard let command = CommandText(text) else { return false }
    return ShownTable.all.contains { shown in shown.patterns.contains { command.names(by: $0) != nil } }
  }

  /// The values of the parameters that a text declares, as a session reads them.
  ///
  /// Clients write a value in one of two ways, as it is or as a KQL literal: `41` or `long(41)`, `1h` or `timespan(01:00:00)`.
  /// A string that is one whole KQL literal is read as that literal, and is taken as it is otherwise.
  func parameterTexts(for statements: [StatementSyntax]) -> [String: String] {
    var texts = parameters
    for case .declareQueryParameters(let declared) in statements {
      for parameter in declared.parameters {
        guard case .scalar(let type, _) = parameter.kind, let text = texts[parameter.name.text] else { continue }
        texts[parameter.name.text] = Self.plain(text, ScalarType(type.type))
      }
    }
    return texts
  }

  private static func plain(_ text: String, _ type: ScalarType) -> String {
    if type == .string { return literalString(text) ?? text }
    let trimmed = text.trimmingCharacters
    guard trimmed.hasSuffix(")"), let open = trimmed.firstIndex(of: "("),
      let named = ScalarType(name: trimmed[..<open].trimmingCharacters.lowercased()),
      named == type || type == .dynamic && named == .dynamic
    else { return text }
    return trimmed[trimmed.index(after: open)...].dropLast().trimmingCharacters
  }

  /// The value of a text that is a KQL string literal; nil for other texts.
  private static func literalString(_ text: String) -> String? {
    guard let first = text.first(where: { !$0.isWhitespace }), "\"'@hH".contains(first) else { return nil }
    let parsed = parse("print " + text)
    guard !parsed.hasErrors, parsed.script.statements.count == 1, case .query(let statement)? = parsed.script.statements.first,
      statement.query.operators.isEmpty, case .print(let print) = statement.query.source, print.columns.count == 1,
      case .literal(let literal) = print.columns[0].expression, case .string(let value, _) = literal.value
    else { return nil }
    return value
  }
}

extension StringProtocol {
  /// The text without white space at its ends.
  var trimmingCharacters: String {
    let head = drop { $0.isWhitespace }
    return String(head.reversed().drop { $0.isWhitespace }.reversed())
  }
}

extension Dynamic {
  /// The members of an object.
  var members: [(key: String, value: Dynamic)]? { if case .object(let members) = self { members } else { nil } }

  /// The member of an object by its name in any case.
  func member(_ name: String) -> Dynamic? { members?.first { $0.key.lowercased() == name }?.value }

  var string: String? { if case .string(let text) = self { text } else { nil } }

  /// A text as it is, and anything else as JSON.
  var spelling: String { string ?? json }

  /// True for `true`, `1` and their texts.
  var isTrue: Bool {
    switch self {
    case .bool(let flag): flag
    case .long(let number): number != 0
    case .string(let text): text.lowercased() == "true" || text == "1"
    default: false
    }
  }

  /// The whole number that this is, or that its text is.
  var wholeNumber: Int? {
    switch self {
    case .long(let number): Int(number)
    case .real(let number): Int(exactly: number.rounded())
    case .string(let text): Int(text)
    default: nil
    }
  }
}

extension GUID {
  /// In lower case.
  var text: String {
    var buffer = ByteBuffer()
    print(to: &buffer)
    return buffer.string
  }

  /// A random identifier, version 4.
  static func random() -> GUID {
    var generator = SystemRandomNumberGenerator()
    return GUID(
      high: generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
      low: generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }
}

import PlumbEngine

/// Something that an investigator did.
package struct RouteEntry: Sendable, Equatable {
  package enum Kind: String, Sendable {
    case query, hint, answer, mitigation, advance, note, event
  }

  package var kind: Kind
  /// When it was done, in ticks of the machine's clock, and the world's clock then.
  package var at: Int64
  package var clock: Int64
  package var text: String
  package var rows: Int?
  package var error: String?
  /// Where it came from: `shell`, `script`, or `agent`.
  package var via: String
  package var isPasted = false

  package init(_ kind: Kind, _ text: String, at: Int64, clock: Int64, rows: Int? = nil, error: String? = nil, via: String) {
    self.kind = kind
    self.text = text
    self.at = at
    self.clock = clock
    self.rows = rows
    self.error = error
    self.via = via
  }

  /// The entry as JSON.
  package var json: String {
    var members: [(key: String, value: Dynamic)] = [
      ("kind", .string(kind.rawValue)), ("at", .long(at)), ("clock", .long(clock)), ("text", .string(text)), ("via", .string(via)),
    ]
    if let rows { members.append(("rows", .long(Int64(rows)))) }
    if let error { members.append(("error", .string(error))) }
    if isPasted { members.append(("pasted", .bool(true))) }
    return Dynamic.object(members).json
  }

  /// - Returns: nil for other texts.
  package init?(json: String) {
    guard let tree = JSONText.parseTree(json), case .string(let word)? = tree["kind"], let kind = Kind(rawValue: word),
      case .long(let at)? = tree["at"], case .long(let clock)? = tree["clock"], case .string(let text)? = tree["text"]
    else { return nil }
    var via = ""
    if case .string(let word)? = tree["via"] { via = word }
    self.init(kind, text, at: at, clock: clock, via: via)
    if case .long(let count)? = tree["rows"] { rows = Int(count) }
    if case .string(let message)? = tree["error"] { error = message }
    isPasted = tree["pasted"] == .bool(true)
  }

  var isSuccess: Bool { error == nil }
}

import PlumbEngine

/// Something that an investigator did.
package struct RouteEntry: Sendable, Equatable {
  package enum Kind: String, Sendable {
    case query, hint, answer, mitigation, advance, note, event, timer
  }

  package var kind: Kind
  /// When it was done, in ticks of the machine's clock, and the world's clock then.
  package var at: Int64
  package var clock: Int64
  package var text: String
  package var rows: Int?
  package var error: String?
  /// Where it came from: `shell`, `script`, `agent`, `server`, `interviewer` or `timer`.
  package var via: String
  /// How many characters of the text were pasted.
  package var pasted = 0
  /// The agent's tool.
  package var tool: String?

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
    if pasted > 0 { members.append(("pasted", .long(Int64(pasted)))) }
    if let tool { members.append(("tool", .string(tool))) }
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
    if case .long(let count)? = tree["pasted"] { pasted = Int(count) }
    if case .string(let name)? = tree["tool"] { tool = name }
  }

  var isSuccess: Bool { error == nil }

  /// Whether an agent asked it.
  package var isAgents: Bool { via == "agent" }

  /// What a transcript says of the entry before its text.
  ///
  /// - Parameter before: the entry before it; a pause of two minutes or more is mentioned.
  package func heading(_ number: Int, after before: RouteEntry?) -> String {
    var head = "\(number). \(CaseReport.time(at)) \(kind.rawValue)"
    if via != "shell" { head += " (\(tool.map { "\(via), \($0)" } ?? via))" }
    if pasted > 0 { head += pasted * 10 >= text.count * 8 ? " (pasted)" : " (\(pasted) of \(text.count) characters pasted)" }
    if let rows { head += ", \(rows) \(rows == 1 ? "row" : "rows")" }
    if let error { head += ", failed: \(error)" }
    if let before, case let minutes = (at - before.at) / 600_000_000, minutes >= 2 { head += ", after \(minutes) minutes" }
    return head
  }
}

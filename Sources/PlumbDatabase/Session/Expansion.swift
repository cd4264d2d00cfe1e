import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// A call of a table function in a text, and the plain KQL that replaces it.
struct Expansion: Hashable {
  enum Form: Hashable {
    /// Where the query's rows come from.
    case source
    /// A step after a pipe.
    case step
    /// A call after `invoke`.
    case invoked
  }
  let name: String
  private(set) var span: SourceSpan
  let form: Form
  /// Nil when the function has a computation of its own.
  let text: String?

  init(name: String, span: SourceSpan, form: Form, text: String?) {
    self.name = name
    self.span = span
    self.form = form
    self.text = text
  }

  /// The same call, moved that many bytes later in its text.
  func moved(by bytes: Int) -> Expansion {
    var moved = self
    moved.span = SourceSpan(span.lower + bytes, span.upper + bytes)
    return moved
  }
}

extension Session {
  /// The text with plain KQL in place of words such as `lineage downstream of X` and of calls of the same table
  /// functions, formatted; a text without them is formatted only.
  ///
  /// Functions without equivalent KQL stay, with a comment that says so.
  ///
  /// - Throws: `Diagnostics` when the text is wrong.
  package func expanded(_ text: String) throws -> String {
    let (text, found) = try onLargeStack { try expansions(in: text) }
    var places: [SourceSpan: Set<Expansion>] = [:]
    for expansion in found { places[expansion.span, default: []].insert(expansion) }
    var notes: [String] = []
    var used: [Expansion] = []
    for (span, same) in places.sorted(by: { $0.key.lower < $1.key.lower }) {
      guard let first = same.first else { continue }
      if same.count > 1 {
        notes.append("// `\(first.name)` is called with several values here, so it stays as it is.")
      } else if first.text == nil {
        notes.append("// `\(first.name)` is computed by Plumb itself; it has no equivalent in plain KQL.")
      } else if used.last.map({ $0.span.upper <= span.lower }) ?? true {
        used.append(first)
      }
    }
    let spliced = flattened(text, used) ?? withFunctions(text, used)
    let result = onLargeStackOrNil { () -> String in
      let parsed = parse(spliced)
      return parsed.hasErrors ? spliced : print(parsed.script)
    } ?? spliced
    return (Array(Set(notes)).sorted() + [result]).joined(separator: "\n")
  }

  private func onLargeStackOrNil<Result>(_ body: () -> Result) -> Result? {
    try? onLargeStack { body() }
  }

  /// A text of one query with one expansion, the statements before the query at the top; nil if their names could
  /// mean something else in the rest, or if there is more than one expansion.
  private func flattened(_ text: String, _ used: [Expansion]) -> String? {
    guard used.count == 1, let only = used.first, let inner = only.text else { return nil }
    let outer = parse(text), parts = parse(inner)
    guard !outer.hasErrors, !parts.hasErrors, outer.script.statements.count == 1,
      case .query(let statement)? = outer.script.statements.first,
      case .query(let query)? = parts.script.statements.last
    else { return nil }
    let bytes = Array(text.utf8), innerBytes = Array(inner.utf8)
    func part(_ bytes: [UInt8], _ lower: Int, _ upper: Int) -> String {
      let start = min(max(0, lower), bytes.count)
      return String(decoding: bytes[start..<min(max(start, upper), bytes.count)], as: UTF8.self)
    }
    let before = part(bytes, 0, only.span.lower), after = part(bytes, only.span.upper, bytes.count)
    var names: [String] = []
    for step in parts.script.statements.dropLast() {
      guard case .letBinding(let binding) = step else { return nil }
      names.append(binding.name.text)
    }
    if names.contains(where: { before.contains($0) || after.contains($0) }) { return nil }
    let prelude = part(innerBytes, 0, query.span.lower)
    var body = part(innerBytes, query.span.lower, query.span.upper)
    switch only.form {
    case .source:
      guard statement.query.source.span.lower == only.span.lower else { return nil }
    case .step:
      // The rows before the pipe can replace the only `input`.
      guard case .name(let source) = query.query.source, source.text == "input", let first = query.query.operators.first,
        inner.ranges(of: "input").count == 1
      else { return nil }
      body = part(innerBytes, first.span.lower, query.span.upper)
    case .invoked: return nil
    }
    return prelude + before + body + after
  }

  /// The text with a function for each expansion, so that its names stay separate.
  private func withFunctions(_ text: String, _ used: [Expansion]) -> String {
    var bytes = Array(text.utf8)
    var definitions: [String] = []
    for (index, expansion) in used.enumerated().reversed() {
      guard let body = expansion.text else { continue }
      var name = "\(expansion.name)_\(index + 1)"
      while text.contains(name) { name += "_" }
      let parameters = expansion.form == .source ? "()" : "(input: (*))"
      definitions.append("let \(name) = \(parameters) {\n\(body)\n};\n")
      let call = expansion.form == .step ? "invoke \(name)()" : "\(name)()"
      let lower = min(max(0, expansion.span.lower), bytes.count)
      bytes.replaceSubrange(lower..<min(max(lower, expansion.span.upper), bytes.count), with: call.utf8)
    }
    return definitions.reversed().joined() + String(decoding: bytes, as: UTF8.self)
  }
}

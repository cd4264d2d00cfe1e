import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

extension ConsoleAction {
  /// Commands about the last results, and queries that are kept.
  static let ofRecent: [ConsoleAction] = [
    ConsoleAction(".run") { command, conversation in
      guard let shell = conversation.host.shell else { return }
      guard let number = Int(command.text("N")), number > 0 else { throw usage(command, "`.run` needs the number of a query") }
      guard let answer = shell.lastAnswer, let place = answer.schema.firstIndex(where: { $0.name == "query" && $0.type == .string }) else {
        throw Diagnostic(
          "no-queries", "the last result has no queries to run", at: command.span,
          help: "`why PIPELINE` answers with queries that show the evidence")
      }
      let rows = answer.texts(limit: 1000)
      guard rows.indices.contains(number - 1), !rows[number - 1][place].isEmpty else {
        throw Diagnostic("no-queries", "the last result has \(rows.count) quer\(rows.count == 1 ? "y" : "ies")", at: command.span)
      }
      let query = rows[number - 1][place]
      Console.writeOut(VisibleText.string(query))
      shell.runTyped(query)
    },
    ConsoleAction(".copy") { command, conversation in
      guard let answer = conversation.host.shell?.lastAnswer else { throw noResult(command) }
      let name = command.text("FORMAT")
      guard let format = Formats.named(name.isEmpty ? "tsv" : name) ?? (name.isEmpty ? .csv : nil) else { throw Formats.unknown(name) }
      if format.isBinary { throw usage(command, "\(name) is not text, so it cannot be copied") }
      var bytes: [UInt8] = []
      let sink = ByteSink { bytes.append(contentsOf: $0) }
      let writer = format.writer(to: sink, options: FormatOptions())
      _ = try writer.write(answer)
      try writer.finish()
      try sink.flush()
      // Terminals drop longer sequences, most of them at 100,000 bytes.
      guard bytes.count <= 74_000 else {
        throw Diagnostic(
          "too-large", "the result has \(NumberText.grouped(bytes.count)) bytes, more than the 74,000 that terminals accept for the clipboard",
          at: command.span, help: "copy fewer rows, or write a file with `.once result.csv`")
      }
      Console.setClipboard(base64: Base64.text(of: bytes))
      Console.say("\(NumberText.grouped(answer.rowCount)) row\(answer.rowCount == 1 ? "" : "s") copied as \(format.name); the terminal must support OSC 52")
    },
    ConsoleAction(".diff") { command, conversation in
      guard let shell = conversation.host.shell, let now = shell.lastAnswer else { throw noResult(command) }
      guard let before = shell.answerBeforeLast else {
        throw Diagnostic("no-result", "there is only one result, so there is nothing to compare it with", at: command.span, help: "run the query again")
      }
      let difference = try ResultDifference(before: before, now: now)
      if difference.rows.isEmpty { return Console.say("no difference: both results have the same \(NumberText.grouped(now.rowCount)) rows") }
      try conversation.show([try Answer(Table(name: "difference", schema: difference.schema, rows: difference.rows))])
      Console.say(difference.sentence)
    },
    ConsoleAction(".keep") { command, conversation in
      let name = command.text("NAME")
      guard KQLName.inQuery(name) == name, !name.isEmpty else { throw usage(command, "`.keep` needs a name of letters, digits and underscores") }
      let (parameters, body) = try KeptQuery.parts(of: conversation.lastQuery)
      _ = try conversation.answers(
        to: ".create-or-alter function with (folder = \"\(KeptQuery.folder)\") \(name)(\(parameters)) {\n\(body)\n}")
      let place = conversation.workspace.store == nil ? "for this session; `.save FILE.plumb` keeps it longer" : "in the workspace"
      Console.say("kept as `\(name)` \(place); run it with `\(name)(\(parameters.isEmpty ? "" : "..."))`")
    },
    ConsoleAction(".queries") { _, conversation in
      let kept = conversation.workspace.catalog.storedFunctions.filter { $0.folder == KeptQuery.folder }
      if kept.isEmpty { return Console.say("no query is kept yet; `.keep NAME` keeps the last one") }
      let lines = kept.map { function in
        let body = function.body.drop { $0 == "{" || $0.isWhitespace }.split(separator: "\n").joined(separator: " ")
        let text = String(body.reversed().drop { $0 == "}" || $0.isWhitespace }.reversed())
        return "\(function.name)\(function.parameters)  \(text)"
      }
      let width = (Console.columns ?? 120) - 1
      try conversation.host.write(
        lines.map { $0.count > width ? String($0.prefix(width - 1)) + (Console.isASCII ? "~" : "…") : $0 }.joined(separator: "\n"), isLong: true)
    },
  ]

  private static func noResult(_ command: CommandSyntax) -> Diagnostic {
    Diagnostic("no-result", "no query has run yet", at: command.span, help: "run a query first")
  }
}

/// A query as the body of a stored function.
enum KeptQuery {
  static let folder = "queries"

  /// The parameters that the query declares, and the rest of its text.
  ///
  /// - Throws: a diagnostic if there is no query, or it has mistakes.
  static func parts(of query: String) throws -> (parameters: String, body: String) {
    guard !query.isEmpty else { throw Diagnostic("no-query", "no query has run yet", help: "run a query first") }
    let parsed = parse(query)
    if parsed.hasErrors { throw Diagnostic("no-query", "the last query has mistakes, so it cannot be kept") }
    let bytes = Array(query.utf8)
    var parameters = ""
    var body = query
    for case .declareQueryParameters(let node) in parsed.script.statements {
      let text = String(decoding: bytes[node.span.lower..<node.span.upper], as: UTF8.self)
      if let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close {
        parameters = String(text[text.index(after: open)..<close])
      }
      body = String(decoding: bytes[node.span.upper...], as: UTF8.self)
    }
    let trimmed = body.drop { $0.isWhitespace || $0 == ";" }
    return (parameters, String(trimmed.reversed().drop { $0.isWhitespace || $0 == ";" }.reversed()))
  }
}

/// Which rows came, went and changed between two results with the same columns.
///
/// If the values of the first column are unique in both, they identify a row, so that another value in it is a change.
struct ResultDifference {
  private(set) var rows: [[Value]] = []
  let schema: Schema
  private var added = 0, removed = 0, changed = 0

  private static let mostRows = 100_000

  init(before: Answer, now: Answer) throws {
    guard before.schema.map(\.name) == now.schema.map(\.name) else {
      throw Diagnostic(
        "other-columns", "the two results have other columns: \(before.schema.prefix(6).map(\.name).joined(separator: ", ")) and \(now.schema.prefix(6).map(\.name).joined(separator: ", "))",
        help: "run the same query twice")
    }
    guard max(before.rowCount, now.rowCount) <= Self.mostRows else {
      throw Diagnostic("too-large", "the results have more than \(NumberText.grouped(Self.mostRows)) rows", help: "summarize them first")
    }
    schema = [ColumnInfo("change", .string)] + now.schema.map { ColumnInfo($0.name == "change" ? "change_" : $0.name, .string) }
    let old = before.texts(limit: .max), new = now.texts(limit: .max)
    func isKey(_ rows: [[String]]) -> Bool { Set(rows.map { $0.first ?? "" }).count == rows.count }
    if now.schema.count > 1, isKey(old), isKey(new) {
      let earlier = Dictionary(old.map { ($0[0], $0) }, uniquingKeysWith: { first, _ in first })
      let later = Set(new.map { $0[0] })
      for row in new {
        guard let was = earlier[row[0]] else {
          add("added", row)
          continue
        }
        if was != row { add("changed", zip(was, row).map { $0 == $1 ? $1 : "\($0) -> \($1)" }) }
      }
      for row in old where !later.contains(row[0]) { add("removed", row) }
    } else {
      var counts: [[String]: Int] = [:]
      for row in old { counts[row, default: 0] += 1 }
      for row in new {
        if let count = counts[row], count > 0 { counts[row] = count - 1 } else { add("added", row) }
      }
      for row in old {
        guard let count = counts[row], count > 0 else { continue }
        counts[row] = count - 1
        add("removed", row)
      }
    }
  }

  private mutating func add(_ change: String, _ cells: [String]) {
    rows.append(([change] + cells).map { .string($0) })
    switch change {
    case "added": added += 1
    case "removed": removed += 1
    default: changed += 1
    }
  }

  /// How many rows differ.
  var sentence: String { "(\(added) added, \(removed) removed, \(changed) changed)" }
}

import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbSyntax

/// A query that is repeated.
struct Watch {
  private let interval: Double
  /// The interval as it was typed.
  private let every: String
  private let prepared: [StatementSyntax]
  /// A query, or a command that has rows.
  private let query: StatementSyntax
  private let condition: ExpressionSyntax?

  init(_ command: CommandSyntax) throws {
    guard case .literal(let literal)? = command.expression("5s"),
      let ticks = TimeSpan.parse(print(.literal(literal))), ticks >= TimeSpan.second / 10, ticks <= TimeSpan.day
    else { throw ConsoleAction.usage(command, "`.watch` needs a time from 100ms to 1d and a query") }
    guard let embedded = command.query("QUERY") else { throw ConsoleAction.usage(command, "`.watch` needs a query") }
    if case .query(let statement) = embedded.result, statement.mode != .run {
      throw ConsoleAction.usage(command, "`.watch` needs a query that is run")
    }
    interval = Double(ticks) / Double(TimeSpan.millisecond)
    every = print(.literal(literal))
    prepared = embedded.statements
    query = embedded.result
    condition = command.expression("CONDITION")
  }

  /// Asks whether a row of the query meets the condition.
  private func question(_ condition: ExpressionSyntax) -> StatementSyntax {
    let steps: [any OperatorNode] = [WhereSyntax(predicate: condition), TakeSyntax(count: 1, at: condition.span)]
    switch query {
    case .query(var question):
      question.query.operators += steps
      return .query(question)
    case .command(var question):
      question.pipes += steps
      return .command(question)
    case .letBinding, .setOption, .declareQueryParameters, .declarePattern, .aliasDatabase, .restrictAccess: return query
    }
  }

  /// Ctrl-C ends it, whatever is running.
  func run(in conversation: Conversation) throws {
    let stop = StopFlag()
    let chosen = (conversation.settings.usesPager, conversation.settings.rowLimit)
    defer { (conversation.settings.usesPager, conversation.settings.rowLimit) = chosen }
    // Only one screen can be watched.
    conversation.settings.usesPager = false
    try Interrupts.shared.handling(repeatable: true, { stop.set() }) {
      try run(in: conversation) { stop.isSet || Interrupts.shared.wasTaken }
    }
    // The terminal shows the Ctrl-C itself, and the prompt starts a new line.
    if stop.isSet, Console.outputIsTerminal { Console.writeOut("") }
  }

  private func run(in conversation: Conversation, isStopped: () -> Bool) throws {
    var before: [[String]]?
    let limit = conversation.settings.rowLimit
    defer { conversation.settings.marks = [] }
    while true {
      let answers = try conversation.answers(to: prepared + [query])
      if isStopped() { return }
      var isMet = false
      if let condition {
        let met = try conversation.answers(to: prepared + [question(condition)])
        if isStopped() { return }
        isMet = (met.last?.rowCount ?? 0) > 0
      }
      let cells = answers.last.map { $0.texts(limit: 200) } ?? []
      conversation.settings.marks = Self.changes(from: before, to: cells)
      Console.clearScreen()
      let changed = conversation.settings.marks.count
      if let rows = Console.rows { conversation.settings.rowLimit = min(limit ?? .max, max(3, rows - 8)) }
      Console.say("every \(every)\(before == nil ? "" : ", \(changed) cells changed"); Ctrl-C ends")
      before = cells
      try conversation.show(answers)
      if isMet { return Console.say("the condition is met") }
      let end = Machine.milliseconds + interval
      while !isStopped() && Machine.milliseconds < end { usleep(20_000) }
      if isStopped() { return }
    }
  }

  private static func changes(from before: [[String]]?, to now: [[String]]) -> Set<CellPlace> {
    guard let before else { return [] }
    var marks: Set<CellPlace> = []
    for (row, cells) in now.enumerated() {
      for (column, text) in cells.enumerated() {
        let old = before.indices.contains(row) && before[row].indices.contains(column) ? before[row][column] : nil
        if old != text { marks.insert(CellPlace(row: row, column: column)) }
      }
    }
    return marks
  }
}

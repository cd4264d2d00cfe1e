import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

/// Commands that show what there is: tables, columns, help, history.
extension DotCommand {
  static let help = DotCommand(
    name: ".help", usage: ".help [NAME]", summary: "What there is, or one function, step, chart or command.",
    examples: [".help summarize", ".help bin", ".help .watch"]
  ) { arguments, _ in
    Console.writeOut(arguments.isEmpty ? Help.overview : try Help.text(for: arguments[0]))
  }

  static let tables = DotCommand(name: ".tables", usage: ".tables", summary: "The tables and their rows.") { (_: [String], shell: Shell) in
    try shell.show([Listing.tables(of: shell.workspace.catalog)])
  }

  static let schema = DotCommand(
    name: ".schema", usage: ".schema TABLE", summary: "The columns of a table.", examples: [".schema runs"]
  ) { arguments, shell in
    guard let name = arguments.first else { throw usage(".schema", "`.schema` needs the name of a table") }
    try shell.show([Listing.columns(ofTable: name, in: shell.workspace.catalog)])
  }

  static let column = DotCommand(
    name: ".column", usage: ".column TABLE.COLUMN", summary: "How the values of a column are spread.",
    examples: [".column runs.status", ".column runs.duration"]
  ) { arguments, shell in
    guard let name = arguments.first, let dot = name.firstIndex(of: ".") else {
      throw usage(".column", "`.column` needs a table and a column")
    }
    try ColumnPicture(table: String(name[..<dot]), column: String(name[name.index(after: dot)...])).show(in: shell)
  }

  static let history = DotCommand(
    name: ".history", usage: ".history [N]",
    summary: "The last queries with their rows and times; the table `history` has them all.", examples: [".history 5"]
  ) { arguments, shell in
    let count = arguments.first.map { Int($0) } ?? 20
    guard let count, count > 0 else { throw usage(".history", "`.history` takes a number above 0") }
    let rows = try shell.log.latest(count)
    try shell.show([try Answer(Table(name: "history", schema: QueryLog.schema, rows: rows.map(\.cells)))])
  }

  static let overview = DotCommand(
    name: ".overview", usage: ".overview", summary: "The state of all pipelines on one screen."
  ) { (_: [String], shell: Shell) in
    try Overview.show(in: shell)
  }
}

/// What `.column` shows: counts, bounds, and a picture of the values.
struct ColumnPicture {
  let table: String
  let column: String

  func show(in shell: Shell) throws {
    let catalog = shell.workspace.catalog
    guard let schema = catalog.schema(ofTable: table) else {
      throw Diagnostic(
        "unknown-table", "there is no table `\(VisibleText.string(table))`",
        help: Suggestion.nearest(to: table, in: catalog.tableNames) ?? "`.tables` lists the tables")
    }
    guard let info = schema.first(where: { $0.name == column }) else {
      throw Diagnostic(
        "unknown-column", "`\(table)` has no column `\(VisibleText.string(column))`",
        help: Suggestion.nearest(to: column, in: schema.map(\.name)) ?? "`.schema \(table)` lists the columns")
    }
    let name = KQLName.inQuery(column)
    let source = KQLName.inQuery(table)
    let isOrdered = info.type.isNumeric || info.type == .datetime || info.type == .timespan
    let bounds = isOrdered ? ", smallest = min(\(name)), largest = max(\(name))" : ""
    let mean = info.type.isNumeric || info.type == .timespan ? ", mean = avg(\(name))" : ""
    let counts = try shell.answers(
      to: """
        \(source) | summarize rows = count(), empty = countif(isempty(tostring(\(name)))), different = dcount(tostring(\(name)))\
        \(bounds)\(mean)
        """)
    var all = counts.map { answer in
      var answer = answer
      answer.visualization = Visualization(kind: "card", properties: ["title": "\(table).\(column): \(info.type.name)"])
      return answer
    }
    all += try shell.answers(to: picture(source, name, isOrdered: isOrdered && info.type != .decimal))
    try shell.show(all)
  }

  /// Values in about twenty bins, or the most frequent ones.
  private func picture(_ source: String, _ name: String, isOrdered: Bool) -> String {
    guard isOrdered else {
      return "\(source) | summarize rows = count() by value = tostring(\(name)) | top 15 by rows | render barchart"
    }
    return """
      let plumb_low = toscalar(\(source) | summarize min(\(name)));
      let plumb_high = toscalar(\(source) | summarize max(\(name)));
      let plumb_width = (plumb_high - plumb_low) / 20;
      \(source) | where isnotnull(\(name))
      | summarize rows = count() by value = iff(plumb_high > plumb_low, plumb_low + bin(\(name) - plumb_low, plumb_width), \(name))
      | sort by value asc | render columnchart
      """
  }
}

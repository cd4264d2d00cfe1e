import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

extension AgentTool {
  /// The tools, in the order in which an agent needs them. To add one, add an element; nothing else needs to know.
  package static let all: [AgentTool] = [query, schema, values, risk, why, lineage, changes]

  private static let limit = Parameter("limit", .count, "The maximum number of rows to return (default: 100).")

  private static let query = AgentTool(
    name: "query", title: "Run KQL",
    summary: """
      Runs a query in the Kusto Query Language (KQL) and returns its rows. Begin with a table and add steps after |, such as \
      `runs | where started > ago(1d) and status == "failed" | summarize failures = count() by pipeline | top 10 by failures`. \
      `let` statements and // comments are allowed; commands that change something are refused. Summarize in the query instead of \
      reading many rows. Call `schema` first to see the tables.
      """,
    parameters: [Parameter("kql", .text, "The query.", isRequired: true), limit]
  ) { arguments, _ in try arguments.requiredText("kql") }

  private static let schema = AgentTool(
    name: "schema", title: "Show tables and columns",
    summary: "Lists the tables with their columns and types; with `table`, lists the columns of one table with an example value of each.",
    parameters: [Parameter("table", .text, "The table to describe (default: list all tables).")]
  ) { arguments, context in
    guard let table = try arguments.text("table") else {
      let rows = context.tables.map { name, schema in
        let columns = schema.map { "\(KQLName.inQuery($0.name)):\($0.type.name)" }.joined(separator: ", ")
        return "\(KQLText.string(name)), \(KQLText.string(columns))"
      }
      if rows.isEmpty { return "datatable(table: string, columns: string)[]" }
      return "datatable(table: string, columns: string)[\n\(rows.joined(separator: ",\n"))]"
    }
    let columns = try context.schema(of: table)
    let picks = columns.indices.map { "e\($0) = take_any(tostring(\(KQLName.inQuery(columns[$0].name))))" }
    let rest = columns.indices.map { "\(KQLText.string(columns[$0].name)), \(KQLText.string(columns[$0].type.name)), e\($0)" }
    return """
      \(KQLName.inQuery(table)) | take 1000
      | summarize \(picks.joined(separator: ", "))
      | project all = pack_array(\(rest.joined(separator: ", ")))
      | mv-expand i = range(0, \(columns.count - 1)) to typeof(long)
      | project column = tostring(all[3 * i]), type = tostring(all[3 * i + 1]), example = substring(tostring(all[3 * i + 2]), 0, 200)
      """
  }

  private static let values = AgentTool(
    name: "values", title: "Show the values of a column",
    summary: """
      Shows what a column contains: the most frequent values with their counts, or the range and quantiles of a column of numbers or \
      times with many values. Use it before you filter by a name, since names must match exactly.
      """,
    parameters: [
      Parameter("column", .text, "The column.", isRequired: true),
      Parameter("table", .text, "The table (default: the only one with such a column, else `runs`)."),
      Parameter("contains", .text, "Only values that contain this text, in any case."), limit,
    ]
  ) { arguments, context in
    let column = try arguments.requiredText("column")
    let table = try table(with: column, named: try arguments.text("table"), context)
    guard let info = try context.schema(of: table).first(where: { $0.name == column }) else {
      throw Diagnostic(
        "unknown-column", "`\(table)` has no column `\(column)`",
        help: Suggestion.nearest(to: column, in: try context.schema(of: table).map(\.name)))
    }
    let source = KQLName.inQuery(table), name = KQLName.inQuery(column)
    if let part = try arguments.text("contains") {
      return "\(source) | where tostring(\(name)) contains \(KQLText.string(part)) | summarize rows = count() by \(name) | sort by rows desc"
    }
    let isOrdered: Bool =
      switch info.type {
      case .int, .long, .real, .decimal, .datetime, .timespan: true
      case .bool, .string, .guid, .dynamic: false
      }
    let counted = "\(source) | summarize rows = count() by \(info.type == .dynamic ? "\(name) = tostring(\(name))" : name) | sort by rows desc"
    guard isOrdered, let distinct = try context.rows("\(source) | summarize dcount(\(name))").first?.first, (Int(distinct) ?? 0) > 60
    else { return counted }
    return """
      \(source) | summarize rows = count(), missing = countif(isnull(\(name))), distinct_values = dcount(\(name)), \
      least = min(\(name)), quantiles = percentiles_array(\(name), 5, 50, 95), most = max(\(name))
      """
  }

  /// The table to look into for a column.
  private static func table(with column: String, named table: String?, _ context: ToolContext) throws -> String {
    if let table { return table }
    let holders = context.tables.filter { $0.schema.contains { $0.name == column } }.map(\.name)
    if let only = holders.first, holders.count == 1 { return only }
    if holders.contains("runs") { return "runs" }
    if let first = holders.first {
      throw Diagnostic(
        "ambiguous-column", "several tables have a column `\(column)`: \(holders.joined(separator: ", "))",
        help: "add the argument `table`, such as `\(first)`")
    }
    let all = context.tables.flatMap { $0.schema.map(\.name) }
    throw Diagnostic("unknown-column", "no table has a column `\(column)`", help: Suggestion.nearest(to: column, in: all))
  }

  private static let risk = AgentTool(
    name: "risk", title: "Predict failures",
    summary: "Predicts which pipelines fail next, with calibrated probabilities and reasons, from their history up to now.",
    parameters: [
      Parameter("top", .count, "The number of pipelines (default: 10)."),
      Parameter("within", .text, "How far to look ahead, such as `2h` (default: the next run)."),
    ]
  ) { arguments, _ in
    let within = try arguments.text("within")
    if let within, TimeSpan.parse(within) == nil {
      throw Diagnostic("argument-type", "`within` must be a time such as `2h` or `30m`, not `\(within)`")
    }
    return "predict risk\(within.map { " within \($0)" } ?? "") | top \(try arguments.count("top") ?? 10) by risk | project-away path, flip"
  }

  private static let why = AgentTool(
    name: "why", title: "Explain a failing pipeline",
    summary: """
      Lists possible causes why a pipeline fails or is degraded, most likely first, each with its evidence and the query that shows it. \
      Check the evidence with `query` before you rely on it.
      """,
    parameters: [
      Parameter("pipeline", .text, "The name of the pipeline.", isRequired: true),
      Parameter("at", .text, "The time to explain, such as `2026-04-01T12:00:00Z` (default: now)."),
    ]
  ) { arguments, _ in
    let moment = try arguments.text("at").map { ", \(try time($0, argument: "at"))" } ?? ""
    return "why(\(KQLText.string(try arguments.requiredText("pipeline")))\(moment))"
  }

  private static let lineage = AgentTool(
    name: "lineage", title: "Follow dependencies",
    summary: "Lists the pipelines that a pipeline depends on (upstream) or that depend on it (downstream), with distance, path, tier and status.",
    parameters: [
      Parameter("pipeline", .text, "The name of the pipeline.", isRequired: true),
      Parameter("direction", .choice(["upstream", "downstream"]), "Which way to follow (default: downstream)."),
      Parameter("hops", .count, "The maximum distance (default: unlimited)."), limit,
    ]
  ) { arguments, _ in
    let direction = try arguments.choice("direction", of: ["upstream", "downstream"]) ?? "downstream"
    let depth = try arguments.count("hops").map { ", \($0)" } ?? ""
    return "lineage_\(direction)(\(KQLText.string(try arguments.requiredText("pipeline")))\(depth)) | sort by depth asc, pipeline asc"
  }

  private static let changes = AgentTool(
    name: "changes", title: "Compare two periods",
    summary: """
      Finds what changed in runs between two periods: volumes, failures, durations and delays, by the columns that explain the change \
      most. By default it compares the last day with the day before.
      """,
    parameters: [
      Parameter("before", .text, "The earlier period, as two times with .. between them, such as `ago(2d) .. ago(1d)`."),
      Parameter("after", .text, "The later period, such as `ago(1d) .. now()`."),
      Parameter("by", .list, "Columns that may explain the change, such as source or pipeline (default: all that fit)."), limit,
    ]
  ) { arguments, context in
    let before = try period(try arguments.text("before") ?? "ago(2d) .. ago(1d)", argument: "before")
    let after = try period(try arguments.text("after") ?? "ago(1d) .. now()", argument: "after")
    let columns = try arguments.texts("by")
    let by = columns.isEmpty ? "" : " by \(columns.map { KQLName.inQuery($0) }.joined(separator: ", "))"
    return "compare (\(before)) with (\(after))\(by)"
  }

  /// A period as KQL.
  private static func period(_ text: String, argument: String) throws -> String {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false).map { $0.filter { $0 != "\n" } }
    guard ends.count == 2 else {
      throw Diagnostic(
        "argument-type", "`\(argument)` must be two times with .. between them, not `\(text)`", help: "such as `ago(2d) .. ago(1d)`")
    }
    return "\(try time(ends[0], argument: argument)) .. \(try time(ends[1], argument: argument))"
  }

  /// A time as KQL: a datetime in any of its forms, or an expression such as `ago(2d)`.
  private static func time(_ text: String, argument: String) throws -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if let ticks = DateTime.parse(words) { return "datetime(\(DateTime.text(ticks)))" }
    guard words.hasSuffix(")"), !words.contains("|"), !words.contains(";") else {
      throw Diagnostic(
        "argument-type", "`\(argument)` must have times such as `2026-04-01T12:00:00Z` or `ago(2d)`, not `\(words)`")
    }
    return words
  }
}

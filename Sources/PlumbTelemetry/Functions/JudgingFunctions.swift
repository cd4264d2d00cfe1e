import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine

extension TableFunction {
  /// The table functions of `slow`, `stale`, `volume`, `why` and `compare`, over the tables of the catalog.
  package static let judging: [TableFunction] = [
    judgement("slow", "Finds pipelines that take longer than usual, as of `as_of`.") { $0.slow(asOf: $1) },
    judgement("stale", "Finds pipelines whose last success is older than usual, as of `as_of`.") {
      $0.stale(asOf: $1)
    },
    judgement("volume", "Finds pipelines that read more or fewer records than usual, as of `as_of`.") {
      $0.volume(asOf: $1)
    },
    TableFunction(
      "compare", "Finds what changed in runs between two time windows, `start` to `end` and `other_start` to "
        + "`other_end`, by the columns in `by`.",
      "start, end, other_start, other_end, [by]", examples: ["compare(ago(2d), ago(1d), ago(1d), now(), by = \"source\")"],
      tells: .judgement, ranking: "score"
    ) { call in
      var arguments = TableArguments(call)
      let windows = [try arguments.window("start", "end"), try arguments.window("other_start", "other_end")]
      let names = try arguments.strings("by")
      let span = arguments.span
      try arguments.finish()
      return .kql(
        try located(names == nil ? call.span : span) {
          try AnomalyTables(call).compare(windows[0], windows[1], by: names)
        })
    },
    TableFunction(
      "why", "Explains why `pipeline` is failing or degraded at the time `at`: causes, most likely first.",
      "pipeline, [at]", examples: [#"why("office-exchange-westeurope")"#], tells: .cause, columns: WhyAnswer.schema, ranking: "score", presentation: .cause
    ) { call in
      var arguments = TableArguments(call)
      let named = try call.inputNamesPipelines() ? nil : arguments.name("pipeline")
      let span = arguments.span
      let moment = try arguments.moment("at") ?? call.now
      try arguments.finish()
      let tables = try located(span) { try AnomalyTables(schema: call.schema(ofTable:)) }
      return { run in
        var name = named?.text
        if name == nil {
          let names = try run.inputPipelines()
          name = names.first
          if names.count != 1 {
            throw Diagnostic(
              "argument-types", "`why` takes one pipeline, but the rows before the pipe name \(names.count)", at: span)
          }
        }
        return try located(span) {
          try WhyQuestion(name ?? "", at: moment, tables).answer(context: run.context) { try run.run($0) }
        }
      }
    },
  ]

  private static func judgement(
    _ name: String, _ summary: String, _ text: @escaping @Sendable (AnomalyTables, Int64?) -> String
  ) -> TableFunction {
    TableFunction(
      name, summary, "[as_of]", examples: ["\(name)()", "\(name)(as_of = ago(1d))"], tells: .judgement, ranking: "score",
      presentation: .judgement
    ) { call in
      var arguments = TableArguments(call)
      let moment = try arguments.moment("as_of")
      try arguments.finish()
      let now = call.now
      return .kql(text(try AnomalyTables(call), moment)) { try remark(on: name, at: moment ?? now, $0) }
    }
  }

  /// Explains why a judgement has no data to work with, if that is obvious: too few runs, or runs at other times.
  private static func remark(on name: String, at moment: Int64, _ run: TableFunction.Run) throws {
    guard let runs = try run.table(named: "runs"), runs.rowCount < 100_000 else { return }
    let found = try run.run(
      """
      runs
      | where isnotnull(started)
      | summarize runs = count(), last = max(started) by pipeline
      | summarize most = max(runs), last = max(last)
      """)
    guard let group = found.groups.first, group.count == 1 else { return }
    let (most, last) = (try group.column(0), try group.column(1))
    let days: Int64 = 35 * 864_000_000_000
    let least = name == "stale" ? 6 : 20
    if most.isEmptyCell(at: 0) || last.isEmptyCell(at: 0) {
      run.context.remark("no run has a start time, so `\(name)` finds nothing")
    } else if last.word(at: 0) < moment - days {
      var text = ByteBuffer()
      DateTime.print(last.word(at: 0), to: &text)
      run.context.remark(
        "`\(name)` looks at the 35 days before now(), but the last run started at \(text.string); use `--now` to look back")
    } else if most.word(at: 0) < least {
      run.context.remark(
        "`\(name)` needs \(least) runs of a pipeline to know what is usual; no pipeline has more than \(most.word(at: 0))")
    }
  }
}

extension AnomalyTables {
  /// Creates a view of what the catalog offers for judgements.
  init(_ call: TableFunction.Call) throws { try self.init(input: call.input, schema: call.schema(ofTable:)) }
}

extension TableArguments {
  /// Parses two times, the second of which is later.
  fileprivate mutating func window(_ start: String, _ end: String) throws -> ComparedWindow {
    let moments = try [start, end].map { name in
      guard let moment = try moment(name) else { throw wrong("`\(name)` is missing: expected a datetime such as `ago(2d)`") }
      return moment
    }
    return try located(span) { try ComparedWindow(start: moments[0], end: moments[1]) }
  }
}

/// Sets the location of diagnostics that `body` throws without one to `span`.
private func located<Result>(_ span: SourceSpan, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch var diagnostic as Diagnostic {
    if diagnostic.span == nil { diagnostic.span = span }
    throw diagnostic
  }
}

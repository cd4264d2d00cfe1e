import PlumbDatabase
import PlumbEngine

/// The steps of the tour: from the first question to the cause of a failure.
enum TourSteps {
  static func make(for story: TourCase) -> [Tour.Step] {
    [
      Tour.Step(
        title: "what there is",
        text: "Plumb has opened a living world of pipelines. `.tables` lists its tables.", hint: ".tables",
        isDone: { $0.text.hasPrefix(".tables") },
        lesson: "`pipelines` has a row for each pipeline as it is now, `runs` one for each attempt to run."),
      Tour.Step(
        title: "a first look",
        text: "A query begins with a table; each step after a | works on the rows before it. Look at five pipelines.",
        hint: "pipelines | take 5",
        isDone: { deed in deed.has("name", in: "pipelines") && deed.rows > 0 && deed.rows <= 20 },
        lesson: "`| where`, `| sort by`, `| project` and the rest go on from here. TAB completes all of them."),
      Tour.Step(
        title: "mistakes are cheap",
        text: "Misspell a step or a column on purpose, and see what comes back.", hint: "pipelines | wher status == \"failed\"",
        isDone: { $0.error != nil && !$0.text.hasPrefix(".") },
        lesson: "The caret stands under the mistake, and the line below says what would work."),
      Tour.Step(
        title: "who fails",
        text: "Keep the pipelines whose status is \"failed\". TAB after the quote offers the values, with counts.",
        hint: "pipelines | where status == \"failed\"",
        isDone: { deed in deed.has("status", in: "pipelines") && deed.rows > 0 && deed.cells("status").allSatisfy { $0 == "failed" } },
        lesson: "These failed in their last run."),
      Tour.Step(
        title: "count by group",
        text: "Where do runs fail most? Count the failed runs by source.",
        hint: "runs | where status == \"failed\" | summarize count() by source",
        isDone: { deed in deed.has("source", in: "runs") && deed.text.contains("summarize") && deed.rows > 1 },
        lesson: "The result is `_` now: `| sort by count_ desc` alone would go on with it."),
      Tour.Step(
        title: "a picture",
        text: "Draw failed runs over time: `bin(started, 1h)` puts times into hours, `render timechart` draws.",
        hint: "runs | where status == \"failed\" and started > ago(2d) | summarize count() by bin(started, 1h) | render timechart",
        isDone: { deed in deed.answers.contains { $0.visualization != nil } && deed.rows > 1 },
        lesson: "`with (file=\"failures.svg\")` after `timechart` would keep the picture."),
      Tour.Step(
        title: "one pipeline",
        text: "\(story.pipeline) is among those that fail. Look at its latest runs.",
        hint: "runs | where pipeline == \"\(story.pipeline)\" | top 10 by started | project started, status, error_code",
        isDone: { deed in deed.text.contains(story.pipeline) && deed.text.contains("runs") && deed.rows > 0 && deed.error == nil },
        lesson: "Each failed run has an error code and a category."),
      Tour.Step(
        title: "what stands behind it",
        text: "A pipeline fails by itself or because one above it does. See what \(story.pipeline) reads from.",
        hint: "lineage upstream of \(story.pipeline)",
        isDone: { deed in
          deed.error == nil && deed.text.contains(story.pipeline) && (deed.text.contains("edges") || deed.text.contains("lineage"))
        },
        lesson: "`lineage` follows the table `edges`; `lineage downstream of` tells who waits for it."),
      Tour.Step(
        title: "the errors",
        text: "The table `errors` has the details. Count those of \(story.pipeline) in the last day by category.",
        hint: "errors | where pipeline == \"\(story.pipeline)\" and at > ago(1d) | summarize count() by category, code",
        isDone: { deed in deed.has("category", in: "errors") && deed.text.contains(story.pipeline) && deed.rows > 0 },
        lesson: "One category stands out."),
      Tour.Step(
        title: "the cause",
        text: "Name the category of the cause with `.cause WORD`: auth, timeout, schema, dependency, resource, data or vendor.",
        hint: ".cause \(story.category)",
        isDone: { deed in deed.text.lowercased().trimmed == ".cause \(story.category)" || deed.text.trimmed == ".cause \(story.code)" },
        lesson: "\(story.pipeline) fails with \(story.category) errors (\(story.code)). Next time `why \(story.pipeline)` finds the cause, and `predict risk | top 5` tells who is next."),
    ]
  }
}

extension Tour.Deed {
  /// Rows of the last answer.
  var rows: Int { answers.last?.rowCount ?? 0 }

  /// Whether the query asked this table and its answer has the column.
  func has(_ column: String, in table: String) -> Bool {
    error == nil && text.contains(table) && answers.last?.schema.contains { $0.name == column } == true
  }

  /// The first cells of a column of the last answer.
  func cells(_ column: String) -> [String] {
    guard let answer = answers.last, let index = answer.schema.firstIndex(where: { $0.name == column }) else { return [] }
    return answer.texts(limit: 100).compactMap { $0.indices.contains(index) ? $0[index] : nil }
  }
}

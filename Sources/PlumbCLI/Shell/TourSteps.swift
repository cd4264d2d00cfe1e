import PlumbDatabase
import PlumbEngine
import PlumbKit

/// The steps of the tour: from the first query to the cause of a failure.
enum TourSteps {
  /// The step that asks for `.cause`.
  static let causeTitle = "the cause"

  static func make(for story: TourCase) -> [Tour.Step] {
    asking + investigating(story)
  }

  /// How to write queries.
  private static let asking: [Tour.Step] = [
    Tour.Step(
      title: "the tables",
      text: "Plumb has opened a simulated world of pipelines. Type `.tables` and press Enter to see its tables.", hint: ".tables",
      isDone: { $0.error == nil && $0.text.trimmed == ".tables" },
      lesson: "`pipelines` has a row for each pipeline as it is now, `runs` one for each attempt to run. List the columns with `.schema runs`."),
    Tour.Step(
      title: "a first look",
      text: """
        A query begins with a table; each step after a | works on the rows before it. `take 5` keeps five rows: look at five \
        pipelines. (Output longer than the screen opens in a pager: press Space to continue, q to leave.)
        """,
      hint: "pipelines | take 5",
      isDone: { deed in deed.has("name", in: "pipelines") && deed.rows > 0 && deed.rows <= 20 },
      lesson: "`| where`, `| sort by`, `| project` and other operators can follow. TAB completes all of them."),
    Tour.Step(
      title: "errors are harmless",
      text: "Misspell an operator or a column on purpose, and see what happens.", hint: "pipelines | wher status == \"failed\"",
      isDone: { $0.error != nil && !$0.text.hasPrefix(".") },
      lesson: "The carets mark the error, and the line below says what would work. The up arrow brings the query back."),
    Tour.Step(
      title: "who fails",
      text: """
        Keep the pipelines whose status is "failed": `where` takes a condition, and == compares. TAB after the opening quote \
        offers the values, with counts.
        """,
      hint: "pipelines | where status == \"failed\"",
      isDone: { deed in deed.has("status", in: "pipelines") && deed.rows > 0 && deed.cells("status").allSatisfy { $0 == "failed" } },
      lesson: "These failed in their last run. `| project name, owner` would show only these columns, `.mode line` all of them."),
    Tour.Step(
      title: "count by group",
      text: "Where do runs fail most? Count the failed runs by source: `summarize count() by` a column counts groups of rows.",
      hint: "runs | where status == \"failed\" | summarize count() by source",
      isDone: { deed in deed.has("source", in: "runs") && deed.text.contains("summarize") && deed.rows > 1 },
      lesson: "The result is now `_`: the line `| sort by count_ desc` by itself would continue with it."),
    Tour.Step(
      title: "a picture",
      text: """
        Draw the failed runs of the last two days, `started > ago(2d)`, over time: `bin(started, 1h)` groups times by hour to \
        count by, and `| render timechart` draws.
        """,
      hint: "runs | where status == \"failed\" and started > ago(2d) | summarize count() by bin(started, 1h) | render timechart",
      isDone: { deed in deed.error == nil && deed.answers.contains { $0.visualization != nil } && deed.rows > 1 },
      lesson: "`with (file=\"failures.svg\")` after `timechart` would save the picture."),
  ]

  /// From a failing pipeline to the cause.
  private static func investigating(_ story: TourCase) -> [Tour.Step] {
    let isAlone = story.pipeline == story.origin
    let above = Tour.Step(
      title: "what it depends on",
      text: "A pipeline fails by itself or because one upstream does. `lineage upstream of` a pipeline shows what \(story.pipeline) reads from.",
      hint: "lineage upstream of \(story.pipeline)",
      isDone: { deed in
        deed.error == nil && deed.text.contains(story.pipeline) && (deed.text.contains("edges") || deed.text.contains("lineage"))
      },
      lesson: isAlone
        ? "Everything upstream is healthy: the problem is its own."
        : "\(story.origin) is upstream and failed as well. `lineage downstream of` shows which pipelines wait for it.")
    let ownErrors = errors(
      of: story.pipeline, title: "its errors",
      text: "The table `errors` has the details. Count the errors of \(story.pipeline) in the last day, `at > ago(1d)`, by category and code.",
      lesson: isAlone
        ? "One category stands out."
        : "Most have the category dependency: \(story.pipeline) waits for data that does not arrive. The cause is elsewhere.")
    return [
      Tour.Step(
        title: "one pipeline",
        text: """
          \(story.pipeline) failed often in the last day. Look at its ten latest runs: `top 10 by started` keeps the latest, and \
          `project` selects columns, such as started, status and error_code.
          """,
        hint: "runs | where pipeline == \"\(story.pipeline)\" | top 10 by started | project started, status, error_code",
        isDone: { deed in
          deed.has("status", in: "runs") && deed.text.contains(story.pipeline) && deed.rows > 0 && deed.rows <= 100
            && ["top", "sort", "order"].contains { deed.text.contains($0) }
        },
        lesson: "A failed run has the code of its error."),
      ownErrors, above,
    ]
      + (isAlone
        ? []
        : [
          errors(
            of: story.origin, title: "the upstream errors",
            text: "Now count the errors of \(story.origin) in the last day in the same way. (The up arrow brings earlier queries back.)",
            lesson: "These are not dependency errors: the problem started here.")
        ])
      + [
        Tour.Step(
          title: causeTitle,
          text: """
            Name the cause: `.cause WORD` with the most frequent error category of \(story.origin), one of \
            \(TourCase.categories.dropLast().joined(separator: ", ")) and \(TourCase.categories.last ?? "").
            """,
          hint: ".cause \(story.category)",
          isDone: { deed in
            let words = deed.text.split(whereSeparator: \.isWhitespace)
            return deed.error == nil && words.count == 2 && words[0] == ".cause" && story.isCause(String(words[1]))
          },
          lesson: isAlone
            ? "\(story.pipeline) fails with \(story.category) errors\(story.code.isEmpty ? "" : " (\(story.code))")."
            : "\(story.origin) fails with \(story.category) errors\(story.code.isEmpty ? "" : " (\(story.code))"), and so \(story.pipeline) has nothing to read."),
        Tour.Step(
          title: "the short way",
          text: "Plumb can find causes itself and shows its evidence. Enter `why \(story.pipeline)`, and compare.",
          hint: "why \(story.pipeline)",
          isDone: { deed in deed.error == nil && deed.rows > 0 && deed.text.trimmed.hasPrefix("why ") && deed.text.contains(story.pipeline) },
          lesson: "`predict risk | top 5` shows which pipelines will fail next, and `overview` shows everything on one screen."),
      ] + alerting(story)
  }

  /// From the cause to a rule that would have found it.
  private static func alerting(_ story: TourCase) -> [Tour.Step] {
    let name = "\(story.category)-failures"
    return [
      Tour.Step(
        title: "a rule",
        text: """
          Next time, an alert should find this. A rule is a query whose rows are what is wrong: make one for pipelines with at least \
          three failures of the category \(story.category) in two hours, with `.create-or-alter alert NAME with (...) <| query`.
          """,
        hint: ".create-or-alter alert \(name) with (severity = \"high\", every = 15m, keep = 30m) <| runs | where ended > ago(2h) and "
          + "status == \"failed\" and error_category == \"\(story.category)\" | summarize failures = count() by pipeline | where failures >= 3",
        isDone: { deed in
          deed.error == nil && deed.text.trimmed.hasPrefix(".create") && deed.text.contains(" alert ") && deed.text.contains(story.category)
        },
        lesson: "`plumb alert run` evaluates rules and sends messages; `.show alerts` lists them with the ten that Plumb ships."),
      Tour.Step(
        title: "would it have helped?",
        text: """
          Test the rule before it wakes anyone: `.test alert \(name) over 3d` replays it over three days, as they were known at each \
          moment, and compares its alarms with the incidents. (If you left the tour meanwhile, create the rule again.)
          """,
        hint: ".test alert \(name) over 3d",
        isDone: { deed in deed.error == nil && deed.text.trimmed.hasPrefix(".test alert") && deed.rows > 0 },
        lesson: "Recall is the share of incidents that it found, precision the share of its messages that were about one; `plumb alert suggest` looks for better thresholds."),
    ]
  }

  /// The step that counts a pipeline's errors by category.
  private static func errors(of pipeline: String, title: String, text: String, lesson: String) -> Tour.Step {
    Tour.Step(
      title: title, text: text,
      hint: "errors | where pipeline == \"\(pipeline)\" and at > ago(1d) | summarize count() by category, code",
      isDone: { deed in
        deed.has("category", in: "errors") && deed.text.contains(pipeline) && deed.text.contains("summarize") && deed.rows > 0
      },
      lesson: lesson)
  }
}

extension Tour.Deed {
  /// Rows of the last answer.
  var rows: Int { answers.last?.rowCount ?? 0 }

  /// Whether the query used this table and its answer has the column.
  func has(_ column: String, in table: String) -> Bool {
    error == nil && text.contains(table) && answers.last?.schema.contains { $0.name == column } == true
  }

  /// The first cells of a column of the last answer.
  func cells(_ column: String) -> [String] {
    guard let answer = answers.last, let index = answer.schema.firstIndex(where: { $0.name == column }) else { return [] }
    return answer.texts(limit: 100).compactMap { $0.indices.contains(index) ? $0[index] : nil }
  }
}

import PlumbDatabase
import PlumbDiagnostics
import PlumbKit

/// The failing pipeline that the tour investigates, the upstream pipeline where the trouble began, and its error.
struct TourCase {
  /// Fails because it waits for the origin.
  let pipeline: String
  /// Fails by itself; equal to `pipeline` if nothing upstream fails.
  let origin: String
  let category: String
  let code: String

  static let categories = ["auth", "timeout", "schema", "dependency", "resource", "data", "vendor"]

  /// - Throws: a diagnostic when no pipeline failed in the last day.
  init(in workspace: Workspace) throws {
    // The most frequent errors of the last day of each pipeline that failed three times or more.
    let trouble = """
      let trouble = errors | where at > ago(1d)
        | summarize times = count(), code = max(code) by pipeline, category
        | where times >= 3
        | summarize arg_max(times, category, code) by pipeline;
      """
    let waiting = """
      trouble | where category == "dependency"
      | join kind=inner (edges | where isnull(until) | project above = upstream, pipeline = downstream) on pipeline
      | join kind=inner (trouble | where category !in ("dependency", "") | project above = pipeline, cause = category, first = code,
          failures = times) on above
      | sort by times desc, failures desc, above asc | project pipeline, above, cause, first
      """
    let alone = """
      trouble | where isnotempty(category)
      | sort by category == 'dependency' asc, times desc, pipeline asc | project pipeline, pipeline, category, code
      """
    for query in [waiting, alone] {
      guard let row = try workspace.session().run("\(trouble)\n\(query)").last?.texts(limit: 1).first, row.count == 4 else { continue }
      pipeline = row[0]
      origin = row[1]
      category = row[2]
      code = row[3]
      return
    }
    throw Diagnostic("no-tour", "no pipeline failed often in the last day, so there is nothing to find")
  }

  /// Whether what the user named is the cause.
  func isCause(_ word: String) -> Bool { !word.isEmpty && [category, code.lowercased()].contains(word.lowercased()) }
}

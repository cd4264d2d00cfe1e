import PlumbDiagnostics
import PlumbEngine

/// The source of features: queries over the tables of a workspace.
package struct PredictionSource {
  /// Returns the rows of the last query in a text.
  let run: (String) throws -> Table
  /// Returns a table of the workspace, nil if it does not exist.
  let table: (String) throws -> Table?
  let context: ExecutionContext

  package init(
    context: ExecutionContext, run: @escaping (String) throws -> Table, table: @escaping (String) throws -> Table?
  ) {
    self.context = context
    self.run = run
    self.table = table
  }

  /// - Throws: `no-runs` without a table `runs` that predictions can use.
  func checkRuns() throws {
    guard let runs = try table("runs") else {
      throw Diagnostic("no-runs", "the table `runs` is missing; predictions are made from it", help: "import or load runs first")
    }
    for name in ["pipeline", "started", "ended", "status"]
    where !runs.schema.contains(where: { $0.name == name }) {
      throw Diagnostic("no-runs", "the table `runs` needs a column `\(name)` for predictions")
    }
  }
}

/// The features to compute, and for which points in time.
package struct PredictionQuestion: Hashable, Sendable {
  /// The last point in time, in ticks.
  package var asOf: Int64
  /// How far ahead a failure counts.
  package var within: Int64
  /// The distance between two points in time.
  package var step: Int64
  package var moments: Int

  package static let hour: Int64 = 36_000_000_000
  package static let day: Int64 = 24 * hour

  package init(asOf: Int64, within: Int64, step: Int64 = PredictionQuestion.hour, moments: Int = 1) {
    self.asOf = asOf
    self.within = within
    self.step = step
    self.moments = moments
  }

  /// Returns the text that `.show features` prints, up to the query at its end.
  ///
  /// - Parameter runs: the table `runs`, or a query that replaces it.
  package func text(runs: String = "runs", hasEdges: Bool = true, hasSchemaChanges: Bool = true) -> String {
    text(runs: runs, hasEdges: hasEdges, hasSchemaChanges: hasSchemaChanges, features: FeatureText.features)
  }

  private func text(runs: String, hasEdges: Bool, hasSchemaChanges: Bool, features: String) -> String {
    """
    let as_of = \(Value.datetime(asOf).literal);
    let within = \(Value.timespan(within).literal);
    let step = \(Value.timespan(step).literal);
    let moments = tolong(\(moments));
    \(FeatureText.sources(runs: runs, hasEdges: hasEdges, hasSchemaChanges: hasSchemaChanges))\(features)
    """
  }

  /// What `.show features` prints: the features, and what happened after each moment, so that training can be repeated.
  ///
  /// The newest moment, k = 0, has no outcome yet; training asks for many `moments` and leaves it out.
  package func shownText(runs: String = "runs", hasEdges: Bool = true, hasSchemaChanges: Bool = true) -> String {
    text(runs: runs, hasEdges: hasEdges, hasSchemaChanges: hasSchemaChanges, features: FeatureText.parts) + FeatureText.outcomes
      + "// For training ask for many `moments` and keep those with k > 0: the newest has no outcome yet.\n"
      + FeatureText.joined + "\n| lookup kind=leftouter outcomes on pipeline, k;\nfeatures\n"
  }

  /// Returns the query that replaces `runs`, for the columns of `runs` and `runs_seen`.
  package static func runsText(_ runs: Schema, seen: Schema) -> String { DatedRuns(runs: runs, seen: seen).text }

  /// Returns the query for a prediction: one point in time, and the upstream to name in sentences.
  func predictionText(_ source: PredictionSource) throws -> String { try text(source) + "features" }

  /// Returns the query for training and measuring: all points in time, and what happened after each.
  func trainingText(_ source: PredictionSource) throws -> String {
    try text(source) + FeatureText.outcomes + """
      features
      | where k > 0
      | lookup kind=leftouter outcomes on pipeline, k
      | project-away worst_upstream
      """
  }

  private func text(_ source: PredictionSource) throws -> String {
    try source.checkRuns()
    let runs = Self.runsText(try source.table("runs")?.schema ?? [], seen: try source.table("runs_seen")?.schema ?? [])
    return text(
      runs: runs, hasEdges: try has(source, "edges", ["upstream", "downstream"]),
      hasSchemaChanges: try has(source, "schema_changes", ["pipeline", "at"]))
  }

  private func has(_ source: PredictionSource, _ name: String, _ columns: [String]) throws -> Bool {
    guard let table = try source.table(name) else { return false }
    return columns.allSatisfy { column in table.schema.contains { $0.name == column } }
  }
}

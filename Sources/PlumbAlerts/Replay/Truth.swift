import PlumbDatabase
import PlumbEngine
import PlumbModel

/// The incidents, the runs that they spoiled, the pipelines that they affected, and the lineage, for matching.
///
/// `incidents` names the first pipeline of an incident and how many were `affected`. If more than one was, a vendor's outage and
/// expired credentials reach the other pipelines of the same source and region, and a full sink those up to two steps upstream.
package struct Truth: Sendable {
  package struct Incident: Sendable {
    let id: String
    let pipeline: String
    let began: Int64
    let ended: Int64
    /// When the first attempt ended of a run that failed in it for good; nil if it does not count.
    let spoiled: Int64?
    /// Its pipeline and the others that it may have affected.
    let reach: [String]
  }

  package let incidents: [Incident]
  private let byPipeline: [String: [Int]]
  let upstream: [String: [String]]

  /// How long after its end an incident explains an alert.
  private static let grace = TimeSpan.hour

  /// - Parameter catalog: read as it is now, without changing what it stores.
  package init(_ catalog: Catalog, _ options: SessionOptions, now: Int64) throws {
    let reading = try catalog.reading()
    defer { reading.end() }
    reading.catalog.store = nil
    var options = options
    options.clock = { now }
    let session = Session(catalog: reading.catalog, options: options)
    func rows(_ text: String) throws -> [[Value]] {
      guard let answer = try session.run(text).last else { return [] }
      return answer.chunks.filter { $0.count > 0 }.flatMap { chunk in
        let columns = chunk.vectors()
        return (0..<chunk.count).map { row in columns.map { $0.value(at: row) } }
      }
    }
    func has(_ table: String, _ columns: [(String, ScalarType)]) -> Bool {
      guard let schema = catalog.schema(ofTable: table) else { return false }
      return columns.allSatisfy { schema.contains(ColumnInfo($0.0, $0.1)) }
    }
    let needed: [(String, ScalarType)] = [("pipeline", .string), ("began", .datetime), ("ended", .datetime)]
    let names = ["incidents", AlertTables.marks].filter { has($0, needed) }
    guard !names.isEmpty else {
      (incidents, byPipeline, upstream) = ([], [:], [:])
      return
    }
    let union = names.map { name in
      let id = has(name, [("id", .string)]) ? "id" : "strcat(pipeline, \" \", tostring(began))"
      let cause = has(name, [("cause", .string)]) ? "cause" : "\"\""
      let affected = has(name, [("affected", .long)]) ? "affected" : "long(null)"
      return "(\(name) | project id = \(id), pipeline, began, ended = coalesce(ended, now()), cause = \(cause), affected = \(affected))"
    }.joined(separator: ", ")
    var spoiled: [String: Int64] = [:]
    let hasRuns = has("runs", [("pipeline", .string), ("started", .datetime), ("ended", .datetime), ("status", .string)])
    if hasRuns {
      for row in try rows(Self.spoiledRuns(union, hasAttempts: has("runs", [("attempt", .long)]))) { spoiled[row[0].string] = row[1].number }
    }
    var upstream: [String: [String]] = [:]
    if has("edges", [("upstream", .string), ("downstream", .string)]) {
      for row in try rows("edges | distinct upstream, downstream") { upstream[row[1].string, default: []].append(row[0].string) }
    }
    self.upstream = upstream
    var groups: [[String]: [String]] = [:]
    var groupOf: [String: [String]] = [:]
    if has("pipelines", [("name", .string), ("source", .string), ("region", .string)]) {
      for row in try rows("pipelines | where isnotempty(source) | project name, source, region") {
        let group = [row[1].string, row[2].string]
        groups[group, default: []].append(row[0].string)
        groupOf[row[0].string] = group
      }
    }
    func reach(_ pipeline: String, _ cause: String, _ affected: Int64?) -> [String] {
      guard let affected, affected > 1 else { return [pipeline] }
      var names = [pipeline]
      switch Cause.allCases.first(where: { $0.name == cause }) {
      case .vendorOutage, .expiredCredentials: names += groupOf[pipeline].flatMap { groups[$0] } ?? []
      case .downstreamBackpressure:
        let near = upstream[pipeline] ?? []
        names += near + near.flatMap { upstream[$0] ?? [] }
      default: break
      }
      var seen: Set<String> = []
      return names.filter { seen.insert($0).inserted }
    }
    incidents = try rows("union \(union) | sort by began asc, id asc").compactMap { row in
      guard let began = row[2].number, let ended = row[3].number else { return nil }
      let (pipeline, affected) = (row[1].string, row[5].number)
      return Incident(
        id: row[0].string, pipeline: pipeline, began: began, ended: ended,
        spoiled: affected == 0 ? nil : hasRuns ? spoiled[row[0].string] : began, reach: reach(pipeline, row[4].string, affected))
    }
    var byPipeline: [String: [Int]] = [:]
    for (index, incident) in incidents.enumerated() {
      for name in incident.reach { byPipeline[name, default: []].append(index) }
    }
    self.byPipeline = byPipeline
  }

  /// KQL for the end of the first attempt that an incident spoiled, by the incident's id. A run whose last attempt succeeded is healed.
  private static func spoiledRuns(_ union: String, hasAttempts: Bool) -> String {
    """
    let all = union \(union);
    let bad = runs
      | where isnotnull(started) and status in ("failed", "succeeded", "skipped") and isnotnull(ended)
      | project pipeline, started, ended, status, attempt = \(hasAttempts ? "attempt" : "1")
      | sort by pipeline asc, started asc
      | extend run = row_cumsum(toint(pipeline != prev(pipeline) or attempt <= prev(attempt)))
      | summarize arg_max(attempt, status, last = started), started = min(started), ended = min(ended) by pipeline, run
      | where status in ("failed", "skipped");
    all
    | join kind=inner (bad | project pipeline, last, failed = ended) on pipeline
    | where failed >= began and last <= ended
    | summarize first = min(failed) by id
    """
  }

  /// The incidents that explain an alert of a pipeline at a moment.
  func explaining(_ pipeline: String, at moment: Int64) -> [Int] {
    ([pipeline] + ancestors(of: pipeline)).flatMap { name in
      (byPipeline[name] ?? []).filter { incidents[$0].began <= moment && moment <= incidents[$0].ended + Self.grace }
    }
  }

  /// The pipelines upstream, nearest first.
  func ancestors(of pipeline: String) -> [String] {
    var found: [String] = []
    var seen: Set<String> = [pipeline]
    var front = [pipeline]
    while !front.isEmpty {
      front = front.flatMap { upstream[$0] ?? [] }.filter { seen.insert($0).inserted }
      found += front
    }
    return found
  }

  /// The incidents that count for a time: those that began in it and spoiled a run for good.
  func counted(from start: Int64, to end: Int64) -> [Int] {
    incidents.indices.filter { incidents[$0].began >= start && incidents[$0].began < end && incidents[$0].spoiled != nil }
  }
}

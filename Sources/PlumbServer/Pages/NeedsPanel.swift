import PlumbEngine
import PlumbKit

/// The panel of the overview that says what needs somebody: the causes of what fails or is late, and whom each hurts.
enum NeedsPanel {
  /// Pipelines whose data is late, which takes long to find out among thousands.
  static let late = "stale | where breaks_sla | project pipeline, tier"
  private static let failing = #"pipelines | where status == "failed" | project pipeline = name, tier"#
  /// The number of pipelines that are asked about.
  private static let most = 12

  /// One cause with the pipelines that it hurts.
  private struct Need {
    let cause: String
    let origin: String
    var since: Cell
    var tier: Int
    let evidence: String
    var hurt: [String]
  }

  /// The likeliest cause for each pipeline that fails or is late, made in the background: for those that fail while it is found out
  /// which are late, and for two at a time.
  @discardableResult
  static func entry(_ service: QueryService) -> BackgroundAnswers.Entry? {
    service.background.entry(named: "needs", service) {
      let isLate = BackgroundRun { service.background.awaited(late, service)?.table }
      let failed = tiers(try PageRun(service, path: "", [:]).table(failing))
      var names = Array(sorted(failed).prefix(most))
      var tables = try causes(of: names, service)
      if let table = try isLate.result() {
        let others = sorted(tiers(table).filter { failed[$0.key] == nil }).prefix(most - names.count)
        tables += try causes(of: Array(others), service)
        names += others
      }
      return (names.isEmpty ? "" : query(names), tables)
    }
  }

  static func html(_ run: PageRun) -> String {
    let entry = entry(run.service)
    if let entry, entry.query.isEmpty, entry.error == nil {
      return "<section class=\"panel\" id=\"needs\"><h2>Needs you</h2><p>No pipeline fails now, and none breaks its SLA.</p></section>"
    }
    return Frame.panel("needs", "Needs you", entry, entry?.query ?? "", run, wide: false) { tables in
      "<ol class=\"needs\">\(needs(tables).map { item($0, run) }.joined())</ol>"
    }
  }

  // MARK: Asking

  /// The highest tier of each pipeline.
  private static func tiers(_ table: ResultTable) -> [String: Int] {
    var tiers: [String: Int] = [:]
    for row in table.rows {
      if let name = row["pipeline"].string { tiers[name] = min(tiers[name] ?? .max, row["tier"].integer ?? .max) }
    }
    return tiers
  }

  private static func sorted(_ tiers: [String: Int]) -> [String] { tiers.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key) }

  private static func cause(of name: String) -> String {
    let literal = KQLText.string(name)
    return "why(\(literal)) | take 1 | extend pipeline = \(literal) | lookup kind = leftouter (pipelines | project pipeline = name, tier) on pipeline"
  }

  /// The likeliest causes, one table for each pipeline.
  private static func causes(of names: [String], _ service: QueryService) throws -> [ResultTable] {
    let halves = [0, 1].map { half in
      BackgroundRun { try stride(from: half, to: names.count, by: 2).map { try PageRun(service, path: "", [:]).table(cause(of: names[$0])) } }
    }
    return try halves.flatMap { try $0.result() }
  }

  /// The query that answers all of it.
  private static func query(_ names: [String]) -> String {
    """
    union \(names.map { "(\(cause(of: $0)))" }.joined(separator: ",\n      "))
    | summarize since = min(since), hurt = make_set(pipeline), tier = min(tier), score = max(score), evidence = take_any(evidence) by cause, origin
    | sort by tier asc, array_length(hurt) desc
    """
  }

  // MARK: Showing

  private static func needs(_ tables: [ResultTable]) -> [Need] {
    var needs: [Need] = []
    for row in tables.flatMap({ Array($0.rows) }) {
      let cause = row["cause"].description, origin = row["origin"].string ?? "", tier = row["tier"].integer ?? .max
      guard let name = row["pipeline"].string else { continue }
      guard let place = needs.firstIndex(where: { $0.cause == cause && $0.origin == origin }) else {
        needs.append(Need(cause: cause, origin: origin, since: row["since"], tier: tier, evidence: row["evidence"].description, hurt: [name]))
        continue
      }
      needs[place].hurt.append(name)
      needs[place].tier = min(needs[place].tier, tier)
      if case .datetime(let one) = row["since"], case .datetime(let other) = needs[place].since, one < other { needs[place].since = row["since"] }
    }
    return needs.sorted { ($0.tier, -$0.hurt.count, $0.cause, $0.origin) < ($1.tier, -$1.hurt.count, $1.cause, $1.origin) }
  }

  private static func item(_ need: Need, _ run: PageRun) -> String {
    let links = need.hurt.sorted().prefix(6).map { Markup.link(run.link("/pipeline", [("name", $0)]), $0) }
    let more = need.hurt.count > 6 ? " and \(need.hurt.count - 6) more" : ""
    let tier = need.tier == .max ? "" : " · tier \(need.tier)"
    let start = need.origin.isEmpty ? "" : " from " + (need.hurt.contains(need.origin) || isPipeline(need.origin, run)
      ? Markup.link(run.link("/pipeline", [("name", need.origin)]), need.origin) : "<strong>\(Markup.escaped(need.origin))</strong>")
    return "<li><h3>\(Markup.escaped(need.cause))\(start)</h3>"
      + "<p class=\"quiet\">since \(Frame.text(need.since))\(tier) · hurts \(need.hurt.count)</p>"
      + "<p>\(links.joined(separator: ", "))\(more)</p>"
      + "<details><summary>Evidence</summary><p>\(Markup.escaped(need.evidence))</p></details></li>\n"
  }

  private static func isPipeline(_ name: String, _ run: PageRun) -> Bool {
    ((try? run.table("pipelines | where name == \(KQLText.string(name)) | count"))?["Count"]?.first?.integer ?? 0) > 0
  }
}

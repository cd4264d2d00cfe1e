import PlumbEngine

/// What preceded or followed a workspace's own error codes earlier, for codes that no table knows for certain.
struct CodeLesson: Sendable {
  let suspect: Suspect
  let points: Double
  let sentence: String
}

/// Learns from sequences of failures in the previous ninety days which code occurred with which change, repair or upstream.
///
/// A circumstance counts if it occurred with at least half of three or more sequences of failures, and three times as
/// often as it would by chance.
struct CodeHistory {
  /// Consecutive failures of one pipeline with one code.
  private struct Episode {
    var pipeline: String
    var family: String
    var began: Int64
    /// The start of the first success after it.
    var recovered: Int64
  }

  private struct Event {
    var at: Int64
    var kind: Kind

    enum Kind { case build, secret, schema }
  }

  private var episodes: [Episode] = []
  private var events: [String: [Event]] = [:]
  private var upstreams: [String: [String]] = [:]
  private var pipelines: Set<String> = []

  private static let hour: Int64 = 36_000_000_000
  private static let days = 90
  private static let before: Int64 = 6 * hour
  private static let repair: Int64 = 3 * hour

  /// Returns the family of a text; texts that differ only in numbers and ids have the same one.
  static func family(code: String, text: String) -> String {
    "iff(isnotempty(\(code)), \(code), substring(\(masked(text)), 0, 120))"
  }

  /// Replaces ids, numbers and times by `#`.
  static func masked(_ text: String) -> String {
    ##"replace_regex(\##(text), @"\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b|\b0x[0-9a-fA-F]+\b|\b[0-9a-fA-F]{12,}\b|\d+", "#")"##
  }

  /// - Parameter families: the codes to learn about.
  init(
    _ families: [String], _ tables: AnomalyTables, at moment: Int64, context: ExecutionContext, run: (String) throws -> Table
  ) throws {
    guard !families.isEmpty else { return }
    let t = KQLText.moment(moment)
    let list = families.map { KQLText.string($0) }.joined(separator: ", ")
    let knowsEdges = tables.has("edges", [("upstream", .string), ("downstream", .string)])
    let near = knowsEdges ? "union hit, (edges | where downstream in (hit) | project pipeline = upstream) | distinct pipeline" : "hit"
    let table = try run(
      """
      let seen = \(tables.runs(with: ["ended", "status", "error_code", "error"]))
      | where started > \(t) - \(Self.days)d and started <= \(t) and status in ("succeeded", "failed");
      let hit = seen
      | where status == "failed" and \(Self.family(code: "error_code", text: "error")) in (\(list))
      | summarize last = max(started) by pipeline
      | top 100 by last desc
      | project pipeline;
      let near = \(near);
      seen
      | where pipeline in (near)
      | sort by pipeline asc, started asc
      | extend failed = status == "failed", fresh = pipeline != prev(pipeline)
      | where failed or (not(fresh) and prev(failed))
      | extend fresh = pipeline != prev(pipeline)
      | extend number = row_cumsum(toint(fresh or (failed and not(prev(failed)))))
      | extend family = iff(failed, \(Self.family(code: "error_code", text: "error")), "")
      | summarize pipeline = take_any(pipeline), began = min(started), recovered = maxif(started, not(failed)),
          family = take_anyif(family, isnotempty(family)) by number
      | where isnotnull(recovered)
      | project pipeline, family, began, recovered
      """)
    guard let names = try TableColumn(table, "pipeline", .string), let texts = try TableColumn(table, "family", .string),
      let begins = try TableColumn(table, "began", .datetime), let ends = try TableColumn(table, "recovered", .datetime)
    else { return }
    try table.forEachPlace(context) { place in
      guard let began = begins.word(place), let recovered = ends.word(place) else { return }
      let name = String(names.text(place))
      pipelines.insert(name)
      episodes.append(Episode(pipeline: name, family: String(texts.text(place)), began: began, recovered: recovered))
    }
    guard !episodes.isEmpty else { return }
    try readEvents(tables, t, context, run)
    if knowsEdges { try readEdges(context, run) }
  }

  private mutating func readEvents(
    _ tables: AnomalyTables, _ t: String, _ context: ExecutionContext, _ run: (String) throws -> Table
  ) throws {
    let list = pipelines.sorted().map { KQLText.string($0) }.joined(separator: ", ")
    for (name, text) in [("alerts", "strcat(rule, \" \", message)"), ("schema_changes", "\"schema\"")] {
      let needed = name == "alerts" ? ["pipeline", "rule", "message"] : ["pipeline"]
      guard tables.has(name, [("at", .datetime)] + needed.map { ($0, .string) }) else { continue }
      let table = try run(
        "\(name) | where pipeline in (\(list)) and at > \(t) - \(Self.days + 1)d and at <= \(t) | project at, pipeline, text = \(text)")
      guard let times = try TableColumn(table, "at", .datetime), let names = try TableColumn(table, "pipeline", .string),
        let texts = try TableColumn(table, "text", .string)
      else { continue }
      try table.forEachPlace(context) { place in
        guard let at = times.word(place) else { return }
        let words = name == "alerts" ? ErrorWords(String(texts.text(place))).words : []
        let kind: Event.Kind
        if name == "schema_changes" {
          kind = .schema
        } else if words.contains(where: Judgement.buildWords.contains) {
          kind = .build
        } else if words.contains(where: { ["rotated", "renewed", "credential", "credentials", "secret", "certificate"].contains($0) }) {
          kind = .secret
        } else {
          return
        }
        events[String(names.text(place)), default: []].append(Event(at: at, kind: kind))
      }
    }
  }

  private mutating func readEdges(_ context: ExecutionContext, _ run: (String) throws -> Table) throws {
    let list = pipelines.sorted().map { KQLText.string($0) }.joined(separator: ", ")
    let table = try run("edges | where downstream in (\(list)) and upstream in (\(list)) | distinct upstream, downstream")
    guard let uppers = try TableColumn(table, "upstream", .string), let lowers = try TableColumn(table, "downstream", .string)
    else { return }
    try table.forEachPlace(context) { place in
      upstreams[String(lowers.text(place)), default: []].append(String(uppers.text(place)))
    }
  }

  /// Returns what the episodes that were over by `moment` say about a family of errors.
  func lessons(of family: String, before moment: Int64) -> [CodeLesson] {
    let own = episodes.filter { $0.family == family && $0.recovered < moment }
    guard own.count >= 3 else { return [] }
    var byPipeline: [String: [Episode]] = [:]
    for episode in episodes { byPipeline[episode.pipeline, default: []].append(episode) }
    func rate(_ kind: Event.Kind, within span: Int64) -> Double {
      let count = events.values.reduce(0) { $0 + $1.filter { $0.kind == kind }.count }
      let time = Double(pipelines.count) * Double(Self.days) * 24 * Double(Self.hour)
      return Swift.min(1, Double(count) * Double(span) / time)
    }
    func share(_ holds: (Episode) -> Bool) -> Int { own.reduce(0) { $0 + (holds($1) ? 1 : 0) } }
    func has(_ kind: Event.Kind, _ name: String, _ range: ClosedRange<Int64>) -> Bool {
      events[name]?.contains { $0.kind == kind && range.contains($0.at) } ?? false
    }
    let builds = share { has(.build, $0.pipeline, ($0.began - Self.before)...($0.began + Self.hour / 6)) }
    let schemas = share { has(.schema, $0.pipeline, ($0.began - Self.before)...($0.began + Self.hour / 6)) }
    let repairs = share { has(.build, $0.pipeline, Swift.max($0.began, $0.recovered - Self.repair)...$0.recovered) }
    let secrets = share { has(.secret, $0.pipeline, Swift.max($0.began, $0.recovered - Self.repair)...$0.recovered) }
    let uppers = share { episode in
      upstreams[episode.pipeline]?.contains { name in
        byPipeline[name]?.contains {
          $0.began <= episode.began && $0.recovered > episode.began - Self.before && $0.recovered <= episode.recovered + Self.hour / 2
        } ?? false
      } ?? false
    }
    let candidates: [(Suspect, Int, Double, String)] = [
      (.deployment, builds, rate(.build, within: Self.before), "a build was deployed in the previous 6 h"),
      (.schema, schemas, rate(.schema, within: Self.before), "the schema changed in the previous 6 h"),
      (.deployment, repairs, rate(.build, within: Self.repair), "a build ended it"),
      (.credentials, secrets, rate(.secret, within: Self.repair), "a credential was changed before it ended"),
      (.upstream, uppers, 0.1, "an upstream failed first and recovered first"),
    ]
    return candidates.compactMap { suspect, count, chance, sentence in
      let part = Double(count) / Double(own.count)
      guard part >= 0.5, part >= 3 * chance else { return nil }
      let certainty = Double(own.count) / Double(own.count + 2)
      return CodeLesson(
        suspect: suspect, points: 3 * (part - chance) * certainty,
        sentence: "in \(count) of \(own.count) earlier failures with \(Self.short(family)) \(sentence)")
    }
  }

  private static func short(_ family: String) -> String {
    family.utf8.count <= 40 ? family : "“\(family.prefix(40))…”"
  }
}

import PlumbDiagnostics
import PlumbEngine

/// One OpenLineage event, checked before anything is done with it: what is used has the type that the
/// specification requires.
///
/// - Note: texts point into the event's bytes.
struct OpenLineageEvent {
  /// A dataset that a job reads or writes, under all its names, each `namespace/name`.
  struct Dataset {
    var names: [ByteBuffer]
    var rows: Int64?
    var bytes: Int64?
  }

  var moment: Int64
  /// Nil for an event about only a job or a dataset.
  var run: Bytes?
  var job: ByteBuffer
  var namespace: Bytes
  var type: Kind
  var inputs: [Dataset]
  var outputs: [Dataset]
  var parentJob: ByteBuffer?
  var parentRun: Bytes?
  var nominalStart: Int64?
  var nominalEnd: Int64?
  var message: Bytes?
  var stackTrace: Bytes?
  var language: Bytes?
  var jobKind: ByteBuffer?
  var owner: Bytes?

  enum Kind {
    case start, running, complete, abort, fail, other

    var state: RunState {
      switch self {
      case .start, .running, .other: .running
      case .complete: .succeeded
      case .abort: .cancelled
      case .fail: .failed
      }
    }
  }

  init(_ event: DynamicCursor) throws(TelemetryFault) {
    guard let moment = try event.moment("eventTime", "") else { throw TelemetryFault("`eventTime` is missing") }
    self.moment = moment
    let job = try event.requiredObject("job", "")
    namespace = try job.requiredText("namespace", "job.")
    self.job = Self.name(namespace, try job.requiredText("name", "job."))
    type = try Self.kind(event)
    inputs = try Self.datasets(event, "inputs", facet: "inputFacets", statistics: "inputStatistics")
    outputs = try Self.datasets(event, "outputs", facet: "outputFacets", statistics: "outputStatistics")
    if let run = try event.object("run", "") {
      self.run = try run.requiredText("runId", "run.")
      if let facets = try run.object("facets", "run.") { try readRun(facets) }
    }
    if let facets = try job.object("facets", "job.") { try readJob(facets) }
  }

  /// Identifies datasets and jobs, readable as one name.
  private static func name(_ namespace: Bytes, _ name: Bytes) -> ByteBuffer {
    var out = ByteBuffer()
    out.append(namespace)
    out.append(.slash)
    out.append(name)
    return out
  }

  private static let names: [(StaticString, Kind)] = [
    ("START", .start), ("COMPLETE", .complete), ("FAIL", .fail), ("RUNNING", .running), ("ABORT", .abort),
    ("OTHER", .other),
  ]

  private static func kind(_ event: DynamicCursor) throws(TelemetryFault) -> Kind {
    // Events about jobs alone do not have a type.
    guard let text = try event.text("eventType", "") else { return .other }
    for (word, kind) in names where text.equals(Bytes(word)) { return kind }
    throw TelemetryFault("`eventType` is `\(shown(text))`, which Plumb does not know")
  }

  private static func datasets(
    _ event: DynamicCursor, _ list: StaticString, facet: StaticString, statistics: StaticString
  ) throws(TelemetryFault) -> [Dataset] {
    var datasets: [Dataset] = []
    for value in try event.list(list, "") {
      guard value.isObject else { throw value.fault("\(list)", wanted: "objects") }
      var dataset = Dataset(
        names: [name(try value.requiredText("namespace", "\(list)."), try value.requiredText("name", "\(list)."))])
      let facets = try value.object("facets", "\(list).")
      if let facets, let links = try facets.object("symlinks", "\(list).facets.") {
        for link in try links.list("identifiers", "symlinks.") {
          guard let space = link.anyText("namespace"), let other = link.anyText("name") else { continue }
          dataset.names.append(name(space, other))
        }
      }
      let own = try value.object(facet, "\(list).")
      if let own, let counts = try own.object(statistics, "\(facet).") {
        dataset.rows = try counts.count("rowCount", "\(statistics).")
        dataset.bytes = try counts.count("size", "\(statistics).")
      }
      datasets.append(dataset)
    }
    return datasets
  }

  private mutating func readRun(_ facets: DynamicCursor) throws(TelemetryFault) {
    if let nominal = try facets.object("nominalTime", "run.facets.") {
      nominalStart = try nominal.moment("nominalStartTime", "nominalTime.")
      nominalEnd = try nominal.moment("nominalEndTime", "nominalTime.")
    }
    // Older clients call it `parentRun`.
    let parentName: StaticString = facets["parent"] == nil ? "parentRun" : "parent"
    if let parent = try facets.object(parentName, "run.facets.") {
      let run = try parent.requiredObject("run", "parent.")
      let job = try parent.requiredObject("job", "parent.")
      parentRun = try run.requiredText("runId", "parent.run.")
      parentJob = Self.name(
        try job.requiredText("namespace", "parent.job."), try job.requiredText("name", "parent.job."))
    }
    if let error = try facets.object("errorMessage", "run.facets.") {
      message = try error.requiredText("message", "errorMessage.")
      stackTrace = try error.text("stackTrace", "errorMessage.")
      language = try error.text("programmingLanguage", "errorMessage.")
    }
  }

  private mutating func readJob(_ facets: DynamicCursor) throws(TelemetryFault) {
    if let type = try facets.object("jobType", "job.facets."),
      let word = try type.text(type["jobType"] == nil ? "integration" : "jobType", "jobType.")
    {
      var out = ByteBuffer()
      out.append(String(word).lowercased())
      jobKind = out
    }
    if let ownership = try facets.object("ownership", "job.facets.") {
      owner = try ownership.list("owners", "ownership.").first?.anyText("name")
    }
  }
}

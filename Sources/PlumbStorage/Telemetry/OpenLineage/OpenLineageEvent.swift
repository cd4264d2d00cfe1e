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
  /// What is wrong with parts of the event that are not needed, and the parts, which are left out.
  private(set) var faults: [(fault: TelemetryFault, part: DynamicCursor)] = []

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
    (inputs, outputs) = ([], [])
    let run = try event.object("run", "")
    if let run { self.run = try run.requiredText("runId", "run.") }
    inputs = datasets(event, "inputs", facet: "inputFacets", statistics: "inputStatistics")
    outputs = datasets(event, "outputs", facet: "outputFacets", statistics: "outputStatistics")
    if let run {
      optional(run) { (event) throws(TelemetryFault) in if let facets = try run.object("facets", "run.") { event.readRun(facets) } }
    }
    optional(job) { (event) throws(TelemetryFault) in if let facets = try job.object("facets", "job.") { event.readJob(facets) } }
  }

  /// Reads a part without which the event still says that a run has a state.
  private mutating func optional(_ part: DynamicCursor, _ read: (inout OpenLineageEvent) throws(TelemetryFault) -> Void) {
    do throws(TelemetryFault) { try read(&self) } catch { faults.append((error, part)) }
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

  /// The datasets of a list; those without a name are left out.
  private mutating func datasets(
    _ event: DynamicCursor, _ list: StaticString, facet: StaticString, statistics: StaticString
  ) -> [Dataset] {
    var values: [DynamicCursor] = []
    optional(event) { (_) throws(TelemetryFault) in values = try event.list(list, "") }
    var datasets: [Dataset] = []
    for value in values {
      var dataset: Dataset?
      optional(value) { (_) throws(TelemetryFault) in
        guard value.isObject else { throw value.fault("\(list)", wanted: "objects") }
        dataset = Dataset(
          names: [Self.name(try value.requiredText("namespace", "\(list)."), try value.requiredText("name", "\(list)."))])
      }
      guard var known = dataset else { continue }
      optional(value) { (_) throws(TelemetryFault) in
        guard let links = try value.object("facets", "\(list).")?.object("symlinks", "\(list).facets.") else { return }
        for link in try links.list("identifiers", "symlinks.") {
          guard let space = link.anyText("namespace"), let other = link.anyText("name") else { continue }
          known.names.append(Self.name(space, other))
        }
      }
      optional(value) { (_) throws(TelemetryFault) in
        guard let counts = try value.object(facet, "\(list).")?.object(statistics, "\(facet).") else { return }
        known.rows = try counts.count("rowCount", "\(statistics).")
        known.bytes = try counts.count("size", "\(statistics).")
      }
      datasets.append(known)
    }
    return datasets
  }

  private mutating func readRun(_ facets: DynamicCursor) {
    optional(facets) { (event) throws(TelemetryFault) in
      guard let nominal = try facets.object("nominalTime", "run.facets.") else { return }
      let start = try nominal.moment("nominalStartTime", "nominalTime.")
      event.nominalEnd = try nominal.moment("nominalEndTime", "nominalTime.")
      event.nominalStart = start
    }
    optional(facets) { (event) throws(TelemetryFault) in
      // Older clients call it `parentRun`.
      let parentName: StaticString = facets["parent"] == nil ? "parentRun" : "parent"
      guard let parent = try facets.object(parentName, "run.facets.") else { return }
      let run = try parent.requiredObject("run", "parent.")
      let job = try parent.requiredObject("job", "parent.")
      let name = Self.name(
        try job.requiredText("namespace", "parent.job."), try job.requiredText("name", "parent.job."))
      event.parentRun = try run.requiredText("runId", "parent.run.")
      event.parentJob = name
    }
    optional(facets) { (event) throws(TelemetryFault) in
      guard let error = try facets.object("errorMessage", "run.facets.") else { return }
      event.message = try error.requiredText("message", "errorMessage.")
      event.stackTrace = try error.text("stackTrace", "errorMessage.")
      event.language = try error.text("programmingLanguage", "errorMessage.")
    }
  }

  private mutating func readJob(_ facets: DynamicCursor) {
    optional(facets) { (event) throws(TelemetryFault) in
      guard let type = try facets.object("jobType", "job.facets."),
        let word = try type.text(type["jobType"] == nil ? "integration" : "jobType", "jobType.")
      else { return }
      var out = ByteBuffer()
      out.append(String(word).lowercased())
      event.jobKind = out
    }
    optional(facets) { (event) throws(TelemetryFault) in
      guard let ownership = try facets.object("ownership", "job.facets.") else { return }
      event.owner = try ownership.list("owners", "ownership.").first?.anyText("name")
    }
  }
}

import PlumbDiagnostics
import PlumbEngine

/// What telemetry says about pipelines, their runs, errors and edges, merged by natural key.
///
/// Facts may arrive in any order, in parts and more than once: newer facts replace older ones, a missing value
/// replaces nothing, and an earlier status never replaces a final one.
final class TelemetryMerge {
  let texts = NumberedTexts()
  let pipelines: RowStore
  let runs: RowStore
  let errors: RowStore
  let edges: RowStore
  let datasets: RowStore
  let manifests: RowStore
  /// The bytes of text that were read but are not in a table yet.
  var unsavedBytes = 0

  init() {
    pipelines = RowStore(PipelineColumn.layout, texts: texts)
    runs = RowStore(RunColumn.layout, texts: texts)
    errors = RowStore(ErrorColumn.layout, texts: texts)
    edges = RowStore(EdgeColumn.layout, texts: texts)
    datasets = RowStore(DatasetColumn.layout, texts: texts)
    manifests = RowStore(ManifestColumn.layout, texts: texts)
  }

  /// The moment of facts that do not say when they were known; older than every moment.
  static let unknownMoment = Int64.min + 1

  var byteCount: Int {
    [pipelines, runs, errors, edges, datasets, manifests].reduce(texts.byteCount) { $0 + $1.byteCount }
  }

  /// Called occasionally while facts are added.
  ///
  /// - Throws: `cancelled`, or `memory-limit`.
  func checkpoint(_ context: ExecutionContext) throws {
    try context.checkpoint()
    guard context.memory.used + byteCount > context.memoryLimit else { return }
    throw Diagnostic(
      "memory-limit", "the telemetry exceeded the memory limit of \(context.memoryLimit >> 20) MB",
      help: "import fewer files at a time or raise `--memory`")
  }

  /// The row of a pipeline. `moment` is when the following facts were known; they replace others if `isNewer`.
  func pipeline(_ name: Bytes, moment: Int64) -> (row: Int, isNewer: Bool) {
    let row = pipelines.row(of: key(name))
    if pipelines[row, PipelineColumn.name] == nil { pipelines[row, PipelineColumn.name] = texts.number(of: name) }
    let isNewer = moment >= pipelines[row, PipelineColumn.seen] ?? .min
    pipelines.raise(row, PipelineColumn.seen, to: moment)
    return (row, isNewer)
  }

  /// The row of a run, with its pipeline, and its status as known at `moment`.
  func run(_ key: Int64, pipeline: Bytes, state: RunState?, moment: Int64) -> (row: Int, isNewer: Bool) {
    let row = runs.row(of: key)
    let isNewer = moment >= runs[row, RunColumn.seen] ?? .min
    runs.put(row, RunColumn.runID, key, over: false)
    runs.put(row, RunColumn.pipeline, text: pipeline, over: isNewer)
    runs.raise(row, RunColumn.seen, to: moment)
    if let state {
      let rank: Int64 = state.isFinal ? 1 : 0
      let known = runs[row, RunColumn.isFinal] ?? -1
      if rank > known || rank == known && moment >= runs[row, RunColumn.statusMoment] ?? .min {
        runs[row, RunColumn.status] = texts.number(of: state.rawValue)
        runs[row, RunColumn.statusMoment] = moment
        runs[row, RunColumn.isFinal] = rank
      }
    }
    return (row, isNewer)
  }

  /// The facts about an error besides its run.
  struct ErrorFacts {
    var code = Bytes.empty
    var category: StaticString = ""
    var message: Bytes
    /// In compact form.
    var details = ByteBuffer()
  }

  /// An error of a run; the same message twice is one error, first seen at the earlier moment.
  func error(_ facts: ErrorFacts, ofRun row: Int, at moment: Int64, isNewer: Bool) {
    guard !facts.message.isEmpty, let run = runs[row, RunColumn.runID] else { return }
    var identity = NaturalKey()
    identity.add(run)
    identity.add(facts.message)
    let place = errors.row(of: identity.value)
    let category = Bytes(facts.category)
    if moment > Self.unknownMoment { errors.lower(place, ErrorColumn.at, to: moment) }
    errors.put(place, ErrorColumn.runID, run, over: true)
    errors.put(place, ErrorColumn.pipeline, runs[row, RunColumn.pipeline], over: isNewer)
    errors.put(place, ErrorColumn.code, text: facts.code, over: isNewer)
    errors.put(place, ErrorColumn.category, text: category, over: isNewer)
    errors.put(place, ErrorColumn.message, text: facts.message, over: isNewer)
    facts.details.withBytes { errors.put(place, ErrorColumn.details, text: $0, over: isNewer) }
    runs.put(row, RunColumn.error, text: facts.message, over: isNewer)
    runs.put(row, RunColumn.errorCode, text: facts.code, over: isNewer)
    runs.put(row, RunColumn.errorCategory, text: category, over: isNewer)
  }

  /// Adds a dependency; false if it was known or leads from a pipeline to itself.
  ///
  /// - Parameter moment: that of the manifest that contains it.
  @discardableResult
  func edge(from upstream: Bytes, to downstream: Bytes, kind: StaticString, inManifestAt moment: Int64? = nil) -> Bool {
    if upstream.isEmpty || downstream.isEmpty || upstream.equals(downstream) { return false }
    var identity = NaturalKey()
    identity.add(upstream)
    identity.add(downstream)
    identity.add(kind)
    let isNew = !edges.hasRow(of: identity.value)
    let row = edges.row(of: identity.value)
    edges.lower(row, EdgeColumn.first, to: moment)
    edges.raise(row, EdgeColumn.last, to: moment)
    guard isNew else { return false }
    edges[row, EdgeColumn.upstream] = texts.number(of: upstream)
    edges[row, EdgeColumn.downstream] = texts.number(of: downstream)
    edges[row, EdgeColumn.kind] = texts.number(of: String(describing: kind))
    return true
  }

  /// Records that a dbt project had a manifest.
  func noteManifest(of project: Bytes, at moment: Int64) {
    var key = NaturalKey()
    key.add(project)
    key.add(moment)
    let row = manifests.row(of: key.value)
    manifests.put(row, ManifestColumn.project, text: project, over: true)
    manifests.put(row, ManifestColumn.written, moment, over: true)
  }

  private func key(_ name: Bytes) -> Int64 {
    var key = NaturalKey()
    key.add(name)
    return key.value
  }
}

extension TelemetryMerge {
  /// A pipeline that runs as part of another, whose name precedes its own.
  func withPart<Result>(
    _ part: Bytes, of whole: Bytes, separator: UInt8, moment: Int64,
    _ body: (_ name: Bytes, _ row: Int, _ isNewer: Bool) -> Result
  ) -> Result {
    var out = ByteBuffer()
    out.append(whole)
    out.append(separator)
    out.append(part)
    return out.withBytes { name in
      let (row, isNewer) = pipeline(name, moment: moment)
      edge(from: whole, to: name, kind: "parent")
      return body(name, row, isNewer)
    }
  }
}

import PlumbDiagnostics
import PlumbEngine

/// dbt's result of a node, in Plumb's words.
private func runState(dbt status: Bytes) -> RunState? {
  switch String(status).lowercased() {
  // A warning is a run that did its work.
  case "success", "pass", "warn": .succeeded
  case "error", "fail", "runtime error", "partial success": .failed
  case "skipped", "skip", "no-op": .skipped
  case "cancelled": .cancelled
  case "started", "compiling", "executing": .running
  default: nil
  }
}

/// One result of a node, in whichever file it is recorded.
struct DbtResult {
  var node: Bytes
  var status: Bytes
  var state: RunState
  var started: Int64?
  var ended: Int64?
  var duration: Int64?
  var message: Bytes?
  var failures: Int64?
  var rows: Int64?
  var bytes: Int64?
  var thread: Bytes?

  init(_ result: DynamicCursor, node: Bytes) throws(TelemetryFault) {
    self.node = node
    status = try result.requiredText("status", "")
    guard let state = runState(dbt: status) else {
      throw TelemetryFault("`\(shown(node))` has the status `\(shown(status))`, which Plumb does not know")
    }
    self.state = state
    // A node that failed early or was skipped may have no timing at all.
    for phase in try result.list(result["timing"] == nil ? "timing_info" : "timing", "") {
      guard phase.isObject else { throw phase.fault("timing", wanted: "objects") }
      if let began = try phase.moment("started_at", "timing.") { started = min(started ?? began, began) }
      if let done = try phase.moment("completed_at", "timing.") { ended = max(ended ?? done, done) }
    }
    if state != .skipped { duration = result.seconds("execution_time") }
    message = try result.text(result["message"] == nil ? "error" : "message", "")
    failures = try result.count(result["failures"] == nil ? "num_failures" : "failures", "")
    if let response = result["adapter_response"], response.isObject {
      rows = response["rows_affected"].flatMap(naturalNumber)
      bytes = response["bytes_processed"].flatMap(naturalNumber)
    }
    thread = result.anyText("thread_id") ?? result.anyText("thread")
  }
}

extension DbtResult {
  /// A result of which only the status is known; nil if that is not a status.
  fileprivate init?(node: Bytes, status: Bytes) {
    guard let state = runState(dbt: status) else { return nil }
    self.node = node
    self.status = status
    self.state = state
  }
}

/// A whole number of at least 0; some adapters use -1 for unknown values.
private func naturalNumber(_ value: DynamicCursor) -> Int64? {
  switch value.tag {
  case .long: value.int64 >= 0 ? value.int64 : nil
  case .string: NumberText.parseInt64(value.text).flatMap { $0 >= 0 ? $0 : nil }
  case .null, .false, .true, .real, .array, .object, .datetime, .timespan, .guid, .decimal: nil
  }
}

extension TelemetryMerge {
  /// - Parameter moment: when the result was reported; it replaces the missing end of a node without timing if
  ///   an error needs a time.
  /// - Returns: whether the run was new.
  @discardableResult
  func add(_ result: DbtResult, invocation: Bytes, moment: Int64) -> Bool {
    var key = NaturalKey()
    key.add("dbt")
    key.add(invocation)
    key.add(result.node)
    let isNew = !runs.hasRow(of: key.value)
    _ = dbtPipeline(result.node, moment: moment)
    let (row, isNewer) = run(key.value, pipeline: result.node, state: result.state, moment: moment)
    runs.put(row, RunColumn.source, text: DbtName(result.node).package, over: isNewer)
    // Within an invocation dbt runs a node once.
    runs.put(row, RunColumn.attempt, 1, over: false)
    runs.lower(row, RunColumn.started, to: result.started)
    if result.state.isFinal { runs.raise(row, RunColumn.ended, to: result.ended) }
    runs.put(row, RunColumn.statedDuration, result.duration, over: isNewer)
    runs.put(row, RunColumn.recordsOut, result.rows, over: isNewer)
    runs.put(row, RunColumn.bytes, result.bytes, over: isNewer)
    // The failures of a test are bad records.
    if let failures = result.failures, failures > 0 || DbtName(result.node).kind.map({ String($0) }) == "test" {
      runs.put(row, RunColumn.malformed, failures, over: isNewer)
    }
    if let message = result.message, result.state == .failed {
      var facts = ErrorFacts(message: message)
      facts.code = dbtErrorCode(message) ?? result.status
      if String(result.status) == "fail" { facts.category = "data" }
      facts.details = details(invocation: invocation, thread: result.thread)
      error(facts, ofRun: row, at: result.ended ?? moment, isNewer: isNewer)
    }
    return isNew
  }

  private func details(invocation: Bytes, thread: Bytes?) -> ByteBuffer {
    var out = ByteBuffer()
    let mark = out.beginObject()
    out.appendKey("invocation_id")
    out.appendString(invocation)
    if let thread {
      out.appendKey("thread_id")
      out.appendString(thread)
    }
    out.end(mark, count: thread == nil ? 1 : 2)
    return out
  }
}

/// `Database Error` of `Database Error in model orders (models/orders.sql)`.
private func dbtErrorCode(_ message: Bytes) -> Bytes? {
  let front = message.part(from: 0, to: min(message.count, 48))
  let words = front.split(separator: .space, maxSplits: 4)
  for count in [2, 3] where words.count >= count {
    let last = Bytes(rebasing: words[count - 1])
    if last.prefix(5).elementsEqual("Error".utf8), last.count <= 6 {
      return message.part(from: 0, to: words[count - 1].startIndex + 5)
    }
  }
  return nil
}

extension FileReading {
  /// Runs and errors of `run_results.json`, which is one invocation.
  func readDbtRunResults(_ artifact: DynamicCursor) throws {
    try forEachResult(of: artifact, known: 2...6) { result, facts, invocation, written in
      fold.add(facts, invocation: invocation, moment: written ?? facts.ended ?? TelemetryMerge.unknownMoment)
    }
  }

  /// Checks of source freshness: each is a run of the source, which fails if the data is too old.
  func readDbtSources(_ artifact: DynamicCursor) throws {
    try forEachResult(of: artifact, known: 1...3) { result, facts, invocation, written throws(TelemetryFault) in
      var facts = facts
      let loaded = try result.moment("max_loaded_at", "")
      let looked = try result.moment("snapshotted_at", "")
      let moment = looked ?? written ?? TelemetryMerge.unknownMoment
      let limit = result["criteria"].flatMap(dbtFreshnessLimit)
      let isNew = Self.ageText(loaded: loaded, looked: looked, limit: limit).withBytes { text in
        if facts.message == nil, facts.state == .failed { facts.message = text }
        return fold.add(facts, invocation: invocation, moment: moment)
      }
      let (row, isNewer) = fold.dbtPipeline(facts.node, moment: moment)
      fold.pipelines.put(row, PipelineColumn.sla, limit, over: isNewer)
      fold.pipelines.raise(row, PipelineColumn.measured, to: loaded)
      return isNew
    }
  }

  /// Passes each result of an artifact to `add`, which returns whether its run was new, with the invocation and the moment
  /// at which the artifact was written.
  private func forEachResult(
    of artifact: DynamicCursor, known: ClosedRange<Int>,
    _ add: (DynamicCursor, DbtResult, _ invocation: Bytes, _ written: Int64?) throws(TelemetryFault) -> Bool
  ) throws {
    let metadata = try DbtMetadata(artifact)
    guard artifact["results"]?.isArray == true else { throw TelemetryFault("`results` is missing") }
    noteVersion(metadata.version, known: known)
    let invocation = try naturalKey(metadata, artifact)
    for (place, result) in try artifact.list("results", "").enumerated() {
      if place % 256 == 0 { try fold.checkpoint(context) }
      do {
        guard result.isObject else { throw result.fault("results", wanted: "objects") }
        let facts = try DbtResult(result, node: try result.requiredText("unique_id", ""))
        let isNew = try add(result, facts, invocation, metadata.generatedAt)
        report.read += 1
        if !isNew { report.folded += 1 }
      } catch let fault as TelemetryFault {
        try reject(fault, part: result)
      }
    }
  }

  /// What identifies an invocation.
  private func naturalKey(_ metadata: DbtMetadata, _ artifact: DynamicCursor) throws(TelemetryFault) -> Bytes {
    if let invocation = metadata.invocation { return invocation }
    if let generated = artifact["metadata"]?.anyText("generated_at") { return generated }
    throw TelemetryFault("it has neither `metadata.invocation_id` nor `metadata.generated_at`, so its runs cannot be identified")
  }

  private static func ageText(loaded: Int64?, looked: Int64?, limit: Int64?) -> ByteBuffer {
    var out = ByteBuffer()
    guard let loaded, let looked, looked >= loaded else { return out }
    out.append("The newest data is " as StaticString)
    TimeSpan.print(looked &- loaded, to: &out)
    out.append(" old" as StaticString)
    if let limit {
      out.append(", and may be " as StaticString)
      TimeSpan.print(limit, to: &out)
    }
    return out
  }

  /// One line of a structured log. Lines that are not about a node are counted and skipped.
  func readDbtLogEvent(_ event: DynamicCursor) throws {
    let info = event["info"] ?? event
    let data = event["data"]
    guard info["code"] != nil else { throw TelemetryFault("not an event of a dbt log: `code` is missing") }
    report.read += 1
    guard let node = data?["node_info"] ?? event["node_info"], let name = node.anyText("unique_id") else {
      report.unused += 1
      return
    }
    guard let invocation = try info.text("invocation_id", "info.") else { throw TelemetryFault("`info.invocation_id` is missing") }
    guard let moment = try info.moment("ts", "info.") else { throw TelemetryFault("`info.ts` is missing") }
    guard let facts = try logged(node, name, data) else {
      report.unused += 1
      return
    }
    if !fold.add(facts, invocation: invocation, moment: moment) { report.folded += 1 }
  }

  /// What a line says about a node: how it ended if the line has a result, else its progress.
  private func logged(_ node: DynamicCursor, _ name: Bytes, _ data: DynamicCursor?) throws(TelemetryFault) -> DbtResult? {
    let began = try node.moment("node_started_at", "node_info.")
    let done = try node.moment("node_finished_at", "node_info.")
    if let result = data?["run_result"], result.isObject {
      var facts = try DbtResult(result, node: name)
      facts.started = began ?? facts.started
      facts.ended = done ?? facts.ended
      return facts
    }
    guard let status = node["node_status"], status.tag == .string,
      var facts = DbtResult(node: name, status: status.text)
    else { return nil }
    facts.started = began
    facts.ended = done
    return facts
  }
}

import PlumbEngine
import PlumbModel

extension RunStore {
  /// Returns a row for each failed attempt that has ended by `clock`, with what an engineer would find in its log.
  func errorsTable(_ topology: Topology, _ plan: IncidentPlan, seed: UInt64, clock: Int64) -> Table {
    var builds = Array(repeating: [Deployment](), count: topology.pipelines.count)
    for deployment in plan.deployments { builds[deployment.pipeline].append(deployment) }
    let key = RandomStream.key(seed, .details, 0)
    let codes = dictionaries
    var rows = ErrorRows(codes)
    var groups: [RowGroup] = []
    var text = ByteBuffer()
    forEachSegment { segment, n in
      for row in 0..<n where segment.status.view(UInt8.self)[row] == RunStatus.failed.rawValue {
        let at = segment.ended.view(Int64.self)[row]
        if at > clock { continue }
        let pipeline = segment.pipeline(row, areWide: codes.areWide)
        let id = segment.runID.view(Int32.self)[row]
        var random = RandomStream(key: key, step: Int(id))
        text.removeAll()
        let moment = (segment.started.view(Int64.self)[row] &- origin) / 10_000
        ErrorDetails(segment: segment, row: row, moment: moment, isEasy: messages == nil).write(
          topology.pipelines[pipeline], plan.schemaChanges[pipeline], builds[pipeline], &random, to: &text)
        var message = ByteBuffer()
        messages?.write(segment, row, pipeline: pipeline, origin: origin, changes: plan.schemaChanges, to: &message)
        rows.append(segment, row, at: at, message, text)
        if rows.count == RowGroup.capacity {
          groups.append(rows.seal())
          rows = ErrorRows(codes)
        }
      }
    }
    if rows.count > 0 { groups.append(rows.seal()) }
    return Table(name: "errors", schema: TelemetryModel.errors, groups: groups)
  }
}

/// The columns of `errors` for a row group.
private struct ErrorRows {
  private(set) var count = 0
  private let codes: RunCodes
  private let at = Buffer(of: Int64.self, count: RowGroup.capacity)
  private let ids = Buffer(of: Int32.self, count: RowGroup.capacity)
  private let pipelines: Buffer
  private let errorCodes = Buffer(byteCount: RowGroup.capacity)
  private let categories = Buffer(byteCount: RowGroup.capacity)
  private let messages = Buffer(byteCount: RowGroup.capacity)
  private let texts = VectorBuilder(.string)
  private let details = VectorBuilder(.dynamic)

  init(_ codes: RunCodes) {
    self.codes = codes
    pipelines = Buffer(byteCount: RowGroup.capacity * (codes.areWide ? 2 : 1))
  }

  mutating func append(_ segment: RunSegment, _ row: Int, at moment: Int64, _ message: ByteBuffer, _ text: ByteBuffer) {
    at.view(Int64.self)[count] = moment
    ids.view(Int32.self)[count] = segment.runID.view(Int32.self)[row]
    let pipeline = segment.pipeline(row, areWide: codes.areWide)
    if codes.areWide {
      pipelines.view(UInt16.self)[count] = UInt16(truncatingIfNeeded: pipeline)
    } else {
      pipelines.view(UInt8.self)[count] = UInt8(truncatingIfNeeded: pipeline)
    }
    errorCodes.view(UInt8.self)[count] = segment.errorCode.view(UInt8.self)[row]
    categories.view(UInt8.self)[count] = segment.errorCategory.view(UInt8.self)[row]
    messages.view(UInt8.self)[count] = segment.error.view(UInt8.self)[row]
    if !codes.areFixed { message.withBytes { texts.append(bytes: $0) } }
    text.withBytes { details.append(bytes: $0) }
    count += 1
  }

  /// Returns the group; the rows must not be used afterwards.
  func seal() -> RowGroup {
    RowGroup(
      [
        .filled(.datetime, count: count, at), .filledNarrow(.long, count: count, ids),
        .filledCodes(codes.pipelines, codes.pipelineEncoding, count: count, pipelines),
        .filledCodes(codes.errorCodes, .codes8, count: count, errorCodes),
        .filledCodes(codes.categories, .codes8, count: count, categories),
        codes.areFixed ? .filledCodes(codes.messages, .codes8, count: count, messages) : texts.finish(), details.finish(),
      ], count: count)
  }
}

/// The dynamic details of one failed attempt.
private struct ErrorDetails {
  let segment: RunSegment
  let row: Int
  let moment: Int64
  let isEasy: Bool

  func write(
    _ pipeline: PipelineModel, _ changes: [SchemaChange], _ builds: [Deployment], _ random: inout RandomStream,
    to out: inout ByteBuffer
  ) {
    let place = Int(segment.error.view(UInt8.self)[row]) - 1
    let count = isEasy ? ErrorKind.all.count : MessageFamily.all.count
    guard (0..<count).contains(place) else { return }
    let code = isEasy ? ErrorKind.all[place].code : MessageFamily.all[place].code
    let category = isEasy ? ErrorKind.all[place].category : MessageFamily.all[place].category
    let isBuild = isEasy
      ? ErrorKind.places(of: .badDeployment).contains(place) : MessageFamily.all[place].causes.contains(.cause(.badDeployment))
    let mark = out.beginObject()
    var slots = 1
    func add(_ key: StaticString, _ number: Int64) {
      out.appendKey(key)
      out.appendLong(number)
      slots += 1
    }
    func add(_ key: StaticString, _ text: String) {
      out.appendKey(key)
      out.appendString(text)
      slots += 1
    }
    let seconds = segment.duration.view(Int64.self)[row] / 10_000_000
    out.appendKey("attempt")
    out.appendLong(Int64(segment.attempt.view(Int32.self)[row]))
    switch category {
    case "auth":
      add("http_status", code == "AUTH-403" || code == "Forbidden" ? 403 : 401)
      add("credential", "\(SourceCatalogue.sources[pipeline.source].prefix)-reader-\(pipeline.region + 1)")
    case "vendor":
      let status: Int64 = switch code {
      case "VENDOR-429", "TooManyRequests": 429
      case "VENDOR-500", "AF50000": 500
      case "502": 502
      default: 503
      }
      add("http_status", status)
      add("retry_after_s", Int64(30 * (1 + random.below(10))))
      add("vendor", pipeline.vendor)
    case "timeout":
      add("elapsed_s", seconds)
      add("limit_s", Swift.max(1, seconds * 9 / 10))
    case "schema":
      if let change = changes.last(where: { $0.at <= moment }) {
        add("field", change.field)
        add("expected", change.before)
        add("found", change.after)
      }
      add("schema_version", Int64(segment.schemaVersion.view(Int32.self)[row]))
    case "data":
      add("malformed", Int64(segment.malformed.view(Int32.self)[row]))
      add("records", Int64(segment.recordsIn.view(Int32.self)[row]))
    case "resource":
      add("memory_mb", Int64(segment.memory.view(Int32.self)[row]))
      add("worker", "w-\(1 + random.below(24))")
    default:
      if isBuild {
        if let build = builds.last(where: { $0.at <= moment }) { add("build", Int64(build.build)) }
      } else {
        add("waited_s", segment.upstreamDelay.view(Int64.self)[row] / 10_000_000)
        add("backlog", Int64(segment.backlog.view(Int32.self)[row]))
      }
    }
    out.end(mark, count: slots)
  }
}

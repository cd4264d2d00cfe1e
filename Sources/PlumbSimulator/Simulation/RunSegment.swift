import PlumbEngine

/// The columns of up to a row group of runs, filled from the front.
final class RunSegment: @unchecked Sendable {
  /// The number of complete rows, which never change.
  var count = 0
  /// The row group, once the segment is full and all its runs have ended.
  var sealed: RowGroup?

  let runID = RunSegment.column(Int32.self)
  let pipeline: Buffer
  let source = RunSegment.column(UInt8.self)
  let started = RunSegment.column(Int64.self)
  let ended = RunSegment.column(Int64.self)
  let status = RunSegment.column(UInt8.self)
  let attempt = RunSegment.column(Int32.self)
  let duration = RunSegment.column(Int64.self)
  let queueDelay = RunSegment.column(Int64.self)
  let upstreamDelay = RunSegment.column(Int64.self)
  let recordsIn = RunSegment.column(Int32.self)
  let recordsOut = RunSegment.column(Int32.self)
  let malformed = RunSegment.column(Int32.self)
  let bytes = RunSegment.column(Int64.self)
  let cpu = RunSegment.column(Double.self)
  let memory = RunSegment.column(Int32.self)
  let ioWait = RunSegment.column(Double.self)
  let backlog = RunSegment.column(Int32.self)
  let schemaVersion = RunSegment.column(Int32.self)
  /// An index in `ErrorKind.all` plus 1, and its code and category.
  let error = RunSegment.column(UInt8.self)
  let errorCode = RunSegment.column(UInt8.self)
  let errorCategory = RunSegment.column(UInt8.self)
  /// What queries cannot see: the failure probability, and the incident to blame.
  let hazard = RunSegment.column(Float.self)
  let incident = RunSegment.column(Int32.self)

  init(_ codes: RunCodes) {
    pipeline = codes.areWide ? RunSegment.column(UInt16.self) : RunSegment.column(UInt8.self)
  }

  private static func column<T: BitwiseCopyable>(_ type: T.Type) -> Buffer {
    Buffer(of: type, count: RowGroup.capacity)
  }

  /// Writes `n` rows from row `start` on; `firstRow` is the number of the first one in the store.
  @inline(__always) func write(
    at start: Int, count n: Int, firstRow: Int, origin: Int64, _ codes: RunCodes, _ record: (Int) -> RunRecord
  ) {
    let ids = runID.view(Int32.self) + start
    let sources = source.view(UInt8.self) + start
    let starts = started.view(Int64.self) + start
    let ends = ended.view(Int64.self) + start
    let statuses = status.view(UInt8.self) + start
    let attempts = attempt.view(Int32.self) + start
    let durations = duration.view(Int64.self) + start
    let queues = queueDelay.view(Int64.self) + start
    let upstreams = upstreamDelay.view(Int64.self) + start
    let ins = recordsIn.view(Int32.self) + start
    let outs = recordsOut.view(Int32.self) + start
    let bads = malformed.view(Int32.self) + start
    let sizes = bytes.view(Int64.self) + start
    let cpus = cpu.view(Double.self) + start
    let memories = memory.view(Int32.self) + start
    let waits = ioWait.view(Double.self) + start
    let backlogs = backlog.view(Int32.self) + start
    let versions = schemaVersion.view(Int32.self) + start
    let errors = error.view(UInt8.self) + start
    let errorCodes = errorCode.view(UInt8.self) + start
    let categories = errorCategory.view(UInt8.self) + start
    let hazards = hazard.view(Float.self) + start
    let incidents = incident.view(Int32.self) + start
    let wide = pipeline.view(UInt16.self), slim = pipeline.view(UInt8.self)
    let areWide = codes.areWide
    let sourceOf = codes.sourceOf
    let codeOf = codes.codeOf
    let categoryOf = codes.categoryOf
    for i in 0..<n {
      let run = record(i)
      ids[i] = Int32(truncatingIfNeeded: firstRow &+ i &+ 1)
      if areWide {
        wide[start &+ i] = UInt16(truncatingIfNeeded: run.pipeline)
      } else {
        slim[start &+ i] = UInt8(truncatingIfNeeded: run.pipeline)
      }
      sources[i] = sourceOf[Int(run.pipeline)]
      let begin = origin &+ run.started &* 10_000
      let span = Int64(run.duration) &* 10_000
      starts[i] = begin
      ends[i] = begin &+ span
      statuses[i] = run.status.rawValue
      attempts[i] = Int32(run.attempt)
      durations[i] = span
      queues[i] = Int64(run.queueDelay) &* 10_000
      upstreams[i] = Int64(run.upstreamDelay) &* 10_000
      ins[i] = run.recordsIn
      outs[i] = run.recordsOut
      bads[i] = run.malformed
      sizes[i] = run.bytes
      cpus[i] = Double(run.cpu) / 1_000
      memories[i] = run.memory
      waits[i] = Double(run.ioWait) / 1_000
      backlogs[i] = run.backlog
      versions[i] = Int32(run.schemaVersion)
      errors[i] = run.error
      errorCodes[i] = codeOf[Int(run.error)]
      categories[i] = categoryOf[Int(run.error)]
      hazards[i] = run.hazard
      incidents[i] = run.incident
    }
  }

  /// Returns the pipeline of a row.
  @inline(__always) func pipeline(_ row: Int, areWide: Bool) -> Int {
    areWide ? Int(pipeline.view(UInt16.self)[row]) : Int(pipeline.view(UInt8.self)[row])
  }
}

/// The texts of the codes in a world's tables.
final class RunCodes: @unchecked Sendable {
  let pipelines: StringDictionary
  let sources: StringDictionary
  let statuses: StringDictionary
  let messages: StringDictionary
  let errorCodes: StringDictionary
  let categories: StringDictionary
  /// Whether `messages` has all there are.
  let areFixed: Bool
  /// Whether codes of pipelines need two bytes.
  let areWide: Bool
  /// By pipeline.
  let sourceOf: BufferView<UInt8>
  /// By index in `ErrorKind.all` plus 1.
  let codeOf: BufferView<UInt8>
  let categoryOf: BufferView<UInt8>

  init(_ topology: Topology, isEasy: Bool) {
    pipelines = StringDictionary(topology.pipelines.map(\.name))
    areFixed = isEasy
    areWide = topology.pipelines.count > 256
    let sources = CodedTexts(topology.pipelines.map { SourceCatalogue.sources[$0.source].name })
    self.sources = sources.dictionary
    sourceOf = sources.codes
    statuses = StringDictionary(RunStatus.allCases.map(\.name))
    messages = StringDictionary([""] + ErrorKind.all.map(\.message))
    let codes = CodedTexts([""] + (isEasy ? ErrorKind.all.map(\.code) : MessageFamily.all.map(\.code)))
    errorCodes = codes.dictionary
    codeOf = codes.codes
    let categories = CodedTexts([""] + (isEasy ? ErrorKind.all.map(\.category) : MessageFamily.all.map(\.category)))
    self.categories = categories.dictionary
    categoryOf = categories.codes
  }

  var pipelineEncoding: Vector.Encoding { areWide ? .codes16 : .codes8 }
}

/// Texts as codes of their distinct values, in order of appearance; at most 256.
private struct CodedTexts {
  let dictionary: StringDictionary
  let codes: BufferView<UInt8>

  init(_ texts: [String]) {
    var distinct: [String] = []
    codes = BufferView(count: Swift.max(texts.count, 1))
    for (i, text) in texts.enumerated() {
      let code = distinct.firstIndex(of: text) ?? distinct.count
      if code == distinct.count { distinct.append(text) }
      codes[i] = UInt8(truncatingIfNeeded: code)
    }
    dictionary = StringDictionary(distinct)
  }
}

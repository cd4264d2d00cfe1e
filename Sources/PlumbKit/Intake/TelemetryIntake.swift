import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// Telemetry that was taken, kept so that what is taken later is folded into the same tables.
///
/// - Note: one thread at a time, as `--load` and `.load` are.
final class TelemetryIntake: @unchecked Sendable {
  let mapping: MappingFile?
  private let sink: any RowSink
  private let rejects: RejectsFile?
  private let telemetry: TelemetryImport
  private var reported = 0
  private var isResumed = false
  /// Whether some file could be read, though it may have said nothing new.
  private var hasTaken = false

  /// - Throws: diagnostics of a file for rejects that cannot be made.
  init(into sink: any RowSink, mapping: MappingFile?, rejects path: String?) throws {
    self.sink = sink
    self.mapping = mapping
    let file = try path.map { try RejectsFile(path: $0) }
    rejects = file
    telemetry = TelemetryImport(onReject: file.map { file in { try file.write($0) } })
  }

  /// Writes rows of files that were left out where telemetry's rejects go; nil without `--rejects`.
  var onReject: ((RejectedInput) throws -> Void)? { rejects.map { file in { try file.write($0) } } }

  /// The tables of a world that no reader of telemetry fills.
  static let otherTables: [(name: String, schema: Schema)] = ["metrics", "schema_changes", "alerts"].compactMap { name in
    World.schema(ofTable: name).map { (name, $0) }
  }

  /// Reads what `path` names and hands the tables to the sink.
  ///
  /// - Throws: a diagnostic when nothing could be read at all, and what ends the intake; `Stopped` when it was stopped and
  ///   the sink keeps what was read until then.
  func take(_ path: String, kind: TelemetryKind?, _ options: ReadOptions, _ work: Work) throws -> [LoadedFile] {
    var context = options.context
    if sink.isLasting, !isResumed {
      isResumed = true
      try telemetry.resume(from: sink.table(named:), context: context)
    }
    let before = sink.isLasting ? try rowCounts() : [:]
    let stage = work.stage("reading telemetry", unit: "runs")
    defer { stage.end() }
    telemetry.onProgress = { share, runs in stage.show(share: share, count: runs) }
    telemetry.batchBytes = sink.batchBytes ?? .max
    telemetry.onBatch = { [telemetry, sink, mapping] in
      let tables = try telemetry.tables(options.context)
      stage.end()
      try sink.take(tables, mapping: mapping, work)
      work.report(.saved("runs: \(NumberText.grouped(tables.runs.rowCount)) rows are in"))
    }
    var isStopped = false
    do {
      try read(path, kind, options)
    } catch {
      stage.end()
      report(work)
      isStopped = context.isCancelled || (error as? Diagnostic)?.code == "cancelled"
      if isStopped { noteWhereItStopped(path, work) }
      guard sink.isLasting, isStopped else { throw error }
      context = ExecutionContext(after: context)
    }
    let tables = try telemetry.tables(context)
    stage.end()
    report(work)
    if isStopped, telemetry.isEmpty { throw Stopped() }
    if telemetry.isEmpty && tables.edges.rowCount == 0 && tables.errors.rowCount == 0 { throw nothing([path]) }
    try sink.take(tables, mapping: mapping, work)
    if sink.isLasting {
      for table in tables.all {
        let added = table.rowCount - (before[table.name] ?? 0)
        work.say("\(table.name): \(counted(table.rowCount, "row")), \(NumberText.grouped(added)) of them new, from \(path)")
      }
    }
    if isStopped { throw Stopped() }
    return tables.all.map { LoadedFile(name: $0.name, rows: $0.rowCount, path: path) }
  }

  private func rowCounts() throws -> [String: Int] {
    Dictionary(uniqueKeysWithValues: try TelemetrySchema.names.map { ($0, try sink.table(named: $0)?.rowCount ?? 0) })
  }

  /// - Throws: `nothing-loaded` when nothing of these paths could be read, whatever is known from before.
  func checkTaken(_ paths: [String]) throws {
    if !hasTaken { throw nothing(paths) }
  }

  private func nothing(_ paths: [String]) -> Diagnostic {
    var help = "`--kind` says what it is, and `--map` how the rows of any other file become telemetry"
    if paths.contains("-") {
      help = "\(sink.isLasting ? "`--as NAME`" : "`--load NAME=-`") makes a table of its rows; " + help
    }
    return Diagnostic(
      "nothing-loaded", "\(paths.map { "`\($0)`" }.joined(separator: ", ")) holds no telemetry that could be read", help: help)
  }

  private func read(_ path: String, _ kind: TelemetryKind?, _ options: ReadOptions) throws {
    guard let mapping else { return try telemetry.read(path, kind: kind, options: options) }
    for file in options.isStandardInput ? [path] : try Folder.expanding(path) {
      for (name, answer) in try mapped(file, through: mapping, options) {
        try telemetry.add(table(answer, named: name), as: name, path: file, context: options.context)
      }
    }
  }

  /// What the mapping makes of a file's rows, of each table at most `rowLimit`.
  private func mapped(
    _ file: String, through mapping: MappingFile, _ options: ReadOptions, rowLimit: Int? = nil
  ) throws -> [(name: String, answer: Answer)] {
    let context = options.context
    let session = SessionOptions(threads: context.threads, memoryLimit: context.memoryLimit, clock: { context.now })
    return try mapping.run(over: readTable(named: "input", file, options).table, options: session, rowLimit: rowLimit)
  }

  private func table(_ answer: Answer, named name: String) -> Table {
    Table(name: name, schema: answer.schema, groups: answer.chunks.map { RowGroup($0.vectors(), count: $0.count) })
  }

  /// What the mapping makes of the first rows of a file, table by table. What would be rejected is reported.
  func preview(_ path: String, _ options: ReadOptions, _ work: Work) throws -> [(table: String, answer: Answer)] {
    guard let mapping, let file = try Folder.expanding(path).first else { return [] }
    return try mapped(file, through: mapping, options, rowLimit: 10).map { name, answer in
      // Nothing is kept.
      let trial = TelemetryImport()
      try trial.add(table(answer, named: name), as: name, path: file, context: options.context)
      for report in trial.reports where report.isRemarkable { work.note("`\(report.path)`: \(report.line)") }
      return (name, answer)
    }
  }

  /// A line for each file of which not all was read as it stands, or for every one.
  private func report(_ work: Work) {
    for file in telemetry.reports.dropFirst(reported) {
      if file.read > 0 || file.kind != nil && file.rejected == 0 { hasTaken = true }
      guard file.isRemarkable || sink.isLasting else { continue }
      work.report(sink.isLasting ? .message("\(file.path): \(file.line)") : .note("`\(file.path)`: \(file.line)"))
    }
    reported = telemetry.reports.count
  }

  private func noteWhereItStopped(_ path: String, _ work: Work) {
    let whole = telemetry.reports.dropLast()
    let last = telemetry.reports.last.map { ", in `\($0.path)`" } ?? ""
    work.note("loading `\(path)` was stopped\(last), when \(whole.count) files had been read")
  }

  func finish() throws { try rejects?.finish() }
}

/// The file that `--rejects` names: rejected input, a line of JSON each.
private final class RejectsFile {
  private let destination: Destination
  private var isFinished = false

  init(path: String) throws { destination = try Destination(path: path) }

  func write(_ input: RejectedInput) throws {
    destination.sink.buffer.append(input.json)
    destination.sink.buffer.append(.newline)
    try destination.sink.drain()
  }

  func finish() throws {
    if isFinished { return }
    isFinished = true
    try destination.commit()
  }
}

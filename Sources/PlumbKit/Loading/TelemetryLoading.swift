import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import PlumbSimulator
import PlumbStorage
import PlumbTelemetry

/// Telemetry that was loaded, kept so that what is loaded later is folded into the same tables.
///
/// - Note: one thread at a time, as `--load` and `.load` are.
package final class TelemetryLoading: @unchecked Sendable {
  private let catalog: Catalog
  let mapping: MappingFile?
  private let rejects: RejectsFile?
  /// Writes rows of files that were left out where telemetry's rejects go; nil without `--rejects`.
  var onReject: ((RejectedInput) throws -> Void)? { rejects.map { file in { try file.write($0) } } }
  private let telemetry: TelemetryImport
  private var reported = 0
  /// The tables of an earlier import, which this one goes on from; taken when telemetry is read first.
  var earlierTables: ((String) throws -> Table?)?
  /// Whether the report has a line for each file, and not only for those that are not as they should be.
  var saysAll = false
  /// Whether what was read stays when reading is stopped.
  var keepsParts = false
  private(set) var wasStopped = false
  /// Whether some file could be read, though it may have said nothing new.
  private var hasTaken = false
  /// Saves what is known so far; called when so much text was read since the last time.
  var onBatch: ((TelemetryTables) throws -> Void)?
  var batchBytes = Int.max
  /// What the latest `load` made.
  private(set) var latest: TelemetryTables?

  /// - Throws: diagnostics of a file for rejects that cannot be made.
  init(mapping: MappingFile?, rejects: String?, catalog: Catalog) throws {
    self.catalog = catalog
    self.mapping = mapping
    let file = try rejects.map { try RejectsFile(path: $0) }
    self.rejects = file
    telemetry = TelemetryImport(onReject: file.map { file in { try file.write($0) } })
  }

  var hasMapping: Bool { mapping != nil }

  /// Reads what `path` names and puts the tables into the catalog.
  ///
  /// - Throws: a diagnostic when nothing could be read at all, and what ends the import.
  func load(_ path: String, kind: TelemetryKind?, options: ReadOptions, _ work: Work) throws -> [LoadedFile] {
    if let earlier = earlierTables {
      earlierTables = nil
      try telemetry.resume(from: earlier, context: options.context)
    }
    var context = options.context
    let stage = work.stage("reading telemetry", unit: "runs")
    telemetry.onProgress = { share, runs in stage.show(share: share, count: runs) }
    telemetry.batchBytes = batchBytes
    telemetry.onBatch = onBatch.map { save in
      { [telemetry] in
        let tables = try telemetry.tables(options.context)
        stage.end()
        try save(tables)
      }
    }
    defer { stage.end() }
    do {
      if let mapping {
        try load(path, through: mapping, options)
      } else {
        try telemetry.read(path, kind: kind, options: options)
      }
    } catch {
      stage.end()
      report(work)
      let isStopped = context.isCancelled || (error as? Diagnostic)?.code == "cancelled"
      if isStopped { noteWhereItStopped(path, work) }
      guard keepsParts, isStopped else { throw error }
      wasStopped = true
      context = ExecutionContext(now: context.now, threads: context.threads, memoryLimit: context.memoryLimit)
    }
    let tables = try telemetry.tables(context)
    latest = tables
    stage.end()
    report(work)
    if wasStopped, telemetry.isEmpty { throw Stopped() }
    if telemetry.isEmpty && tables.edges.rowCount == 0 && tables.errors.rowCount == 0 {
      throw nothing([path])
    }
    for table in tables.all + tables.kept.filter({ $0.rowCount > 0 }) { catalog.add(table) }
    addMissingTables()
    return tables.all.map { LoadedFile(name: $0.name, rows: $0.rowCount, path: path) }
  }

  /// - Throws: `nothing-loaded` when nothing of these paths could be read, whatever is known from before.
  func checkTaken(_ paths: [String]) throws {
    if !hasTaken, !wasStopped { throw nothing(paths) }
  }

  private func nothing(_ paths: [String]) -> Diagnostic {
    var help = "`--kind` says what it is, and `--map` how the rows of any other file become telemetry"
    if paths.contains("-") {
      help = "\(saysAll ? "`--as NAME`" : "`--load NAME=-`") makes a table of its rows; " + help
    }
    return Diagnostic(
      "nothing-loaded", "\(paths.map { "`\($0)`" }.joined(separator: ", ")) holds no telemetry that could be read", help: help)
  }

  private func load(_ path: String, through mapping: MappingFile, _ options: ReadOptions) throws {
    for file in options.isStandardInput ? [path] : try TelemetryFiles.expanding(path) {
      let input = try readTable(named: "input", file, options)
      for (name, answer) in try mapping.run(over: input.table, options: sessionOptions(options.context)) {
        let groups = answer.chunks.map { RowGroup($0.vectors(), count: $0.count) }
        let table = Table(name: name, schema: answer.schema, groups: groups)
        try telemetry.add(table, as: name, path: file, context: options.context)
      }
    }
  }

  private func sessionOptions(_ context: ExecutionContext) -> SessionOptions {
    SessionOptions(threads: context.threads, memoryLimit: context.memoryLimit, clock: { context.now })
  }

  /// What the mapping makes of the first rows of a file, table by table. What would be rejected is reported.
  func preview(_ path: String, options: ReadOptions, _ work: Work) throws -> [(table: String, answer: Answer)] {
    guard let mapping, let file = try TelemetryFiles.expanding(path).first else { return [] }
    let input = try readTable(named: "input", file, options)
    let answers = try mapping.run(over: input.table, options: sessionOptions(options.context), rowLimit: 10)
    for (name, answer) in answers {
      let table = Table(name: name, schema: answer.schema, groups: answer.chunks.map { RowGroup($0.vectors(), count: $0.count) })
      // Nothing is kept.
      let trial = TelemetryImport()
      try trial.add(table, as: name, path: file, context: options.context)
      for report in trial.reports where report.isRemarkable { work.note("`\(report.path)`: \(report.line)") }
    }
    return answers.map { ($0.name, $0.answer) }
  }

  /// Queries for any world find the tables that no reader fills, without rows.
  private func addMissingTables() {
    for (name, schema) in Self.otherTables where !catalog.hasTable(named: name) {
      catalog.add(Table(name: name, schema: schema, groups: []))
    }
  }

  static let otherTables: [(name: String, schema: Schema)] = ["metrics", "schema_changes", "alerts"].compactMap { name in
    World.schema(ofTable: name).map { (name, $0) }
  }

  /// A line for each file of which not all was read as it stands.
  private func report(_ work: Work) {
    for file in telemetry.reports.dropFirst(reported) {
      if file.read > 0 || file.kind != nil && file.rejected == 0 { hasTaken = true }
      guard file.isRemarkable || saysAll else { continue }
      work.report(saysAll ? .message("\(file.path): \(file.line)") : .note("`\(file.path)`: \(file.line)"))
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
    destination.sink.buffer.append(0x0A as UInt8)
    try destination.sink.drain()
  }

  func finish() throws {
    if isFinished { return }
    isFinished = true
    try destination.commit()
  }
}

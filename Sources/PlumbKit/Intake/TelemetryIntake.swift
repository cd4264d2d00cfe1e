import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// The telemetry imported so far, kept so that later telemetry is merged into the same tables.
///
/// - Note: one thread at a time, as for `--load` and `.load`.
final class TelemetryIntake: @unchecked Sendable {
  let mapping: MappingFile?
  private let sink: any RowSink
  private let rejects: RejectsFile?
  private let telemetry: TelemetryImport
  private var reported = 0
  private var isResumed = false
  /// Whether at least one file could be read, though it may not have contained anything new.
  private var hasTaken = false

  /// - Throws: diagnostics about a file for rejects that cannot be created.
  init(into sink: any RowSink, mapping: MappingFile?, rejects path: String?) throws {
    self.sink = sink
    self.mapping = mapping
    let file = try path.map { try RejectsFile(path: $0) }
    rejects = file
    telemetry = TelemetryImport(onReject: file.map { file in { try file.write($0) } })
  }

  /// Writes rejected rows of files to telemetry's rejects; nil without `--rejects`.
  var onReject: ((RejectedInput) throws -> Void)? { rejects.map { file in { try file.write($0) } } }

  /// The tables of a world that readers of telemetry do not fill.
  static let otherTables: [(name: String, schema: Schema)] = ["metrics", "schema_changes", "alerts"].compactMap { name in
    World.schema(ofTable: name).map { (name, $0) }
  }

  /// Reads what `path` names and passes the tables to the sink.
  ///
  /// - Throws: a diagnostic if nothing could be read at all, and what ends the import; `Stopped` if it was stopped and
  ///   the sink keeps what was read until then.
  func take(_ path: String, kind: TelemetryKind?, _ options: ReadOptions, _ work: Work) throws -> [LoadedFile] {
    try take(path, options, work) { try telemetry.read(path, kind: kind, options: options) }
  }

  /// Reads the rows that a mapping makes of some files and passes the tables to the sink: once for each file of `input`, with
  /// the other tables present each time.
  ///
  /// - Throws: what `take` throws.
  func takeMapped(
    _ inputs: [MappingInput], by mapping: MappingFile, _ options: ReadOptions, _ work: Work, reading: (String) throws -> ReadOptions
  ) throws -> [LoadedFile] {
    try take(Self.title(inputs), options, work) {
      try mapped(inputs, by: mapping, options, reading: reading) { path, name, answer in
        try telemetry.add(table(answer, named: name), as: name, path: path, context: options.context)
      }
    }
  }

  private func take(_ path: String, _ options: ReadOptions, _ work: Work, reading: () throws -> Void) throws -> [LoadedFile] {
    var context = options.context
    if sink.isLasting, !isResumed {
      isResumed = true
      try telemetry.resume(from: sink.table(named:), context: context)
    }
    let reportsBefore = telemetry.reports.count
    let before = sink.isLasting ? try rowCounts() : [:]
    let stage = work.stage("reading telemetry", unit: "runs")
    defer { stage.end() }
    telemetry.onProgress = { share, runs in stage.show(share: share, count: runs) }
    telemetry.batchBytes = sink.batchBytes ?? .max
    telemetry.onBatch = { [telemetry, sink, mapping] in
      let tables = try telemetry.tables(options.context)
      stage.end()
      try sink.take(tables, mapping: mapping, work)
      work.report(.saved("runs: \(NumberText.grouped(tables.runs.rowCount)) rows saved"))
    }
    var isStopped = false
    do {
      try reading()
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
    let hasRead = telemetry.reports.dropFirst(reportsBefore).contains { $0.read > 0 || $0.kind != nil && $0.rejected == 0 }
    if !hasRead, telemetry.isEmpty && tables.edges.rowCount == 0 && tables.errors.rowCount == 0 { throw nothing([path]) }
    try sink.take(tables, mapping: mapping, work)
    if sink.isLasting {
      for table in tables.all {
        let added = table.rowCount - (before[table.name] ?? 0)
        let text = "\(table.name): \(counted(table.rowCount, "row")), \(NumberText.grouped(added)) of them new, from \(path)"
        if added == 0 { work.sayUnchanged(text) } else { work.say(text) }
      }
    }
    if isStopped { throw Stopped() }
    return tables.all.map { LoadedFile(name: $0.name, rows: $0.rowCount, path: path) }
  }

  private func rowCounts() throws -> [String: Int] {
    Dictionary(uniqueKeysWithValues: try TelemetrySchema.names.map { ($0, try sink.table(named: $0)?.rowCount ?? 0) })
  }

  /// - Throws: `nothing-loaded` if nothing in these paths could be read, whatever is known from before.
  func checkTaken(_ paths: [String]) throws {
    if !hasTaken { throw nothing(paths) }
  }

  private func nothing(_ paths: [String]) -> Diagnostic {
    var help = "use `--kind` to say what it is, or `--map` to map the rows of any other file to telemetry"
    let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: 64 << 20)
    if let path = paths.first(where: { FileInput.isSQLite($0) }), let tables = try? FileInput.tables(in: path, ReadOptions(context: context)) {
      help = ShippedMap.of(tables: tables).map { "`\(path)` looks like \($0.advice)" } ?? "`\(path)` is an SQLite file: `--map` maps its rows to telemetry"
    }
    if paths.contains("-") {
      help = "\(sink.isLasting ? "`--as NAME`" : "`--load NAME=-`") loads its rows into a table; " + help
    }
    return Diagnostic(
      "nothing-loaded", "\(paths.map { "`\($0)`" }.joined(separator: ", ")) contains no readable telemetry", help: help)
  }

  /// The names of the files.
  private static func title(_ inputs: [MappingInput]) -> String {
    inputs.map { FileInput.file(ofPath: $0.path) }.reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } }.joined(separator: ", ")
  }

  /// Passes on what the mapping makes of files, at most `rowLimit` rows of each table.
  private func mapped(
    _ inputs: [MappingInput], by mapping: MappingFile, _ options: ReadOptions, rowLimit: Int? = nil, reading: (String) throws -> ReadOptions,
    take: (_ path: String, _ name: String, _ answer: Answer) throws -> Void
  ) throws {
    let context = options.context
    let session = SessionOptions(threads: context.threads, memoryLimit: context.memoryLimit, clock: { context.now })
    var named: [Table] = []
    for input in inputs {
      guard let name = input.table else { continue }
      let table = try readTable(named: name, input.path, reading(input.path)).table
      guard let place = named.firstIndex(where: { $0.name == name }) else {
        named.append(table)
        continue
      }
      named[place] = TableUnion(named[place], table)?.table(options) ?? named[place].appending(table.groups)
    }
    let files = inputs.filter { $0.table == nil }
    for (name, answer) in files.isEmpty ? try mapping.run(over: named, options: session, rowLimit: rowLimit) : [] {
      try take(Self.title(inputs), name, answer)
    }
    for file in files {
      let input = try readTable(named: "input", file.path, reading(file.path)).table
      for (name, answer) in try mapping.run(over: named + [input], options: session, rowLimit: rowLimit) {
        try take(file.path, name, answer)
      }
    }
  }

  private func table(_ answer: Answer, named name: String) -> Table {
    Table(name: name, schema: answer.schema, groups: answer.chunks.map { RowGroup($0.vectors(), count: $0.count) })
  }

  /// The mapping's result for the first rows of the first file, table by table. Reports what would be rejected.
  func preview(
    _ inputs: [MappingInput], _ options: ReadOptions, _ work: Work, reading: (String) throws -> ReadOptions
  ) throws -> [(table: String, answer: Answer)] {
    guard let mapping else { return [] }
    let first = inputs.first { $0.table == nil }
    let shown = inputs.filter { $0.table != nil } + (first.map { [$0] } ?? [])
    var results: [(table: String, answer: Answer)] = []
    try mapped(shown, by: mapping, options, rowLimit: 10, reading: reading) { path, name, answer in
      // Nothing is stored.
      let trial = TelemetryImport()
      try trial.add(table(answer, named: name), as: name, path: path, context: options.context)
      for report in trial.reports where report.isRemarkable { work.note("`\(report.path)`: \(report.line)") }
      results.append((name, answer))
    }
    return results
  }

  /// A line for each file that was not read completely, or for every one.
  private func report(_ work: Work) {
    for file in telemetry.reports.dropFirst(reported) {
      if file.read > 0 || file.kind != nil && file.rejected == 0 { hasTaken = true }
      guard file.isRemarkable || sink.isLasting else { continue }
      let text = "\(file.path): \(file.line)"
      let isUnchanged = !file.isRemarkable && file.read == file.folded + file.unused
      work.report(!sink.isLasting ? .note("`\(file.path)`: \(file.line)") : isUnchanged ? .unchanged(text) : .message(text))
    }
    reported = telemetry.reports.count
  }

  private func noteWhereItStopped(_ path: String, _ work: Work) {
    let whole = telemetry.reports.dropLast()
    let last = telemetry.reports.last.map { ", in `\($0.path)`" } ?? ""
    work.note("loading `\(path)` was stopped\(last) after \(whole.count) files")
  }

  func finish() throws { try rejects?.finish() }
}

/// The file that `--rejects` names: rejected input, one line of JSON each.
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

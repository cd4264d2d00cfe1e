import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage
import PlumbTelemetry

/// Telemetry that was loaded, kept so that what is loaded later is folded into the same tables.
///
/// - Note: one thread at a time, as `--load` and `.load` are.
final class TelemetryLoading: @unchecked Sendable {
  private let catalog: Catalog
  private let mapping: MappingFile?
  private let rejects: RejectsFile?
  private let telemetry: TelemetryImport
  private var reported = 0

  /// - Throws: diagnostics of the mapping, and of a file for rejects that cannot be made.
  init(mapping: String?, rejects: String?, catalog: Catalog) throws {
    self.catalog = catalog
    self.mapping = try mapping.map { try MappingFile(path: $0) }
    let file = try rejects.map { try RejectsFile(path: $0) }
    self.rejects = file
    telemetry = TelemetryImport(onReject: file.map { file in { try file.write($0) } })
  }

  var hasMapping: Bool { mapping != nil }

  /// Reads what `path` names and puts the tables into the catalog.
  ///
  /// - Throws: a diagnostic when nothing could be read at all, and what ends the import.
  func load(_ path: String, kind: TelemetryKind?, options: LoadOptions) throws -> [Loading.Loaded] {
    do {
      if let mapping {
        try load(path, through: mapping, options)
      } else {
        try telemetry.read(path, kind: kind, options: options)
      }
    } catch {
      report()
      if options.context.isCancelled { sayWhereItStopped(path) }
      throw error
    }
    let tables = try telemetry.tables(options.context)
    report()
    if telemetry.isEmpty && tables.edges.rowCount == 0 && tables.errors.rowCount == 0 {
      throw Diagnostic(
        "nothing-loaded", "`\(path)` holds no telemetry that could be read",
        help: "`--kind` says what it is, and `--map` how the rows of any other file become telemetry")
    }
    for table in tables.all { catalog.add(table) }
    addMissingTables()
    return tables.all.map { Loading.Loaded(name: $0.name, rows: $0.rowCount, path: path) }
  }

  private func load(_ path: String, through mapping: MappingFile, _ options: LoadOptions) throws {
    for file in options.isStandardInput ? [path] : try TelemetryFiles.expanding(path) {
      let input = try loadTable(name: "input", path: file, options: options)
      let context = options.context
      var session = SessionOptions(threads: context.threads, memoryLimit: context.memoryLimit)
      session.clock = { context.now }
      for (name, table) in try mapping.run(over: input.table, options: session) {
        try telemetry.add(table, as: name, path: file, context: context)
      }
    }
  }

  /// Queries for any world find the tables that no reader fills, without rows.
  private func addMissingTables() {
    for name in ["metrics", "schema_changes", "alerts"] where !catalog.hasTable(named: name) {
      if let schema = World.schema(ofTable: name) { catalog.add(Table(name: name, schema: schema, groups: [])) }
    }
  }

  /// A line for each file of which not all was read as it stands.
  private func report() {
    for file in telemetry.reports.dropFirst(reported) where file.isRemarkable {
      Console.say("note: `\(file.path)`: \(file.line)")
    }
    reported = telemetry.reports.count
  }

  private func sayWhereItStopped(_ path: String) {
    let whole = telemetry.reports.dropLast()
    let last = telemetry.reports.last.map { ", in `\($0.path)`" } ?? ""
    Console.say("note: loading `\(path)` was stopped\(last), when \(whole.count) files had been read")
  }

  func finish() throws { try rejects?.finish() }
}

/// The file that `--rejects` names: rejected input, a line of JSON each.
private final class RejectsFile {
  private let destination: Destination

  init(path: String) throws { destination = try Destination(path: path) }

  func write(_ input: RejectedInput) throws {
    destination.sink.buffer.append(input.json)
    destination.sink.buffer.append(0x0A as UInt8)
    try destination.sink.drain()
  }

  func finish() throws { try destination.commit() }
}

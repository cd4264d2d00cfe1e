import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Loads files and folders as tables of a catalog.
struct Loading: Sendable {
  private let format: FileFormat?
  private let delimiter: UInt8?
  private let hasHeader: Bool?
  private var columns: Schema?
  private let badRows: BadRowPolicy
  var threads: Int
  private let memoryLimit: Int
  private let catalog: Catalog
  private let kind: TelemetryKind?
  let telemetry: TelemetryLoading

  /// - Parameter savedMapping: the text of a mapping that is kept under a name.
  /// - Throws: a usage error of the options.
  init(
    _ options: DataOptions, catalog: Catalog, savedMapping: (String) -> String? = { _ in nil }
  ) throws {
    self.catalog = catalog
    format = try options.loadedFormat()
    delimiter = try options.delimiterByte()
    hasHeader = options.header
    let types = try options.columnTypes()
    columns = types.isEmpty ? nil : types
    badRows = options.badRows
    threads = options.threads ?? Machine.processors
    memoryLimit = try options.memoryLimit()
    kind = try options.telemetryKind()
    telemetry = try TelemetryLoading(
      mapping: try options.mapping.map { try MappingFile(path: $0, saved: savedMapping) }, rejects: options.rejects,
      catalog: catalog)
  }

  /// A table that was loaded, for a line about it.
  struct Loaded {
    let name: String
    let rows: Int
    let path: String
  }

  /// Loads one `--load`: a file under its name, each data file of a folder under the file's, or telemetry into
  /// the tables that telemetry has.
  ///
  /// - Throws: a diagnostic that names the file.
  @discardableResult
  func load(name: String?, path: String) throws -> [Loaded] {
    var gathered = GatheredFiles()
    return try load(name: name, path: path, together: &gathered)
  }

  /// The same for one of several: files of one name make one table, as an import makes of them.
  @discardableResult
  func load(name: String?, path: String, together gathered: inout GatheredFiles) throws -> [Loaded] {
    if telemetry.hasMapping || kind != nil, name != nil {
      throw Diagnostic(
        "named-telemetry", "telemetry fills tables of its own, so that it takes no name",
        help: "write the path alone: `\(path)`")
    }
    if try isTelemetry(path, named: name) { return try loadTelemetry(path) }
    let paths = path == "-" ? [path] : try TelemetryFiles.expanding(path)
    if name != nil, paths.count > 1 {
      throw Diagnostic("many-files", "`\(path)` names \(paths.count) files, which cannot all be one table")
    }
    return try paths.flatMap { try loadTables(name: name, path: $0, &gathered) }
  }

  /// Whether what a path names is telemetry: it is said to be, or is found to be and has no name of its own. What can be
  /// read once only is not looked into.
  func isTelemetry(_ path: String, named name: String?) throws -> Bool {
    if telemetry.hasMapping || kind != nil { return true }
    if name != nil || format != nil { return false }
    if path == "-" { return true }
    let options = ReadOptions(context: makeContext())
    return try TelemetryFiles.expanding(path).contains { path in
      try access(path, F_OK) == 0 && !TelemetryFiles.isPipe(path) && TelemetryImport.isTelemetry(path, kind: nil, options: options)
    }
  }

  private func loadTelemetry(_ path: String) throws -> [Loaded] {
    let context = makeContext()
    var options = loadOptions(context)
    options.isStandardInput = path == "-"
    return try Interrupts.shared.handling(repeatable: true, { context.cancel() }) {
      try telemetry.load(path, kind: kind, options: options)
    }.result
  }

  /// Shows what the mapping makes of the first rows of a file.
  func preview(_ path: String) throws {
    let context = makeContext()
    try Interrupts.shared.handling({ context.cancel() }) { try telemetry.preview(path, options: loadOptions(context)) }
  }

  private func loadTables(name: String?, path: String, _ gathered: inout GatheredFiles) throws -> [Loaded] {
    if path == "-" { return try loadFile(name: name ?? "input", path: path, &gathered) }
    guard FileInput.exists(path) else {
      throw Diagnostic("no-file", "cannot open `\(path)`: \(String(cString: strerror(errno)))")
    }
    guard TelemetryFiles.isFolder(path) else {
      return try loadFile(name: name ?? Self.tableName(forFile: path), path: path, &gathered)
    }
    if name != nil {
      throw Diagnostic(
        "folder", "`\(path)` is a folder, and a folder's tables are named after its files",
        help: "write `--load \(path)`")
    }
    return try Self.files(ofFolder: path).flatMap {
      try loadFile(name: Self.tableName(forFile: $0), path: $0, &gathered)
    }
  }

  /// The end of loading: the file of rejected input is complete.
  func finish() throws { try telemetry.finish() }

  /// Reads what `externaldata` names: local files with these columns, one after the other.
  func readExternal(_ locations: [String], _ schema: Schema, _ properties: [String: String]) throws -> Table {
    var options = ReadOptions(context: makeContext())
    options.columns = schema
    options.takesColumnsByPlace = true
    options.badRows = badRows
    if let name = properties["format"] {
      guard let format = FileFormat(name: name) else {
        throw Diagnostic("unknown-format", "`externaldata` cannot read the format `\(name)`")
      }
      options.format = format
    }
    options.hasHeader = properties["ignoreFirstRecord"].map { $0 == "true" }
    var table = Table(name: "externaldata", schema: schema, groups: [])
    for location in locations {
      if location.contains("://") {
        throw Diagnostic(
          "unsupported", "`externaldata` reads local files only, not `\(location)`",
          help: "fetch the file first and name its path")
      }
      table = table.appending(try readTable(named: table.name, location, options).table.groups)
    }
    return table
  }

  /// How an import reads files of rows.
  func importOptions(_ path: String) -> ReadOptions {
    var options = loadOptions(makeContext())
    options.isStandardInput = path == "-"
    return options
  }

  private func makeContext() -> ExecutionContext {
    ExecutionContext(now: Machine.now, threads: threads, memoryLimit: memoryLimit)
  }

  private func loadOptions(_ context: ExecutionContext) -> ReadOptions {
    var options = ReadOptions(context: context)
    options.format = format
    options.delimiter = delimiter
    options.hasHeader = hasHeader
    options.columns = columns
    options.badRows = badRows
    options.onReject = telemetry.onReject
    return options
  }

  /// - Returns: nothing for a file whose rows are in the table already.
  private func loadFile(name: String, path: String, _ gathered: inout GatheredFiles) throws -> [Loaded] {
    let context = makeContext()
    var options = loadOptions(context)
    options.isStandardInput = path == "-"
    guard gathered.takes(path, into: name) else { return [] }
    let known = try gathered.firstFile(of: name).flatMap { first in
      try catalog.table(named: name).map { (table: $0, first: first) }
    }
    let loaded = try Interrupts.shared.handling({ context.cancel() }) {
      if let known { return try GatheredFiles.rows(of: path, for: known.table, of: known.first, options) }
      return try readTable(named: name, path, options)
    }.result
    catalog.add(known.map { $0.table.appending(loaded.table.groups) } ?? loaded.table)
    gathered.note(path, in: name)
    for note in loaded.misfits.notes { Console.say("note: `\(path)`: \(note)") }
    return [Loaded(name: name, rows: loaded.table.rowCount, path: path)]
  }

  /// The file's name without folders and endings.
  static func tableName(forFile path: String) -> String {
    let file = path.split(separator: "/").last ?? "table"
    let stem = file.prefix { $0 != "." }
    return stem.isEmpty ? String(file) : String(stem)
  }

  /// The same for files whose columns are known.
  func withColumns(_ columns: Schema) -> Loading {
    var other = self
    other.columns = columns
    return other
  }

  /// The data files of a folder in alphabetical order.
  ///
  /// - Throws: `no-file` when there is none, with a folder in it that has some.
  static func files(ofFolder path: String) throws -> [String] {
    let files = dataFiles(in: path)
    if !files.isEmpty { return files }
    let inner = TelemetryFiles.folders(in: path).first { !dataFiles(in: $0).isEmpty }
    throw Diagnostic(
      "no-file", "the folder `\(path)` holds no \(FileFormat.namesOfTables) file",
      help: inner.map { "folders in it are not looked into: name them as well, such as `\($0)`" })
  }

  /// In alphabetical order.
  static func dataFiles(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var files: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix("."), FileFormat.isTable(named: name) {
        files.append(folder.hasSuffix("/") ? folder + name : folder + "/" + name)
      }
    }
    return files.sorted()
  }
}

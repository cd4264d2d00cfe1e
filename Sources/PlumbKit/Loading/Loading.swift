import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// A table that was loaded from a file.
package struct LoadedFile: Hashable, Sendable {
  package let name: String
  package let rows: Int
  package let path: String
}

/// Loads files and folders as tables of a catalog.
package struct Loading: Sendable {
  private let reading: ReadingOptions
  private var columns: Schema?
  var threads: Int
  private let memoryLimit: Int
  private let catalog: Catalog
  let telemetry: TelemetryLoading

  /// - Parameter savedMapping: the text of a mapping that is kept under a name.
  /// - Throws: diagnostics of the mapping and of the file for rejected rows.
  init(
    _ reading: ReadingOptions, threads: Int, memoryLimit: Int, catalog: Catalog,
    savedMapping: (String) -> String? = { _ in nil }
  ) throws {
    self.reading = reading
    self.catalog = catalog
    columns = reading.columns.isEmpty ? nil : reading.columns
    self.threads = threads
    self.memoryLimit = memoryLimit
    telemetry = try TelemetryLoading(
      mapping: try reading.mapping.map { try MappingFile(path: $0, saved: savedMapping) }, rejects: reading.rejects,
      catalog: catalog)
  }

  /// Loads one `--load`: a file under its name, each data file of a folder under the file's, or telemetry into
  /// the tables that telemetry has.
  ///
  /// - Throws: a diagnostic that names the file.
  @discardableResult
  package func load(name: String?, path: String, _ work: Work) throws -> [LoadedFile] {
    var gathered = GatheredFiles()
    return try load(name: name, path: path, together: &gathered, work)
  }

  /// The same for one of several: files of one name make one table, as an import makes of them.
  @discardableResult
  func load(name: String?, path: String, together gathered: inout GatheredFiles, _ work: Work) throws -> [LoadedFile] {
    if telemetry.hasMapping || reading.kind != nil, name != nil {
      throw Diagnostic(
        "named-telemetry", "telemetry fills tables of its own, so that it takes no name",
        help: "write the path alone: `\(path)`")
    }
    if try isTelemetry(path, named: name) { return try loadTelemetry(path, work) }
    let paths = path == "-" ? [path] : try TelemetryFiles.expanding(path)
    if name != nil, paths.count > 1 {
      throw Diagnostic("many-files", "`\(path)` names \(paths.count) files, which cannot all be one table")
    }
    return try paths.flatMap { try loadTables(name: name, path: $0, &gathered, work) }
  }

  /// Whether what a path names is telemetry: it is said to be, or is found to be and has no name of its own. What can be
  /// read once only is not looked into.
  func isTelemetry(_ path: String, named name: String?) throws -> Bool {
    if telemetry.hasMapping || reading.kind != nil { return true }
    if name != nil || reading.format != nil { return false }
    if path == "-" { return true }
    let options = ReadOptions(context: makeContext())
    return try TelemetryFiles.expanding(path).contains { path in
      try access(path, F_OK) == 0 && !TelemetryFiles.isPipe(path) && TelemetryImport.isTelemetry(path, kind: nil, options: options)
    }
  }

  private func loadTelemetry(_ path: String, _ work: Work) throws -> [LoadedFile] {
    let context = makeContext()
    var options = loadOptions(context)
    options.isStandardInput = path == "-"
    // What was read is reported, and perhaps saved, before the end.
    work.stopInOrder()
    return try work.running(context) { try telemetry.load(path, kind: reading.kind, options: options, work) }
  }

  /// What the mapping makes of the first rows of a file, table by table.
  func preview(_ path: String, _ work: Work) throws -> [(table: String, answer: Answer)] {
    let context = makeContext()
    return try work.running(context) { try telemetry.preview(path, options: loadOptions(context), work) }
  }

  private func loadTables(
    name: String?, path: String, _ gathered: inout GatheredFiles, _ work: Work
  ) throws -> [LoadedFile] {
    if path == "-" { return try loadFile(name: name ?? "input", path: path, &gathered, work) }
    guard FileInput.exists(path) else {
      throw Diagnostic("no-file", "cannot open `\(path)`: \(String(cString: strerror(errno)))")
    }
    guard TelemetryFiles.isFolder(path) else {
      return try loadFile(name: name ?? Self.tableName(forFile: path), path: path, &gathered, work)
    }
    if name != nil {
      throw Diagnostic(
        "folder", "`\(path)` is a folder, and a folder's tables are named after its files",
        help: "write `--load \(path)`")
    }
    return try Self.files(ofFolder: path).flatMap {
      try loadFile(name: Self.tableName(forFile: $0), path: $0, &gathered, work)
    }
  }

  /// The end of loading: the file of rejected input is complete.
  func finish() throws { try telemetry.finish() }

  /// Reads what `externaldata` names: local files with these columns, one after the other.
  func readExternal(_ locations: [String], _ schema: Schema, _ properties: [String: String]) throws -> Table {
    var options = ReadOptions(context: makeContext())
    options.columns = schema
    options.takesColumnsByPlace = true
    options.badRows = reading.badRows
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
    options.format = reading.format
    options.delimiter = reading.delimiter
    options.hasHeader = reading.hasHeader
    options.columns = columns
    options.badRows = reading.badRows
    options.onReject = telemetry.onReject
    return options
  }

  /// - Returns: nothing for a file whose rows are in the table already.
  private func loadFile(
    name: String, path: String, _ gathered: inout GatheredFiles, _ work: Work
  ) throws -> [LoadedFile] {
    let context = makeContext()
    var options = loadOptions(context)
    options.isStandardInput = path == "-"
    guard gathered.takes(path, into: name) else { return [] }
    let known = try gathered.firstFile(of: name).flatMap { first in
      try catalog.table(named: name).map { (table: $0, first: first) }
    }
    let loaded = try work.running(context) {
      if let known { return try GatheredFiles.rows(of: path, for: known.table, of: known.first, options) }
      return try readTable(named: name, path, options)
    }
    catalog.add(known.map { $0.table.appending(loaded.table.groups) } ?? loaded.table)
    gathered.note(path, in: name)
    for note in loaded.misfits.notes { work.note("`\(path)`: \(note)") }
    return [LoadedFile(name: name, rows: loaded.table.rowCount, path: path)]
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

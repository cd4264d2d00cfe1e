import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Files of data or telemetry that a workspace takes in.
package struct ImportRequest: Sendable {
  package var paths: [String]
  /// The table's name, for one path; nil for the files' names.
  package var tableName: String?
  /// Whether a table of the name is replaced; else the rows are added to it.
  package var replaces = false
  /// How much text of a file is saved at a time.
  package var batchBytes = 128 << 20
  package var reading = ReadingOptions()
  /// Workers and bytes, where they are others than the workspace's.
  package var threads: Int?
  package var memoryLimit: Int?

  package init(paths: [String]) { self.paths = paths }
}

extension ImportRequest {
  func limiting(_ options: WorkspaceOptions) -> WorkspaceOptions {
    var options = options
    options.threads = threads ?? options.threads
    options.memoryLimit = memoryLimit ?? options.memoryLimit
    return options
  }
}

/// Files of data as they become tables of a workspace, a batch of rows in a transaction.
///
/// What was stopped goes on where it was when the same request is made again, and what is imported already is not
/// imported twice.
package struct Import {
  let request: ImportRequest
  let options: WorkspaceOptions

  package init(_ request: ImportRequest, _ options: WorkspaceOptions) {
    self.request = request
    self.options = request.limiting(options)
  }

  /// What the mapping makes of the first rows of each path, table by table.
  package func preview(_ work: Work) throws -> [(table: String, answer: Answer)] {
    let loading = try loading(Catalog())
    return try request.paths.flatMap { try loading.preview($0, work) }
  }

  /// Reads all paths into a workspace file, which is created if it is missing and one of the paths names a file.
  ///
  /// - Returns: whether all tables of all files were read.
  package func run(into path: String, _ work: Work) throws -> Bool {
    if access(path, F_OK) != 0 { try checkPaths() }
    var fileOptions = WorkspaceFile.Options()
    fileOptions.threads = options.threads
    BufferRecycling.keep(upTo: min(options.memoryLimit / 16, 512 << 20))
    return try run(into: WorkspaceFile(path, fileOptions), work)
  }

  /// Reads all paths into an open file.
  ///
  /// - Returns: whether all tables of all files were read.
  /// - Throws: `Stopped` when it was stopped, and diagnostics that name the file; what was saved until then stays.
  package func run(into file: WorkspaceFile, _ work: Work) throws -> Bool {
    // What is read and not yet written takes a few times its text.
    let batchBytes = max(4096, min(request.batchBytes, max(options.memoryLimit / 16, 1 << 20)))
    let catalog = Catalog()
    let loading = try loading(catalog) { file.setting(TelemetryWriting.settingName($0)) }
    let telemetry = TelemetryWriting(loading, catalog: catalog, file: file, work)
    telemetry.batchBytes = batchBytes
    // What was rejected until then is written even if reading is stopped.
    defer { try? loading.finish() }
    var (hasTables, isWhole) = (false, true)
    var replaced: Set<String> = []
    for path in request.paths {
      if try loading.isTelemetry(path, named: request.tableName) {
        try telemetry.load(path, named: request.tableName)
        continue
      }
      for (name, part) in try TelemetryFiles.expanding(path).flatMap({ try Self.parts(of: $0, as: request.tableName, loading.importOptions($0)) }) {
        let schema = try ExportedSchema.columns(ofTable: name, besideFile: part)
        let own = schema.map { loading.withColumns($0) } ?? loading
        // Files of one name are one table, of which the first takes the place of what was there.
        let replaces = request.replaces && replaced.insert(name).inserted
        do {
          try TableImport(own, into: file, table: name, from: part, replaces: replaces, batchBytes: batchBytes, work).run()
        } catch let problem as Diagnostic where part.hasSuffix("#\(name)") && problem.code == "cannot-read" {
          // Such as a view of a table that is gone: the others can be read.
          work.report(
            .problem(Problem(Diagnostic(problem.code, "`\(name)` was left out: \(problem.message)", help: problem.help))))
          isWhole = false
        }
        hasTables = true
      }
    }
    try loading.finish()
    if !hasTables { try loading.telemetry.checkTaken(request.paths) }
    return isWhole
  }

  private func loading(_ catalog: Catalog, savedMapping: (String) -> String? = { _ in nil }) throws -> Loading {
    try Loading(
      request.reading, threads: options.threads, memoryLimit: options.memoryLimit, catalog: catalog,
      savedMapping: savedMapping)
  }

  /// - Throws: a diagnostic when none of the paths names a file.
  private func checkPaths() throws {
    var problem: Diagnostic?
    let readOptions = ReadOptions(
      context: ExecutionContext(now: Machine.now, threads: 1, memoryLimit: options.memoryLimit))
    for path in request.paths {
      if path == "-" || request.reading.mapping != nil || request.reading.kind != nil { return }
      do {
        for match in try TelemetryFiles.expanding(path) {
          // The name of an SQLite file's table follows `#`.
          if access(match, F_OK) != 0, !match.contains("#") {
            throw Diagnostic("no-such-file", "`\(match)` cannot be read: \(String(cString: strerror(errno)))")
          }
          guard TelemetryFiles.isFolder(match) else { return }
          if request.tableName == nil, try TelemetryImport.isTelemetry(match, kind: nil, options: readOptions) { return }
          _ = try Loading.files(ofFolder: match)
          return
        }
      } catch let found as Diagnostic {
        problem = problem ?? found
      }
    }
    if let problem { throw problem }
  }

  /// The tables that a path stands for: a file, the files of a folder, or the tables of an SQLite file.
  private static func parts(
    of path: String, as name: String?, _ options: ReadOptions
  ) throws -> [(name: String, path: String)] {
    if TelemetryFiles.isFolder(path) {
      return try Loading.files(ofFolder: path).map { (Loading.tableName(forFile: $0), $0) }
    }
    if path != "-", name == nil, let tables = try FileInput.tables(in: path, options) {
      return tables.map { ($0, "\(path)#\($0)") }
    }
    return [(name ?? Loading.tableName(forFile: path), path)]
  }
}

extension Workspace {
  /// Takes files of data in: into the workspace file, or into tables in memory.
  ///
  /// - Returns: whether all tables of all files were read.
  /// - Throws: `Stopped` when it was stopped, and diagnostics that name the file; what was taken in until then stays.
  package func take(_ request: ImportRequest, _ work: Work) throws -> Bool {
    guard let store else {
      let options = request.limiting(options)
      try MemoryImport(request: request, catalog: catalog, known: imported, options: options, work: work).run()
      return true
    }
    defer {
      // What was written before a stop or a mistake is there.
      if (try? store.beginReading(catalog)) != nil { store.endReading() }
    }
    return try Import(request, options).run(into: store.file, work)
  }
}

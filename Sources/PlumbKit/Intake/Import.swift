import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Files of data or telemetry to import into a workspace.
public struct ImportRequest: Sendable {
  /// Files, folders and patterns such as `*.csv`.
  public var paths: [String]
  /// The table's name, for one path; nil for the files' names.
  public var tableName: String?
  /// Whether to replace the table if it exists, instead of appending to it.
  public var replaces = false
  /// The number of bytes of a file's text to save at a time.
  public var batchBytes = 128 << 20
  public var reading = ReadingOptions()
  /// The number of workers; nil for the workspace's.
  public var threads: Int?
  /// The bytes that reading may hold; nil for the workspace's limit.
  public var memoryLimit: Int?

  public init(paths: [String]) { self.paths = paths }
}

extension ImportRequest {
  func limiting(_ options: WorkspaceOptions) -> WorkspaceOptions {
    var options = options
    options.threads = threads ?? options.threads
    options.memoryLimit = memoryLimit ?? options.memoryLimit
    return options
  }
}

/// An import of data files into tables of a workspace, one batch of rows per transaction.
///
/// An import that was stopped resumes when the same request is made again, and files already imported are not
/// imported twice.
package struct Import {
  private var request: ImportRequest
  private let options: WorkspaceOptions
  /// The account for what has been read but not yet written.
  private let memory: MemoryAccount

  package init(_ request: ImportRequest, _ options: WorkspaceOptions, in memory: MemoryAccount = .process) {
    self.memory = memory
    self.request = request
    self.options = request.limiting(options)
  }

  private var items: [(name: String?, path: String)] { request.paths.map { (request.tableName, $0) } }

  /// The mapping's result for the first rows of each path, table by table.
  package func preview(_ work: Work) throws -> [(table: String, answer: Answer)] {
    let intake = try intake(into: MemorySink(catalog: Catalog(memory: memory)))
    return try intake.preview(items, work)
  }

  /// Imports all paths into a workspace file, which is created if it is missing and one of the paths names a file.
  ///
  /// - Returns: whether all tables of all files were read.
  package func run(into path: String, _ work: Work) throws -> Bool {
    if access(path, F_OK) != 0 {
      var looking = self
      looking.request.reading.rejects = nil
      try looking.intake(into: MemorySink(catalog: Catalog(memory: memory))).checkThatSomethingIsThere(items)
    }
    var fileOptions = WorkspaceFile.Options()
    fileOptions.threads = options.threads
    BufferRecycling.keep(upTo: min(options.memoryLimit / 16, 512 << 20))
    return try run(into: WorkspaceFile(path, fileOptions), work)
  }

  /// Imports all paths into an open file.
  ///
  /// - Returns: whether all tables of all files were read.
  /// - Throws: `Stopped` if it was stopped, and diagnostics that name the file; what was saved before that stays.
  package func run(into file: WorkspaceFile, _ work: Work) throws -> Bool {
    // What has been read but not yet written needs a few times the size of its text.
    let batchBytes = max(4096, min(request.batchBytes, max(options.memoryLimit / 16, 1 << 20)))
    let sink = WorkspaceSink(file: file, replaces: request.replaces, batchBytes: batchBytes)
    let isWhole = try intake(into: sink) { file.setting(WorkspaceSink.settingName($0)) }.take(items, work).isWhole
    try FileStore.deleteOldRows(
      of: file, SessionOptions(threads: options.threads, memoryLimit: options.memoryLimit, clock: SessionOptions.systemClock), work)
    return isWhole
  }

  /// Imports all paths into tables in memory.
  ///
  /// - Parameter imported: what was imported before.
  func run(into catalog: Catalog, imported: LockedValue<[String: ImportedFile]>, _ work: Work) throws -> Bool {
    try intake(into: MemorySink(catalog: catalog, imported: imported, replaces: request.replaces)).take(items, work).isWhole
  }

  private func intake(into sink: any RowSink, savedMapping: (String) -> String? = { _ in nil }) throws -> Intake {
    try Intake(
      into: sink, request.reading, threads: options.threads, memoryLimit: options.memoryLimit, in: memory,
      savedMapping: savedMapping)
  }
}

extension Workspace {
  /// Imports data files into the workspace file, or into tables in memory.
  ///
  /// - Returns: whether all tables of all files were read.
  /// - Throws: `Stopped` if it was stopped, and diagnostics that name the file; what was imported before that stays.
  package func take(_ request: ImportRequest, _ work: Work) throws -> Bool {
    let taking = Import(request, options, in: memory)
    guard let store else { return try taking.run(into: catalog, imported: imported, work) }
    defer {
      // What was written before a stop or an error is visible.
      try? store.refresh(catalog)
    }
    return try taking.run(into: store.file, work)
  }
}

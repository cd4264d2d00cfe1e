import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// The way from paths to rows: determines what each path means, and passes its rows or its telemetry to a sink.
struct Intake: Sendable {
  private let reading: ReadingOptions
  private let threads: Int
  private let memoryLimit: Int
  /// The account to which reading is charged in addition to its own limit.
  private let memory: MemoryAccount
  private let sink: any RowSink
  private let telemetry: TelemetryIntake

  /// - Parameter savedMapping: the text of a mapping saved under a name.
  /// - Throws: diagnostics about the mapping and the file for rejected rows.
  init(
    into sink: any RowSink, _ reading: ReadingOptions, threads: Int, memoryLimit: Int, in memory: MemoryAccount,
    savedMapping: (String) -> String? = { _ in nil }
  ) throws {
    self.sink = sink
    self.reading = reading
    self.threads = threads
    self.memoryLimit = memoryLimit
    self.memory = memory
    telemetry = try TelemetryIntake(
      into: sink, mapping: try reading.mapping.map { try MappingFile(path: $0, saved: savedMapping) },
      rejects: reading.rejects)
  }

  private init(_ other: Intake, threads: Int) {
    (reading, memoryLimit, memory) = (other.reading, other.memoryLimit, other.memory)
    (sink, telemetry) = (other.sink, other.telemetry)
    self.threads = threads
  }

  /// The same with another number of threads.
  func with(threads: Int) -> Intake { Intake(self, threads: threads) }

  /// Imports what some paths name: a file under its name or the given one, each table of a folder under its file's, and
  /// telemetry into the tables of telemetry. Files with the same name load into one table.
  ///
  /// - Returns: the files in order, and whether all tables in them could be read.
  /// - Throws: `Stopped`, and diagnostics that name the file; what was imported before stays.
  @discardableResult
  func take(
    _ items: [(name: String?, path: String)], _ work: Work
  ) throws -> (files: [LoadedFile], isWhole: Bool) {
    // Rejected rows are written even if reading ends early.
    defer { try? telemetry.finish() }
    var gathered = GatheredFiles()
    var (files, isWhole, hasTables) = ([LoadedFile](), true, false)
    for (name, path) in items {
      if telemetry.mapping != nil || reading.kind != nil, name != nil {
        throw Diagnostic(
          "named-telemetry", "telemetry fills its own tables and cannot be given a name",
          help: "pass only the path: `\(path)`")
      }
      if try isTelemetry(path, named: name) {
        files += try takeTelemetry(path, work)
        continue
      }
      hasTables = true
      for (table, part) in try tables(at: path, named: name) where !sink.takesFilesOnce || gathered.takes(part, into: table) {
        let file = IntakeFile(
          table: table, path: part, options: try options(part, table: table), first: gathered.firstFile(of: table))
        do {
          guard let taken = try sink.take(file, work) else { continue }
          gathered.note(part, in: table)
          files.append(taken)
        } catch let problem as Diagnostic where part.hasSuffix("#\(table)") && problem.code == "cannot-read" && part != path {
          // For example a view of a dropped table: the others can be read.
          work.report(
            .problem(Problem(Diagnostic(problem.code, "`\(table)` was left out: \(problem.message)", help: problem.help))))
          isWhole = false
        } catch let problem as Diagnostic where part != path && problem.code == "empty-file" {
          work.note("`\(part)` is empty and was left out")
        } catch let problem as Diagnostic where part != path && sink.isLasting && Self.isAboutOneFile(problem) {
          work.report(.problem(Problem(problem)))
          isWhole = false
        }
      }
    }
    try telemetry.finish()
    if sink.isLasting, !hasTables { try telemetry.checkTaken(items.map(\.path)) }
    return (files, isWhole)
  }

  /// Whether other files can be read in spite of a problem.
  private static func isAboutOneFile(_ problem: Diagnostic) -> Bool {
    ["bad-row", "bad-value", "bad-json", "open-quote", "unsupported-format", "columns-differ", "schema-differs", "bad-parquet", "cannot-read"]
      .contains(problem.code) || problem.code.hasPrefix("damaged-")
  }

  // MARK: What a path means

  /// Whether a path names telemetry: the user says so, or it is recognised and has no name of its own. Input that can be
  /// read only once is not inspected.
  private func isTelemetry(_ path: String, named name: String?) throws -> Bool {
    if telemetry.mapping != nil || reading.kind != nil { return true }
    if name != nil || reading.format != nil { return false }
    if path == "-" { return true }
    let options = ReadOptions(context: makeContext())
    return try Folder.expanding(path).contains { path in
      try access(path, F_OK) == 0 && !Folder.isPipe(path) && !FileFormat.isTableFolder(path) && TelemetryImport.isTelemetry(path, kind: nil, options: options)
    }
  }

  /// The tables that a path means, each with its own path: files that match a pattern, the tables of a folder, or
  /// those of a file that contains several.
  private func tables(at path: String, named name: String?) throws -> [(table: String, path: String)] {
    if path == "-" { return [(name ?? "input", path)] }
    return try Folder.expanding(path).flatMap { match -> [(table: String, path: String)] in
      guard FileInput.exists(match) else {
        throw Diagnostic("no-file", "cannot open `\(match)`: \(String(cString: strerror(errno)))")
      }
      if Folder.isFolder(match), !FileFormat.isTableFolder(match) {
        guard name == nil else {
          throw Diagnostic(
            "folder", "`\(match)` is a folder, whose tables are named after its files",
            help: "write `\(match)` without a name")
        }
        return try Self.tables(ofFolder: match).map { (Self.tableName(forFile: $0), $0) }
      }
      if name == nil, sink.takesAllTables, !Folder.isPipe(match), !Folder.isFolder(match),
        let tables = try FileInput.tables(in: match, options(match, table: nil))
      {
        return tables.map { ($0, "\(match)#\($0)") }
      }
      return [(name ?? Self.tableName(forFile: match), match)]
    }
  }

  /// The file's name without folders and endings.
  static func tableName(forFile path: String) -> String {
    let file = path.split(separator: "/").last ?? "table"
    let stem = file.prefix { $0 != "." }
    return stem.isEmpty ? String(file) : String(stem)
  }

  /// - Throws: `no-file` if a folder has none, naming a subfolder that has some.
  private static func tables(ofFolder path: String) throws -> [String] {
    let files = Folder.tables(in: path)
    if !files.isEmpty { return files }
    let inner = Folder.folders(in: path).first { !Folder.tables(in: $0).isEmpty }
    throw Diagnostic(
      "no-file", "the folder `\(path)` contains no \(FileFormat.namesOfTables) file",
      help: inner.map { "subfolders are not searched: pass them too, such as `\($0)`" })
  }

  /// - Throws: a diagnostic if none of the paths names a file, the first one's.
  func checkThatSomethingIsThere(_ items: [(name: String?, path: String)]) throws {
    var problem: Diagnostic?
    for (name, path) in items {
      do {
        if try !isTelemetry(path, named: name) { _ = try tables(at: path, named: name) }
        return
      } catch let found as Diagnostic {
        problem = problem ?? found
      }
    }
    if let problem { throw problem }
  }

  // MARK: Reading

  private func makeContext() -> ExecutionContext {
    ExecutionContext(now: Machine.now, threads: threads, memoryLimit: memoryLimit, in: memory)
  }

  /// How a file is read.
  ///
  /// - Parameter table: the table that receives its rows, if known; a schema next to an exported file has its columns.
  private func options(_ path: String, table: String?) throws -> ReadOptions {
    var options = ReadOptions(context: makeContext())
    options.format = reading.format
    options.delimiter = reading.delimiter
    options.hasHeader = reading.hasHeader
    options.columns = reading.schema.isEmpty ? nil : reading.schema
    options.takesColumnsByPlace = reading.takesColumnsByPlace
    (options.quote, options.escape, options.comment) = (reading.quote, reading.escape, reading.comment)
    options.isStrict = reading.isStrict
    options.pattern = reading.pattern
    if reading.pattern != nil { options.format = options.format ?? .lines }
    (options.skippedLines, options.nulls, options.encoding) = (reading.skippedLines, reading.nulls, reading.encoding)
    if let table, path != "-", options.columns == nil {
      options.columns = try ExportedSchema.columns(ofTable: table, besideFile: path)
    }
    options.badRows = reading.badRowPolicy
    options.onReject = telemetry.onReject
    options.isStandardInput = path == "-"
    options.cache = sink.columns
    return options
  }

  private func takeTelemetry(_ path: String, _ work: Work) throws -> [LoadedFile] {
    let options = try options(path, table: nil)
    // What was read is reported, and perhaps saved, before the end.
    work.stopInOrder()
    return try work.running(options.context) { try telemetry.take(path, kind: reading.kind, options, work) }
  }

  /// The mapping's result for the first rows of a file, table by table.
  func preview(_ path: String, _ work: Work) throws -> [(table: String, answer: Answer)] {
    let options = try options(path, table: nil)
    return try work.running(options.context) { try telemetry.preview(path, options, work) }
  }
}

/// Which files load into which table during one command: files with the same name load into one table.
private struct GatheredFiles {
  private var first: [String: String] = [:]
  private var taken: Set<[String]> = []

  /// Whether a file is not in the table yet; the rows of a file that is named twice are loaded once.
  func takes(_ path: String, into table: String) -> Bool {
    path == "-" || !taken.contains([table, FileInput.identity(ofPath: path)])
  }

  /// The first file of the table.
  func firstFile(of table: String) -> String? { first[table] }

  mutating func note(_ path: String, in table: String) {
    if first[table] == nil { first[table] = path }
    taken.insert([table, FileInput.identity(ofPath: path)])
  }
}

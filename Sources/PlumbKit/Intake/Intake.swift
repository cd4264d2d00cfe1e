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
    var advised = Set<String>()
    if let mapping = telemetry.mapping { return (try takeMapped(items, by: mapping, work), true) }
    let (items, mapped) = try recognised(items)
    for (map, paths) in mapped {
      let listed = paths.map { "`\($0)`" }.joined(separator: ", ")
      let otherwise = sink.isLasting ? "`--as NAME` imports the rows themselves" : "`NAME=PATH` loads the rows themselves"
      work.note("\(listed): \(map.title), mapped by `\(map.name)`; \(otherwise)")
      files += try takeMapped(paths.map { (nil, $0) }, by: MappingFile(path: map.name), work)
    }
    for (name, path) in items {
      if reading.kind != nil, name != nil {
        throw Diagnostic(
          "named-telemetry", "telemetry fills its own tables and cannot be given a name",
          help: "pass only the path: `\(path)`")
      }
      if try isTelemetry(path, named: name) {
        files += try takeTelemetry(path, work)
        continue
      }
      hasTables = true
      let parts = try paths.tables(at: path, named: name)
      let partitions = PartitionColumn.columns(ofPaths: parts.map(\.path))
      for (table, part) in parts where !sink.takesFilesOnce || gathered.takes(part, into: table) {
        var options = try options(part, table: table)
        options.partition = partitions[part] ?? []
        let file = IntakeFile(table: table, path: part, options: options, first: gathered.firstFile(of: table))
        do {
          guard let taken = try take(file, isAlone: part == path, work) else { continue }
          gathered.note(part, in: table)
          files.append(taken)
          if let map = try sink.table(named: table).flatMap({ ShippedMap.of(columns: $0.schema.map(\.name)) }), advised.insert(map.name).inserted {
            work.note("`\(path)` looks like \(map.advice)")
          }
        } catch let problem as Diagnostic where part.hasSuffix("#\(table)") && problem.code == "cannot-read" && part != path {
          // For example a view of a dropped table: the others can be read.
          work.report(
            .problem(Problem(Diagnostic(problem.code, "`\(table)` was left out: \(problem.message)", help: problem.help))))
          isWhole = false
        } catch let problem as Diagnostic where problem.code == "empty-file" {
          work.note("`\(part)` is empty and was left out")
        } catch let problem as Diagnostic where part != path && sink.isLasting && Self.isAboutOneFile(problem) {
          work.report(.problem(Problem(problem)))
          isWhole = false
        }
      }
    }
    try telemetry.finish()
    if sink.isLasting, !hasTables, !items.isEmpty { try telemetry.checkTaken(items.map(\.path)) }
    return (files, isWhole)
  }

  /// Passes a file to the sink. An empty file that is the only one of its path is a table without rows where that is not kept.
  private func take(_ file: IntakeFile, isAlone: Bool, _ work: Work) throws -> LoadedFile? {
    do {
      return try sink.take(file, work)
    } catch let problem as Diagnostic where problem.code == "which-table" {
      guard let tables = try? FileInput.tables(in: file.path, file.options), let map = ShippedMap.of(tables: tables) else { throw problem }
      throw Diagnostic(problem.code, problem.message, help: "it looks like \(map.advice); \(problem.help ?? "")")
    } catch let problem as Diagnostic where problem.code == "empty-file" && isAlone && !sink.isLasting {
      var options = file.options
      options.columns = [ColumnInfo("Column1", .string)]
      work.note("`\(file.path)` is empty; `\(file.table)` has one column, `Column1`, and no rows")
      return try sink.take(IntakeFile(table: file.table, path: file.path, options: options, first: file.first), work)
    }
  }

  /// Whether other files can be read in spite of a problem.
  private static func isAboutOneFile(_ problem: Diagnostic) -> Bool {
    ["bad-row", "bad-value", "bad-json", "open-quote", "unsupported-format", "columns-differ", "schema-differs", "bad-parquet", "cannot-read"]
      .contains(problem.code) || problem.code.hasPrefix("damaged-")
  }

  // MARK: What a path means

  /// Separates the paths that a map that Plumb ships reads from the others; paths with the same map are read together.
  private func recognised(
    _ items: [(name: String?, path: String)]
  ) throws -> (others: [(name: String?, path: String)], mapped: [(map: ShippedMap, paths: [String])]) {
    var (others, mapped) = ([(name: String?, path: String)](), [(map: ShippedMap, paths: [String])]())
    for item in items {
      if let map = try shippedMap(of: item.path, named: item.name) {
        if let place = mapped.firstIndex(where: { $0.map.name == map.name }) { mapped[place].paths.append(item.path) } else { mapped.append((map, [item.path])) }
      } else {
        others.append(item)
      }
    }
    return (others, mapped)
  }

  /// The map of a path without a name that no reader of telemetry recognises, and that the user did not describe in another way.
  private func shippedMap(of path: String, named name: String?) throws -> ShippedMap? {
    guard name == nil, reading.format == nil, reading.schema.isEmpty, path != "-", access(path, F_OK) == 0 || !path.contains("#") else { return nil }
    let options = try options(path, table: nil)
    guard let map = ShippedMap.of(path: path, options), reading.kind == nil || reading.kind == map.kind else { return nil }
    let isRead = (try? Folder.expanding(path))?.contains { (try? TelemetryImport.isTelemetry($0, kind: nil, options: options)) ?? false } ?? false
    return isRead ? nil : map
  }

  /// Whether a path names telemetry: the user says so, or it is recognised and has no name of its own. Input that can be
  /// read only once is not inspected.
  private func isTelemetry(_ path: String, named name: String?) throws -> Bool {
    if telemetry.mapping != nil || reading.kind != nil { return true }
    if name != nil || reading.format != nil { return false }
    if path == "-" { return true }
    if access(path, F_OK) != 0, path.contains("#") { return false }
    let options = ReadOptions(context: makeContext())
    return try Folder.expanding(path).contains { path in
      try access(path, F_OK) == 0 && !Folder.isPipe(path) && !FileFormat.isTableFolder(path) && TelemetryImport.isTelemetry(path, kind: nil, options: options)
    }
  }

  private var paths: TablePaths { TablePaths(takesAllTables: sink.takesAllTables) { try options($0, table: nil) } }

  /// - Throws: a diagnostic if none of the paths names a file, the first one's.
  func checkThatSomethingIsThere(_ items: [(name: String?, path: String)]) throws {
    var problem: Diagnostic?
    for (name, path) in items {
      do {
        if try !isTelemetry(path, named: name) { _ = try paths.tables(at: path, named: name) }
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
    options.leavesOpenLines = reading.leavesOpenLines
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

  /// Passes the rows that a mapping makes of some paths to the sink.
  private func takeMapped(_ items: [(name: String?, path: String)], by mapping: MappingFile, _ work: Work) throws -> [LoadedFile] {
    work.stopInOrder()
    let options = try options(items.first?.path ?? "", table: nil)
    let files = try work.running(options.context) {
      try telemetry.takeMapped(try mappingInputs(items, of: mapping), by: mapping, options, work) { try mappingOptions($0) }
    }
    try telemetry.finish()
    if sink.isLasting { try telemetry.checkTaken(items.map(\.path)) }
    return files
  }

  /// The mapping's result for the first rows of some paths, table by table.
  func preview(_ items: [(name: String?, path: String)], _ work: Work) throws -> [(table: String, answer: Answer)] {
    let options = try options(items.first?.path ?? "", table: nil)
    guard let mapping = telemetry.mapping else { return [] }
    return try work.running(options.context) {
      try telemetry.preview(try mappingInputs(items, of: mapping), options, work) { try mappingOptions($0) }
    }
  }

  /// The tables that a mapping reads: those that paths name or contain and the mapping mentions; all others are `input`.
  private func mappingInputs(_ items: [(name: String?, path: String)], of mapping: MappingFile) throws -> [MappingInput] {
    return try items.flatMap { name, path -> [MappingInput] in
      var (name, path) = (name, path)
      if name == nil, access(path, F_OK) != 0, let mark = path.firstIndex(of: "=") {
        (name, path) = (String(path[..<mark]), String(path[path.index(after: mark)...]))
      }
      if let name, name != "input", !mapping.mentions(name) {
        throw Diagnostic(
          "unknown-table", "the mapping `\(mapping.path)` does not read a table `\(name)`",
          help: "pass only the path for the rows of `input`: `\(path)`")
      }
      let all = TablePaths(takesAllTables: true) { try options($0, table: nil) }
      return try all.tables(at: path, named: name).compactMap { table, part in
        // Of a database only the tables that the mapping mentions are read.
        if name == nil, let mark = part.lastIndex(of: "#"), FileInput.isSQLite(FileInput.file(ofPath: part)) {
          let table = String(part[part.index(after: mark)...])
          let isStated = path.contains("#")
          if mapping.mentions(table), !isStated || !mapping.mentions("input") { return MappingInput(table: table, path: part) }
          return isStated ? MappingInput(table: nil, path: part) : nil
        }
        return MappingInput(table: name == "input" ? nil : name, path: part)
      }
    }
  }

  private func mappingOptions(_ path: String) throws -> ReadOptions {
    var options = try options(path, table: nil)
    options.unwrapsLists = false
    return options
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

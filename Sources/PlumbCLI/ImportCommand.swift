import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// `plumb import`: puts files of data into a workspace file, a batch of rows in a transaction.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Put files of data into a workspace file.")

  @Argument(help: ArgumentHelp("Files of data, or folders of such files.", valueName: "path"))
  var paths: [String]

  @Option(help: ArgumentHelp("The workspace, made if it is not there.", valueName: "FILE"))
  var into: String

  @Option(name: .customLong("as"), help: ArgumentHelp("The table's name, for one path.", valueName: "name"))
  var tableName: String?

  @Flag(help: "Show what --map makes of the first rows, and write nothing.")
  var preview = false

  @Flag(help: "Put the rows in the place of a table of the name; else they are added to it.")
  var replace = false

  @Option(help: ArgumentHelp("How much of a file is saved at a time.", valueName: "size"))
  var batch = "128MB"

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if preview && data.mapping == nil { throw ValidationError("--preview shows what --map makes of a file") }
    _ = try batchSize()
    if let load = try data.assignments(data.loads, option: "--load", allowsPathAlone: true).first {
      let name = load.name.map { " --as \($0)" } ?? ""
      throw ValidationError("import takes no --load: write the path alone, 'plumb import \(load.value)\(name) --into \(into)'")
    }
    if let other = try data.assignments(data.attachments, option: "--attach", allowsPathAlone: false).first {
      throw ValidationError("import attaches nothing: 'plumb import \(other.value) --into \(into)' takes in the tables of the file")
    }
    if tableName != nil && paths.count > 1 { throw ValidationError("--as names one table, and there are several paths") }
  }

  private func batchSize() throws -> Int {
    guard let size = Machine.memorySize(batch), size > 0 else {
      throw ValidationError("--batch takes a size such as 64MB, not '\(batch)'")
    }
    return size
  }

  func run() throws {
    try Failure.guarding {
      if preview { return try showPreview() }
      try checkPaths()
      var options = WorkspaceFile.Options()
      options.threads = data.threads ?? Machine.processors
      BufferRecycling.keep(upTo: min(try data.memoryLimit() / 16, 512 << 20))
      try load(into: WorkspaceFile(self.into, options))
    }
  }

  /// Shows what the mapping makes of the first rows.
  func showPreview() throws {
    let loading = try Loading(data, catalog: Catalog())
    for path in paths { try loading.preview(path) }
  }

  /// Makes no workspace file when none of the paths names a file.
  private func checkPaths() throws {
    guard access(into, F_OK) != 0 else { return }
    var problem: Diagnostic?
    let options = ReadOptions(
      context: ExecutionContext(now: Machine.now, threads: 1, memoryLimit: try data.memoryLimit()))
    for path in paths {
      if path == "-" || data.mapping != nil || data.kind != nil { return }
      do {
        for match in try TelemetryFiles.expanding(path) {
          // A table of an SQLite file stands behind `#`.
          if access(match, F_OK) != 0, !match.contains("#") {
            throw Diagnostic("no-such-file", "`\(match)` cannot be read: \(String(cString: strerror(errno)))")
          }
          guard TelemetryFiles.isFolder(match) else { return }
          if tableName == nil, try TelemetryImport.isTelemetry(match, kind: nil, options: options) { return }
          _ = try Loading.files(ofFolder: match)
          return
        }
      } catch let found as Diagnostic {
        problem = problem ?? found
      }
    }
    if let problem { throw problem }
  }

  /// Reads all paths into a file; `.import` of the shell does so with the one that is open.
  func load(into file: WorkspaceFile) throws {
    // What is read and not yet written takes a few times its text.
    let batchBytes = max(4096, min(try batchSize(), max(try data.memoryLimit() / 16, 1 << 20)))
    let catalog = Catalog()
    let loading = try Loading(data, catalog: catalog) { file.setting(TelemetryWriting.settingName($0)) }
    let telemetry = TelemetryWriting(loading, catalog: catalog, file: file)
    telemetry.batchBytes = batchBytes
    // What was rejected until then is written even if reading is stopped.
    defer { try? loading.finish() }
    var (hasTables, isMissing) = (false, false)
    var replaced: Set<String> = []
    for path in paths {
      if try loading.isTelemetry(path, named: tableName) {
        try telemetry.load(path, named: tableName)
        continue
      }
      for (name, part) in try TelemetryFiles.expanding(path).flatMap({ try Self.parts(of: $0, as: tableName, loading.importOptions($0)) }) {
        let schema = try ExportedSchema.columns(ofTable: name, besideFile: part)
        let own = schema.map { loading.withColumns($0) } ?? loading
        // Files of one name are one table, of which the first takes the place of what was there.
        let replaces = replace && replaced.insert(name).inserted
        do {
          try TableImport(own, into: file, table: name, from: part, replaces: replaces, batchBytes: batchBytes).run()
        } catch let problem as Diagnostic where part.hasSuffix("#\(name)") && problem.code == "cannot-read" {
          // Such as a view of a table that is gone: the others can be read.
          Console.report(Diagnostic(problem.code, "`\(name)` was left out: \(problem.message)", help: problem.help))
          isMissing = true
        }
        hasTables = true
      }
    }
    try loading.finish()
    if !hasTables { try loading.telemetry.checkTaken(paths) }
    if isMissing { throw ExitStatus.failed }
  }

  /// The tables that a path stands for: a file, the files of a folder, or the tables of an SQLite file.
  private static func parts(of path: String, as name: String?, _ options: ReadOptions) throws -> [(name: String, path: String)] {
    if TelemetryFiles.isFolder(path) {
      return try Loading.files(ofFolder: path).map { (Loading.tableName(forFile: $0), $0) }
    }
    if path != "-", name == nil, let tables = try FileInput.tables(in: path, options) { return tables.map { ($0, "\(path)#\($0)") } }
    return [(name ?? Loading.tableName(forFile: path), path)]
  }
}

import PlumbDiagnostics
import PlumbEngine
import PlumbParquet

/// The log of a Delta table: numbered commits, and checkpoints that summarize the commits before them.
// "Delta Transaction Log Protocol", delta-io/delta, PROTOCOL.md.
struct DeltaLog {
  /// The folder of the log in a table's folder.
  static let folderName = "_delta_log"

  /// Returns whether a folder is a Delta table.
  static func isTable(_ folder: String) -> Bool {
    Folder.isFolder(folder) && Folder.isFolder(Folder.path(folder, folderName))
  }

  /// Returns the names and sizes of the log's files, which show later whether the table has changed.
  static func listing(_ folder: String) throws -> [UInt8] {
    let log = Folder.path(folder, folderName)
    return try Folder.names(in: log).sorted().filter { !$0.hasPrefix(".") && !Folder.isFolder(Folder.path(log, $0)) }
      .flatMap { name in Array("\(name) \(try FileSource(path: Folder.path(log, name)).size ?? 0)\n".utf8) }
  }

  private let folder: String
  private let name: String
  private let context: ExecutionContext
  private var snapshot = DeltaSnapshot()

  /// Reads the log up to its last commit.
  ///
  /// - Throws: `bad-delta` for an invalid log, `unsupported-delta` for a table that needs a feature that Plumb does not have.
  static func snapshot(_ folder: String, _ context: ExecutionContext) throws -> DeltaSnapshot {
    var log = DeltaLog(folder: Folder.path(folder, folderName), name: lastPart(of: folder), context: context)
    try log.read()
    try log.snapshot.check(log.name)
    return log.snapshot
  }

  private init(folder: String, name: String, context: ExecutionContext) {
    self.folder = folder
    self.name = name
    self.context = context
  }

  private mutating func read() throws {
    let names = Folder.names(in: folder)
    var commits: [Int64: String] = [:]
    for file in names where file.hasSuffix(".json") {
      if let version = Self.version(file), file.utf8.count == 25 { commits[version] = file }
    }
    let checkpoint = Self.lastCheckpoint(names)
    guard let last = commits.keys.max() ?? checkpoint?.version else { throw bad("its log has no commits") }
    if let checkpoint {
      for file in checkpoint.files { try readCheckpoint(Folder.path(folder, file)) }
    }
    var next = (checkpoint?.version ?? -1) + 1
    if checkpoint == nil, let first = commits.keys.min(), first > 0 {
      throw bad("its log begins with version \(first) and has no checkpoint before it")
    }
    while next <= last {
      guard let file = commits[next] else { throw bad("version \(next) is missing in its log") }
      try context.checkpoint()
      try readCommit(Folder.path(folder, file))
      next += 1
    }
    snapshot.version = max(last, checkpoint?.version ?? 0)
  }

  /// Returns the number with which the name of a log file begins.
  private static func version(_ file: String) -> Int64? {
    let digits = file.prefix { $0 != "." }
    return digits.utf8.count == 20 ? Int64(digits) : nil
  }

  /// Returns the files of the last complete checkpoint.
  private static func lastCheckpoint(_ names: [String]) -> (version: Int64, files: [String])? {
    var best: (version: Int64, files: [String])?
    var parts: [Int64: [(number: Int, of: Int, file: String)]] = [:]
    for file in names {
      guard let version = version(file) else { continue }
      let pieces = file.split(separator: ".").dropFirst()
      guard pieces.first == "checkpoint", let ending = pieces.last, ending == "parquet" || ending == "json" else { continue }
      switch pieces.count {
      case 2, 3:
        // A single file; in the second version its name contains an identifier.
        if version >= best?.version ?? -1 { best = (version, [file]) }
      case 4:
        let numbers = pieces.dropFirst().dropLast().compactMap { Int($0) }
        if numbers.count == 2 { parts[version, default: []].append((numbers[0], numbers[1], file)) }
      default: break
      }
    }
    for (version, found) in parts where version > best?.version ?? -1 {
      let count = found[0].of
      let own = found.filter { $0.of == count }.sorted { $0.number < $1.number }
      if own.map(\.number) == Array(1...max(1, count)) { best = (version, own.map(\.file)) }
    }
    return best
  }

  private mutating func readCommit(_ path: String) throws {
    let source = try FileSource(path: path, context: context)
    let bytes = try source.readFully(source.size ?? 0)
    for line in bytes.split(separator: 0x0A) {
      guard let tree = line.withBytes({ JSONText.parse($0) })?.withBytes({ DynamicBytes.decode($0) }) else {
        throw bad("`\(lastPart(of: path))` in its log contains a line that is not JSON")
      }
      try take(tree)
    }
  }

  private mutating func readCheckpoint(_ path: String) throws {
    if path.hasSuffix(".json") { return try readCommit(path) }
    let file = try ParquetFile(FileBytes(path: path), name: "\(name)/\(Self.folderName)/\(lastPart(of: path))", context: context)
    for group in file.rowGroups() {
      for (index, column) in file.schema.enumerated() where DeltaSnapshot.actions.contains(column.name) {
        try context.checkpoint()
        let actions = try group.column(index)
        for row in 0..<group.count where !actions.isEmptyCell(at: row) {
          try take(.object([(key: column.name, value: DynamicBytes.decode(actions.cellBytes(at: row)))]))
        }
      }
    }
  }

  private mutating func take(_ action: Dynamic) throws {
    if let sidecar = action["sidecar"]?["path"]?.text {
      return try readCheckpoint(Folder.path(Folder.path(folder, "_sidecars"), lastPart(of: sidecar)))
    }
    if let reason = snapshot.take(action) { throw bad(reason) }
  }

  private func bad(_ reason: String) -> Diagnostic {
    Diagnostic("bad-delta", "`\(name)` is not a complete Delta table: \(reason)")
  }

}

extension Dynamic {
  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var number: Int64? {
    guard case .long(let number) = self else { return nil }
    return number
  }

  var elements: [Dynamic] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  var members: [(key: String, value: Dynamic)] {
    guard case .object(let members) = self else { return [] }
    return members
  }

  var isNull: Bool {
    if case .null = self { return true }
    return false
  }
}

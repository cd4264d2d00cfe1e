import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// Writes the rows of a file into a table of a workspace file, batch by batch.
///
/// Each batch is a transaction, which also records how far the file was read: an import that was stopped resumes there,
/// and a file that was read to its end adds nothing.
final class TableWriting {
  private let file: WorkspaceFile
  private let path: String
  private let name: String
  private let replaces: Bool
  private let options: ReadOptions
  /// Identifies the file.
  private let identity: String
  private let batchBytes: Int

  /// The number of rows of this file in the table, how many of them existed before, and where the last one ends.
  private var rows = 0
  private var rowsBefore = 0
  private var committed = 0
  /// Whether an existing table is being replaced, which happens as a whole or not at all.
  private var mustBeWhole = false
  /// Whether the next transaction creates a new table.
  private var makesTable: Bool
  private var misfits = RowMisfits()
  /// Whether the file was imported before with other contents.
  private var hasChanged = false
  private let work: Work
  private let stage: Work.Stage

  init(_ source: IntakeFile, into file: WorkspaceFile, replaces: Bool, batchBytes: Int, _ work: Work) {
    self.work = work
    self.file = file
    self.replaces = replaces
    self.batchBytes = batchBytes
    path = source.path
    name = source.table
    options = source.options
    identity = FileInput.identity(ofPath: path)
    makesTable = replaces
    stage = work.stage("importing \(name)", unit: "rows")
  }

  /// - Returns: the number of the file's rows that are in the table now; nil if there was nothing to do.
  /// - Throws: `Stopped` if it was stopped, and diagnostics about the file; the batches written before that stay.
  func run() throws -> Int? {
    // What this process wrote a moment ago counts.
    try file.reading {}
    let context = options.context
    work.stopInOrder()
    return try work.running(context) {
      defer { stage.end() }
      do {
        return try write()
      } catch {
        stage.end()
        if committed > 0, !context.isCancelled { work.note("\(whatIsIn); run the same command again to continue") }
        guard context.isCancelled else { throw error }
        work.say("stopped: \(whatIsIn)\(rows > 0 ? "; run the same command again to continue" : "")")
        throw Stopped()
      }
    }
  }

  private func write() throws -> Int? {
    let known = replaces ? nil : file.table(named: name)
    mustBeWhole = replaces && file.table(named: name) != nil
    var reading = options
    (reading.tableColumns, reading.batchBytes) = (known?.schema, batchBytes)
    let stream = try RowFile(path, reading)
    guard try begin(stream) else { return nil }
    // A table that contains only rows of this file can be recreated with other types.
    let isAlone = replaces || known?.rowCount ?? 0 == rowsBefore
    rows = rowsBefore
    var isDone = false
    while !isDone {
      do {
        isDone = try writeBatch(stream)
      } catch let wider as WiderColumns {
        guard isAlone else { throw misfit(wider, stream.schema) }
        // Existing rows are rewritten in one transaction, so that they are never missing.
        makesTable = true
        rows = 0
        misfits = RowMisfits()
        try stream.begin(with: wider)
      }
    }
    stage.end()
    for note in stream.notes + misfits.notes { work.note("`\(path)`: \(note)") }
    if hasChanged { work.note("`\(path)` has changed since it was imported, so all of its rows were added; `--replace` keeps only them") }
    let already = rowsBefore > 0 ? " (\(NumberText.grouped(rowsBefore)) of them already existed)" : ""
    work.say("\(name): \(counted(rows, "row")) from \(path)\(already)")
    return rows
  }

  /// Begins at the front, or where an earlier import of the same file stopped.
  ///
  /// - Returns: false if there is nothing to do.
  /// - Throws: `file-changed` if the part already imported has changed.
  private func begin(_ stream: RowFile) throws -> Bool {
    let size = stream.storedSize ?? 0
    let records = replaces ? [] : try file.imports(into: name)
    for record in records where record.path == identity || record.size == size {
      switch try stream.likeness(to: record) {
      case .same:
        work.sayUnchanged("\(name): all \(NumberText.grouped(record.rows)) rows of \(path) have already been imported; use --replace to import them again")
        return false
      case .longer(let position):
        rowsBefore = record.rows
        committed = record.offset
        try stream.begin(at: position)
        return true
      case .other where record.isComplete || record.path != identity:
        hasChanged = hasChanged || record.path == identity
        continue
      case .other, .cut:
        throw Diagnostic(
          "file-changed",
          "`\(path)` has changed since its first \(NumberText.grouped(record.rows)) rows were imported into `\(name)`",
          help: "use `--replace` to read all of it into a new table, or import a copy under another name to append all of its rows")
      }
    }
    try stream.begin()
    return true
  }

  /// Writes the next rows in a transaction; returns true at the end of the file.
  private func writeBatch(_ stream: RowFile) throws -> Bool {
    let mustReach = mustBeWhole ? Int.max : committed
    var added = rows
    try file.write { writer in
      if makesTable, try writer.hasTable(named: name) { try writer.drop(name) }
      repeat {
        let batch = try stream.next()
        let part = Table(name: name, schema: stream.schema, groups: batch?.groups ?? [])
        let base = added
        try writer.append(part) { done in
          self.stage.show(share: stream.share, count: base + done)
          return !self.options.context.isCancelled
        }
        added += part.rowCount
        if let batch { misfits += batch.misfits }
      } while !stream.isAtEnd && stream.position.offset < mustReach
      try SimulatedWorld.note(name, isChanged: true, in: file, writer)
      try writer.note(
        ImportRecord(
          path: identity, size: stream.storedSize ?? 0, position: stream.position, rows: added,
          isComplete: stream.isAtEnd), inTable: name)
    }
    makesTable = false
    rows = added
    committed = stream.position.offset
    if !stream.isAtEnd { work.report(.saved("\(name): \(NumberText.grouped(rows)) rows saved")) }
    return stream.isAtEnd
  }

  private var whatIsIn: String {
    if rows == 0 && mustBeWhole { return "`\(name)` is unchanged" }
    if rows == 0 { return "no rows of `\(path)` are in `\(name)`" }
    return "the first \(NumberText.grouped(rows)) rows of `\(path)`, up to byte \(NumberText.grouped(committed)), are in `\(name)`"
  }

  private func misfit(_ wider: WiderColumns, _ schema: Schema) -> Diagnostic {
    let columns = wider.types.keys.sorted().filter(schema.indices.contains).map { "`\(schema[$0].name)`" }
    let first = wider.types.min { $0.key < $1.key }
    return Diagnostic(
      "schema-differs",
      "`\(path)` has values in \(columns.joined(separator: ", ")) that do not fit in `\(name)`",
      help: first.map { place, type in
        "`\(name)` has \(schema[place].type.name)s there, but the file needs \(type.name); use `--as` to import it into another table"
      })
  }
}

import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbSimulator
import PlumbStorage

/// Puts the rows of a file into a table of a workspace file, batch by batch.
///
/// Each batch is a transaction, which also notes how far the file was read: what was stopped goes on there the next time,
/// and a file that was read to its end adds nothing.
final class TableWriting {
  private let file: WorkspaceFile
  private let path: String
  private let name: String
  private let replaces: Bool
  private let options: ReadOptions
  /// Where the file is known again.
  private let identity: String
  private let batchBytes: Int

  /// Rows of this file that are in the table, those of them that were there before, and where the last one ends.
  private var rows = 0
  private var rowsBefore = 0
  private var committed = 0
  /// Whether a table that is there gives way, which it does as a whole or not at all.
  private var mustBeWhole = false
  /// Whether the next transaction makes a new table.
  private var makesTable: Bool
  private var misfits = RowMisfits()
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

  /// - Returns: the file's rows that are in the table now; nil when there was nothing to do.
  /// - Throws: `Stopped` when it was stopped, and diagnostics of the file; the batches that were written until then stay.
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
        if committed > 0, !context.isCancelled { work.note("\(whatIsIn); the same command goes on from there") }
        guard context.isCancelled else { throw error }
        work.say("stopped: \(whatIsIn)\(rows > 0 ? "; the same command goes on from there" : "")")
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
    // A table that holds nothing but rows of this file can be made again with other types.
    let isAlone = replaces || known?.rowCount ?? 0 == rowsBefore
    rows = rowsBefore
    var isDone = false
    while !isDone {
      do {
        isDone = try writeBatch(stream)
      } catch let wider as WiderColumns {
        guard isAlone else { throw misfit(wider, stream.schema) }
        // What is in is written again in one transaction, so that nothing that was in is ever gone.
        makesTable = true
        rows = 0
        misfits = RowMisfits()
        try stream.begin(with: wider)
      }
    }
    stage.end()
    for note in misfits.notes { work.note("`\(path)`: \(note)") }
    let already = rowsBefore > 0 ? " (\(NumberText.grouped(rowsBefore)) of them were already there)" : ""
    work.say("\(name): \(counted(rows, "row")) from \(path)\(already)")
    return rows
  }

  /// Begins at the front, or where an earlier import of the same file stopped.
  ///
  /// - Returns: false when there is nothing to do.
  /// - Throws: `file-changed` when the part that is in has become another.
  private func begin(_ stream: RowFile) throws -> Bool {
    let size = stream.storedSize ?? 0
    let records = replaces ? [] : try file.imports(into: name)
    for record in records where record.path == identity || record.size == size {
      switch try stream.likeness(to: record) {
      case .same:
        work.say("\(name): all \(NumberText.grouped(record.rows)) rows of \(path) have already been imported; use --replace to import them again")
        return false
      case .longer(let position):
        rowsBefore = record.rows
        committed = record.offset
        try stream.begin(at: position)
        return true
      case .other where record.isComplete || record.path != identity: continue
      case .other, .cut:
        throw Diagnostic(
          "file-changed",
          "`\(path)` has changed since its first \(NumberText.grouped(record.rows)) rows were put into `\(name)`",
          help: "`--replace` reads all of it into a new table; a copy of another name adds all of its rows")
      }
    }
    try stream.begin()
    return true
  }

  /// Writes the next rows in a transaction; true at the end of the file.
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
    if !stream.isAtEnd { work.report(.saved("\(name): \(NumberText.grouped(rows)) rows are in")) }
    return stream.isAtEnd
  }

  private var whatIsIn: String {
    if rows == 0 && mustBeWhole { return "`\(name)` is as it was" }
    if rows == 0 { return "nothing of `\(path)` is in `\(name)`" }
    return "the first \(NumberText.grouped(rows)) rows of `\(path)`, up to byte \(NumberText.grouped(committed)), are in `\(name)`"
  }

  private func misfit(_ wider: WiderColumns, _ schema: Schema) -> Diagnostic {
    let columns = wider.types.keys.sorted().filter(schema.indices.contains).map { "`\(schema[$0].name)`" }
    let first = wider.types.min { $0.key < $1.key }
    return Diagnostic(
      "schema-differs",
      "`\(path)` has values in \(columns.joined(separator: ", ")) that `\(name)` has no room for",
      help: first.map { place, type in
        "`\(name)` has \(schema[place].type.name)s there, and the file needs \(type.name); `--as` puts it into another table"
      })
  }
}

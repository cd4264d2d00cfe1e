import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import PlumbStorage

/// Tables as files for other programs: an SQLite file, or a folder of text files.
package struct Export: Sendable {
  /// A new file that ends in `.sqlite`, `.sqlite3` or `.db`, or a folder.
  package var target: String
  /// What a folder's files are.
  package var format: ResultFormat
  /// The tables to export; empty for all.
  package var tables: [String]

  /// What a folder's files can be. Not TSV: files of others have backslashes that mean nothing, so that ours would not come
  /// back.
  package static let formats: [ResultFormat] = [.csv, .json, .jsonl]

  package init(to target: String, format: ResultFormat, tables: [String] = []) {
    self.target = target
    self.format = format
    self.tables = tables
  }

  /// How much was written.
  package struct Written: Hashable, Sendable {
    package var tables = 0
    package var rows = 0
  }

  /// Exports the tables of a workspace file.
  ///
  /// - Parameter salvages: whether to export the undamaged parts of a damaged file.
  /// - Throws: diagnostics of the file and the target; `cancelled` when the work was stopped.
  package func run(_ path: String, salvages: Bool, _ work: Work) throws -> Written {
    var options = WorkspaceFile.Options()
    options.creates = false
    options.salvages = salvages
    options.cacheLimit = 0
    let file = try WorkspaceFile(path, options)
    for loss in file.losses { work.note("`\(path)`: \(loss)") }
    let snapshot = try file.snapshot()
    defer { snapshot.end() }
    return try write(snapshot.tables, of: path, work)
  }

  /// Exports the tables of a catalog.
  package func write(_ catalog: Catalog, _ work: Work) throws -> Written {
    let reading = try catalog.reading()
    defer { reading.end() }
    return try write(
      reading.catalog.tableNames.compactMap { try reading.catalog.table(named: $0) }, of: "the workspace", work)
  }

  private func write(_ all: [Table], of name: String, _ work: Work) throws -> Written {
    work.stopInOrder()
    for table in tables where !all.contains(where: { $0.name == table }) {
      throw Diagnostic(
        "unknown-table", "`\(name)` has no table `\(table)`", help: Suggestion.nearest(to: table, in: all.map(\.name)))
    }
    let chosen = tables.isEmpty ? all : all.filter { tables.contains($0.name) }
    let rows = chosen.reduce(0) { $0 + $1.rowCount }
    let stage = work.stage("exporting", unit: "rows")
    defer { stage.end() }
    let progress = { (done: Int) in stage.show(share: Double(done) / Double(max(1, rows)), count: done) }
    if [".sqlite", ".sqlite3", ".db"].contains(where: { target.hasSuffix($0) }) {
      try exportSQLite(chosen, to: target, progress: progress)
    } else {
      try exportFolder(chosen, progress)
    }
    return Written(tables: chosen.count, rows: rows)
  }

  private func exportFolder(_ tables: [Table], _ progress: (Int) -> Bool) throws {
    guard mkdir(target, 0o777) == 0 || errno == EEXIST && Folder.isFolder(target) else {
      throw Diagnostic("write-failed", "cannot make the folder `\(target)`: \(String(cString: strerror(errno)))")
    }
    var written = 0
    for table in tables {
      guard !table.name.contains("/"), !table.name.hasPrefix(".") else {
        throw Diagnostic("bad-name", "no file can be called `\(table.name)`", help: "`.rename table` gives it another name")
      }
      let destination = try Destination(path: "\(target)/\(table.name).\(format.name)")
      do {
        var options = FormatOptions()
        options.hasExactDynamics = true
        let writer = format.writer(to: destination.sink, options: options)
        _ = try writer.write(try Answer(table))
        try writer.finish()
        try destination.commit()
      } catch {
        destination.discard()
        throw error
      }
      written += table.rowCount
      guard progress(written) else { throw Diagnostic("cancelled", "the rest is not written") }
    }
    let schema = try Destination(path: "\(target)/\(ExportedSchema.fileName)")
    schema.sink.buffer.append(ExportedSchema.text(tables.map { ($0.name, $0.schema) }))
    try schema.commit()
  }
}

import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbParquet
import PlumbPresentation
import PlumbRemote
import PlumbStorage

/// Tables exported for other programs: as an SQLite file, a workbook, a Parquet file of one table, a folder of files, or into another engine.
package struct Export: Sendable {
  /// A new file that ends in `.sqlite`, `.sqlite3` or `.db`, one that ends in `.xlsx` or `.parquet`, a folder, or the address of a database.
  package var target: String
  /// The format of a folder's files.
  package var format: ResultFormat
  /// The tables to export; empty for all.
  package var tables: [String]

  /// What a connection to another engine needs, if the target is its address.
  package var options = WorkspaceOptions()

  /// The possible formats of a folder's files. Not TSV: in other programs' files backslashes have no meaning, so ours could not be
  /// read back.
  package static let formats: [ResultFormat] = [.csv, .json, .jsonl, .parquet]

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
  /// - Throws: diagnostics about the file and the target; `cancelled` if the work was stopped.
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
    let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: .max)
    return try write(
      reading.catalog.tableNames.compactMap { try reading.catalog.table(named: $0)?.fetched(context) }, of: "the workspace", work)
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
    if ClickHouseAddress.isAddress(target) {
      let context = ExecutionContext(now: Machine.now, threads: 1, memoryLimit: .max)
      try ClickHouseExport(target, options.remote, context).write(chosen, progress: progress)
    } else if [".sqlite", ".sqlite3", ".db"].contains(where: { target.hasSuffix($0) }) {
      try exportSQLite(chosen, to: target, progress: progress)
    } else if target.hasSuffix(".parquet") && !Folder.isFolder(target) {
      guard chosen.count == 1 else {
        throw Diagnostic(
          "several-tables", "a Parquet file holds one table, and \(name) has \(chosen.count)",
          help: "name one with `--table`, or a folder and `--format parquet` for all")
      }
      try exportParquet(chosen[0], to: target, work, progress)
    } else if target.hasSuffix(".xlsx") && !Folder.isFolder(target) {
      try exportWorkbook(chosen, work, progress)
    } else {
      try exportFolder(chosen, work, progress)
    }
    return Written(tables: chosen.count, rows: rows)
  }

  /// Writes a workbook with a sheet for each table.
  private func exportWorkbook(_ tables: [Table], _ work: Work, _ progress: (Int) -> Bool) throws {
    let destination = try Destination(path: target)
    do {
      let writer = WorkbookWriter(to: destination.sink)
      var written = 0
      for table in tables {
        var answer = try Answer(table)
        answer.name = table.name
        for note in try writer.write(answer).notes { work.note("`\(table.name)`: \(note)") }
        written += table.rowCount
        guard progress(written) else { throw Diagnostic("cancelled", "the rest was not written") }
      }
      try writer.finish()
      try destination.commit()
    } catch {
      destination.discard()
      throw error
    }
  }

  private func exportFolder(_ tables: [Table], _ work: Work, _ progress: (Int) -> Bool) throws {
    guard mkdir(target, 0o777) == 0 || errno == EEXIST && Folder.isFolder(target) else {
      throw Diagnostic("write-failed", "cannot create the folder `\(target)`: \(String(cString: strerror(errno)))")
    }
    var written = 0
    for table in tables {
      guard !table.name.contains("/"), !table.name.hasPrefix(".") else {
        throw Diagnostic("bad-name", "`\(table.name)` cannot be a file name", help: "rename the table with `.rename table`")
      }
      let path = "\(target)/\(table.name).\(format.name)"
      if format == .parquet {
        try exportParquet(table, to: path, work) { progress(written + $0) }
        written += table.rowCount
        continue
      }
      let destination = try Destination(path: path)
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
      guard progress(written) else { throw Diagnostic("cancelled", "the rest was not written") }
    }
    let schema = try Destination(path: "\(target)/\(ExportedSchema.fileName)")
    schema.sink.buffer.append(ExportedSchema.text(tables.map { ($0.name, $0.schema) }))
    try schema.commit()
  }

  /// Writes a table row group by row group, so that it can be larger than memory.
  private func exportParquet(_ table: Table, to path: String, _ work: Work, _ progress: (Int) -> Bool) throws {
    let destination = try Destination(path: path)
    do {
      let context = ExecutionContext(now: Machine.now, threads: Machine.processors, memoryLimit: .max)
      let rows = table.groups.map { group in WrittenRows(count: group.count) { try group.column($0) } }
      let sink = destination.sink
      let writer = ParquetWriter(table.schema, rows, context: context) { bytes in
        bytes.withBytes { sink.buffer.append($0) }
        try sink.drain()
      }
      for note in try writer.write(progress: progress) { work.note("`\(path)`: \(note)") }
      try destination.commit()
    } catch {
      destination.discard()
      throw error
    }
  }
}

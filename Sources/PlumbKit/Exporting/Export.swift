import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import PlumbStorage

/// A workspace's tables as files for other programs: an SQLite file, or a folder of text files.
package struct Export: Sendable {
  /// The workspace file.
  package var path: String
  /// A new file that ends in `.sqlite`, `.sqlite3` or `.db`, or a folder.
  package var target: String
  /// What a folder's files are.
  package var format: ResultFormat
  /// The tables to export; empty for all.
  package var tables: [String] = []
  /// Whether to export the undamaged parts of a damaged file.
  package var salvages = false

  package init(_ path: String, to target: String, format: ResultFormat) {
    self.path = path
    self.target = target
    self.format = format
  }

  /// How much was written.
  package struct Written: Hashable, Sendable {
    package var tables = 0
    package var rows = 0
  }

  /// - Throws: diagnostics of the file and the target; `cancelled` when the work was stopped.
  package func run(_ work: Work) throws -> Written {
    var options = WorkspaceFile.Options()
    options.creates = false
    options.salvages = salvages
    options.cacheLimit = 0
    let workspace = try WorkspaceFile(path, options)
    for loss in workspace.losses { work.note("`\(path)`: \(loss)") }
    work.stopInOrder()
    return try workspace.reading {
      let all = workspace.tables
      for name in tables where !all.contains(where: { $0.name == name }) {
        throw Diagnostic(
          "unknown-table", "`\(path)` has no table `\(name)`", help: Suggestion.nearest(to: name, in: all.map(\.name)))
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
      let destination = try Destination(path: "\(target)/\(table.name).\(format.rawValue)")
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

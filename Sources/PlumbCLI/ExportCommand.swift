import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbPresentation
import PlumbStorage

/// `plumb export`: writes a workspace's tables for other programs, as an SQLite file or a folder of text files.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a workspace's tables as an SQLite file or as text files.")

  @Argument(help: ArgumentHelp("The workspace.", valueName: "FILE.plumb"))
  var file: String

  @Option(help: ArgumentHelp("A new file that ends in .sqlite, .sqlite3 or .db, or a folder.", valueName: "path"))
  var to: String

  @Option(help: ArgumentHelp("What a folder's files are: csv, json or jsonl.", valueName: "format"))
  var format: ResultFormat = .csv

  @Option(name: .customLong("table"), help: ArgumentHelp("Only these tables.", valueName: "name"))
  var tables: [String] = []

  @Flag(help: "Export what is sound of a damaged file.")
  var salvage = false

  func validate() throws {
    // Not tsv: files of others have backslashes that mean nothing, so that ours would not come back.
    guard [.csv, .json, .jsonl].contains(format) else {
      throw ValidationError("--format takes csv, json or jsonl here, not '\(format.rawValue)'")
    }
  }

  func run() throws {
    try Failure.guarding {
      let stop = StopFlag()
      try Interrupts.shared.handling(repeatable: true, { stop.set() }) { try run(stop) }
    }
  }

  private func run(_ stop: StopFlag) throws {
    var options = WorkspaceFile.Options()
    options.creates = false
    options.salvages = salvage
    options.cacheLimit = 0
    let workspace = try WorkspaceFile(file, options)
    for loss in workspace.losses { Console.say("note: `\(file)`: \(loss)") }
    try workspace.reading {
      let all = workspace.tables
      for name in tables where !all.contains(where: { $0.name == name }) {
        throw Diagnostic(
          "unknown-table", "`\(file)` has no table `\(name)`", help: Suggestion.nearest(to: name, in: all.map(\.name)))
      }
      let chosen = tables.isEmpty ? all : all.filter { tables.contains($0.name) }
      let rows = max(1, chosen.reduce(0) { $0 + $1.rowCount })
      let bar = ProgressBar("exporting", unit: "rows")
      let progress: (Int) -> Bool = { done in
        bar.show(share: Double(done) / Double(rows), count: done)
        return !stop.isSet
      }
      if [".sqlite", ".sqlite3", ".db"].contains(where: { to.hasSuffix($0) }) {
        try exportSQLite(chosen, to: to, progress: progress)
      } else {
        try exportFolder(chosen, progress)
      }
      bar.finish()
      let count = chosen.reduce(0) { $0 + $1.rowCount }
      Console.say("\(chosen.count) table\(chosen.count == 1 ? "" : "s"), \(NumberText.grouped(count)) rows written to \(to)")
    }
  }

  private func exportFolder(_ tables: [Table], _ progress: (Int) -> Bool) throws {
    guard mkdir(to, 0o777) == 0 || errno == EEXIST && TelemetryFiles.isFolder(to) else {
      throw Diagnostic("write-failed", "cannot make the folder `\(to)`: \(String(cString: strerror(errno)))")
    }
    var written = 0
    for table in tables {
      guard !table.name.contains("/"), !table.name.hasPrefix(".") else {
        throw Diagnostic("bad-name", "no file can be called `\(table.name)`", help: "`.rename table` gives it another name")
      }
      let destination = try Destination(path: "\(to)/\(table.name).\(format.rawValue)")
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
    let schema = try Destination(path: "\(to)/\(ExportedSchema.fileName)")
    schema.sink.buffer.append(ExportedSchema.text(tables.map { ($0.name, $0.schema) }))
    try schema.commit()
  }
}

import ArgumentParser
import PlumbKit
import PlumbPresentation

/// `plumb export`: writes a workspace's tables for other programs, as an SQLite file, a Parquet file or a folder of files.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a workspace's tables as SQLite, Parquet or text files.")

  @Argument(help: ArgumentHelp("The workspace.", valueName: "FILE.plumb"))
  var file: String

  @Option(help: ArgumentHelp("A new file that ends in .sqlite, .sqlite3, .db or, for one table, .parquet; or a folder.", valueName: "path"))
  var to: String

  @Option(help: ArgumentHelp("What a folder's files are: csv, json, jsonl or parquet.", valueName: "format"))
  var format: ResultFormat = .csv

  @Option(name: .customLong("table"), help: ArgumentHelp("Only these tables.", valueName: "name"))
  var tables: [String] = []

  @Flag(help: "Export what is sound of a damaged file.")
  var salvage = false

  func validate() throws {
    guard Export.formats.contains(format) else {
      throw ValidationError("--format takes csv, json, jsonl or parquet here, not '\(format.name)'")
    }
  }

  func run() throws {
    try Failure.guarding {
      let export = Export(to: to, format: format, tables: tables)
      let written = try Console.working { try export.run(file, salvages: salvage, $0) }
      Console.say("\(counted(written.tables, "table")), \(counted(written.rows, "row")) written to \(to)")
    }
  }
}

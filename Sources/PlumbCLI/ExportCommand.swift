import ArgumentParser
import Glibc
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// `plumb export`: writes a workspace's tables for other programs, as an SQLite file, a workbook, a Parquet file or a folder of files, or into another engine.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Export a workspace's tables to SQLite, Excel, Parquet or text files, or to ClickHouse.")

  @Argument(help: ArgumentHelp("The workspace.", valueName: "FILE.plumb"))
  var file: String

  @Option(help: ArgumentHelp("A new .sqlite, .sqlite3 or .db file, a .xlsx file with a sheet for each table, a .parquet file for one table, a folder, or clickhouse://user@host:port/database.", valueName: "path"))
  var to: String

  @Option(help: ArgumentHelp("The format of the files in a folder: csv, json, jsonl or parquet.", valueName: "format"))
  var format: ResultFormat = .csv

  @Option(name: .customLong("table"), help: ArgumentHelp("Export only this table (can be repeated).", valueName: "name"))
  var tables: [String] = []

  @Flag(help: "Export the undamaged parts of a damaged file.")
  var salvage = false

  func validate() throws {
    guard Export.formats.contains(format) else {
      throw ValidationError("--format must be csv, json, jsonl or parquet here, not '\(format.name)'")
    }
  }

  func run() throws {
    try Failure.guarding {
      var export = Export(to: to, format: format, tables: tables)
      export.options.variable = { name in getenv(name).map { String(cString: $0) } }
      export.options.askPassword = PasswordPrompt.ask
      let written = try Console.working { try export.run(file, salvages: salvage, $0) }
      Console.say("\(counted(written.tables, "table")), \(counted(written.rows, "row")) written to \(to)")
    }
  }
}

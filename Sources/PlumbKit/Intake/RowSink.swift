import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// The target for the rows and the telemetry of files: tables in memory, tables of a workspace file, or one table of a query.
protocol RowSink: Sendable {
  /// Whether to take all tables of a file that contains several, or only one that is named.
  var takesAllTables: Bool { get }

  /// Whether imported data stays for later. If so, telemetry continues from the existing tables, each file is reported,
  /// and what was read before a stop is kept.
  var isLasting: Bool { get }

  /// Whether a file that is named twice is read once.
  var takesFilesOnce: Bool { get }

  /// The number of bytes of a file's text to take at a time; nil for all.
  var batchBytes: Int? { get }

  /// Where columns are kept that queries read of the files later; nil where all rows are copied.
  var columns: ColumnCache? { get }

  /// A table as it is now; nil if it does not exist.
  func table(named name: String) throws -> Table?

  /// Takes the rows of a file into a table.
  ///
  /// - Returns: nil if they are already in the table.
  /// - Throws: `Stopped` if it was stopped and has reported what is done, and diagnostics that name the file.
  func take(_ file: IntakeFile, _ work: Work) throws -> LoadedFile?

  /// Takes all that is known about telemetry, replacing what was known before.
  ///
  /// - Parameter mapping: the mapping that produced it from other files' rows.
  func take(_ tables: TelemetryTables, mapping: MappingFile?, _ work: Work) throws
}

extension RowSink {
  var columns: ColumnCache? { nil }
}

/// A file whose rows are for a table.
struct IntakeFile {
  let table: String
  /// A path, `FILE#TABLE`, or `-` for standard input.
  let path: String
  let options: ReadOptions
  /// The first file of the same command whose rows are in the table; nil if this is the first.
  let first: String?
}

/// A table that was loaded from a file.
public struct LoadedFile: Hashable, Sendable {
  /// The table's name.
  public let name: String
  public let rows: Int
  public let path: String
}

import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// Where the rows and the telemetry of files go: tables in memory, tables of a workspace file, or one table of a query.
protocol RowSink: Sendable {
  /// Whether all tables of a file that holds several are taken, or only one that is named.
  var takesAllTables: Bool { get }

  /// Whether what is taken stays for later. Then telemetry goes on from the tables that are there, each file is reported,
  /// and what was read before a stop is kept.
  var isLasting: Bool { get }

  /// Whether a file that is named twice is taken once.
  var takesFilesOnce: Bool { get }

  /// How much text of a file is taken at a time; nil for all of it.
  var batchBytes: Int? { get }

  /// Where columns are kept that queries read of the files later; nil where all rows are copied.
  var columns: ColumnCache? { get }

  /// A table as it is now; nil when there is none.
  func table(named name: String) throws -> Table?

  /// Takes the rows of a file into a table.
  ///
  /// - Returns: nil when they are in the table already.
  /// - Throws: `Stopped` when it was stopped and has reported what is done, and diagnostics that name the file.
  func take(_ file: IntakeFile, _ work: Work) throws -> LoadedFile?

  /// Takes all that is known of telemetry, in the place of what was known before.
  ///
  /// - Parameter mapping: what made it of other files' rows.
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

import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// How files of data and telemetry are read.
public struct ReadingOptions: Sendable {
  /// The format of files of rows; nil to detect it.
  package var format: FileFormat?
  /// The kind of telemetry in the files; nil to detect it.
  package var kind: TelemetryKind?
  /// The columns of the files; empty to detect them.
  package var schema: Schema = []
  /// Whether columns are positional if a header has only some of their names, instead of an error.
  var takesColumnsByPlace = false
  package var badRowPolicy = BadRowPolicy.reject
  /// The byte between two fields; nil to detect it.
  public var delimiter: UInt8?
  /// The byte that surrounds a value with delimiters in it, 0 if none does; nil to detect it.
  public var quote: UInt8?
  /// The byte that makes the next one in a quoted value literal; nil to detect it.
  public var escape: UInt8?
  /// The byte that starts lines that are not rows; nil to detect it.
  public var comment: UInt8?
  /// The number of lines before the table; nil to detect it.
  public var skippedLines: Int?
  /// Whether files whose columns differ from those of their table are refused, instead of adding columns.
  public var isStrict = false
  /// Texts that mean null.
  public var nulls: [String] = []
  /// How characters are written; nil to detect it.
  package var encoding: TextEncoding?
  /// What the lines of logs look like; nil keeps them whole.
  package var pattern: LinePattern?
  /// Whether files start with a header row; nil to detect it.
  public var hasHeader: Bool?
  /// A file of queries that map other files' rows to telemetry.
  public var mapping: String?
  /// Whether lines that programs are perhaps still writing are left for the next reading.
  package var leavesOpenLines = false
  /// A file for rejected rows, one line of JSON each.
  public var rejects: String?

  public init() {}

  /// Sets what the files are: a format such as `csv`, or telemetry such as `dbt`, instead of detecting it.
  ///
  /// - Throws: `Problems` for another name.
  public mutating func read(as name: String) throws {
    if let telemetry = TelemetryKind(rawValue: name.lowercased()) {
      (kind, format) = (telemetry, nil)
    } else if let known = FileFormat(name: name) {
      (kind, format) = (nil, known)
    } else {
      throw Problems(
        Diagnostic("unknown-format", "cannot read files as `\(name)`", help: "use \(FileFormat.names), \(TelemetryKind.names)"))
    }
  }

  /// The columns of the files and their types; empty to detect them.
  public var columns: [Column] {
    get { schema.map { Column($0) } }
    set { schema = newValue.map(\.info) }
  }

  /// How to handle rows that do not fit the columns.
  public enum BadRows: Sendable, Hashable {
    /// The file is not read.
    case reject
    /// The row is dropped.
    case skip
    /// The cell becomes null.
    case null
  }

  public var badRows: BadRows {
    get {
      switch badRowPolicy {
      case .reject: .reject
      case .skip: .skip
      case .null: .null
      }
    }
    set {
      switch newValue {
      case .reject: badRowPolicy = .reject
      case .skip: badRowPolicy = .skip
      case .null: badRowPolicy = .null
      }
    }
  }
}

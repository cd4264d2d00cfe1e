import PlumbDiagnostics
import PlumbEngine
import PlumbStorage

/// How files of data and telemetry are read.
public struct ReadingOptions: Sendable {
  /// The format of files of rows; nil to find out.
  package var format: FileFormat?
  /// Which telemetry the files hold; nil to find out.
  package var kind: TelemetryKind?
  /// The columns of the files; empty to find out.
  package var schema: Schema = []
  /// Whether a header that has some of their names leaves the columns in their order, and is no mistake.
  var takesColumnsByPlace = false
  package var badRowPolicy = BadRowPolicy.reject
  /// The byte between two fields; nil to find out.
  public var delimiter: UInt8?
  /// Whether files start with a row of names; nil to find out.
  public var hasHeader: Bool?
  /// A file of queries that make telemetry of other files' rows.
  public var mapping: String?
  /// A file for rows that were rejected, a line of JSON each.
  public var rejects: String?

  public init() {}

  /// Sets what the files are: a format such as `csv`, or telemetry such as `dbt`, instead of finding out.
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

  /// The columns of the files and their types; empty to find out.
  public var columns: [Column] {
    get { schema.map { Column($0) } }
    set { schema = newValue.map(\.info) }
  }

  /// What happens to rows that do not fit the columns.
  public enum BadRows: Sendable, Hashable {
    /// The file is not read.
    case reject
    /// The row is left out.
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

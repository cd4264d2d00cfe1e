import PlumbEngine

/// How to read a file; what is nil is found out from the file.
package struct LoadOptions: @unchecked Sendable {
  package enum Format: String, Hashable, Sendable, CaseIterable {
    case csv, tsv
    /// One JSON object a line.
    case ndjson
    /// An array of objects, or one object after the other.
    case json
    case sqlite

    /// The format for a name or an ending of a file, such as `jsonl`.
    package init?(name: String) {
      switch name.lowercased() {
      case "csv", "txt", "psv", "scsv": self = .csv
      case "tsv", "tab": self = .tsv
      case "ndjson", "jsonl", "jsonlines": self = .ndjson
      case "json", "multijson": self = .json
      case "sqlite", "sqlite3", "db": self = .sqlite
      default: return nil
      }
    }
  }

  package enum Compression: String, Hashable, Sendable {
    case none, gzip
  }

  package var format: Format?
  package var delimiter: UInt8?
  package var quote: UInt8 = 0x22
  package var hasHeader: Bool?
  /// Names and types of the columns. With a header that has all the names, columns are found by name; with one that
  /// has none of them, and without a header, they are the fields of a row in their order.
  package var columns: Schema?
  /// Whether a header that has some of the names leaves the columns in their order, as `externaldata` does, and is no
  /// mistake.
  package var takesColumnsByPlace = false
  package var badRows = BadRowPolicy.reject
  /// Takes the rows that `badRows` leaves out; what it throws ends the loading.
  package var onReject: ((RejectedInput) throws -> Void)?
  package var compression: Compression?
  /// Whether to read standard input rather than a path.
  package var isStandardInput = false
  /// Threads to load with; nil means as many as the context has.
  package var threads: Int?
  /// Bytes of text that a worker takes at a time.
  package var blockSize: Int?
  /// Cancellation and the memory limit.
  package var context: ExecutionContext

  package init(context: ExecutionContext) { self.context = context }

  /// Takes the rejected rows of a file that is read with these options.
  func rowRejects(_ path: String) -> ((RejectedRow) throws -> Void)? {
    guard let onReject else { return nil }
    let name = isStandardInput ? "standard input" : path
    return { row in
      try onReject(RejectedInput(path: name, line: row.line, reason: row.reason, text: row.text))
    }
  }
}

/// A file as a table, and what was left out of it.
package struct LoadedTable: Sendable {
  package var table: Table
  /// Bad rows that are not in the table.
  package var skippedRows: Int
  /// Bad values that are null in the table.
  package var nulledCells: Int
  /// What the user may want to know, a sentence each.
  package var remarks: [String]

  package init(table: Table, skippedRows: Int, nulledCells: Int, remarks: [String]) {
    self.table = table
    self.skippedRows = skippedRows
    self.nulledCells = nulledCells
    self.remarks = remarks
  }
}

import PlumbEngine

/// A column of an SQLite table as KQL sees it.
struct SQLiteColumn: Sendable {
  /// How SQLite converts values on insertion and in comparisons, by the declared type.
  enum Affinity: Sendable {
    case integer, real, numeric, text, none

    /// The rules of SQLite's documentation, "Datatypes in SQLite", section 3.1.
    init(declared: String) {
      let type = declared.lowercased()
      if type.contains("int") {
        self = .integer
      } else if type.contains("char") || type.contains("clob") || type.contains("text") {
        self = .text
      } else if type.contains("blob") || type.isEmpty {
        self = .none
      } else if type.contains("real") || type.contains("floa") || type.contains("doub") {
        self = .real
      } else {
        self = .numeric
      }
    }
  }

  let info: ColumnInfo
  var affinity = Affinity.none
  /// The ticks of a whole number's unit, if the numbers are Unix times.
  var unixUnit: Int64?
  /// Whether all times are texts that begin with `2024-01-31`, so that they sort as texts in the order of their days.
  var hasISODates = false
  /// Whether texts of the column are compared byte by byte unless a query says otherwise.
  var comparesBytes = false
  /// Whether values of other kinds than the type's own occurred, which are texts here.
  var isMixed = false
  /// Whether NaN can occur, as the text `nan`, which SQLite treats as larger than all numbers.
  var canHoldNaN = false
  /// How the type was determined, for people.
  var note = ""
  /// What to report when the database is attached; nil if the declaration is sufficient.
  var remark: String?

  init(_ name: String, _ type: ScalarType) { info = ColumnInfo(name, type) }
}

/// The kinds of values in a column, since SQLite lets every value have its own type.
struct SQLiteKinds {
  let declared: String
  var integers = 0, reals = 0, texts = 0, blobs = 0, nulls = 0
  var smallest = Int64.max, largest = Int64.min
  var areMoments: Bool
  var areISODates = true

  init(declared: String) {
    self.declared = declared.lowercased()
    areMoments = self.declared.contains("date") || self.declared.contains("time")
  }

  private var areBits: Bool { smallest >= 0 && largest <= 1 }
  private var kindCount: Int { [integers, reals, texts, blobs].count { $0 > 0 } }

  /// The ticks of the unit in which all numbers are times from 1973 on, if the declaration mentions times.
  private var unixUnit: Int64? {
    let words = ["timestamp", "datetime", "epoch", "unix"]
    guard declared == "date" || words.contains(where: declared.contains) else { return nil }
    switch (smallest, largest) {
    case (100_000_000..., ..<100_000_000_000): return TimeSpan.second
    case (100_000_000_000..., ..<100_000_000_000_000): return TimeSpan.second / 1000
    case (100_000_000_000_000..., ..<100_000_000_000_000_000): return TimeSpan.second / 1_000_000
    default: return nil
    }
  }

  /// The column with the type that fits its values and, for bools, times and JSON, its declaration.
  func column(named name: String) -> SQLiteColumn {
    var unit: Int64?
    let type: ScalarType
    let reason: String
    if blobs > 0 {
      (type, reason) = (.string, kindCount == 1 ? "blobs as hexadecimal text" : "mixed values, as text")
    } else if declared.contains("json"), kindCount > 0 {
      (type, reason) = (.dynamic, "declared as JSON")
    } else {
      switch (integers > 0, reals > 0, texts > 0) {
      case (true, false, false):
        unit = unixUnit
        if let unit {
          (type, reason) = (.datetime, "Unix times in \(Self.unitName(unit))")
        } else if areBits && declared.contains("bool") {
          (type, reason) = (.bool, "0 and 1")
        } else {
          (type, reason) = (.long, "whole numbers")
        }
      case (_, true, false): (type, reason) = (.real, integers > 0 ? "whole numbers and reals" : "reals")
      case (false, false, true):
        (type, reason) = areMoments ? (.datetime, "texts that are times") : (.string, "texts")
      case (false, false, false): (type, reason) = (Self.emptyType(declared), "no values, type from the declaration")
      case (_, _, true): (type, reason) = (.string, "mixed values, as text")
      }
    }
    var column = SQLiteColumn(name, type)
    column.affinity = SQLiteColumn.Affinity(declared: declared)
    column.unixUnit = unit
    column.hasISODates = type == .datetime && unit == nil && areISODates
    column.isMixed = kindCount > 1 && type == .string || blobs > 0
    column.note = "\(declared.isEmpty ? "no declared type" : "declared \(declared)"); \(reason)\(counts)"
    if type == .datetime || column.isMixed || declared.contains("json") { column.remark = "`\(name)` is \(type.name): \(reason)\(counts)" }
    return column
  }

  private static func emptyType(_ declared: String) -> ScalarType {
    if declared.contains("int") { return .long }
    return declared.contains("real") || declared.contains("doub") || declared.contains("floa") ? .real : .string
  }

  private static func unitName(_ unit: Int64) -> String {
    unit == TimeSpan.second ? "seconds" : unit == TimeSpan.second / 1000 ? "milliseconds" : "microseconds"
  }

  /// ` (3 integers, 1 text)`
  private var counts: String {
    let all = [(integers, "integer"), (reals, "real"), (texts, "text"), (blobs, "blob"), (nulls, "null")]
    let parts = all.filter { $0.0 > 0 }.map { counted($0.0, $0.1) }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }
}

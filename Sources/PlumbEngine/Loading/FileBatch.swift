/// Some rows of a file.
package struct FileBatch: Sendable {
  /// The rows; those of a file that is read in place can be lazy.
  package var groups: [RowGroup]
  /// How far the text was read; nil for files that are read as a whole.
  package var end: TextPosition?
  /// Whether no rows follow.
  package var isLast: Bool
  /// What was dropped from them.
  package var misfits: RowMisfits

  package init(groups: [RowGroup], end: TextPosition? = nil, isLast: Bool, misfits: RowMisfits = RowMisfits()) {
    self.groups = groups
    self.end = end
    self.isLast = isLast
    self.misfits = misfits
  }

  package var rowCount: Int { groups.reduce(0) { $0 &+ $1.count } }
}

/// How much of a file did not fit, and how it was handled.
package struct RowMisfits: Hashable, Sendable {
  /// Rows that are not in the table.
  package var skippedRows = 0
  /// Values that are null in the table.
  package var nulledCells = 0
  /// Rows with too few or too many fields.
  package var repairedRows = 0
  /// Texts with bytes that are not UTF-8; equal ones may be counted once.
  package var repairedTexts = 0
  /// Lines below the table, which are not rows of it.
  package var remarks = 0
  /// Rows that follow a text in their line, which is not part of them.
  package var prefixedRows = 0

  package init(skippedRows: Int = 0, nulledCells: Int = 0, repairedRows: Int = 0) {
    self.skippedRows = skippedRows
    self.nulledCells = nulledCells
    self.repairedRows = repairedRows
  }

  package static func += (lhs: inout RowMisfits, rhs: RowMisfits) {
    lhs.skippedRows += rhs.skippedRows
    lhs.nulledCells += rhs.nulledCells
    lhs.repairedRows += rhs.repairedRows
    lhs.repairedTexts += rhs.repairedTexts
    lhs.remarks += rhs.remarks
    lhs.prefixedRows += rhs.prefixedRows
  }

  /// A sentence for each kind of misfit that occurred.
  package var notes: [String] {
    var notes: [String] = []
    if skippedRows > 0 { notes.append("\(counted(skippedRows, "row")) did not fit and \(skippedRows == 1 ? "was" : "were") skipped") }
    if nulledCells > 0 { notes.append("\(counted(nulledCells, "cell")) did not fit and became null") }
    if repairedRows > 0 {
      notes.append("\(counted(repairedRows, "row")) had the wrong number of fields; missing fields became null, extra fields were dropped")
    }
    if repairedTexts > 0 {
      notes.append("\(counted(repairedTexts, "value")) had bytes that are not UTF-8, which became `\u{FFFD}`; `--encoding windows-1252` may read them")
    }
    if prefixedRows > 0 {
      notes.append("the text before the JSON of \(counted(prefixedRows, "line")) was left out; `--load-format lines` keeps whole lines")
    }
    if remarks > 0 { notes.append("\(counted(remarks, "line")) below the table \(remarks == 1 ? "was" : "were") left out") }
    return notes
  }
}

/// Guessed types that are too narrow for later rows of a text, and the wider ones that fit.
package struct WiderColumns: Error {
  package let types: [Int: ScalarType]
}

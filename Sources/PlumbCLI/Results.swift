import PlumbDatabase
import PlumbDiagnostics

/// Writes the answers of queries to their destination and tells the rest on standard error.
final class Results {
  private let destination: Destination
  private let writer: any ResultWriter
  private let isOnTerminal: Bool
  /// Whether rows are left out without the user having said so.
  private let isLimitedByDefault: Bool
  private(set) var rowCount = 0
  private var hasBegun = false

  /// Rows shown of one result on a terminal unless the user says otherwise.
  static let terminalRowLimit = 1000

  init(_ options: OutputOptions) throws {
    isOnTerminal = options.output == nil && Console.outputIsTerminal
    let format =
      options.format ?? options.output.flatMap { ResultFormat(fileName: $0) } ?? (isOnTerminal ? .table : .csv)
    destination = try Destination(path: options.output)
    let limit = isOnTerminal && format.isForPeople ? Self.terminalRowLimit : nil
    isLimitedByDefault = limit != nil && options.rowLimit == nil
    writer = format.writer(
      to: destination.sink,
      options: FormatOptions(
        width: isOnTerminal ? Console.columns : nil, rowLimit: options.rowLimit ?? limit,
        isStyled: isOnTerminal && Console.outputIsStyled))
  }

  func write(_ answer: Answer) throws {
    rowCount += answer.rowCount
    hasBegun = true
    let summary = try writer.write(answer)
    if isOnTerminal || !summary.isWhole || !answer.remarks.isEmpty {
      try destination.sink.flush()
      if !summary.isWhole {
        let isCut = isLimitedByDefault && summary.rowsWritten < summary.rows
        Console.say("(\(summary.sentence())\(isCut ? "; --row-limit shows more" : ""))")
      }
      for remark in answer.remarks { Console.say("note: \(remark)") }
      if isOnTerminal, let visualization = answer.visualization {
        Console.say("note: `render \(visualization.kind)` is shown as a table")
      }
    }
  }

  func flush() throws { try destination.sink.flush() }

  func finish() throws {
    try writer.finish()
    try destination.commit()
  }

  /// Ends what was begun so that its form is whole on standard output; leaves no file.
  func abandon() {
    if hasBegun { try? writer.finish() }
    destination.discard()
  }
}

import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// Writes the answers of queries to their destination and tells the rest on standard error.
final class Results {
  private let destination: Destination
  /// What the writer writes to: the destination, but that a terminal is not steered by what is in the data.
  private let sink: ByteSink
  private let writer: any ResultWriter
  private let isOnTerminal: Bool
  /// Whether rows are left out without the user having said so.
  private let isLimitedByDefault: Bool
  private let drawsCharts: Bool
  private(set) var rowCount = 0
  private var hasBegun = false

  /// Rows shown of one result on a terminal unless the user says otherwise.
  static let terminalRowLimit = 1000

  init(_ options: OutputOptions) throws {
    isOnTerminal = options.output == nil && Console.outputIsTerminal
    let format =
      options.format ?? options.output.flatMap { Formats.ofFile(named: $0) } ?? (isOnTerminal ? .auto : .csv)
    if format.isBinary && isOnTerminal {
      throw Diagnostic(
        "binary-output", "\(format.name) is not text, so that a terminal cannot show it",
        help: "name a file, such as `-o result.\(format.name)`")
    }
    destination = try Destination(options)
    let limit = isOnTerminal && format.isForPeople ? Self.terminalRowLimit : nil
    isLimitedByDefault = limit != nil && options.rowLimit == nil
    let rowLimit = options.rowLimit ?? limit
    drawsCharts = format == .auto || format == .svg || format == .page
    var formatOptions =
      isOnTerminal ? Console.formatOptions(rowLimit: rowLimit) : FormatOptions(rowLimit: rowLimit, isASCII: Console.isASCII)
    if options.output == nil && Console.outputIsStyled && format.isForPeople { formatOptions.isStyled = true }
    sink = isOnTerminal && !format.isForPeople ? destination.sink.showingControls() : destination.sink
    formatOptions.threads = Machine.processors
    writer = format.writer(to: sink, options: formatOptions)
  }

  func write(_ answer: Answer) throws {
    rowCount += answer.rowCount
    hasBegun = true
    let summary = try writer.write(answer)
    if isOnTerminal || !summary.isWhole || !answer.remarks.isEmpty || !summary.notes.isEmpty {
      try flush()
      if !summary.isWhole {
        let isCut = isLimitedByDefault && summary.rowsWritten < summary.rows
        Console.say("(\(summary.sentence())\(isCut ? "; --row-limit shows more" : ""))")
      }
      for remark in answer.remarks + summary.notes { Console.say("note: \(remark)") }
      if isOnTerminal, drawsCharts, let remark = answer.undrawnChart { Console.say("note: \(remark)") }
    }
    if let path = try ChartFile.write(answer) { Console.say("note: the chart is in \(path)") }
  }

  func flush() throws {
    try sink.flush()
    try destination.sink.flush()
  }

  func finish() throws {
    try writer.finish()
    try sink.flush()
    try destination.commit()
  }

  /// Ends what was begun so that its form is whole on standard output; leaves no file.
  func abandon() {
    if hasBegun {
      try? writer.finish()
      try? sink.flush()
    }
    destination.discard()
  }
}

extension Destination {
  /// The file that `-o` names, or standard output.
  convenience init(_ options: OutputOptions) throws {
    if let path = options.output {
      try self.init(path: path)
    } else {
      self.init(descriptor: STDOUT_FILENO, name: "standard output")
    }
  }
}

import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// Writes the answers of queries to their destination and everything else to standard error.
final class Results {
  private let destination: Destination
  /// The writer's sink: the destination, protected on a terminal from control characters in the data.
  private var sink: ByteSink
  private var writer: any ResultWriter
  private let isOnTerminal: Bool
  private let goesToFile: Bool
  /// The file that `-o` names.
  private let fileName: String?
  private var look: Look
  /// Whether rows are left out although the user did not ask for it.
  private var isLimitedByDefault: Bool { look.rowLimit == nil && isOnTerminal && look.format.isForPeople }
  private(set) var rowCount = 0
  /// Whether results can name files to write.
  var isSafe = false
  /// What names the files that queries and commands write.
  let origin: Destination.Origin
  private var hasBegun = false
  private var hasWrittenText = false

  /// The number of rows of one result shown on a terminal by default.
  static let terminalRowLimit = 1000

  /// What commands such as `.mode` can change.
  struct Look: Equatable {
    var format: ResultFormat
    /// Whether the user has named the format.
    var isChosen: Bool
    /// Rows of a result; nil for as many as the format shows.
    var rowLimit: Int?
  }

  init(_ options: OutputOptions) throws {
    isOnTerminal = options.file == nil && Console.outputIsTerminal
    goesToFile = options.file != nil
    fileName = options.file
    if let path = options.file, options.format == nil { try Formats.checkEnding(of: path) }
    origin = options.overwrite ? .user : .script
    destination = try Destination(options)
    look = Self.look(options)
    if look.format.isBinary && isOnTerminal {
      throw Diagnostic(
        "binary-output", "\(look.format.name) is not text, so that a terminal cannot show it",
        help: "name a file, such as `-o result.\(look.format.name)`")
    }
    (sink, writer) = Self.writer(look, to: destination, isOnTerminal: isOnTerminal, goesToFile: goesToFile)
  }

  /// How results look by what the options say, and by where they go.
  static func look(_ options: OutputOptions) -> Look {
    let isOnTerminal = options.file == nil && Console.outputIsTerminal
    let ofFile = options.file.flatMap { Formats.ofFile(named: $0) }
    return Look(
      format: options.format ?? ofFile ?? (isOnTerminal ? .auto : .csv), isChosen: options.format != nil || ofFile != nil,
      rowLimit: options.rowLimit)
  }

  private static func writer(
    _ look: Look, to destination: Destination, isOnTerminal: Bool, goesToFile: Bool
  ) -> (ByteSink, any ResultWriter) {
    let isForPeople = look.format.isForPeople
    let rowLimit = look.rowLimit ?? (isOnTerminal && isForPeople ? terminalRowLimit : nil)
    var options =
      isOnTerminal ? Console.formatOptions(rowLimit: rowLimit) : FormatOptions(rowLimit: rowLimit, isASCII: Console.isASCII)
    options.threads = Machine.processors
    if !goesToFile && isForPeople, let palette = Console.outputPalette { options.palette = palette }
    let sink = isOnTerminal && !isForPeople ? destination.sink.showingControls() : destination.sink
    return (sink, look.format.writer(to: sink, options: options))
  }

  /// Writes later answers in this look; what was begun in another one is ended.
  func use(_ look: Look) throws {
    if look == self.look { return }
    if hasBegun {
      try writer.finish()
      try sink.flush()
    }
    hasBegun = false
    self.look = look
    (sink, writer) = Self.writer(look, to: destination, isOnTerminal: isOnTerminal, goesToFile: goesToFile)
  }

  /// Writes a text as it is, or made visible on a terminal.
  func write(_ text: String) throws {
    try sink.flush()
    hasWrittenText = true
    let text = isOnTerminal ? VisibleText.lines(text) : text
    destination.sink.buffer.append(text.hasSuffix("\n") ? text : text + "\n")
    try destination.sink.flush()
  }

  func write(_ answer: Answer) throws {
    rowCount += answer.rowCount
    if answer.isText, !look.isChosen { return try write(answer.text) }
    hasBegun = true
    let summary = try writer.write(answer)
    if isOnTerminal || !summary.isWhole || !answer.remarks.isEmpty || !summary.notes.isEmpty {
      try flush()
      if !summary.isWhole {
        let isCut = isLimitedByDefault && summary.rowsWritten < summary.rows
        Console.say("(\(summary.sentence())\(isCut ? "; use --row-limit to show more" : ""))")
      }
      for remark in answer.remarks.filter({ !summary.shownRemarks.contains($0) }) + summary.notes { Console.say("note: \(remark)") }
      if isOnTerminal, drawsCharts, let remark = answer.undrawnChart { Console.say("note: \(remark)") }
    }
    if let path = try ChartFile.write(answer, isSafe: isSafe, namedBy: origin) { Console.say("note: wrote the chart to \(path)") }
  }

  private var drawsCharts: Bool { look.format == .auto || look.format == .svg || look.format == .page }

  func flush() throws {
    try sink.flush()
    try destination.sink.flush()
  }

  func finish() throws {
    if hasBegun || !hasWrittenText { try writer.finish() }
    try sink.flush()
    try destination.commit()
    if let fileName, hasBegun, !destination.isInPlace {
      Console.say(OutputTarget.sentence(rows: rowCount, in: fileName))
    }
  }

  /// Completes started output so that it is well formed on standard output; leaves no file.
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
    if let path = options.file {
      try self.init(path: path)
    } else {
      self.init(descriptor: STDOUT_FILENO, name: "standard output")
    }
  }
}

extension Answer {
  /// The lines of a text that its rows are.
  var text: String { texts(limit: .max).map { ($0.first ?? "") + "\n" }.joined() }
}

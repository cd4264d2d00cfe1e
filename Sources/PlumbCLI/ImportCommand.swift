import ArgumentParser
import Glibc
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation

/// `plumb import`: imports data files into a workspace file, one batch of rows per transaction.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Import data files into a workspace file.")

  @Argument(help: ArgumentHelp("Data files, or folders of data files.", valueName: "path"))
  var paths: [String]

  @Option(help: ArgumentHelp("The workspace, created if missing.", valueName: "FILE"))
  var into: String

  @Option(name: .customLong("as"), help: ArgumentHelp("The table's name, for one path.", valueName: "name"))
  var tableName: String?

  @Flag(help: "Show what --map makes of the first rows, and write nothing.")
  var preview = false

  @Flag(help: "Replace the table if it exists, instead of appending to it.")
  var replace = false

  @Option(help: ArgumentHelp("Import again after each interval, taking only what is new, until stopped.", valueName: "5m"))
  var every: String?

  @Option(help: ArgumentHelp("The amount of text to save at a time.", valueName: "size"))
  var batch = "128MB"

  @OptionGroup(title: "Data and limits") var data: DataOptions

  func validate() throws {
    if preview && data.mapping == nil { throw ValidationError("--preview needs --map") }
    _ = try batchSize()
    _ = try interval()
    if every != nil && (preview || replace) { throw ValidationError("--every cannot be combined with \(preview ? "--preview" : "--replace")") }
    if every != nil && paths.contains("-") { throw ValidationError("--every reads files again, which standard input cannot be") }
    if let load = try data.assignments(data.loads, option: "--load", allowsPathAlone: true).first {
      let name = load.name.map { " --as \($0)" } ?? ""
      throw ValidationError("import does not accept --load: pass only the path, 'plumb import \(load.value)\(name) --into \(into)'")
    }
    if let other = try data.assignments(data.attachments, option: "--attach", allowsPathAlone: false).first {
      throw ValidationError("import does not accept --attach: use 'plumb import \(other.value) --into \(into)' to import the file's tables")
    }
    if tableName != nil && paths.count > 1 { throw ValidationError("--as names one table, but there are several paths") }
  }

  private func batchSize() throws -> Int {
    guard let size = Machine.memorySize(batch), size > 0 else {
      throw ValidationError("--batch must be a size such as 64MB, not '\(batch)'")
    }
    return size
  }

  /// The time between the beginnings of two rounds, in ticks; nil for one round.
  private func interval() throws -> Int64? {
    try every.map { text in
      guard let ticks = TimeSpan.parse(text), ticks >= TimeSpan.second, ticks <= 7 * TimeSpan.day else {
        throw ValidationError("--every must be a time from 1s to 7d, such as 5m, not '\(text)'")
      }
      return ticks
    }
  }

  /// Imports until the process is stopped. Something that is wrong with a file is reported once; later rounds try again.
  private func run(_ importing: Import, every ticks: Int64) throws {
    let reported = ReportedTexts()
    while true {
      let began = Machine.now
      do {
        _ = try Console.working(after: reported) { try importing.run(into: into, $0) }
      } catch let problem as Diagnostic where problem.code != "cancelled" {
        if reported.isNew(problem.message) { Console.report(problem) }
      }
      reported.beginNextRound()
      while Machine.now - began < ticks { usleep(100_000) }
    }
  }

  func run() throws {
    try Failure.guarding {
      let importing = Import(try request(), try data.workspaceOptions())
      if let ticks = try interval() { return try run(importing, every: ticks) }
      if preview { return try Self.show(Console.working { try importing.preview($0) }) }
      let isWhole = try Console.working { try importing.run(into: into, $0) }
      if !isWhole { throw ExitStatus.failed }
    }
  }

  /// What to import, and how.
  func request() throws -> ImportRequest {
    var request = ImportRequest(paths: paths)
    request.tableName = tableName
    request.replaces = replace
    request.batchBytes = try batchSize()
    request.reading = try data.readingOptions()
    request.reading.leavesOpenLines = every != nil
    request.threads = data.threads
    request.memoryLimit = try data.memory.map { _ in try data.memoryLimit() }
    try data.limitProcess()
    return request
  }

  /// Prints the mapping's result for the first rows.
  static func show(_ preview: [(table: String, answer: Answer)]) throws {
    let sink = ByteSink.file(STDOUT_FILENO, name: "standard output")
    for (name, answer) in preview {
      sink.buffer.append("\(VisibleText.string(name))\n")
      let writer = ResultFormat.table.writer(to: sink)
      _ = try writer.write(answer)
      try writer.finish()
      sink.buffer.append("\n")
      try sink.flush()
    }
  }
}

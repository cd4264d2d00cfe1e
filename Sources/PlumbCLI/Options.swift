import ArgumentParser
import Glibc
import PlumbDatabase
import PlumbDiagnostics
import PlumbEngine
import PlumbKit
import PlumbPresentation
import PlumbStorage

extension ResultFormat: ExpressibleByArgument {
  public init?(argument: String) {
    guard let format = Formats.named(argument) else { return nil }
    self = format
  }

  public var defaultValueDescription: String { name }
  public static var allValueStrings: [String] { Formats.names }
}

extension BadRowPolicy: ExpressibleByArgument {}

/// What a query may read, and its limits; the same for every subcommand.
struct DataOptions: ParsableArguments {
  @Option(
    name: .customLong("load"),
    help: ArgumentHelp(
      "Load a file as a table, every data file in a folder, or telemetry from dbt, OpenLineage, Airflow or ADF.",
      valueName: "name=path"))
  var loads: [String] = []

  @Option(
    name: .customLong("attach"),
    help: ArgumentHelp(
      "Query the tables of an SQLite file or of clickhouse://user@host:port/database or kusto://host/database in place, as name.table.",
      valueName: "name=path"))
  var attachments: [String] = []

  @Option(
    name: .customLong("on"),
    help: ArgumentHelp("Query the tables of a clickhouse:// or kusto:// database as if they were here.", valueName: "address"))
  var engine: String?

  @Option(help: ArgumentHelp("A command that prints a token for cluster(...) and kusto:// (default: PLUMB_KUSTO_TOKEN).", valueName: "command"))
  var tokenCommand: String?

  @Option(
    help: ArgumentHelp(
      "The rows that a query may fetch where an operator cannot run remotely (default: 5000000).", valueName: "n"))
  var fetchRows: Int?

  @Option(
    help: ArgumentHelp(
      "The kind of telemetry (\(TelemetryKind.names)) or the format of the files (default: detect).", valueName: "kind"),
    completion: .list(TelemetryKind.allCases.map(\.rawValue) + FileFormat.all.map(\.name)))
  var kind: String?

  @Option(
    name: .customLong("map"),
    help: ArgumentHelp("Queries that map the loaded rows to runs, edges and so on: a file, or a map that Plumb ships, such as github-actions (default: detect those).", valueName: "file.kql"))
  var mapping: String?

  @Option(help: ArgumentHelp("Write rejected rows and telemetry to a file, with reasons.", valueName: "path"))
  var rejects: String?

  @Option(
    help: ArgumentHelp(
      "The format of the loaded files: \(FileFormat.names) (default: detect).",
      valueName: "format"))
  var loadFormat: String?

  @Option(help: ArgumentHelp("The character between fields; \\t for tab (default: detect).", valueName: "c"))
  var delimiter: String?

  @Option(help: ArgumentHelp("The character around values that contain delimiters, or none (default: detect).", valueName: "c"))
  var quote: String?

  @Option(help: ArgumentHelp("The character that makes the next one in a quoted value literal (default: detect).", valueName: "c"))
  var escape: String?

  @Option(help: ArgumentHelp("The character that starts lines that are not rows (default: detect).", valueName: "c"))
  var comment: String?

  @Option(name: .customLong("skip-lines"), help: ArgumentHelp("The number of lines above the table (default: detect).", valueName: "n"))
  var skippedLines: Int?

  @Option(name: .customLong("null"), help: ArgumentHelp("A text that means null, such as NULL or NA; can be repeated.", valueName: "text"))
  var nulls: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read lines of logs by a pattern: \(LinePattern.names), or a regular expression whose named groups are columns.",
      valueName: "pattern"))
  var pattern: String?

  @Option(help: ArgumentHelp("The encoding of text files: \(TextEncoding.names) (default: detect).", valueName: "name"))
  var encoding: String?

  @Flag(inversion: .prefixedNo, help: "Whether files start with a header row (default: detect).")
  var header: Bool?

  @Flag(help: "Refuse files whose columns differ from those of the same table (default: add missing columns).")
  var strict = false

  @Option(help: ArgumentHelp("The columns of the loaded files with their types (default: detect).", valueName: "name:type,..."))
  var types: String?

  @Option(help: ArgumentHelp("How to handle bad rows: reject, skip, or null to make bad values null (default: reject).", valueName: "choice"))
  var badRows: BadRowPolicy = .reject

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("Set a declared query parameter.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(help: ArgumentHelp("The value of now().", valueName: "datetime"))
  var now: String?

  @Option(help: ArgumentHelp("The number of threads (default: one per processor).", valueName: "n"))
  var threads: Int?

  @Option(help: ArgumentHelp("The memory limit of a query, such as 2GB or 50% (default: 50%).", valueName: "size"))
  var memory: String?

  @Option(
    name: .customLong("allow-url"),
    help: ArgumentHelp("Let `externaldata` read addresses that begin with this; may be repeated (default: none).", valueName: "prefix"))
  var allowedURLs: [String] = []

  @Flag(help: "Do not access files or start programs that the command line does not name.")
  var safe = false

  @Flag(help: "Load the undamaged parts of a damaged workspace file, without writing to it.")
  var salvage = false

  func validate() throws {
    _ = try assignments(loads, option: "--load", allowsPathAlone: true)
    _ = try assignments(attachments, option: "--attach", allowsPathAlone: false)
    _ = try assignments(parameters, option: "--param", allowsPathAlone: false)
    _ = try nowTicks()
    _ = try memoryLimit()
    _ = try columnTypes()
    _ = try readingOptions()
    _ = try loadedFormat()
    _ = try telemetryKind()
    if let fetchRows, fetchRows < 0 { throw ValidationError("--fetch-rows must be a number of at least 0, not \(fetchRows)") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads must be a number from 1 to 1024, not \(threads)")
    }
  }

  /// The parts before and after the first `=` of each value; a path alone has no name.
  func assignments(
    _ values: [String], option: String, allowsPathAlone: Bool
  ) throws -> [(name: String?, value: String)] {
    try values.map { text in
      if allowsPathAlone, isPath(text) { return (nil, text) }
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        if allowsPathAlone && !text.isEmpty && !text.hasPrefix("=") { return (nil, text) }
        throw ValidationError("\(option) must be name=\(allowsPathAlone ? "path" : "value"), not '\(text)'")
      }
      return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
  }

  /// Whether a text with `=` is a path, such as `dt=2024-01-01/part-0.csv`, and not a name and a path.
  private func isPath(_ text: String) -> Bool {
    guard let equals = text.firstIndex(of: "=") else { return false }
    return text[..<equals].contains { "/*?[".contains($0) } || access(text, F_OK) == 0
  }

  func nowTicks() throws -> Int64? {
    guard let now else { return nil }
    guard let ticks = DateTime.parse(now) else {
      throw ValidationError("--now must be a datetime such as 2024-01-31T12:00:00Z, not '\(now)'")
    }
    return ticks
  }

  /// In bytes; half of the machine's memory by default.
  func memoryLimit() throws -> Int {
    guard let memory else { return Machine.memory / 2 }
    guard let size = Machine.memorySize(memory), size > 0 else {
      throw ValidationError("--memory must be a size such as 512MB, 2GB or 50%, not '\(memory)'")
    }
    return size
  }

  /// Ends queries before the process exceeds the limit, whatever takes the memory.
  func limitProcess() throws { ResidentMemory.limit(to: try memoryLimit()) }

  /// The workspace options for these options.
  func workspaceOptions() throws -> WorkspaceOptions {
    var options = WorkspaceOptions()
    if let threads { options.threads = threads }
    options.memoryLimit = try memoryLimit()
    try limitProcess()
    options.salvages = salvage
    options.now = try nowTicks().map { Moment(ticks: $0) }
    for (name, value) in try assignments(parameters, option: "--param", allowsPathAlone: false) {
      options.parameters[name ?? ""] = value
    }
    options.home = Paths.home
    options.allowedURLs = allowedURLs
    if let fetchRows { options.fetchRows = fetchRows }
    options.tokenCommand = tokenCommand
    options.variable = { name in getenv(name).map { String(cString: $0) } }
    options.askPassword = PasswordPrompt.ask
    options.reading = try readingOptions()
    return options
  }

  /// The reading options for these options.
  func readingOptions() throws -> ReadingOptions {
    var reading = ReadingOptions()
    reading.format = try loadedFormat()
    reading.delimiter = try byte(delimiter, option: "--delimiter")
    reading.quote = quote == "none" || quote == "" ? 0 : try byte(quote, option: "--quote")
    reading.escape = try byte(escape, option: "--escape")
    reading.comment = try byte(comment, option: "--comment")
    if let skippedLines, skippedLines < 0 { throw ValidationError("--skip-lines must be a number of at least 0, not \(skippedLines)") }
    reading.skippedLines = skippedLines
    reading.nulls = nulls
    reading.isStrict = strict
    do { reading.pattern = try pattern.map { try LinePattern($0) } } catch let problem as Diagnostic {
      throw ValidationError("--pattern: \(problem.message)\(problem.help.map { "; \($0)" } ?? "")")
    }
    reading.encoding = try encoding.map { name in
      guard let known = TextEncoding(name: name) else {
        throw ValidationError("--encoding must be one of \(TextEncoding.names), not '\(name)'")
      }
      return known
    }
    reading.hasHeader = header
    reading.schema = try columnTypes()
    reading.badRowPolicy = badRows
    reading.kind = try telemetryKind()
    reading.mapping = mapping
    reading.rejects = rejects
    return reading
  }

  /// Opens the workspace that the options and a path name, for texts that may only read, and loads and attaches their files.
  ///
  /// - Parameter simulates: whether to simulate a world if nothing is loaded.
  func workspace(_ path: String?, for texts: [String]? = nil, simulates: Bool = true) throws -> Workspace {
    let source = path.map { Workspace.Source.file($0) } ?? (simulates && loads.isEmpty && engine == nil ? .simulated : .empty)
    let options = try workspaceOptions()
    let attachments = try assignments(attachments, option: "--attach", allowsPathAlone: false)
    let loads = try assignments(loads, option: "--load", allowsPathAlone: true)
    for text in texts ?? [] { try SourceSize.check(text, memoryLimit: options.memoryLimit) }
    return try Console.working { work in
      let workspace = try texts.map { try Workspace(source, options, for: $0, work) } ?? Workspace(source, options, work)
      if safe { workspace.makeSafe() }
      try workspace.attach(attachments.map { ($0.name ?? "", $0.value) })
      if let engine { try workspace.work(on: engine) }
      try workspace.load(loads.map { ($0.name, $0.value) }, work)
      return workspace
    }
  }

  /// Names and types in the order given.
  func columnTypes() throws -> Schema {
    guard let types else { return [] }
    return try types.split(separator: ",").map { part in
      guard let colon = part.lastIndex(of: ":"),
        let type = ScalarType(name: String(part[part.index(after: colon)...].trimmed)),
        !part[..<colon].trimmed.isEmpty
      else {
        throw ValidationError(
          "--types must be name:type,... with types such as long, real, string and datetime, not '\(part)'")
      }
      return ColumnInfo(String(part[..<colon].trimmed), type)
    }
  }

  /// The names of the parameters that have values.
  var parameterNames: [String] {
    get throws { try assignments(parameters, option: "--param", allowsPathAlone: false).compactMap(\.name) }
  }

  /// Nil if `--kind` is missing, or is a format.
  func telemetryKind() throws -> TelemetryKind? {
    guard let kind else { return nil }
    if let telemetry = TelemetryKind(rawValue: kind.lowercased()) {
      if mapping != nil { throw ValidationError("--map cannot be used with --kind \(telemetry.rawValue)") }
      return telemetry
    }
    if FileFormat(name: kind) == nil {
      throw ValidationError("--kind must be one of \(TelemetryKind.allCases.map(\.rawValue).joined(separator: ", ")), \(FileFormat.names), not '\(kind)'")
    }
    if loadFormat != nil { throw ValidationError("--kind \(kind) and --load-format cannot be combined") }
    return nil
  }

  func loadedFormat() throws -> FileFormat? {
    if let kind, let format = FileFormat(name: kind) { return format }
    guard let loadFormat else { return nil }
    guard let format = FileFormat(name: loadFormat) else {
      throw ValidationError("--load-format must be one of \(FileFormat.names), not '\(loadFormat)'")
    }
    return format
  }

  /// The byte that an option gives as a character, `\t` or `\x1f`.
  private func byte(_ text: String?, option: String) throws -> UInt8? {
    guard let text else { return nil }
    if text == "\\t" || text == "tab" { return 0x09 }
    if text.hasPrefix("\\x"), let byte = UInt8(text.dropFirst(2), radix: 16) { return byte }
    guard text.utf8.count == 1, let byte = text.utf8.first else {
      throw ValidationError("\(option) must be one character, not '\(text)'")
    }
    return byte
  }
}

/// When to colour output.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// Where to write results, and how they look.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The format of the result (default: auto on a terminal, else csv).", valueName: "format"))
  var format: ResultFormat?

  @Option(
    name: [.short, .customLong("output")],
    help: ArgumentHelp("Write the result to a file; - is standard output.", valueName: "path"))
  var output: String?

  /// The file of `-o`; nil for standard output.
  var file: String? { output == "-" ? nil : output }

  @Flag(help: "Let scripts replace files that exist, as with `render ... with (file = ...)`.")
  var overwrite = false

  @Flag(help: "Exit with status 3 if the result has rows.")
  var failIfRows = false

  @Flag(help: "Report the elapsed time.")
  var timing = false

  @Option(help: ArgumentHelp("The maximum number of rows to write for each result.", valueName: "n"))
  var rowLimit: Int?

  @Option(help: ArgumentHelp("When to use colours: auto, always or never (default: auto).", valueName: "choice"))
  var color: ColorChoice = .auto

  @Flag(help: "Draw tables and charts in ASCII.")
  var ascii = false

  func validate() throws {
    // Every message from here on uses these settings.
    Console.setLook { look in
      switch color {
      case .auto: break
      case .always: look.isStyled = true
      case .never: look.isStyled = false
      }
      if ascii { look.isASCII = true }
    }
    if let rowLimit, rowLimit < 0 {
      throw ValidationError("--row-limit must be a number of at least 0, not \(rowLimit)")
    }
  }
}

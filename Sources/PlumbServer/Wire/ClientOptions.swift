import PlumbDiagnostics
import PlumbEngine
import PlumbSyntax

/// The options of a request, or of the `set` statements in its text, as far as they mean something here; others are ignored.
struct ClientOptions: Sendable {
  /// Where errors are reported once rows have been sent.
  enum ErrorPlacement: String, Sendable {
    case inData = "InData"
    case endOfTable = "EndOfTable"
    case endOfDataSet = "EndOfDataSet"
  }

  /// The time after which the client gives up.
  var timeLimit: Duration?
  var hasNoTimeLimit = false
  /// More rows or bytes than this are an error.
  var mostRecords: Int?
  var mostBytes: Int?
  /// Rows beyond this number are left out silently.
  var mostTaken: Int?
  /// The value of `now()`, in ticks.
  var now: Int64?
  /// Whether the client promises to change nothing.
  var isReadOnly = false
  var isFragmented = false
  var errorPlacement = ErrorPlacement.inData

  /// Reads the `Options` of a request.
  ///
  /// - Throws: a `WireError` for a value that cannot be obeyed.
  mutating func read(_ options: Dynamic) throws {
    for (name, value) in options.members ?? [] { try set(name, value) }
  }

  /// Reads the `set` statements of a text.
  mutating func read(_ statements: [StatementSyntax]) throws {
    for case .setOption(let option) in statements {
      switch option.value {
      case nil: try set(option.name.text, .bool(true))
      case .name(let word)?: try set(option.name.text, .string(word.text))
      case .literal(let literal)?:
        switch literal.value {
        case .bool(let flag): try set(option.name.text, .bool(flag))
        case .long(let number): try set(option.name.text, .long(number))
        case .string(let text, _): try set(option.name.text, .string(text))
        case .timespan(let number, let unit): try set(option.name.text, .string(number + unit.rawValue))
        case .typed(_, let text, _): try set(option.name.text, .string(text))
        case .real, .dynamic, .typeOf, .schemaOf: break
        }
      default: break
      }
    }
  }

  private mutating func set(_ name: String, _ value: Dynamic) throws {
    switch name.lowercased() {
    case "servertimeout": timeLimit = try Self.duration(value)
    case "norequesttimeout": hasNoTimeLimit = value.isTrue
    case "truncationmaxrecords": mostRecords = try Self.count(value, name)
    case "truncationmaxsize": mostBytes = try Self.count(value, name)
    case "notruncation":
      if value.isTrue { (mostRecords, mostBytes) = (nil, nil) }
    case "query_take_max_records": mostTaken = try Self.count(value, name)
    case "query_now":
      guard let text = value.string else { break }
      let inner = text.hasPrefix("datetime(") && text.hasSuffix(")") ? String(text.dropFirst(9).dropLast()) : text
      guard let ticks = DateTime.parse(inner) else { throw WireError.badRequest("the option `query_now` must be a datetime, not `\(text)`") }
      now = ticks
    case "request_readonly", "request_readonly_hardline": isReadOnly = isReadOnly || value.isTrue
    case "results_v2_fragment_primary_tables": isFragmented = value.isTrue
    case "results_error_reporting_placement":
      switch value.string?.lowercased() {
      case "end_of_table": errorPlacement = .endOfTable
      case "end_of_dataset": errorPlacement = .endOfDataSet
      default: errorPlacement = .inData
      }
    case "query_language":
      guard let language = value.string?.lowercased(), !["kql", "csl"].contains(language) else { break }
      throw WireError.badRequest("the query language `\(language)` is not supported; write the query in KQL")
    default: break
    }
  }

  private static func count(_ value: Dynamic, _ name: String) throws -> Int {
    guard let number = value.wholeNumber, number >= 0 else {
      throw WireError.badRequest("the option `\(name)` must be a whole number, not `\(value.spelling)`")
    }
    return number
  }

  /// Reads `00:04:00`, `0:01:00`, `1 day, 0:00:00`, `1.00:00:00`, `30s` or a number of seconds.
  private static func duration(_ value: Dynamic) throws -> Duration? {
    if case .null = value { return nil }
    if let seconds = value.wholeNumber { return .seconds(max(0, seconds)) }
    let text = value.spelling.trimmingCharacters
    var days: Int64 = 0
    var rest = text
    // Python prints a timedelta as `2 days, 3:00:00`.
    if let comma = text.firstIndex(of: ","), let count = text.split(separator: " ").first.flatMap({ Int64($0) }), abs(count) < 100_000 {
      days = count
      rest = text[text.index(after: comma)...].trimmingCharacters
    }
    if rest.firstIndex(of: ":") == rest.index(rest.startIndex, offsetBy: 1, limitedBy: rest.endIndex), rest.count > 1 { rest = "0" + rest }
    guard let ticks = TimeSpan.parse(rest) else {
      throw WireError.badRequest("the option `servertimeout` must be a timespan such as 00:04:00, not `\(text)`")
    }
    let total = ticks.addingReportingOverflow(days &* TimeSpan.day)
    return .microseconds(max(0, total.overflow ? .max / 10 : total.partialValue / 10))
  }
}

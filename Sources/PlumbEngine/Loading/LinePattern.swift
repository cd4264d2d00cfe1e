import PlumbDiagnostics

/// What a line of a log looks like: a regular expression whose named groups are values.
package struct LinePattern: Sendable {
  /// The names of the groups, in their order.
  package let names: [String]
  private let expression: RegularExpression
  /// The numbers of the named groups.
  private let groups: [Int]

  /// Patterns for logs that many programs write.
  ///
  /// To add one, add an element.
  package static let known: [(name: String, expression: String)] = [
    ("syslog", #"^(?:<(?P<priority>\d+)>)?(?P<at>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) (?P<host>\S+) (?P<program>[^\s:\[]+)(?:\[(?P<pid>\d+)\])?: (?P<message>.*)$"#),
    ("airflow", #"^\[(?P<at>\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)\] \{(?P<place>[^}]*)\} (?P<level>[A-Z]+) - (?P<message>.*)$"#),
    ("dbt", #"^(?:\x1b\[0m)?(?P<at>\d\d:\d\d:\d\d(?:\.\d+)?) +(?:\[(?P<level>\w+) *\] *(?:\[(?P<thread>[^\]]*)\])?:? *)?(?P<message>.*)$"#),
    ("glog", #"^(?P<level>[IWEF])(?P<at>\d{4} \d\d:\d\d:\d\d\.\d+) +(?P<thread>\d+) (?P<file>[^:]+):(?P<line>\d+)\] (?P<message>.*)$"#),
    ("apache", web), ("nginx", web),
    ("log", #"^\[?(?P<at>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?[ \t:-]+(?:(?P<logger>[^\s\[\]]+) +)?\[?(?P<level>(?i:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL))\]?[ \t:-]*(?P<message>.*)$"#),
  ]

  private static let web = #"^(?P<client>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<at>[^\]]+)\] "(?P<method>\S+) (?P<path>[^ "]*)(?: (?P<protocol>[^"]*))?" (?P<status>\d{3}) (?:(?P<bytes>\d+)|-)(?: "(?P<referrer>[^"]*)" "(?P<agent>[^"]*)")?"#

  /// The names of the known patterns in a sentence.
  package static var names: String { known.map(\.name).joined(separator: ", ") }

  /// The pattern with a name such as `syslog`, or a regular expression with named groups.
  ///
  /// - Throws: `bad-pattern`.
  package init(_ text: String) throws(Diagnostic) {
    try self.init(expression: Self.known.first { $0.name == text.lowercased() }?.expression ?? text)
    if names.isEmpty {
      throw Diagnostic(
        "bad-pattern", "the pattern has no named group, so it has no columns",
        help: "write `(?P<name>…)`, or one of \(Self.names)")
    }
  }

  /// A regular expression, which may have no named group.
  ///
  /// - Throws: `bad-pattern`.
  package init(expression text: String) throws(Diagnostic) {
    let spelled = text.replacing("(?<", with: "(?P<").replacing("(?P<=", with: "(?<=").replacing("(?P<!", with: "(?<!")
    do { expression = try RegularExpression.cached(spelled) } catch {
      throw Diagnostic("bad-pattern", "the pattern is not a regular expression: \(error.sentence)")
    }
    (names, groups) = Self.namedGroups(of: spelled)
  }

  /// The names and numbers of the groups of an expression.
  private static func namedGroups(of text: String) -> ([String], [Int]) {
    var (names, groups): ([String], [Int]) = ([], [])
    var (number, isEscaped, isInClass) = (0, false, false)
    var rest = text[...]
    while let character = rest.popFirst() {
      if isEscaped { isEscaped = false } else if character == "\\" { isEscaped = true } else if isInClass {
        if character == "]" { isInClass = false }
      } else if character == "[" {
        isInClass = true
        // A bracket that comes first is one of the characters.
        if rest.first == "^" { rest.removeFirst() }
        if rest.first == "]" { rest.removeFirst() }
      } else if character == "(" {
        if rest.hasPrefix("?P<") {
          number += 1
          names.append(String(rest.dropFirst(3).prefix { $0 != ">" }))
          groups.append(number)
        } else if !rest.hasPrefix("?") {
          number += 1
        }
      }
    }
    return (names, groups)
  }

  package func matches(_ line: Bytes) -> Bool { expression.matches(line) }

  /// The range of each named group in a line, nil for one that did not take part; nil if the line does not match.
  package func ranges(in line: Bytes) -> [Range<Int>?]? {
    guard let match = expression.firstMatch(in: line) else { return nil }
    return groups.map { match.range($0) }
  }
}

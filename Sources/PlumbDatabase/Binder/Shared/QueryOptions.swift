import PlumbEngine

/// The options that `set` statements gave in one text.
struct QueryOptions {
  private var values: [String: Value?] = [:]

  /// The size of the bins that `bin_auto` makes.
  var binAutoSize: Value? { values["query_bin_auto_size"] ?? nil }
  /// A point at which a bin of `bin_auto` begins.
  var binAutoAt: Value? { values["query_bin_auto_at"] ?? nil }
  /// Whether `union` leaves out tables that do not exist.
  private(set) var isBestEffort = false

  /// How many rows of a query are answered at most.
  private(set) var mostRows: Int?

  /// Why an option does nothing here; nil for one that is obeyed.
  static func remark(on name: String) -> String? {
    let lowercased = name.lowercased()
    guard let option = QueryOption.all.first(where: { $0.name == lowercased }) else {
      return "unknown option `\(name)`, which has no effect"
    }
    return option.idleReason.map { "the option `\(option.name)` has no effect: \($0)" }
  }

  /// Records the value of the option `name`.
  ///
  /// - Parameters:
  ///   - text: the value as text, or the bare word that was written.
  ///   - value: the value, unless it was a bare word or missing.
  mutating func set(_ name: String, _ text: String, _ value: Value?) {
    values[name] = value
    if name == "best_effort" { isBestEffort = text == "true" }
    if name == "query_take_max_records", case .long(let most)? = value?.converted(to: .long), most >= 0 {
      mostRows = Int(most)
    }
  }
}

/// An option that `set` knows, as help and the manual describe it.
package struct QueryOption: Sendable {
  package let name: String
  /// One sentence.
  package let summary: String

  /// Why the option changes nothing here; nil for one that is obeyed, or that asks for what Plumb does anyway.
  let idleReason: String?

  private init(_ name: String, _ summary: String) {
    self.name = name
    self.summary = summary
    idleReason = nil
  }

  private init(_ name: String, idle reason: String) {
    self.name = name
    summary = "Accepted from queries written for a cluster; has no effect here: \(reason)."
    idleReason = reason
  }

  /// Options of KQL that Plumb accepts. To add one, add an element.
  package static let all: [QueryOption] = [
    QueryOption("best_effort", "Whether `union` leaves out tables that do not exist."),
    QueryOption("query_bin_auto_size", "The size of the bins of `bin_auto`."),
    QueryOption("query_bin_auto_at", "A value at which a bin of `bin_auto` begins."),
    QueryOption("query_now", "The value of `now()` in the queries that follow."),
    QueryOption("query_take_max_records", "The largest number of rows that a query answers."),
    QueryOption("notruncation", "Asks for all rows of a result; Plumb never leaves rows out by itself."),
    QueryOption("norequesttimeout", "Asks for no limit of time; Plumb has none by itself."),
    QueryOption("request_description", "A note about the query."),
    QueryOption("request_app_name", "The application that sends the query."),
    QueryOption("truncationmaxrecords", idle: "Plumb never truncates a result; use `query_take_max_records`"),
    QueryOption("truncationmaxsize", idle: "Plumb never truncates a result"),
    QueryOption("servertimeout", idle: "there is no server; Ctrl-C ends a query"),
    QueryOption("maxmemoryconsumptionperiterator", idle: "the memory limit of the command applies"),
    QueryOption("query_datascope", idle: "all data is equally near"),
    QueryOption("query_language", idle: "the language is always KQL"),
    QueryOption("query_results_progressive_enabled", idle: "a result is written once"),
    QueryOption("deferpartialqueryfailures", idle: "a failure ends the query"),
  ]
}

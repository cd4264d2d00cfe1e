import PlumbEngine

/// What `set` said in one text.
struct QueryOptions {
  private var values: [String: Value?] = [:]

  /// The size of the bins that `bin_auto` makes.
  var binAutoSize: Value? { values["query_bin_auto_size"] ?? nil }
  /// A point that the bins of `bin_auto` begin at.
  var binAutoAt: Value? { values["query_bin_auto_at"] ?? nil }
  /// Whether `union` leaves out tables that do not exist.
  private(set) var isBestEffort = false

  static func isKnown(_ name: String) -> Bool {
    let name = name.lowercased()
    return QueryOption.all.contains { $0.name == name }
  }

  /// Keeps what the option `name` is set to.
  ///
  /// - Parameters:
  ///   - text: the value as text, or the bare word that was written.
  ///   - value: the value, unless it was a bare word or missing.
  mutating func set(_ name: String, _ text: String, _ value: Value?) {
    values[name] = value
    if name == "best_effort" { isBestEffort = text == "true" }
  }
}

/// An option that `set` knows, as help and the manual describe it.
package struct QueryOption: Sendable {
  package let name: String
  /// One sentence.
  package let summary: String

  private init(_ name: String, _ summary: String) {
    self.name = name
    self.summary = summary
  }

  private static let ignored = "Accepted from queries written for a cluster; has no effect here."

  /// Options of KQL that Plumb accepts, though most of them have no effect.
  package static let all: [QueryOption] = [
    QueryOption("best_effort", "Whether `union` leaves out tables that do not exist."),
    QueryOption("query_bin_auto_size", "The size of the bins of `bin_auto`."),
    QueryOption("query_bin_auto_at", "A value at which a bin of `bin_auto` begins."),
    QueryOption("notruncation", ignored),
    QueryOption("truncationmaxrecords", ignored),
    QueryOption("truncationmaxsize", ignored),
    QueryOption("query_now", "The value of `now()` in the queries that follow."),
    QueryOption("norequesttimeout", ignored),
    QueryOption("servertimeout", ignored),
    QueryOption("maxmemoryconsumptionperiterator", ignored),
    QueryOption("query_take_max_records", ignored),
    QueryOption("query_datascope", ignored),
    QueryOption("query_language", ignored),
    QueryOption("request_description", ignored),
    QueryOption("request_app_name", ignored),
    QueryOption("query_results_progressive_enabled", ignored),
    QueryOption("deferpartialqueryfailures", ignored),
  ]
}

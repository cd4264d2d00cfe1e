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

  /// Options of KQL that Plumb accepts, though most of them have no effect.
  private static let known: Set<String> = [
    "notruncation", "truncationmaxrecords", "truncationmaxsize", "query_now", "best_effort", "norequesttimeout",
    "servertimeout", "maxmemoryconsumptionperiterator", "query_bin_auto_size", "query_bin_auto_at",
    "query_take_max_records", "query_datascope", "query_language", "request_description",
    "request_app_name", "query_results_progressive_enabled", "deferpartialqueryfailures",
  ]

  static func isKnown(_ name: String) -> Bool { known.contains(name.lowercased()) }

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

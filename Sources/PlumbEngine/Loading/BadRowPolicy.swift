/// What to do with a row that has the wrong number of fields, or a field that is not a value of its column's type.
package enum BadRowPolicy: String, Hashable, Sendable, CaseIterable {
  /// The load ends with a diagnostic.
  case reject
  /// The row is dropped and counted.
  case skip
  /// The field becomes null and is counted; missing fields are null, extra ones are dropped.
  case null
}

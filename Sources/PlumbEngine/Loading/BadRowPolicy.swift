/// What to do with a row that has the wrong number of fields, or a field that is no value of its column's type.
package enum BadRowPolicy: String, Hashable, Sendable, CaseIterable {
  /// The load ends with a diagnostic.
  case reject
  /// The row is left out and counted.
  case skip
  /// The field becomes null and is counted; missing fields are null, surplus ones are left out.
  case null
}
